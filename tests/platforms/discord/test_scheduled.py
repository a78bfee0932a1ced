"""A scheduled event for each session: never two, never none, and in step with the programme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.content.errors import Rejected, RetryLater
from bot.delivery.calendar_entries import CalendarEntry, CreatedEntry
from bot.delivery.calendar_resource import CalendarResource
from bot.delivery.platform import WantedEntry
from bot.people.quiet import Hours
from handlers.programme.calendar import CALENDAR
from handlers.programme.model import Plan
from handlers.programme.service import apply_programme
from tests.drivers.discord import DiscordHarness
from tests.world import START

TOMORROW = START + timedelta(days=1)
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
EXTERNAL, GUILD_ONLY = 3, 2


class Ended(Exception):
    """The program ends here."""


@dataclass
class Book:
    """What is written down of one session's event; it may end before a line is written."""

    harness: DiscordHarness
    wanted: WantedEntry
    ends_before: int = 0

    async def keep(self, **changes: Any) -> None:
        """Bring the event in step with what is wanted now."""
        assert self.harness.adapter.calendar
        self.wanted = replace(self.wanted, entry=replace(self.wanted.entry, **changes))
        await self.harness.adapter.calendar.reconcile(self.wanted, self._note)

    async def withdraw(self) -> None:
        assert self.harness.adapter.calendar
        await self.harness.adapter.calendar.withdraw(self.wanted.created, self.wanted.used_ids)

    async def _note(self, created: CreatedEntry) -> None:
        self.ends_before -= 1
        if self.ends_before == 0:
            raise Ended
        self.wanted = replace(self.wanted, created=created)

    @property
    def known(self) -> str:
        """The id that is written down."""
        return self.wanted.created.native_id


def events(harness: DiscordHarness, *states: int) -> list[Any]:
    """The server's events in these states, by default those to come or under way."""
    found = harness.env.backend.guilds[harness.server.id].scheduled_events.values()
    return [event for event in found if event.status in (states or (SCHEDULED, ACTIVE))]


def times(event: Any) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(event.scheduled_start_time), datetime.fromisoformat(event.scheduled_end_time)


@pytest.fixture
async def book(harness: DiscordHarness) -> Book:
    """The opening, tomorrow, on a server that is configured."""
    await harness.restart(guild_id=harness.server.id)
    entry = CalendarEntry(
        "Ouverture",
        "Salle B",
        ("Ouverture, Salle B", "Opening, Room B"),
        "https://osm.org/way/1",
        TOMORROW,
        TOMORROW + timedelta(hours=1),
    )
    return Book(harness, WantedEntry(entry, CreatedEntry()))


async def test_a_session_is_among_the_servers_events(book: Book) -> None:
    await book.keep()
    [event] = events(book.harness)
    assert (event.name, event.entity_metadata) == ("Ouverture", {"location": "Salle B"})
    assert event.description == "Ouverture, Salle B\n\nOpening, Room B\n\nhttps://osm.org/way/1"
    assert (event.entity_type, event.privacy_level) == (EXTERNAL, GUILD_ONLY)
    assert times(event) == (TOMORROW, TOMORROW + timedelta(hours=1))
    assert book.known == str(event.id)


async def test_a_second_time_nothing_is_changed(book: Book) -> None:
    await book.keep()
    before = len(book.harness.env.http_requests)
    await book.keep()
    assert {request.method for request in book.harness.env.http_requests[before:]} == {"GET"}


async def test_it_is_moved_with_its_session(book: Book) -> None:
    await book.keep()
    later = TOMORROW + timedelta(minutes=30)
    await book.keep(title="Accueil", venue="Salle C", about=("Accueil, Salle C",), starts=later, ends=later)
    [event] = events(book.harness)
    assert (event.name, event.entity_metadata, times(event)[0]) == ("Accueil", {"location": "Salle C"}, later)
    assert event.description == "Accueil, Salle C\n\nhttps://osm.org/way/1"
    assert str(event.id) == book.known


async def test_a_change_by_hand_is_put_right(book: Book) -> None:
    await book.keep()
    [event] = events(book.harness)
    event.name = "Party"
    await book.keep()
    assert event.name == "Ouverture"


async def test_a_cancelled_session_s_event_is_cancelled(book: Book) -> None:
    await book.keep()
    await book.withdraw()
    assert [event.status for event in events(book.harness, SCHEDULED, ACTIVE, COMPLETED, CANCELED)] == [CANCELED]
    await book.withdraw()


async def test_one_under_way_is_ended(book: Book) -> None:
    await book.keep()
    events(book.harness)[0].status = ACTIVE
    await book.withdraw()
    assert len(events(book.harness, COMPLETED)) == 1


@pytest.mark.parametrize("state", [None, CANCELED, COMPLETED])
async def test_what_somebody_deleted_or_cancelled_by_hand_is_made_again(book: Book, state: int | None) -> None:
    await book.keep()
    [event] = events(book.harness)
    if state:
        event.status = state
    else:
        book.harness.env.backend.delete_scheduled_event(book.harness.server.id, event.id)
    await book.keep()
    [again] = events(book.harness)
    assert (again.name, str(again.id)) == ("Ouverture", book.known)
    assert again.id != event.id


@pytest.mark.parametrize("line", [1, 2])
@pytest.mark.parametrize("moved", [timedelta(), timedelta(hours=2)])
async def test_wherever_the_program_ends_there_is_never_a_second(book: Book, line: int, moved: timedelta) -> None:
    book.ends_before = line
    with pytest.raises(Ended):
        await book.keep()
    await book.keep(starts=TOMORROW + moved, ends=TOMORROW + moved + timedelta(hours=1))
    [event] = events(book.harness)
    assert (str(event.id), times(event)[0]) == (book.known, TOMORROW + moved)


async def test_one_made_just_before_the_end_is_cancelled_too(book: Book) -> None:
    book.ends_before = 2
    with pytest.raises(Ended):
        await book.keep()
    await book.withdraw()
    assert events(book.harness) == []


async def test_two_sessions_of_one_name_and_time_have_one_each(book: Book) -> None:
    await book.keep()
    other = Book(
        book.harness, replace(book.wanted, created=CreatedEntry(), used_ids=frozenset({book.known})), ends_before=2
    )
    with pytest.raises(Ended):
        await other.keep()
    await other.keep()
    assert {str(event.id) for event in events(book.harness)} == {book.known, other.known}


async def test_an_event_of_somebody_else_is_left_alone(book: Book) -> None:
    theirs = book.harness.env.backend.create_scheduled_event(
        book.harness.server.id,
        name="Ouverture",
        entity_type=EXTERNAL,
        scheduled_start_time=TOMORROW.isoformat(),
        scheduled_end_time=(TOMORROW + timedelta(hours=1)).isoformat(),
        entity_metadata={"location": "?"},
        creator_id=book.harness.member("Zoé").user.id,
    )
    book.ends_before = 2
    with pytest.raises(Ended):
        await book.keep()
    await book.keep()
    assert book.known != str(theirs.id)
    assert len(events(book.harness)) == 2


async def test_what_has_begun_is_not_entered_any_more(book: Book) -> None:
    await book.keep(starts=START - timedelta(minutes=1))
    assert events(book.harness) == []
    assert book.wanted.created == CreatedEntry()


async def test_one_under_way_gets_its_new_end_and_keeps_its_beginning(book: Book) -> None:
    await book.keep()
    [event] = events(book.harness)
    event.status = ACTIVE
    await book.harness.world.clock.advance(timedelta(days=1, minutes=5))
    await book.keep(ends=TOMORROW + timedelta(hours=2), starts=TOMORROW + timedelta(minutes=1))
    assert times(event) == (TOMORROW, TOMORROW + timedelta(hours=2))


async def test_one_under_way_whose_session_is_put_off_makes_room_for_another(book: Book) -> None:
    await book.keep()
    [event] = events(book.harness)
    event.status = ACTIVE
    await book.keep(starts=TOMORROW + timedelta(hours=3), ends=TOMORROW + timedelta(hours=4))
    assert event.status == COMPLETED
    [again] = events(book.harness)
    assert times(again)[0] == TOMORROW + timedelta(hours=3)


async def test_a_session_brought_forward_to_before_now_is_not_announced_for_later(book: Book) -> None:
    await book.keep()
    assert len(events(book.harness)) == 1
    await book.keep(starts=START - timedelta(minutes=1))
    assert events(book.harness) == []


async def test_what_is_longer_than_discord_takes_is_cut_between_languages(book: Book) -> None:
    first, second = "a" * 600, "b" * 600
    await book.keep(title="t" * 120, venue="p" * 120, about=(first, second))
    [event] = events(book.harness)
    assert (len(event.name), len(event.entity_metadata["location"])) == (100, 100)
    assert event.description == f"{first}\n\nhttps://osm.org/way/1"
    await book.keep(about=("*" * 700,), link="https://osm.org/" + "x" * 600)
    assert event.description.endswith("…")
    assert 990 < len(event.description) <= 1000


async def test_without_the_permission_it_is_refused_in_words(book: Book) -> None:
    book.harness.env.inject_error("POST", "/guilds/*/scheduled-events", status=403, code=50013)
    with pytest.raises(Rejected, match="Create Events"):
        await book.keep()


async def test_too_many_is_refused_in_words(book: Book) -> None:
    book.harness.env.inject_error("POST", "/guilds/*/scheduled-events", status=400, code=30038)
    with pytest.raises(Rejected, match="100"):
        await book.keep()


async def test_a_fault_of_discord_s_is_for_later(book: Book) -> None:
    book.harness.env.inject_error("POST", "/guilds/*/scheduled-events", status=502)
    with pytest.raises(RetryLater):
        await book.keep()
    await book.keep()
    assert len(events(book.harness)) == 1


async def test_without_a_server_there_is_no_calendar(harness: DiscordHarness) -> None:
    assert harness.adapter.calendar is None
    await harness.restart(guild_id=harness.server.id)
    assert harness.adapter.calendar is not None


async def test_the_programme_and_the_servers_events_agree(harness: DiscordHarness) -> None:
    await harness.restart(guild_id=harness.server.id)
    store, clock = harness.world.store, harness.world.clock
    assert harness.adapter.calendar
    entries = CalendarResource("discord", harness.adapter.calendar, CALENDAR, store, harness.world.settings, clock)

    async def bring() -> None:
        while (stored := await entries.next_row()) and stored.due <= clock.now():
            await entries.reconcile(stored)

    ends = TOMORROW + timedelta(hours=1)
    plans = [Plan(f"s{n}", {"fr": f"Atelier {n}"}, TOMORROW, ends, "Europe/Paris") for n in range(3)]
    await store.transact(lambda tx: apply_programme(tx, plans, clock.now(), Hours("Europe/Paris")))
    await bring()
    assert [event.name for event in events(harness)] == ["Atelier 0", "Atelier 1", "Atelier 2"]
    newer = [replace(plans[0], title={"fr": "Accueil"}), plans[1]]
    await store.transact(lambda tx: apply_programme(tx, newer, clock.now(), Hours("Europe/Paris"), cancel_missing=True))
    await bring()
    assert [event.name for event in events(harness)] == ["Accueil", "Atelier 1"]
    await clock.advance(timedelta(days=2))
    await bring()
    assert await store.read(lambda tx: tx.all("SELECT * FROM calendar_entries")) == []
