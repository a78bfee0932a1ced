"""Whatever somebody writes into a button or a choice, each is answered politely, and nothing fails on our side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle, islice

import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from bot.background.scheduling import Source
from bot.capability import make_sources
from bot.content.actions import MOST, Action, base36
from bot.content.errors import Stale
from bot.content.forms import form_fields
from bot.content.roles import Required, Who, stricter
from bot.content.typed_times import to_minute
from bot.content.views import encode_view
from bot.conversation.incoming import Content, Picked, Pressed, Submitted
from bot.conversation.routes import Route
from bot.database.engine import T, Transaction, Unit
from bot.people import role_store
from handlers.announcements.store.announcements import add_announcement
from handlers.questionnaires.model import HEALTH
from tests.delivery.rig import Watched
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import crowd, group, mark_published
from tests.ideas.builders import idea
from tests.participants import number
from tests.plenary.builders import running
from tests.programme.builders import OPENING, with_programme
from tests.workshops.builders import PHASES, facilitator, revealed, started
from tests.world import CAPABLE, EVERY_ROUTE, World, make_settings, open_world

MOST_HELD = base36(MOST)
"""The largest number that a button holds."""
UNREADABLE = (base36(MOST + 1), base36(2**62), "-1", "é", "a_b", "")
"""What no button holds where a number stands."""
_RELEASES = 40
"""How many releases one source has after a press: more than anything that is due here needs."""
WORDS = ("nobody", "0", "g_" + "9" * 18, "group_" + "9" * 20, "present_0000_00_00", "z" * 40, "")
"""What stands where a button holds a word, beside the key of a theme."""
VALUES = (
    (),
    ("1",),
    ("1", "1"),
    ("1", "2"),
    ("school",),
    ("nobody",),
    (str(MOST),),
    (str(MOST + 1),),
    (str(2**62),),
    ("9" * 60,),
    ("9" * 61,),
    ("-1",),
    ("-9",),
    ("",),
    ("é",),
    ("٣",),
    ("1i" + "9" * 20,),
    ("0f1_text",),
    ("g_" + "9" * 18,),
    ("group_" + "9" * 20,),
    ("territory_",),
    ("present_0000_00_00",),
    ("d99999999999",),
)
"""What is chosen: nothing, ids, one id twice, keys, numbers that no column holds, signs that are no digits to us."""

_words = cycle(WORDS)


def payloads(action: type[Action]) -> Iterator[str]:
    """The payload of an action with ids that there are, then with all fields forged, then with one after the other."""
    kinds = action.kinds()
    usual = ["school" if kind is str else "1" for kind in kinds]
    forged = [next(_words) if kind is str else MOST_HELD for kind in kinds]
    yield "-".join((action.code, *usual))
    if kinds:
        yield "-".join((action.code, *forged))
        yield "-".join((action.code, *(next(_words) if kind is str else "0" for kind in kinds)))
    for place in range(len(kinds) if len(kinds) > 1 else 0):
        yield "-".join((action.code, *usual[:place], forged[place], *usual[place + 1 :]))


def presses(route: Route, action: type[Action]) -> Iterator[Pressed | Picked | Submitted]:
    """Every forged press, choice or form of a route."""
    for payload in payloads(action):
        if route.form:
            yield Submitted(payload, dict.fromkeys(form_fields(route.form), "1"))
        if route.picked is None:
            yield Pressed(payload)
        else:
            yield Picked(payload, ("1",))
    if route.picked is not None:
        usual = next(payloads(action))
        yield from (Picked(usual, values) for values in VALUES)


class Forgetful(Watched):
    """A store that keeps nothing: whatever a press does is undone, so that the next one meets the same gathering."""

    async def look(self, tx: Transaction) -> None:
        """Look at what a press stored before it is undone."""

    async def transact(self, unit: Unit[T]) -> T:
        results: list[T] = []

        async def attempt(tx: Transaction) -> T:
            results[:] = [await unit(tx)]
            await self.look(tx)
            raise _Undone

        with suppress(_Undone):
            await super().transact(attempt)
        return results[0]


class _Undone(Exception):
    pass


class ReadAgain(Forgetful):
    """A forgetful store in which whatever comes due is released after each press, now and long after."""

    def __init__(self, world: World) -> None:
        super().__init__(world.store)
        self._clock = world.clock
        self._sources = make_sources(CAPABLE, world.settings)

    async def look(self, tx: Transaction) -> None:
        for after in (timedelta(minutes=8), timedelta(days=400)):
            for source in self._sources:
                await self._release(source, tx, self._clock.now() + after)

    async def _release(self, source: Source, tx: Transaction, now: datetime) -> None:
        due = await source.next_due(tx, now)
        for _each in range(_RELEASES):
            if due is None or due > now or await source.release(tx, now) is None:
                return


async def live(world: World, store: Forgetful | None = None) -> dict[Required, NeutralChat]:
    """A gathering in the middle of its workshops and its plenary; somebody of each role."""
    chats = await crowd(world, "Ana", "Bo", "Zoé")
    made = await group(world, ["Ana", "Bo"])
    await group(world, ["Zoé"], theme="culture")
    await mark_published(world)
    await revealed(world, await started(world, made, "stakes"))
    for words in ("A garden", "A kitchen"):
        await idea(world, made, "Ana", words, phase="stakes")
    await running(world)
    await world.change(add_announcement, None, ("Supper is at eight",), (), world.clock.now())
    maya, ines = await facilitator(world), await world.organiser()
    dispatcher = world.dispatcher_over(store or Forgetful(world.store))
    await world.change(role_store.give, await number(world, "Bo"), HEALTH.key, "", world.clock.now())
    for chat in (chats["Ana"], chats["Bo"], maya, ines):
        chat.dispatcher = dispatcher
    return {Who.PARTICIPANT: chats["Ana"], Who.FACILITATOR: maya, Who.ORGANISER: ines, HEALTH: chats["Bo"]}


@dataclass
class Forged:
    """What came of forged presses: how many there were, what was answered, and what failed."""

    presses: int = 0
    answers: set[str] = field(default_factory=set)
    failures: list[object] = field(default_factory=list)

    async def press(self, chat: NeutralChat, content: Content) -> None:
        with capture_logs(processors=[format_exc_info]) as logged:
            answered = await chat.act(content)
        self.presses += 1
        self.failures += [(content, line) for line in logged if line["log_level"] in ("error", "critical")]
        if answered is None or chat.view is None:
            self.failures.append((content, "no answer"))
            return
        self.answers.add(chat.text)
        if not chat.view.attachments:
            encode_view(chat.view)


def test_what_no_button_holds_is_refused_before_any_handler() -> None:
    for action, _route in EVERY_ROUTE.codes.values():
        kinds = action.kinds()
        for place, kind in enumerate(kinds):
            for forged in ("é", "a b", "!") if kind is str else UNREADABLE:
                fields = ["1"] * place + [forged] + ["1"] * (len(kinds) - place - 1)
                with pytest.raises(Stale):
                    EVERY_ROUTE.find("-".join((action.code, *fields)))


async def test_forged_values_are_answered_politely(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900]}, phases=PHASES, rides={})) as world:
        chats = await live(world)
        forged = Forged()
        for action, route in EVERY_ROUTE.codes.values():
            for who, chat in chats.items():
                own = who == stricter(route.who, Who.PARTICIPANT)
                for content in islice(presses(route, action), None if own else 1):
                    await forged.press(chat, content)
        assert forged.failures == []
        assert forged.presses > 3000
        assert len(forged.answers) > 300  # the gathering is one in which most buttons do something


async def test_the_largest_numbers_fit_the_columns_of_the_other_engine(postgres_url: str) -> None:
    settings = make_settings(organisers={"telegram": [900]}, phases=PHASES, rides={})
    async with open_world(postgres_url, settings) as world:
        chats = await live(world)
        forged = Forged()
        for action, route in EVERY_ROUTE.codes.values():
            if int in action.kinds() or route.picked is not None:
                *_usual, content = islice(presses(route, action), 2)
                await forged.press(chats[stricter(route.who, Who.PARTICIPANT)], content)
                if route.picked is not None:
                    await forged.press(
                        chats[stricter(route.who, Who.PARTICIPANT)], Picked(content.payload, (str(MOST),))
                    )
        assert forged.failures == []
        assert forged.presses > 200


async def test_what_forged_values_leave_behind_is_read_by_whatever_comes_due(sqlite_url: str) -> None:
    # What is stored is read again by the same code on both engines.
    far_ahead = {**OPENING, "starts": "2027-11-30T09:00:00", "ends": "2027-11-30T10:00:00"}
    settings = with_programme(far_ahead, phases=PHASES, rides={})
    async with open_world(sqlite_url, settings) as world:
        chats = await live(world, ReadAgain(world))
        soon = base36(to_minute(world.clock.now() + timedelta(minutes=7)))
        forged = Forged()
        for action, route in EVERY_ROUTE.codes.values():
            chat, kinds = chats[stricter(route.who, Who.PARTICIPANT)], action.kinds()
            usual = ["school" if kind is str else "1" for kind in kinds]
            times = [[*usual[:place], soon, *usual[place + 1 :]] for place, kind in enumerate(kinds) if kind is int]
            for fields in (usual, *times):
                payload = "-".join((action.code, *fields))
                await forged.press(chat, Pressed(payload) if route.picked is None else Picked(payload, ("1",)))
        assert forged.failures == []
        assert forged.presses > 500
