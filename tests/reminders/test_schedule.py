"""Reminders: each once, at its time, whatever clocks and outages do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.background import reminder_store, reminding
from bot.clock import from_micros
from bot.content.delivery_kinds import BULK, USUAL
from bot.content.lead_times import Lead, until
from bot.content.stored_views import unpack
from bot.content.texts import plain
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.people import participant_store, preference_store
from bot.people.audiences import Audience
from handlers.programme.model import session_subject
from handlers.reminders.schedule import SLICE
from handlers.reminders.service import remind_again
from handlers.reminders.store import add_personal, forget_old_reminders, put_choice
from handlers.themes.service import choose_theme
from handlers.themes.store import put_theme, set_theme_deadline
from tests.engines import on_one_engine
from tests.reminders.builders import NINE, READER, Reminded
from tests.world import START, SUBJECTS

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SWITCHES = {
    "Europe/Paris": ("2027-03-28", "2027-10-31"),
    "Europe/Zurich": ("2027-03-28", "2027-10-31"),
    "America/Toronto": ("2027-03-14", "2027-11-07"),
    "Africa/Dakar": ("2027-03-28", "2027-10-31"),
}
ROOM = {"en": "Room A"}


@pytest.mark.parametrize("switch", [0, 1], ids=["spring", "autumn"])
@pytest.mark.parametrize("zone", SWITCHES)
async def test_each_comes_once_where_clocks_change(store: Store, zone: str, switch: int) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    there = ZoneInfo(zone)
    midnight = datetime.fromisoformat(SWITCHES[zone][switch]).replace(tzinfo=there)
    local = [midnight + timedelta(hours=hours, minutes=30) for hours in (1, 2, 3, 26)]
    starts = {f"Session {n}": each.astimezone(UTC) for n, each in enumerate(local)}
    for key, at in starts.items():
        await harness.session(key, at, zone)
    sent = await harness.until(midnight.astimezone(UTC) + 3 * DAY)
    times: dict[str, list[datetime]] = {key: [] for key in starts}
    for due, texts in sent.items():
        for text in texts:
            times[next(key for key in starts if key in text)].append(due)
    for key, at in starts.items():
        day_before = (at.astimezone(there) - DAY).astimezone(UTC)
        assert times[key] == [day_before, at - 10 * MINUTE]
        assert abs(at - day_before - DAY) <= HOUR
    assert await harness.states() == {"sent": 8}


async def test_a_day_before_nine_is_nine_when_clocks_change_that_night(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    await harness.session("Opening", datetime(2027, 3, 28, 7, 0, tzinfo=UTC))
    (first, *_rest) = await harness.until(datetime(2027, 3, 29, tzinfo=UTC))
    assert first == datetime(2027, 3, 27, 8, 0, tzinfo=UTC)


@given(days=st.integers(0, 10**5), minutes=st.integers(0, 10**9))
def test_every_lead_is_read_as_it_was_stored(days: int, minutes: int) -> None:
    assert Lead.from_stored(Lead(days, minutes).encode()) == Lead(days, minutes)


@on_one_engine
async def test_it_says_when_where_and_what_to_do(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    await harness.session("Lunch", NINE + 4 * HOUR, kind="meal", venue=ROOM)
    assert await harness.at(NINE - 20 * HOUR) == ["Thursday 10 June, 13:00: Lunch, Room A\nKeep that time free."]
    assert await harness.at(NINE + 4 * HOUR - 10 * MINUTE) == ["13:00: Lunch, Room A\nTime to go there."]


async def test_an_outage_of_six_hours(store: Store) -> None:
    harness = Reminded(store)
    zoe = await harness.rig.person("Zoé", "telegram:1")
    ines = await harness.organiser()
    back = NINE + 6 * HOUR
    await harness.session("Missed", NINE + 2 * HOUR)
    await harness.session("Late", back - 15 * MINUTE, venue=ROOM)
    await harness.session("Coming", back + 10 * MINUTE)
    await harness.at(NINE)
    before = await harness.sent()
    harness.clock.set_to(back)
    harness.ticker = harness.program()
    with capture_logs() as logged:
        await harness.start()
        await harness.ticker.look()
    sent = (await harness.sent())[len(before) :]
    assert sent == [
        (
            ines,
            (
                "A reminder was not sent: I was down when it was due.\nThursday 10 June, 11:00: Missed\n"
                "If people need to know, announce it."
            ),
        ),
        (zoe, "14:45: Late, Room A\nIt has begun: come in.\nThis reminder is late: I was down for a while."),
        (zoe, "15:10: Coming\nTime to go there."),
    ]
    assert "background.release_missed" in [line["event"] for line in logged]


@pytest.mark.parametrize("by", [HOUR, -HOUR, DAY, -DAY], ids=["+1 h", "-1 h", "+1 day", "-1 day"])
async def test_the_clock_is_set_and_put_right_again(store: Store, by: timedelta) -> None:
    harness = Reminded(store)
    zoe = await harness.rig.person("Zoé", "telegram:1")
    ines = await harness.organiser()
    await harness.session("Before", NINE)
    await harness.session("After", NINE + 40 * MINUTE)
    await harness.until(NINE)
    harness.clock.set_by(by)
    await harness.ticker.look()
    harness.clock.set_to(NINE + 5 * MINUTE)
    await harness.until(NINE + 3 * HOUR)
    told = Counter((person, text.split("\n")[0]) for person, text in await harness.sent())
    assert {text: n for (person, text), n in told.items() if person == zoe} == {
        "Thursday 10 June, 09:00: Before": 1,
        "09:00: Before": 1,
        "Thursday 10 June, 09:40: After": 1,
        "09:40: After": 1,
    }
    given_up = [text for person, text in told if person == ines]
    assert given_up == (["A reminder was not sent: I was down when it was due."] if by > timedelta() else [])


async def test_a_clock_set_forward_for_good_drops_what_is_long_past(store: Store) -> None:
    harness = Reminded(store)
    zoe = await harness.rig.person("Zoé", "telegram:1")
    await harness.organiser()
    await harness.session("Opening", NINE)
    await harness.at(NINE - 2 * DAY)
    harness.clock.set_by(DAY + HOUR)
    await harness.until(NINE + DAY)
    assert [text.split("\n")[0] for person, text in await harness.sent() if person == zoe] == ["09:00: Opening"]
    assert await harness.states() == {"dropped": 1, "sent": 1}


@on_one_engine
async def test_starting_again_plans_nothing_twice(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    await harness.session("Opening", NINE)
    for instant in (NINE - DAY, NINE - DAY, NINE - HOUR, NINE - 10 * MINUTE, NINE - 5 * MINUTE):
        harness.clock.set_to(instant)
        harness.ticker = harness.program()
        await harness.start()
        await harness.ticker.look()
    assert len(await harness.sent()) == 2


@on_one_engine
async def test_another_configuration_counts_from_the_next_start(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    await harness.session("Visit", NINE, kind="visit")
    await harness.session("Dinner", NINE + 10 * HOUR, kind="evening")
    harness.settings = Reminded(store, before=["2h"], kinds={"evening": []}).settings
    harness.ticker = harness.program()
    await harness.start()
    assert list(await harness.until(NINE + DAY)) == [NINE - 2 * HOUR]


@on_one_engine
async def test_a_moved_session_moves_its_reminders_and_a_cancelled_one_has_none(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    opening = await harness.session("Opening", NINE)
    dinner = await harness.session("Dinner", NINE + 10 * HOUR)
    await harness.at(NINE - DAY)
    later = NINE + 5 * HOUR
    await harness.change(opening, replace(opening.plan, starts=later, ends=later + HOUR))
    await harness.change(dinner, replace(dinner.plan, cancelled=True))
    sent = await harness.until(NINE + 2 * DAY)
    assert list(sent) == [later - DAY, later - 10 * MINUTE]


async def test_what_one_asked_for_moves_along(store: Store) -> None:
    harness = Reminded(store, before=[])
    await harness.start()
    zoe = await harness.rig.person("Zoé", "telegram:1")
    opening = await harness.session("Opening", NINE)
    subject = session_subject(opening.id)
    await store.transact(lambda tx: remind_again(tx, subject, NINE, zoe, NINE - HOUR))
    moved = await harness.change(opening, replace(opening.plan, starts=NINE + HOUR, ends=NINE + 2 * HOUR))
    assert await harness.at(NINE - HOUR) == []
    assert await harness.at(NINE) == ["10:00: Opening\nKeep that time free."]
    await store.transact(lambda tx: remind_again(tx, subject, NINE + HOUR, zoe, NINE + 50 * MINUTE))
    await harness.change(moved, replace(moved.plan, starts=NINE + 5 * MINUTE))
    assert await harness.until(NINE + DAY) == {}


@on_one_engine
async def test_moved_there_and_back_it_is_reminded_of_once(store: Store) -> None:
    harness = Reminded(store, before=["1d"])
    await harness.start()
    await harness.rig.person("Zoé", "telegram:1")
    opening = await harness.session("Opening", NINE)
    assert len(await harness.at(NINE - DAY)) == 1
    moved = await harness.change(opening, replace(opening.plan, starts=NINE + HOUR, ends=NINE + 2 * HOUR))
    await harness.change(moved, opening.plan)
    assert await harness.until(NINE + DAY) == {}


@on_one_engine
async def test_who_joins_later_gets_what_is_still_to_come(store: Store) -> None:
    harness = Reminded(store)
    await harness.session("Opening", NINE)
    await harness.at(NINE - DAY)
    await harness.rig.person("Zoé", "telegram:1")
    assert await harness.at(NINE - 10 * MINUTE) == ["09:00: Opening\nTime to go there."]


async def choose_culture(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Have someone choose the theme «culture»."""
    person = await participant_store.find(tx, participant_id)
    assert person is not None
    await choose_theme(tx, person, "culture", now)


async def test_it_goes_to_those_it_is_for_who_want_it(store: Store) -> None:
    harness = Reminded(store)
    ids = [
        await harness.rig.person(name, f"telegram:{n}") for n, name in enumerate(("Zoé", "Ana", "Max", "Léo", "Eva"))
    ]
    zoe, ana, max_, leo, _eva = ids
    visit = await harness.session("Visit", NINE, kind="visit", audience=Audience("theme", "culture"))

    async def unit(tx: Transaction) -> None:
        await put_theme(tx, "culture", 0, {"en": "Culture"}, {}, None)
        for person in (zoe, ana, max_, leo):
            await choose_culture(tx, person, harness.clock.now())
        await preference_store.mute(tx, ana, ["reminders"])
        await put_choice(tx, max_, "kind:visit", wanted=False)
        await put_choice(tx, leo, session_subject(visit.id), wanted=False)

    await store.transact(unit)
    await harness.at(NINE - DAY)
    assert [person for person, _text in await harness.sent()] == [zoe]


@on_one_engine
async def test_the_theme_deadline_for_who_has_no_theme(store: Store) -> None:
    harness = Reminded(store)
    zoe, ana = [await harness.rig.person(name, f"telegram:{n}") for n, name in enumerate(("Zoé", "Ana"))]
    noon = datetime(2027, 6, 3, 10, 0, tzinfo=UTC)

    async def unit(tx: Transaction) -> None:
        await put_theme(tx, "culture", 0, {"en": "Culture"}, {}, None)
        await choose_culture(tx, ana, harness.clock.now())
        await set_theme_deadline(tx, noon - DAY)

    await store.transact(unit)
    await harness.start()
    await store.transact(lambda tx: set_theme_deadline(tx, noon))  # an organiser moves it
    sent = await harness.until(noon + DAY)
    assert list(sent) == [noon - 2 * DAY - 20 * HOUR, noon - 20 * HOUR]
    assert {text for texts in sent.values() for text in texts} == {
        "You have no theme yet. Choose one until Thursday 3 June, 12:00."
    }
    assert {person for person, _text in await harness.sent()} == {zoe}


@on_one_engine
async def test_a_reminder_of_the_deadline_asks_for_no_theme_once_there_is_one(store: Store) -> None:
    harness = Reminded(store)
    zoe = await harness.rig.person("Zoé", "telegram:1")
    noon = datetime(2027, 6, 3, 10, 0, tzinfo=UTC)

    async def deadline(tx: Transaction) -> None:
        await put_theme(tx, "culture", 0, {"en": "Culture"}, {}, None)
        await set_theme_deadline(tx, noon)

    await store.transact(deadline)
    await harness.start()
    await harness.until(noon - 2 * DAY)
    [reminder] = await harness.deliver()
    assert reminder.op == "send"

    await store.transact(lambda tx: choose_culture(tx, zoe, harness.clock.now()))
    harness.clock.set_by(2 * MINUTE)
    [correction] = await harness.deliver()
    assert (correction.id, correction.op) == (reminder.id, "edit")
    view = unpack(correction.content, None)
    assert [plain(line, READER) for line in view.lines][1:] == ["You have one now."]
    assert view.buttons == ()


async def test_thousands_at_once_a_slice_at_a_time(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    harness = Reminded(store)
    wakes: list[int] = []
    count = 4 * SLICE + 1
    people = await harness.crowd(count)
    session = await harness.session("Opening", NINE)
    asked = NINE - HOUR
    rows = [(person, until(NINE, asked), asked) for person in people]
    await store.transact(lambda tx: add_personal(tx, session_subject(session.id), NINE, rows))
    harness.clock.set_to(asked)
    harness.ticker = harness.program(released=lambda: wakes.append(1))
    await harness.ticker.look()
    assert await harness.counts() == [1] * count
    harness.clock.set_to(NINE - 10 * MINUTE)
    await harness.ticker.look()
    assert await harness.counts() == [2] * count
    assert await harness.states() == {"dropped": 1, "sent": count + 1}
    assert len(wakes) >= 2 * 5
    await store.close()


async def test_a_program_that_ends_between_two_slices_goes_on_where_it_was(store: Store) -> None:
    harness = Reminded(store)
    await harness.crowd(2 * SLICE + 1)
    await harness.session("Opening", NINE)
    harness.clock.set_to(NINE - 10 * MINUTE)
    source = harness.source()
    await store.transact(lambda tx: source.release(tx, harness.clock.now()))  # the one of a day before is given up
    for _slice in range(2):
        await store.transact(lambda tx: source.release(tx, harness.clock.now()))
    assert await harness.counts() == [1] * (2 * SLICE)
    harness.ticker = harness.program()
    await harness.start()
    await harness.ticker.look()
    assert await harness.counts() == [1] * (2 * SLICE + 1)


@on_one_engine
async def test_one_with_a_defect_keeps_no_other_waiting(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    await harness.session("Opening", NINE)

    async def defective(*_what: object) -> None:
        raise KeyError("words")

    broken = replace(SUBJECTS["campaign"], compose=defective)
    harness.ticker = harness.program({**SUBJECTS, "campaign": broken})
    await store.transact(lambda tx: reminding.schedule(tx, "campaign:1", NINE, "Europe/Paris", [Lead(days=1)], START))
    assert len(await harness.at(NINE - DAY)) == 1
    assert await harness.states() == {"moot": 1, "sent": 1, "waiting": 1}


async def test_what_was_settled_long_ago_is_forgotten(store: Store) -> None:
    harness = Reminded(store)
    await harness.session("Opening", NINE)
    await harness.until(NINE)
    await store.transact(lambda tx: forget_old_reminders(tx, NINE + 30 * DAY))
    assert await harness.states() == {"sent": 2}
    await store.transact(lambda tx: forget_old_reminders(tx, NINE + 61 * DAY))
    assert await harness.states() == {}


@on_one_engine
async def test_a_day_ahead_it_leaves_nobody_without_sleep_unless_they_asked_for_it(store: Store) -> None:
    harness = Reminded(store)
    zoe = await harness.rig.person("Zoé", "telegram:1")
    session = await harness.session("Opening", NINE)
    await harness.store.transact(lambda tx: remind_again(tx, session_subject(session.id), NINE, zoe, NINE - 2 * DAY))
    await harness.until(NINE)
    assert [row["urgent"] for row in await harness.deliveries()] == [USUAL, BULK, USUAL]


@on_one_engine
@pytest.mark.parametrize("changes", [{"starts": NINE + HOUR, "ends": NINE + 2 * HOUR}, {"cancelled": True}])
async def test_a_reminder_that_waits_for_the_morning_is_called_back(store: Store, changes: dict[str, Any]) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    session = await harness.session("Opening", NINE)
    assert await harness.at(NINE - DAY) == ["Thursday 10 June, 09:00: Opening\nKeep that time free."]
    await harness.change(session, replace(session.plan, **changes))
    ((_person, left),) = await harness.sent()
    assert left.startswith("A change in the programme.")


async def test_very_many_that_wait_are_called_back_a_part_at_a_time_those_that_leave_first_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminder_store, "_AT_ONCE", 2)
    harness = Reminded(store)
    people = await harness.crowd(5)
    session = await harness.session("Opening", NINE)
    assert len(await harness.at(NINE - DAY)) == 5
    await harness.change(session, replace(session.plan, starts=NINE + DAY, ends=NINE + DAY + HOUR))
    assert [person for person, text in await harness.sent() if "Keep that time free." in text] == people[2:]
    harness.ticker = harness.program()  # it ends before the rest is done
    assert await harness.ticker.look() == NINE
    assert not any("Keep that time free." in text for _person, text in await harness.sent())
    assert len(await harness.at(NINE)) == 5  # reminders of the new time


@on_one_engine
async def test_a_change_of_what_is_far_away_waits_for_the_morning(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1", territory="FR")
    await harness.rig.person("Ali", "telegram:2", territory="CA-QC")
    before = NINE - 30 * DAY
    far, near = await harness.session("Far", before + DAY), await harness.session("Near", before + 6 * HOUR)
    night = before - 8 * HOUR  # one in the morning in Paris, seven in the evening in Montréal
    harness.clock.set_to(night)

    async def dues() -> list[datetime]:
        """When the latest two messages leave, in the order of people."""
        latest = sorted((await harness.deliveries())[-2:], key=lambda row: row["participant_id"])
        return [from_micros(row["due_at"]) for row in latest]

    await harness.change(far, replace(far.plan, venue=ROOM))
    assert await dues() == [before - HOUR, night]
    await harness.change(near, replace(near.plan, venue=ROOM))
    assert await dues() == [night, night]
    harness.clock.set_to(NINE - 8 * HOUR)  # the first night of the gathering: all sleep in Paris
    over = await harness.session("Over there", NINE + DAY)
    await harness.change(over, replace(over.plan, venue=ROOM))
    assert await dues() == [NINE - HOUR, NINE - HOUR]
