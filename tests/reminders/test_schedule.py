"""Reminders: each once, at its time, whatever clocks and outages do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bot.background import reminding
from bot.clock import from_micros
from bot.content.delivery_kinds import BULK, USUAL
from bot.content.leads import Lead, until
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
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1")
    there = ZoneInfo(zone)
    midnight = datetime.fromisoformat(SWITCHES[zone][switch]).replace(tzinfo=there)
    local = [midnight + timedelta(hours=hours, minutes=30) for hours in (1, 2, 3, 26)]
    starts = {f"Session {n}": each.astimezone(UTC) for n, each in enumerate(local)}
    for key, at in starts.items():
        await house.session(key, at, zone)
    sent = await house.until(midnight.astimezone(UTC) + 3 * DAY)
    times: dict[str, list[datetime]] = {key: [] for key in starts}
    for due, texts in sent.items():
        for text in texts:
            times[next(key for key in starts if key in text)].append(due)
    for key, at in starts.items():
        day_before = (at.astimezone(there) - DAY).astimezone(UTC)
        assert times[key] == [day_before, at - 10 * MINUTE]
        assert abs(at - day_before - DAY) <= HOUR
    assert await house.states() == {"sent": 8}


async def test_a_day_before_nine_is_nine_when_clocks_change_that_night(store: Store) -> None:
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1")
    await house.session("Opening", datetime(2027, 3, 28, 7, 0, tzinfo=UTC))
    (first, *_rest) = await house.until(datetime(2027, 3, 29, tzinfo=UTC))
    assert first == datetime(2027, 3, 27, 8, 0, tzinfo=UTC)


async def test_it_says_when_where_and_what_to_do(store: Store) -> None:
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1")
    await house.session("Lunch", NINE + 4 * HOUR, kind="meal", place=ROOM)
    assert await house.at(NINE - 20 * HOUR) == ["Thursday 10 June, 13:00: Lunch, Room A\nKeep that time free."]
    assert await house.at(NINE + 4 * HOUR - 10 * MINUTE) == ["13:00: Lunch, Room A\nTime to go there."]


async def test_an_outage_of_six_hours(store: Store) -> None:
    house = Reminded(store)
    zoe = await house.rig.person("Zoé", "telegram:1")
    ines = await house.organiser()
    back = NINE + 6 * HOUR
    await house.session("Missed", NINE + 2 * HOUR)
    await house.session("Late", back - 15 * MINUTE, place=ROOM)
    await house.session("Coming", back + 10 * MINUTE)
    await house.at(NINE)
    before = await house.sent()
    house.clock.set_to(back)
    house.ticker = house.program()
    with capture_logs() as logged:
        await house.start()
        await house.ticker.look()
    sent = (await house.sent())[len(before) :]
    assert sent == [
        (
            ines,
            (
                "A reminder was not sent: I was out of order when it was due.\nThursday 10 June, 11:00: Missed\n"
                "If people should know, announce it."
            ),
        ),
        (zoe, "14:45: Late, Room A\nIt has begun: come in.\nThis reminder comes late: I was out of order for a while."),
        (zoe, "15:10: Coming\nTime to go there."),
    ]
    assert "missed, and given up" in [line["event"] for line in logged]


@pytest.mark.parametrize("by", [HOUR, -HOUR, DAY, -DAY], ids=["+1 h", "-1 h", "+1 day", "-1 day"])
async def test_the_clock_is_set_and_put_right_again(store: Store, by: timedelta) -> None:
    house = Reminded(store)
    zoe = await house.rig.person("Zoé", "telegram:1")
    ines = await house.organiser()
    await house.session("Before", NINE)
    await house.session("After", NINE + 40 * MINUTE)
    await house.until(NINE)
    house.clock.set_by(by)
    await house.ticker.look()
    house.clock.set_to(NINE + 5 * MINUTE)
    await house.until(NINE + 3 * HOUR)
    told = Counter((person, text.split("\n")[0]) for person, text in await house.sent())
    assert {text: n for (person, text), n in told.items() if person == zoe} == {
        "Thursday 10 June, 09:00: Before": 1,
        "09:00: Before": 1,
        "Thursday 10 June, 09:40: After": 1,
        "09:40: After": 1,
    }
    given_up = [text for person, text in told if person == ines]
    assert given_up == (["A reminder was not sent: I was out of order when it was due."] if by > timedelta() else [])


async def test_a_clock_set_forward_for_good_drops_what_is_long_past(store: Store) -> None:
    house = Reminded(store)
    zoe = await house.rig.person("Zoé", "telegram:1")
    await house.organiser()
    await house.session("Opening", NINE)
    await house.at(NINE - 2 * DAY)
    house.clock.set_by(DAY + HOUR)
    await house.until(NINE + DAY)
    assert [text.split("\n")[0] for person, text in await house.sent() if person == zoe] == ["09:00: Opening"]
    assert await house.states() == {"dropped": 1, "sent": 1}


async def test_starting_again_plans_nothing_twice(store: Store) -> None:
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1")
    await house.session("Opening", NINE)
    for instant in (NINE - DAY, NINE - DAY, NINE - HOUR, NINE - 10 * MINUTE, NINE - 5 * MINUTE):
        house.clock.set_to(instant)
        house.ticker = house.program()
        await house.start()
        await house.ticker.look()
    assert len(await house.sent()) == 2


async def test_another_configuration_counts_from_the_next_start(store: Store) -> None:
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1")
    await house.session("Visit", NINE, kind="visit")
    await house.session("Dinner", NINE + 10 * HOUR, kind="evening")
    house.settings = Reminded(store, before=["2h"], kinds={"evening": []}).settings
    house.ticker = house.program()
    await house.start()
    assert list(await house.until(NINE + DAY)) == [NINE - 2 * HOUR]


async def test_a_moved_session_moves_its_reminders_and_a_cancelled_one_has_none(store: Store) -> None:
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1")
    opening = await house.session("Opening", NINE)
    dinner = await house.session("Dinner", NINE + 10 * HOUR)
    await house.at(NINE - DAY)
    later = NINE + 5 * HOUR
    await house.change(opening, replace(opening.plan, starts=later, ends=later + HOUR))
    await house.change(dinner, replace(dinner.plan, cancelled=True))
    sent = await house.until(NINE + 2 * DAY)
    assert list(sent) == [later - DAY, later - 10 * MINUTE]


async def test_what_one_asked_for_moves_along(store: Store) -> None:
    house = Reminded(store, before=[])
    await house.start()
    zoe = await house.rig.person("Zoé", "telegram:1")
    opening = await house.session("Opening", NINE)
    subject = session_subject(opening.id)
    await store.transact(lambda tx: remind_again(tx, subject, NINE, zoe, NINE - HOUR))
    moved = await house.change(opening, replace(opening.plan, starts=NINE + HOUR, ends=NINE + 2 * HOUR))
    assert await house.at(NINE - HOUR) == []
    assert await house.at(NINE) == ["10:00: Opening\nKeep that time free."]
    await store.transact(lambda tx: remind_again(tx, subject, NINE + HOUR, zoe, NINE + 50 * MINUTE))
    await house.change(moved, replace(moved.plan, starts=NINE + 5 * MINUTE))
    assert await house.until(NINE + DAY) == {}


async def test_moved_there_and_back_it_is_reminded_of_once(store: Store) -> None:
    house = Reminded(store, before=["1d"])
    await house.start()
    await house.rig.person("Zoé", "telegram:1")
    opening = await house.session("Opening", NINE)
    assert len(await house.at(NINE - DAY)) == 1
    moved = await house.change(opening, replace(opening.plan, starts=NINE + HOUR, ends=NINE + 2 * HOUR))
    await house.change(moved, opening.plan)
    assert await house.until(NINE + DAY) == {}


async def test_who_joins_later_gets_what_is_still_to_come(store: Store) -> None:
    house = Reminded(store)
    await house.session("Opening", NINE)
    await house.at(NINE - DAY)
    await house.rig.person("Zoé", "telegram:1")
    assert await house.at(NINE - 10 * MINUTE) == ["09:00: Opening\nTime to go there."]


async def choose_culture(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Have someone choose the theme «culture»."""
    person = await participant_store.find(tx, participant_id)
    assert person is not None
    await choose_theme(tx, person, "culture", now)


async def test_it_goes_to_those_it_is_for_who_want_it(store: Store) -> None:
    house = Reminded(store)
    ids = [await house.rig.person(name, f"telegram:{n}") for n, name in enumerate(("Zoé", "Ana", "Max", "Léo", "Eva"))]
    zoe, ana, max_, leo, _eva = ids
    visit = await house.session("Visit", NINE, kind="visit", audience=Audience("theme", "culture"))

    async def unit(tx: Transaction) -> None:
        await put_theme(tx, "culture", 0, {"en": "Culture"}, {}, None)
        for person in (zoe, ana, max_, leo):
            await choose_culture(tx, person, house.clock.now())
        await preference_store.mute(tx, ana, ["reminders"])
        await put_choice(tx, max_, "kind:visit", wanted=False)
        await put_choice(tx, leo, session_subject(visit.id), wanted=False)

    await store.transact(unit)
    await house.at(NINE - DAY)
    assert [person for person, _text in await house.sent()] == [zoe]


async def test_the_theme_deadline_for_who_has_no_theme(store: Store) -> None:
    house = Reminded(store)
    zoe, ana = [await house.rig.person(name, f"telegram:{n}") for n, name in enumerate(("Zoé", "Ana"))]
    noon = datetime(2027, 6, 3, 10, 0, tzinfo=UTC)

    async def unit(tx: Transaction) -> None:
        await put_theme(tx, "culture", 0, {"en": "Culture"}, {}, None)
        await choose_culture(tx, ana, house.clock.now())
        await set_theme_deadline(tx, noon - DAY)

    await store.transact(unit)
    await house.start()
    await store.transact(lambda tx: set_theme_deadline(tx, noon))  # an organiser moves it
    sent = await house.until(noon + DAY)
    assert list(sent) == [noon - 2 * DAY - 20 * HOUR, noon - 20 * HOUR]
    assert {text for texts in sent.values() for text in texts} == {
        "You have no theme yet. Choose one until Thursday 3 June, 12:00."
    }
    assert {person for person, _text in await house.sent()} == {zoe}


async def test_a_reminder_of_the_deadline_asks_for_no_theme_once_there_is_one(store: Store) -> None:
    house = Reminded(store)
    zoe = await house.rig.person("Zoé", "telegram:1")
    noon = datetime(2027, 6, 3, 10, 0, tzinfo=UTC)

    async def deadline(tx: Transaction) -> None:
        await put_theme(tx, "culture", 0, {"en": "Culture"}, {}, None)
        await set_theme_deadline(tx, noon)

    await store.transact(deadline)
    await house.start()
    await house.until(noon - 2 * DAY)
    [reminder] = await house.deliver()
    assert reminder.op == "send"

    await store.transact(lambda tx: choose_culture(tx, zoe, house.clock.now()))
    house.clock.set_by(2 * MINUTE)
    [correction] = await house.deliver()
    assert (correction.id, correction.op) == (reminder.id, "edit")
    view = unpack(correction.content, None)
    assert [plain(line, READER) for line in view.lines][1:] == ["You have one now."]
    assert view.buttons == ()


async def test_thousands_at_once_a_slice_at_a_time(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    house = Reminded(store)
    wakes: list[int] = []
    count = 4 * SLICE + 1
    people = await house.crowd(count)
    session = await house.session("Opening", NINE)
    asked = NINE - HOUR
    rows = [(person, until(NINE, asked), asked) for person in people]
    await store.transact(lambda tx: add_personal(tx, session_subject(session.id), NINE, rows))
    house.clock.set_to(asked)
    house.ticker = house.program(released=lambda: wakes.append(1))
    await house.ticker.look()
    assert await house.counts() == [1] * count
    house.clock.set_to(NINE - 10 * MINUTE)
    await house.ticker.look()
    assert await house.counts() == [2] * count
    assert await house.states() == {"dropped": 1, "sent": count + 1}
    assert len(wakes) >= 2 * 5
    await store.close()


async def test_a_program_that_ends_between_two_slices_goes_on_where_it_was(store: Store) -> None:
    house = Reminded(store)
    await house.crowd(2 * SLICE + 1)
    await house.session("Opening", NINE)
    house.clock.set_to(NINE - 10 * MINUTE)
    source = house.source()
    await store.transact(lambda tx: source.release(tx, house.clock.now()))  # the one of a day before is given up
    for _slice in range(2):
        await store.transact(lambda tx: source.release(tx, house.clock.now()))
    assert await house.counts() == [1] * (2 * SLICE)
    house.ticker = house.program()
    await house.start()
    await house.ticker.look()
    assert await house.counts() == [1] * (2 * SLICE + 1)


async def test_one_with_a_defect_keeps_no_other_waiting(store: Store) -> None:
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1")
    await house.session("Opening", NINE)

    async def defective(*_what: object) -> None:
        raise KeyError("words")

    broken = replace(SUBJECTS["campaign"], compose=defective)
    house.ticker = house.program({**SUBJECTS, "campaign": broken})
    await store.transact(lambda tx: reminding.schedule(tx, "campaign:1", NINE, "Europe/Paris", [Lead(days=1)], START))
    assert len(await house.at(NINE - DAY)) == 1
    assert await house.states() == {"moot": 1, "sent": 1, "waiting": 1}


async def test_what_was_settled_long_ago_is_forgotten(store: Store) -> None:
    house = Reminded(store)
    await house.session("Opening", NINE)
    await house.until(NINE)
    await store.transact(lambda tx: forget_old_reminders(tx, NINE + 30 * DAY))
    assert await house.states() == {"sent": 2}
    await store.transact(lambda tx: forget_old_reminders(tx, NINE + 61 * DAY))
    assert await house.states() == {}


async def test_a_day_ahead_it_leaves_nobody_without_sleep_unless_they_asked_for_it(store: Store) -> None:
    house = Reminded(store)
    zoe = await house.rig.person("Zoé", "telegram:1")
    session = await house.session("Opening", NINE)
    await house.store.transact(lambda tx: remind_again(tx, session_subject(session.id), NINE, zoe, NINE - 2 * DAY))
    await house.until(NINE)
    assert [row["urgent"] for row in await house.deliveries()] == [USUAL, BULK, USUAL]


@pytest.mark.parametrize("changes", [{"starts": NINE + HOUR, "ends": NINE + 2 * HOUR}, {"cancelled": True}])
async def test_a_reminder_that_waits_for_the_morning_is_called_back(store: Store, changes: dict[str, Any]) -> None:
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1")
    session = await house.session("Opening", NINE)
    assert await house.at(NINE - DAY) == ["Thursday 10 June, 09:00: Opening\nKeep that time free."]
    await house.change(session, replace(session.plan, **changes))
    ((_person, left),) = await house.sent()
    assert left.startswith("A change in the programme.")


async def test_a_change_of_what_is_far_away_waits_for_the_morning(store: Store) -> None:
    house = Reminded(store)
    await house.rig.person("Zoé", "telegram:1", territory="FR")
    await house.rig.person("Ali", "telegram:2", territory="CA-QC")
    before = NINE - 30 * DAY
    far, near = await house.session("Far", before + DAY), await house.session("Near", before + 6 * HOUR)
    night = before - 8 * HOUR  # one in the morning in Paris, seven in the evening in Montréal
    house.clock.set_to(night)

    async def dues() -> list[datetime]:
        """When the latest two messages leave, in the order of people."""
        latest = sorted((await house.deliveries())[-2:], key=lambda row: row["participant_id"])
        return [from_micros(row["due_at"]) for row in latest]

    await house.change(far, replace(far.plan, place=ROOM))
    assert await dues() == [before - HOUR, night]
    await house.change(near, replace(near.plan, place=ROOM))
    assert await dues() == [night, night]
    house.clock.set_to(NINE - 8 * HOUR)  # the first night of the gathering: all sleep in Paris
    over = await house.session("Over there", NINE + DAY)
    await house.change(over, replace(over.plan, place=ROOM))
    assert await dues() == [NINE - HOUR, NINE - HOUR]
