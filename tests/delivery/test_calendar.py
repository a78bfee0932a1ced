"""When a session is entered in a platform's calendar, with what, and what becomes of what the platform refuses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from bot.content.errors import Rejected, RetryLater
from bot.database.engine import Store
from bot.delivery import calendar_store
from bot.delivery.calendar_entries import CreatedEntry
from bot.delivery.platform import NoteEntry, WantedEntry
from bot.people import audiences
from bot.people.quiet import Hours
from handlers.programme.calendar import CALENDAR
from handlers.programme.model import Plan, Session
from handlers.programme.service import change_sessions
from handlers.programme.store import add_session, remove_session
from tests.delivery.rig import Rig
from tests.engines import on_one_engine
from tests.world import START, seed

OPENING = Plan(
    "opening",
    {"fr": "Ouverture", "en": "Opening"},
    datetime(2027, 6, 10, 12, tzinfo=UTC),
    datetime(2027, 6, 10, 13, 30, tzinfo=UTC),
    "Europe/Paris",
    {"fr": "Salle B", "en": "Room B"},
    "plenary",
    map_url="https://osm.org/way/1",
)


@dataclass
class Board:
    """A calendar that takes everything; `answers` are raised first, and what `dies` ends before an id is noted."""

    answers: list[Exception] = field(default_factory=list)
    dies: bool = False
    tried: int = 0
    kept: list[WantedEntry] = field(default_factory=list)
    withdrawn: list[CreatedEntry] = field(default_factory=list)

    async def reconcile(self, wanted: WantedEntry, note: NoteEntry) -> None:
        self.tried += 1
        if self.answers:
            raise self.answers.pop(0)
        self.kept.append(wanted)
        making = CreatedEntry("", wanted.entry.title, wanted.entry.starts)
        await note(making)
        if self.dies:
            raise RuntimeError
        await note(replace(making, native_id=wanted.created.native_id or f"event-{len(self.kept)}"))

    async def withdraw(self, created: CreatedEntry, used_ids: frozenset[str]) -> None:
        self.tried += 1
        if self.answers:
            raise self.answers.pop(0)
        self.withdrawn.append(created)


@pytest.fixture
async def rig(store: Store) -> Rig:
    """Discord with a calendar, Telegram without; themes known, no session yet."""
    rig = Rig(store, "telegram", "discord")
    await seed(store, rig.settings)
    rig["discord"].calendar = Board()
    return rig


def board(rig: Rig) -> Board:
    found = rig["discord"].calendar
    assert isinstance(found, Board)
    return found


async def plan(rig: Rig, **changes: Any) -> Session:
    return await rig.store.transact(lambda tx: add_session(tx, replace(OPENING, **changes)))


async def change(rig: Rig, session: Session, **changes: Any) -> Session:
    """Change a session as an organiser does."""
    changed = [(session, replace(session.plan, **changes))]
    found = await rig.store.transact(lambda tx: change_sessions(tx, changed, rig.clock.now(), Hours("Europe/Paris")))
    return found.sessions[0][1]


def later(rig: Rig, by: timedelta) -> Rig:
    """The same gathering that much later, with another program."""
    after = Rig(rig.store, "telegram", "discord", start=START + by)
    after["discord"].calendar = rig["discord"].calendar
    return after


@on_one_engine
async def test_a_session_is_entered_in_the_gatherings_first_language_the_others_below(rig: Rig) -> None:
    await plan(rig, audience=audiences.parse("theme:culture"))
    async with rig.running():
        await rig.passes(3)
    [entry] = [wanted.entry for wanted in board(rig).kept]
    assert (entry.title, entry.venue, entry.link) == ("Ouverture", "Salle B", "https://osm.org/way/1")
    assert (entry.starts, entry.ends) == (OPENING.starts, OPENING.ends)
    french, english = entry.about
    assert french.splitlines()[1] == "14\xa0h–15\xa0h\xa030 Ouverture, Salle B (Culture)"
    assert "juin" in french.splitlines()[0]
    assert english.splitlines()[1] == "14:00–15:30 Opening, Room B (Culture)"
    assert "June" in english.splitlines()[0]


@on_one_engine
async def test_a_new_session_is_entered_by_a_clock_that_moves(store: Store) -> None:
    rig = Rig(store, "discord", moving=True)
    await seed(store, rig.settings)
    rig["discord"].calendar = Board()
    async with asyncio.timeout(30), rig.running():
        await plan(rig)
        await rig.passes(3)
        assert [wanted.entry.title for wanted in board(rig).kept] == ["Ouverture"]
        assert await rig.rests()


@on_one_engine
async def test_a_change_of_the_capabilitys_own_table_wakes_delivery(rig: Rig) -> None:
    assert rig.delivery.tables == ("deliveries", "screens", "channels", "calendar_entries", "sessions")


@on_one_engine
async def test_what_is_not_for_everybody_to_read_is_not_entered(rig: Rig) -> None:
    for number, audience in enumerate(("organisers", "me:1", "group:1", "territory:FR", "unchosen")):
        await plan(rig, key=f"s{number}", audience=audiences.parse(audience))
    await plan(rig, key="over", starts=START - timedelta(hours=2), ends=START - timedelta(hours=1))
    await plan(rig, key="running", starts=START - timedelta(hours=1), ends=START + timedelta(hours=1))
    await plan(rig, key="cancelled", cancelled=True)
    await plan(rig, key="public", title={"fr": "Pour tous"})
    async with rig.running():
        await rig.passes(10)
    assert [listing.entry.title for listing in board(rig).kept] == ["Pour tous"]


async def test_it_follows_its_session_at_once_and_is_looked_after_once_a_day(rig: Rig) -> None:
    session = await plan(rig)
    async with rig.running():
        await rig.passes(60)
        assert board(rig).tried == 1
        await change(rig, session, venue={})
        await rig.passes(3)
    assert [wanted.entry.venue for wanted in board(rig).kept] == ["Salle B", "lieu à préciser"]
    assert board(rig).kept[1].created.native_id == "event-1"
    async with later(rig, timedelta(days=1, minutes=2)).running():
        pass
    assert board(rig).tried == 3


@pytest.mark.parametrize("gone", ["cancelled", "for the team", "removed"])
async def test_it_is_withdrawn_with_its_session(rig: Rig, gone: str) -> None:
    session = await plan(rig)
    async with rig.running():
        await rig.passes(3)
        if gone == "removed":
            await rig.store.transact(lambda tx: remove_session(tx, session.id))
        elif gone == "cancelled":
            session = await change(rig, session, cancelled=True)
        else:
            session = await change(rig, session, audience=audiences.parse("organisers"))
        await rig.passes(10)
        assert [created.native_id for created in board(rig).withdrawn] == ["event-1"]
        if gone != "removed":
            await change(rig, session, cancelled=False, audience=OPENING.audience)
            await rig.passes(3)
    assert len(board(rig).kept) == (1 if gone == "removed" else 2)


@on_one_engine
async def test_one_that_is_over_is_let_go(rig: Rig) -> None:
    await plan(rig, starts=START + timedelta(hours=1), ends=START + timedelta(hours=2))
    async with rig.running():
        await rig.passes(3)
    async with later(rig, timedelta(days=1, minutes=2)).running():
        pass
    assert await rig.store.read(lambda tx: tx.all("SELECT * FROM calendar_entries")) == []
    assert (len(board(rig).kept), board(rig).tried) == (1, 2)


@on_one_engine
async def test_what_was_being_made_when_it_failed_is_known_the_next_time(rig: Rig) -> None:
    await plan(rig)
    board(rig).dies = True
    async with rig.running():
        await rig.passes(3)
        board(rig).dies = False
        await rig.passes(310)
    assert [wanted.created for wanted in board(rig).kept] == [
        CreatedEntry(),
        CreatedEntry("", "Ouverture", OPENING.starts),
    ]


@on_one_engine
async def test_entries_know_what_is_taken_by_others(rig: Rig) -> None:
    await plan(rig)
    await plan(rig, key="second", starts=OPENING.starts + timedelta(minutes=1))
    async with rig.running():
        await rig.passes(3)
    assert [wanted.used_ids for wanted in board(rig).kept] == [frozenset(), {"event-1"}]


@on_one_engine
async def test_a_refusal_is_said_once_and_tried_again_within_the_hour(rig: Rig) -> None:
    for number in range(3):
        await plan(rig, key=f"s{number}")
    board(rig).answers = [Rejected("the bot may not")] * 3
    with structlog.testing.capture_logs() as logs:
        async with rig.running():
            await rig.passes(600)
    assert board(rig).tried == 3
    assert [entry["reason"] for entry in logs if entry["log_level"] == "warning"] == ["the bot may not"]
    async with later(rig, timedelta(hours=1, minutes=11)).running():
        pass
    assert len(board(rig).kept) == 3


@on_one_engine
async def test_a_refused_withdrawal_waits_too(rig: Rig) -> None:
    session = await plan(rig)
    async with rig.running():
        await rig.passes(3)
        board(rig).answers = [Rejected("the bot may not")]
        await rig.store.transact(lambda tx: remove_session(tx, session.id))
        await rig.passes(600)
    assert (board(rig).tried, board(rig).withdrawn) == (2, [])
    async with later(rig, timedelta(hours=1, minutes=11)).running():
        pass
    assert [created.native_id for created in board(rig).withdrawn] == ["event-1"]


async def test_a_passing_fault_is_waited_for_and_a_change_meanwhile_is_not(rig: Rig) -> None:
    session = await plan(rig)
    board(rig).answers = [RetryLater("502"), Rejected("no")]
    async with rig.running():
        await rig.passes(10)
        assert (board(rig).tried, board(rig).kept) == (2, [])
        await change(rig, session, title={"fr": "Accueil"})
        await rig.passes(3)
    assert [wanted.entry.title for wanted in board(rig).kept] == ["Accueil"]


@on_one_engine
async def test_what_failed_for_days_is_still_waited_for(rig: Rig) -> None:
    await plan(rig)
    stored = await rig.store.read(lambda tx: calendar_store.next_entry(tx, CALENDAR, "discord", START))
    assert stored
    await rig.store.transact(lambda tx: calendar_store.postpone(tx, replace(stored, attempts=1100), START))
    board(rig).answers = [RetryLater("502")]
    async with rig.running():
        await rig.passes(140)
        assert (board(rig).tried, board(rig).kept) == (1, [])
        await rig.passes(170)
    assert [wanted.entry.title for wanted in board(rig).kept] == ["Ouverture"]


async def test_a_change_while_it_is_brought_in_step_is_not_forgotten(rig: Rig) -> None:
    session = await plan(rig)
    stored = await rig.store.read(lambda tx: calendar_store.next_entry(tx, CALENDAR, "discord", START))
    assert stored
    await change(rig, session, title={"fr": "Accueil"})
    await rig.store.transact(lambda tx: calendar_store.mark_synchronised(tx, stored, START + timedelta(days=1)))
    async with rig.running():
        await rig.passes(3)
    assert [wanted.entry.title for wanted in board(rig).kept] == ["Accueil"]


async def test_the_soonest_are_entered_first(rig: Rig) -> None:
    for number in (3, 1, 2):
        await plan(rig, key=f"s{number}", title={"fr": str(number)}, starts=OPENING.starts + timedelta(minutes=number))
    async with rig.running():
        await rig.passes(3)
    assert [wanted.entry.title for wanted in board(rig).kept] == ["1", "2", "3"]
