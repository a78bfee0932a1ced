"""What a newer programme says otherwise, and what of it people must be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.people.audiences import Audience
from handlers.programme.model import (
    BadTime,
    ClockChange,
    Plan,
    Session,
    SessionChange,
    compare,
    differences,
    must_be_told,
    resolve,
)

NOW = datetime(2027, 6, 1, tzinfo=UTC)
NINE = datetime(2027, 6, 10, 7, tzinfo=UTC)
PLAN = Plan(
    "opening",
    {"fr": "Ouverture", "en": "Opening"},
    NINE,
    NINE + timedelta(hours=1),
    "Europe/Paris",
    {"fr": "Salle A", "en": "Room A"},
)
SESSION = Session(1, PLAN)
LATER = replace(PLAN, starts=NINE + timedelta(minutes=30))


def test_a_new_a_moved_an_unchanged_and_a_missing_session_are_told_apart() -> None:
    lunch, party = replace(PLAN, key="lunch"), replace(PLAN, key="party")
    new = replace(PLAN, key="new", title={"fr": "Nouveau"})
    found = compare([LATER, lunch, new], [SESSION, Session(2, lunch), Session(3, party)], NOW)
    assert found.changed == (SessionChange(SESSION, LATER, ("time",)),)
    assert [plan.key for plan in found.new] == ["new"]
    assert found.unchanged == 1
    assert found.missing == (Session(3, party),)


def test_a_session_is_found_by_its_hour_and_title_where_nobody_has_its_key() -> None:
    listed = [replace(PLAN, key="0610-0900"), replace(PLAN, key="0610-0900-2")]
    found = compare(listed, [SESSION], NOW)
    assert (found.unchanged, [plan.key for plan in found.new], found.missing) == (1, ["0610-0900-2"], ())


def test_what_is_over_or_cancelled_is_not_missing() -> None:
    past = replace(PLAN, starts=NOW - timedelta(hours=2), ends=NOW - timedelta(hours=1))
    stored = [Session(1, past), Session(2, replace(PLAN, cancelled=True)), Session(3, PLAN)]
    assert compare([], stored, NOW).missing == (Session(3, PLAN),)


def test_a_cancelled_session_never_comes_back_by_a_file() -> None:
    cancelled = Session(1, replace(PLAN, cancelled=True))
    found = compare([PLAN], [cancelled], NOW)
    assert (found.changed, found.unchanged, found.still_cancelled) == ((), 1, (cancelled,))


def test_words_in_other_languages_stay_until_the_words_change() -> None:
    only_french = replace(PLAN, title={"fr": "Ouverture"}, venue={"fr": "Salle A"})
    assert compare([only_french], [SESSION], NOW).unchanged == 1
    elsewhere = replace(only_french, venue={"fr": "Salle B"})
    [change] = compare([elsewhere], [SESSION], NOW).changed
    assert change.after.venue == {"fr": "Salle B"}  # «Room A» would send people to the wrong one
    assert change.after.title == PLAN.title


def test_a_file_without_them_keeps_the_speaker_and_the_description_that_were_written_in_chat() -> None:
    told = replace(PLAN, speaker="Marie Curie", description={"fr": "Radium", "en": "Radium"})
    assert compare([PLAN], [Session(1, told)], NOW).unchanged == 1
    newer = replace(PLAN, speaker="Ada Lovelace", description={"fr": "Calcul"})
    [change] = compare([newer], [Session(1, told)], NOW).changed
    assert (change.after, change.fields) == (newer, ("speaker", "description"))


def test_a_translation_is_no_difference() -> None:
    translated = replace(PLAN, title={**PLAN.title, "de": "Eröffnung"})
    assert differences(PLAN, translated) == ()
    [change] = compare([translated], [SESSION], NOW).changed
    assert change.after == translated


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (LATER, True),
        (replace(PLAN, venue={"fr": "Salle B"}), True),
        (replace(PLAN, venue={}), True),
        (replace(PLAN, cancelled=True), True),
        (replace(PLAN, audience=Audience("theme", "culture")), True),
        (replace(PLAN, title={"fr": "Clôture"}), True),
        (replace(PLAN, title={"fr": "ouverture"}), False),
        (replace(PLAN, map_url="https://osm.org/1"), False),
        (replace(PLAN, kind="plenary"), False),
        (replace(PLAN, speaker="Marie Curie", description={"fr": "Radium"}), False),
        (PLAN, False),
    ],
    ids=[
        "time",
        "place",
        "no place",
        "cancelled",
        "audience",
        "title",
        "spelling",
        "map",
        "kind",
        "details",
        "nothing",
    ],
)
def test_people_are_told_what_sends_them_elsewhere(after: Plan, told: bool) -> None:
    assert must_be_told(PLAN, after, NOW) is told
    assert not must_be_told(PLAN, after, PLAN.ends + timedelta(days=1))


def test_a_session_that_moves_out_of_the_past_is_told() -> None:
    tomorrow = replace(PLAN, starts=NINE + timedelta(days=1), ends=NINE + timedelta(days=1, hours=1))
    assert must_be_told(PLAN, tomorrow, PLAN.ends + timedelta(minutes=1))


@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Zurich", "America/Montreal", "Africa/Dakar"])
@pytest.mark.parametrize("hour", [0, 5, 12, 23])
def test_a_local_hour_is_one_instant_on_usual_days(zone: str, hour: int) -> None:
    local = datetime(2027, 6, 10, hour, 30)  # noqa: DTZ001 - a local time
    assert resolve(local, zone).tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "skipped", "twice"),
    [
        ("Europe/Paris", datetime(2027, 3, 28, 2, 30), datetime(2027, 10, 31, 2, 30)),  # noqa: DTZ001
        ("Europe/Zurich", datetime(2027, 3, 28, 2, 0), datetime(2027, 10, 31, 2, 0)),  # noqa: DTZ001
        ("America/Montreal", datetime(2027, 3, 14, 2, 30), datetime(2027, 11, 7, 1, 30)),  # noqa: DTZ001
    ],
)
def test_an_hour_that_is_skipped_or_comes_twice_is_refused(zone: str, skipped: datetime, twice: datetime) -> None:
    for local, change in ((skipped, ClockChange.SKIPPED), (twice, ClockChange.TWICE)):
        with pytest.raises(BadTime) as refused:
            resolve(local, zone)
        assert refused.value.change is change
    assert resolve(twice + timedelta(hours=2), zone) == twice.replace(tzinfo=ZoneInfo(zone)) + timedelta(hours=2)
