"""Everything that people of each role can press, in a gathering that is lived in the store.

At some of its stages every screen is opened that commands and buttons lead to, and what it offers is pressed right
away. Every press is undone, so that all of them meet the same gathering.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.content.errors import Stale, UserError
from bot.content.folding import CODE, MORE, opened
from bot.content.forms import form_fields
from bot.content.texts import plain
from bot.content.views import Choice, View
from bot.conversation import answering
from bot.conversation.incoming import Called, Content, Incoming, Picked, Pressed, Submitted
from bot.conversation.preloading import NeedsPreload, PerformBeside
from bot.database.engine import Transaction, speller
from bot.people import facilitator_store, participant_store
from bot.people.audience_store import people
from bot.people.audiences import EVERYONE, parse
from bot.platforms.web.sessions import PLATFORM, sender_of
from bot.rehearsal.demo_gathering import demo_settings, populate
from bot.rehearsal.neighbours import Neighbours
from handlers.rides.model import RideOffer
from handlers.rides.service import accept, ask, offer
from handlers.rides.settings import RideSettings
from handlers.rides.store import find as find_ride
from handlers.rides.store import passengers
from tests.conversation.statement_counter import CountedTransaction
from tests.drivers.neutral import NeutralChat
from tests.world import EVERY_ROUTE, START, World, open_world
from tools.crawl.answers import fitting
from tools.crawl.life import all_steps, live

MOST_OF_A_KIND = {"sqlite": 1, "postgresql": 1}
"""So many buttons that do the same, each to something else, are pressed by one person at one stage, by engine."""
MOST_OPTIONS = 3
"""So many options of a choice are chosen, which are all of a kind."""


@dataclass(frozen=True)
class Way:
    """How somebody comes to press something: what they did, and which of what each answer offered they pressed then.

    It is `offered` if a screen showed what the way begins with.
    """

    first: Content
    then: tuple[int, ...] = ()
    offered: bool = False
    screen: str = ""


@dataclass
class Came:
    """What came of a way: what is offered then, the refusal, and whether anything was changed."""

    screens: Sequence[View] = ()
    refusal: str = ""
    changed: bool = False
    pressed: Content | None = None


class _Undone(Exception):
    pass


_spelled = speller("sqlite")


def offered(view: View) -> Iterator[Content]:
    """What somebody who sees this can press and choose."""
    for button in view.buttons:
        if button.action and not button.asks_location:
            yield Pressed(button.action.encode())
    if view.choice:
        for values in chosen(view.choice):
            yield Picked(view.choice.action.encode(), values)


def hidden_behind(view: View) -> Sequence[str]:
    """What shows the buttons of a message that are behind «More…»."""
    return [button.action.encode() for button in view.buttons if button.action and button.label == MORE]


def chosen(choice: Choice) -> Iterator[tuple[str, ...]]:
    """The first and the last options each alone, or as few as may be chosen; and as many as may be."""
    values = [option.value for option in choice.options]
    least, most = max(choice.at_least, 1), min(choice.at_most, len(values))
    if least > len(values):
        return
    for place in {*range(min(len(values), MOST_OPTIONS - 1)), len(values) - 1}:
        others = [value for value in values if value != values[place]]
        yield (values[place], *others[: least - 1])
    if most > least:
        yield tuple(values[:most])
    if choice.at_least == 0:
        yield ()


@dataclass
class Walk:
    """Everything that one person can press at one stage, and every message that they were `shown` for it."""

    world: World
    chat: NeutralChat
    role: str
    stage: str
    rng: Random = field(default_factory=lambda: Random(5))
    pressed: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    shown: list[tuple[str, View]] = field(default_factory=list)
    """Each with what was done for it."""
    hidden_twice: list[str] = field(default_factory=list)
    """Screens that «More…» opened, and that hide something behind another «More…»."""

    async def everywhere(self) -> None:
        """Open every screen, and press all that it offers."""
        ways = deque(Way(Called(name)) for name in EVERY_ROUTE.commands)
        for view in await self._live():
            self.shown.append(("live", view))
            ways.extend(Way(content, offered=True) for content in offered(view))
        met: set[object] = set()
        more: set[str] = set()
        kinds: Counter[str] = Counter()
        most = MOST_OF_A_KIND[self.world.store.dialect]
        while ways:
            way = ways.popleft()
            came = await self.go(way)
            assert came.pressed is not None
            self.shown += [(code_of(came.pressed), view) for view in came.screens]
            hiding = {payload for view in came.screens for payload in hidden_behind(view)}
            if hiding and isinstance(came.pressed, Pressed) and came.pressed.payload in more:
                self.hidden_twice.append(code_of(came.pressed))
            more |= hiding
            if way.offered:
                self.pressed[code_of(came.pressed)] += 1
                if came.refusal:
                    self.refused.append(f"{way.screen} → {came.pressed}: {came.refusal}")
            screen = f"{way.first}{way.then}"
            for place, content in enumerate(each for view in came.screens for each in offered(view)):
                if came.changed and not way.then:
                    key: object = (code_of(way.first), code_of(came.pressed), code_of(content))
                    step = Way(way.first, (*way.then, place), offered=True, screen=screen)
                elif came.changed:
                    continue  # what follows a second change is not looked at
                else:
                    key, step = content, Way(content, offered=True, screen=screen)
                if key not in met and kinds[code_of(content)] < most:
                    met.add(key)
                    kinds[code_of(content)] += 1
                    ways.append(step)
            if (form := self._filled(came.pressed)) and not way.then and form.payload not in met:
                met.add(form.payload)
                ways.append(Way(form, screen=screen))

    def _filled(self, content: Content) -> Submitted | None:
        """The form that a press opens, filled in."""
        if not isinstance(content, Pressed):
            return None
        try:
            form = EVERY_ROUTE.find(content.payload)[1].form
        except Stale:
            return None
        if form is None:
            return None
        now = self.world.clock.now().astimezone(ZoneInfo(self.world.settings.gathering.zone))
        return Submitted(
            content.payload, {name: fitting(asked, self.rng, now) for name, asked in form_fields(form).items()}
        )

    async def _live(self) -> list[View]:
        return await self.world.store.read(self._draw_live)

    async def _draw_live(self, tx: Transaction) -> list[View]:
        """The messages that change while they are looked at, as this person sees them now."""
        account, _person = await participant_store.identify(tx, self.chat.platform, self.chat.sender.native_id)
        views = []
        for row in await tx.all("SELECT key FROM screens WHERE account_id = :id", id=account and account.id):
            kind, _, subject = row["key"].partition(":")
            if view := await EVERY_ROUTE.live[kind].draw(tx, subject, self.world.clock.now()):
                views.append(view)
        return views

    async def go(self, way: Way) -> Came:
        """Do all of a way in one transaction, of which nothing is kept."""
        preloaded: list[dict[Hashable, Any]] = [{} for _ in range(1 + len(way.then))]
        came = Came()
        # What an earlier step of the way made has another number each time on PostgreSQL, and so another key.
        for _attempt in range(3):
            came = Came()
            step = 0

            async def unit(tx: Transaction, came: Came = came) -> None:
                nonlocal step
                asked: list[str] = []
                counted = CountedTransaction(tx, asked)
                content = way.first
                for step in range(1 + len(way.then)):
                    if step:
                        choices = [each for view in came.screens for each in offered(view)]
                        content = choices[way.then[step - 1]]
                    came.pressed = content
                    incoming = Incoming(self.chat.platform, f"{step}", self.chat.sender, content)
                    request = await self.world.dispatcher._request(counted, incoming)
                    request.preloaded = preloaded[step]
                    asked.clear()
                    try:
                        answer = await answering.answer(EVERY_ROUTE, request, content)
                    except UserError as refusal:
                        came.refusal = plain(refusal.text, request.reader)
                        came.screens = [View((refusal.text,), refusal.buttons)]
                        raise _Undone from None
                    except Stale:
                        came.refusal = "stale"
                        raise _Undone from None
                    came.screens = [answer.view] if answer else []
                    if request.announces:
                        came.screens += await self._draw_live(counted)
                    came.changed = came.changed or any(_spelled(sql).changes for sql in asked)
                raise _Undone

            try:
                await self.world.store.transact(unit)
            except _Undone:
                return came
            except NeedsPreload as first:
                preloaded[step][first.key] = await first.look(PerformBeside(self.world.store))
        return came


def code_of(content: Content) -> str:
    """What somebody does, whatever they do it to."""
    match content:
        case Pressed(payload) | Picked(payload) | Submitted(payload):
            screen, page = opened(payload)
            code, *rest = screen.split("-")
            code = f"go-{rest[0]}" if code == "go" else code
            return code if page is None else f"{CODE}{page} {code}"
        case Called(word):
            return f"/{word}"
    return ""


async def cast(world: World) -> dict[str, NeutralChat]:
    """Somebody of each role, by its name; in the life of the gathering the first becomes a trusted person."""

    async def unit(tx: Transaction) -> dict[str, int]:
        rows = await tx.all("SELECT id FROM participants WHERE status = 'joined' AND attends = 1 ORDER BY id")
        trusted, _author, participant, facilitator, *_others = [row["id"] for row in rows]
        organiser = await tx.value(int, "SELECT id FROM participants WHERE organises = 1")
        await facilitator_store.give(tx, facilitator, [parse("all")])
        return {
            "trusted person": trusted,
            "participant": participant,
            "facilitator": facilitator,
            "organiser": organiser,
        }

    chats = {}
    for role, person_id in (await world.store.transact(unit)).items():
        person = await world.read(participant_store.find, person_id)
        assert person is not None
        sender = sender_of(person, "en")
        chat = world.chat(sender.native_id, platform=PLATFORM, name=sender.name)
        chat.sender = sender
        chats[role] = chat
    return chats


def neighbours(world: World) -> Neighbours:
    """Those who play the invented people: no program runs."""

    async def act(participant_id: int, content: Content, token: str, text: str = "") -> None:
        person = await world.read(participant_store.find, participant_id)
        assert person is not None
        await world.dispatcher.handle(Incoming(PLATFORM, token, sender_of(person, "fr"), content))

    return Neighbours(world.store.read, act, ())


async def share_rides(tx: Transaction, settings: Settings, now: datetime) -> None:
    """The participant and the facilitator of the cast offer a ride each; each asks the other, and one gets the seat."""
    found = [await participant_store.find(tx, person) for person in (await people(tx, EVERYONE))[2:4]]
    drivers = [person for person in found if person]
    offered = RideOffer(back=True, place="Lyon", leaves_at=settings.gathering.closes, seats=2)
    for driver, other in zip(drivers, reversed(drivers), strict=True):
        ride = await find_ride(tx, await offer(tx, settings, driver.id, offered, now), other.id)
        assert ride is not None
        await ask(tx, ride, other, now)
        if other is drivers[0]:
            await accept(tx, ride, (await passengers(tx, ride.id))[0], now)


STAGES = ("announcements in every state", "groups published", "phase 1 revealed", "plenary begun")
"""Stages that capabilities prepare, at which people can do the most."""


async def walks(
    store_url: str,
    folder: Path,
    stages: Sequence[str],
    *,
    migrate: bool = False,
    first: Callable[[World], Awaitable[None]] | None = None,
) -> AsyncIterator[Walk]:
    """Walk everywhere as everybody, after each of these stages; with `migrate` in a database that is empty yet.

    `first` changes the gathering before it is lived.
    """
    settings = demo_settings(folder, 0, START).model_copy(update={"rides": RideSettings()})
    async with open_world(store_url, settings, migrate=migrate) as world:
        await populate(world.store, world.settings, START)
        chats = await cast(world)
        await world.change(share_rides, settings, START)
        if first:
            await first(world)
        invented = neighbours(world)
        left = [*stages]
        for step in all_steps():
            if (begins := step[0].begins(world.settings.gathering)) > world.clock.now():
                await world.clock.advance(begins - world.clock.now())
            await live(world.store, world.settings, world.clock.now(), step, invented)
            if left[0] not in [stage.name for stage in step]:
                continue
            for role, chat in chats.items():
                walk = Walk(world, chat, role, left[0])
                await walk.everywhere()
                yield walk
            del left[0]
            if not left:
                return
