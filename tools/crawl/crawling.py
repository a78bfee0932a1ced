"""Who crawls, in what order, and how they choose what to press."""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import aiohttp

from bot.background.side_process import SideProcess, Work
from bot.capability import load
from bot.config.seeding import load_seeds, seed_store
from bot.content.actions import Go
from bot.content.errors import Stale
from bot.content.folding import opened
from bot.content.roles import FACILITATES, Required, Who, allows, known
from bot.conversation.incoming import Content
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.people import facilitator_store, link_code_store, participant_store, role_store, secret_store
from bot.people.audiences import EVERYONE
from bot.platforms.web.adapter import Web
from bot.rehearsal.botapi import RateLimits
from bot.rehearsal.demo import free_port
from bot.rehearsal.demo_gathering import populate
from bot.rehearsal.neighbours import Neighbours
from bot.rehearsal.servers import FakeServers, open_servers
from handlers import CAPABILITIES
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import group_of, put_in_group
from handlers.themes.service import choose_theme
from handlers.trust.rehearsal import CONFIDED
from tests.stored_rows import stored_rows
from tools.crawl import answers
from tools.crawl.chat_drivers import (
    Crawler,
    DiscordCrawler,
    Offer,
    TelegramCrawler,
    WebCrawler,
    without_random_ids,
)
from tools.crawl.life import Step, all_steps, crawl_settings, live, title
from tools.crawl.time_of_crawls import CrawlClock
from tools.crawl.watching import Findings, watched

RUNGS = {
    "stranger": Who.ANYONE,
    "participant": Who.PARTICIPANT,
    FACILITATES: Who.FACILITATOR,
    "organiser": Who.ORGANISER,
}
"""The roles of the ladder (each includes the ones before) that crawl, with the `Who` that routes require."""
load(CAPABILITIES)
ROLES: Sequence[str] = (*RUNGS, *(key for key in known() if key not in RUNGS))
"""All roles that crawl: the ladder, and each role beside it, whose people do not attend."""
PLATFORMS = ("telegram", "discord", "web")
_TURNS = (timedelta(seconds=6), timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=10))
"""How long a gesture and all that comes of it takes: the first of these that is enough.

Telegram takes about a message a second; what takes a little longer on a slow machine changes nothing of what follows.
"""
_DRAWN_IN = timedelta(seconds=8)
"""Well between two of `_TURNS`, for what is drawn is sent a little later or at once."""
_DAWN = datetime(2000, 1, 1, tzinfo=UTC)
_BREAK = timedelta(minutes=10)
"""Those who crawl begin at a multiple of this from `_DAWN`: how long a step took, to seconds, changes nothing."""
_REMEMBERED = 3000
_UNSEEN = 12
"""So many of the routes that nobody was shown a button for are tried after each step."""
_UNDECIDED = 3
T = TypeVar("T")


@dataclass(eq=False)
class Person:
    """A person who crawls."""

    platform: str
    role: str
    hands: Crawler
    words: deque[str] = field(default_factory=deque)
    pressed: Counter[str] = field(default_factory=Counter)
    shown: dict[str, Offer] = field(default_factory=dict)
    """All offers that they were ever shown, the latest last; they may press them as long as the messages exist."""

    @property
    def name(self) -> str:
        """The person's name in findings."""
        return f"{self.platform}/{self.role}"

    def may(self, required: Required) -> bool:
        """Return whether the person fulfils what a route requires."""
        return allows(required, RUNGS.get(self.role, Who.PARTICIPANT), self.role)


class Crawl:
    """A gathering, with crawlers who press whatever it shows."""

    def __init__(self, servers: FakeServers, rng: Random, findings: Findings) -> None:
        self._town = servers
        self._rng = rng
        self._findings = findings
        self._people: list[Person] = []
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)
        self._known: set[str] = set()
        self._carried: defaultdict[str, list[str]] = defaultdict(list)
        self._kinds: Counter[tuple[str, str, str]] = Counter()
        self._numbers = 0

    async def gather(self, roles: Sequence[str] = ROLES, platforms: Sequence[str] = PLATFORMS) -> None:
        """Let a crawler of each role join on each platform."""
        for role in roles:
            for platform in platforms:
                if (role, platform) != ("stranger", "web"):  # nobody has a page without an invitation
                    self._people.append(await self._come(platform, role))

    async def rounds(self, presses: int) -> None:
        """Let each crawler make as many gestures as `presses` says, in turns."""
        self._town.clock.advance(_BREAK - (self._town.clock.now() - _DAWN) % _BREAK)
        words = list(self._town.app.dispatcher.router.commands)
        for person in self._people:
            person.words.extend(self._rng.sample(words, len(words)))
        for _turn in range(presses):
            for place, person in enumerate(self._people):
                if not await self._stands(person):
                    self._people[place] = person = await self._come(person.platform, person.role)
                await self._turn(self._act(person))
        await self._visit()
        await self._press_unseen()
        await self._calm()

    async def _turn(self, gesture: Awaitable[None]) -> None:
        """Let somebody do something, and move the clock to the end of that."""
        began = self._town.clock.now()
        await gesture
        await self._calm()  # or what is on the next one's screen would hang on how fast the machine is
        now = self._town.clock.now()
        ends = next((began + turn for turn in _TURNS if began + turn >= now), now)
        self._town.clock.advance(ends - now)

    async def _calm(self) -> None:
        try:
            await self._town.calm()
        except TimeoutError as late:
            self._findings.defect(f"the program does not come to rest: {late}")

    async def find_confided(self) -> None:
        """Report confidential words that are stored anywhere but in their table, such as in pages or sent messages."""
        rows = await stored_rows(self._town.app.store)
        for table, stored in rows.items():
            if table != "trust_messages" and CONFIDED in repr(stored):
                self._findings.defect(f"what somebody confided stands in {table}")
        for call in self._town.telegram.asked("sendMessage") + self._town.telegram.asked("editMessageText"):
            if CONFIDED in call.text("text"):
                self._findings.defect("what somebody confided was sent to a chat of Telegram")

    async def _visit(self) -> None:
        """A stranger with a browser looks at every address that needs no page of one's own."""
        root = self._town.settings.web.public_url
        async with aiohttp.ClientSession() as browser:
            for path in (
                "/",
                "/p/nobody",
                "/p/%00",
                "/health",
                "/c/1/",
                "/c/1/form?payload=jr",
                "/c/1/events",
                "/static/x",
            ):
                self._findings.doing = f"web/stranger opens {path}"
                self._findings.presses["web", "stranger"] += 1
                async with browser.get(f"{root}{path}") as answer:
                    if answer.status >= 500:
                        self._findings.defect(f"the page answers {answer.status} at {path}")
            for path in ("/p/nobody", "/c/1/press", "/c/1/say", "/c/1/seen", "/c/1/leave"):
                self._findings.doing = f"web/stranger posts to {path}"
                self._findings.presses["web", "stranger"] += 1
                async with browser.post(f"{root}{path}", data={"payload": "jr", "token": "x" * 12}) as answer:
                    if answer.status >= 500:
                        self._findings.defect(f"the page answers {answer.status} to a post at {path}")

    async def _press_unseen(self) -> None:
        """Let those who may press some of what nobody was shown so far, as messages of another day may carry it."""
        routes, findings = self._town.app.dispatcher.router.routes, self._findings
        met = {kind.removesuffix("?") for kind in findings.codes} | findings.unseen
        left = sorted(code for code, route in routes.items() if code not in met and route.picked is None)
        for code in self._rng.sample(left, min(_UNSEEN, len(left))):
            route = routes[code]
            may = [person for person in self._people if person.may(route.who)]
            person = self._rng.choice(may) if may else None
            if person is None or not await self._stands(person):
                continue
            names = () if route.action is Go else route.action.field_names
            payload = "-".join((code, *(self._rng.choice(self._carried[name] or ["1"]) for name in names)))
            findings.unseen.add(code)
            findings.presses[person.platform, person.role] += 1
            self._say(person, f"presses «{payload}», which nobody was shown")
            await self._turn(person.hands.forge(payload))

    def _note(self, payload: str) -> None:
        """Keep a payload that somebody is shown, and what it carries, to make others of."""
        self._known.add(payload)
        self._seen.append(payload)
        payload, _page = opened(payload)
        with suppress(Stale):
            action, _route = self._town.app.dispatcher.router.find(payload)
            for name, part in zip(action.field_names, payload.split("-")[1:], strict=True):
                self._carried[name].append(part)

    # --- one gesture

    async def _act(self, person: Person) -> None:
        hands, rng = person.hands, self._rng
        offers = sorted(await hands.offers(), key=_order)
        for offer in offers:
            person.shown.pop(offer.payload, None)
            person.shown[offer.payload] = offer
            if offer.payload not in self._known:
                self._note(offer.payload)
        self._findings.presses[person.platform, person.role] += 1
        chance = rng.random()
        if hands.asked and chance < 0.8:
            self._say(person, "answers what is asked")
            await hands.answer(rng)
        elif chance < 0.1 and person.words:
            word = person.words.popleft()
            self._say(person, f"calls /{word}")
            await hands.command(word)
        elif chance < 0.15 and self._seen:
            payload = rng.choice(self._seen)
            self._say(person, f"presses «{payload}» of another day or person")
            await hands.forge(payload)
        elif chance < 0.2 and self._seen:
            payload = mutated(rng.choice(self._seen), rng)
            self._say(person, f"presses «{payload}», which nobody made")
            await hands.forge(payload)
        elif chance < 0.24:
            text = answers.words(rng)
            self._say(person, f"writes {text[:60]!r}")
            await hands.say(text)
        elif chance < 0.26:
            self._say(person, "sends a file")
            await hands.give(rng)
        elif chance < 0.28:
            text = answers.words(rng)
            self._say(person, f"changes what they wrote, to {text[:60]!r} perhaps")
            await hands.rewrite(text, rng)
        elif chance < 0.32 and person.role == "stranger" and (code := await self._code()):
            self._say(person, "types the code of somebody's other account")
            await hands.say(f"/lier {code}")
        elif person.shown:
            on_screen = offers and chance < 0.6
            await self._press(person, self._choose(person, offers if on_screen else [*person.shown.values()]))
        else:
            word = person.words.popleft() if person.words else "moi"
            self._say(person, f"calls /{word}")
            await hands.command(word)

    async def _press(self, person: Person, offer: Offer) -> None:
        person.pressed[offer.payload] += 1
        self._kinds[person.platform, person.role, offer.kind] += 1
        self._kinds["", "", offer.kind] += 1
        self._findings.codes.add(offer.kind)
        self._say(person, f"presses «{offer.payload}»")
        await person.hands.press(offer, self._rng)

    def _choose(self, person: Person, offers: Sequence[Offer]) -> Offer:
        """What was pressed least: the breadth of what there is comes before its depth.

        In an order of its own, since which of two messages comes first may hang on the machine.
        """
        offers = sorted(offers, key=_order)
        ranks = [self._rank(person, offer) for offer in offers]
        least = min(ranks)
        return self._rng.choice([offer for offer, rank in zip(offers, ranks, strict=True) if rank == least])

    def _rank(self, person: Person, offer: Offer) -> tuple[int, int, int]:
        here = self._kinds[person.platform, person.role, offer.kind]
        return here, self._kinds["", "", offer.kind], person.pressed[offer.payload]

    def _say(self, person: Person, what: str) -> None:
        self._findings.doing = f"{person.name} {what}"

    # --- who they are

    async def _come(self, platform: str, role: str) -> Person:
        self._numbers += 1
        locale = self._rng.choice(("fr", "en", "de"))
        name = f"{role.capitalize()} {self._numbers}"
        servers, findings = self._town, self._findings
        match platform:
            case "telegram":
                hands: Crawler = TelegramCrawler(servers, findings, name, locale, self._rng)
            case "discord":
                hands = DiscordCrawler(servers, findings, name, in_channel=self._numbers % 2 == 0)
            case _:
                hands = WebCrawler(servers, findings, locale, self._rng)
        findings.doing = f"{platform}/{role} comes in"
        person = Person(platform, role, hands)
        if role != "stranger":
            code = await self._invite(platform, role, name, locale)
            link = code if platform == "web" else f"j-{code}"
            findings.codes.add(link.partition("-")[0])
            await hands.enter(link)
        return person

    async def _invite(self, platform: str, role: str, name: str, locale: str) -> str:
        servers, number = self._town, self._numbers

        async def unit(tx: Transaction) -> str:
            now = servers.clock.now()
            themes = [row["key"] for row in await tx.all("SELECT key FROM themes ORDER BY position")]
            person = await participant_store.add(
                tx,
                ref=f"C-{number:04}",
                given_name=name,
                family_name="de l'Étang",
                territory="CA-QC",
                birth_year=2003,
                locale=locale,
                attends=role == "participant",
                organises=role == "organiser",
                now=now,
            )
            if role == "participant":
                await self._place(tx, person.id, themes[0])
            if role == FACILITATES:
                await facilitator_store.give(tx, person.id, [EVERYONE])
            elif role not in RUNGS:
                scope = known()[role].scope
                scopes = await scope.offered(tx) if scope and scope.offered else [""]
                await role_store.give(tx, person.id, role, scopes[0], now)
            return await secret_store.issue(tx, "page" if platform == "web" else "invitation", person.id, now)

        return await servers.app.store.transact(unit)

    async def _place(self, tx: Transaction, person_id: int, theme: str) -> None:
        """Give someone a theme, and a group where there are some: whoever is in none sees less.

        Before there are any, one in a few has yet to choose.
        """
        person = await participant_store.find(tx, person_id)
        assert person is not None
        now = self._town.clock.now()
        groups = await groups_of_round(tx, 1)
        if not groups and person_id % _UNDECIDED == 0:
            return
        await choose_theme(tx, person, theme, now, beyond=True)
        there = [group for group in groups if group.theme == theme]
        if there and await group_of(tx, person_id, 1) is None:
            await put_in_group(tx, person_id, there[0])

    async def _code(self) -> str | None:
        """The code by which someone who crawls as a participant links another account; None where nobody does."""
        owner = next((person for person in self._people if person.role == "participant"), None)

        async def unit(tx: Transaction) -> str | None:
            assert owner is not None
            account, found = await participant_store.identify(tx, owner.platform, owner.hands.native_id)
            if found is None or account is None or account.id is None:
                return None
            return await link_code_store.issue(tx, found.id, account.id, self._town.clock.now())

        return await self._town.app.store.transact(unit) if owner else None

    async def _stands(self, person: Person) -> bool:
        """Whether they are still who they are to be: people leave, are erased, registered, or lose a role."""

        async def unit(tx: Transaction) -> bool:
            _account, found = await participant_store.identify(tx, person.platform, person.hands.native_id)
            match person.role:
                case "stranger":
                    return found is None
                case "organiser":
                    return found is not None and found.organises
                case "participant":
                    return found is not None and found.attends and found.status == "joined"
                case key:
                    return found is not None and key in found.roles.split()

        return await self._town.app.store.read(unit)


def _order(offer: Offer) -> tuple[str, str]:
    return offer.kind, without_random_ids(offer.payload)


def mutated(payload: str, rng: Random) -> str:
    """Return a payload with an argument changed, added, removed or made senseless."""
    code, *parts = re.split("([-:~+])", payload)
    if not parts:
        return f"{code}-{rng.choice(('0', '1', 'zz', 'x' * 40))}"
    place = rng.randrange(1, len(parts), 2)
    match rng.randrange(6):
        case 0:
            parts[place] = rng.choice(("0", "1", "2", "zz", "1y2p0ij32e8e7"))
        case 1:
            parts[place] = "1y2p0ij32e8e8"  # just over 63 bits
        case 2:
            parts[place] = rng.choice(("", "-", "É", "culture", "x" * 30))
        case 3:
            parts += ["-", "1"]
        case 4:
            parts = parts[:-2]
        case _:
            code = code[::-1]
    return (code + "".join(parts))[:60]


def neighbours(servers: FakeServers, last_id: int) -> Neighbours:
    """Return simulated chats for the people with ids up to `last_id`."""

    async def read(unit: Callable[[Transaction], Awaitable[T]]) -> T:
        return await servers.app.store.read(unit)

    async def act(participant_id: int, content: Content, token: str, text: str = "") -> None:
        pages = servers.app.platforms["web"]
        assert isinstance(pages, Web)
        await pages.act(participant_id, content, token, text)

    return Neighbours(read, act, range(last_id + 1, sys.maxsize))


class InThread(SideProcess):
    """Does long work in a thread instead of another process, which would take too long to start for a short crawl.

    Each piece of work takes eight seconds by the crawl's clock, however fast the thread is.
    """

    def __init__(self, clock: CrawlClock) -> None:
        super().__init__()
        self._clock = clock

    async def start(self) -> None:
        """Do nothing, as there is no process to start."""

    async def do(self, work: Work, payload: Mapping[str, Any], seconds: float | None = None) -> Mapping[str, Any]:
        """Return the result of `work` for `payload`. The time limit `seconds` is ignored."""
        made = await asyncio.to_thread(work, payload)
        self._clock.advance(_DRAWN_IN)
        return made


async def crawl(
    folder: Path,
    *,
    presses: int,
    seed: int,
    steps: Sequence[Step] | None = None,
    roles: Sequence[str] = ROLES,
    platforms: Sequence[str] = PLATFORMS,
    url: str = "",
    forum: bool = False,
    tell: Callable[[str], object] = lambda _line: None,
) -> Findings:
    """Simulate a gathering in which people press buttons, and return what was pressed and which problems this caused.

    A person of each of `roles` presses on each of `platforms`: `presses` gestures after each of `steps` (None for all).
    The same `seed` leads to the same gestures. The database is a file in `folder`, or the empty one at `url`. With a
    `forum`, groups have topics on Telegram, whose limits make a crawl longer. `tell` gets a line for each finding and
    step.
    """
    rng = Random(seed)  # noqa: S311 - nothing here is secret
    clock = CrawlClock()
    settings = crawl_settings(folder, free_port(0), clock)
    if url:
        storage = settings.storage.model_copy(update={"url": url, "files": str(folder / "files")})
        settings = settings.model_copy(update={"storage": storage})
    store = await open_store(settings.storage.url)
    try:
        await seed_store(store, settings, load_seeds(CAPABILITIES))
        await populate(store, settings, clock.now())
        last_id = await store.read(participant_store.last_id)
    finally:
        await store.close()
    findings = Findings(tell=tell)
    async with open_servers(settings, clock, lambda: InThread(clock), pace=RateLimits(), forum=forum) as servers:
        with watched(findings, servers.telegram, servers.forum.id if servers.forum else 0):
            people = neighbours(servers, last_id)
            crawling = Crawl(servers, rng, findings)
            steps = all_steps() if steps is None else steps
            for place, step in enumerate(steps):
                findings.doing = title(step)
                try:
                    if place == len(steps) // 2:
                        await servers.restart()
                    if (begins := step[0].begins(settings.gathering)) > clock.now():
                        await servers.until(begins)
                    await live(servers.app.store, servers.settings, clock.now(), step, people)
                    await servers.calm()
                except TimeoutError as late:
                    findings.defect(f"the program does not come to rest: {late}")
                if not place:
                    await crawling.gather(roles, platforms)
                await crawling.rounds(presses)
                await crawling.find_confided()
                found = findings.defects.total(), findings.violations.total()
                tell(f"{title(step)}: {findings.presses.total()} presses, {found[0]} defects, {found[1]} violations")
    return findings
