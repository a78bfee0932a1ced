"""Times as people type them, in three languages: read, or asked again with what they could mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_datetime
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.dates import DateProblem, TypedTime, parse_date, read_time

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 6, 2, 8, 0, 30, tzinfo=UTC)
"""A Wednesday, ten in Paris."""
# What `st.text()` draws from by itself; of UTF-8 it would make a table first, which takes a second.
CHARACTERS = st.characters(exclude_categories=["Cs"])


def read(typed: str, now: datetime = NOW, locale: str = "fr", zone: str = "Europe/Paris") -> TypedTime:
    return read_time(typed, zone=zone, now=now, locale=locale)


def told(*instants: datetime | None) -> list[str]:
    """Instants as Paris reads them."""
    return [f"{instant.astimezone(PARIS):%Y-%m-%d %H:%M}" for instant in instants if instant]


READ = [
    ("demain 14h", "2027-06-03 14:00"),
    ("Demain à 14 h.", "2027-06-03 14:00"),
    ("14h demain", "2027-06-03 14:00"),
    ("demain matin 9h", "2027-06-03 09:00"),
    ("demain soir à 8h", "2027-06-03 20:00"),
    ("demain midi", "2027-06-03 12:00"),
    ("demain 9 heures 30", "2027-06-03 09:30"),
    ("après-demain 9h", "2027-06-04 09:00"),
    ("apres demain 9h", "2027-06-04 09:00"),
    ("aujourd'hui 18h30", "2027-06-02 18:30"),
    ("aujourd’hui à 18 h 30", "2027-06-02 18:30"),
    ("ce soir 20h", "2027-06-02 20:00"),
    ("ce soir 8h", "2027-06-02 20:00"),
    ("cet après-midi 15h", "2027-06-02 15:00"),
    ("3h de l'après-midi", "2027-06-02 15:00"),
    ("14h", "2027-06-02 14:00"),
    ("à 14:30", "2027-06-02 14:30"),
    ("minuit", "2027-06-03 00:00"),
    ("vendredi 9 h 30", "2027-06-04 09:30"),
    ("ven. 9h", "2027-06-04 09:00"),
    ("ce vendredi 9h", "2027-06-04 09:00"),
    ("vendredi soir 20h", "2027-06-04 20:00"),
    ("vendredi en huit 9h", "2027-06-11 09:00"),
    ("mar. 14h", "2027-06-08 14:00"),
    ("dans 20 min", "2027-06-02 10:21"),
    ("dans 2 heures", "2027-06-02 12:01"),
    ("dans une heure", "2027-06-02 11:01"),
    ("dans une demi-heure", "2027-06-02 10:31"),
    ("dans un quart d'heure", "2027-06-02 10:16"),
    ("dans 1h30", "2027-06-02 11:31"),
    ("dans deux heures et demie", "2027-06-02 12:31"),
    ("dans 3 jours à 14h", "2027-06-05 14:00"),
    ("dans une semaine 14h", "2027-06-09 14:00"),
    ("10 juin 14h", "2027-06-10 14:00"),
    ("le 10 juin à 14h", "2027-06-10 14:00"),
    ("à 14h le 10 juin", "2027-06-10 14:00"),
    ("14 h 10 juin", "2027-06-10 14:00"),
    ("jeudi 10 juin 2027, 14h", "2027-06-10 14:00"),
    ("1er juillet 9h", "2027-07-01 09:00"),
    ("10 janvier 2028 9h", "2028-01-10 09:00"),
    ("2027-06-10 14:00", "2027-06-10 14:00"),
    ("2027-06-10T14:00", "2027-06-10 14:00"),
    ("2027-06-10T14:00Z", "2027-06-10 16:00"),
    ("2027-06-10 08:00-04:00", "2027-06-10 14:00"),
    ("25/6 14h", "2027-06-25 14:00"),
    ("25.6.2027 14:00", "2027-06-25 14:00"),
    ("10.06.2027 14:00", "2027-06-10 14:00"),
    ("3.7. 14 Uhr", "2027-07-03 14:00"),
    ("vendredi 4/6 14h", "2027-06-04 14:00"),
    ("10 juin 24h", "2027-06-11 00:00"),
    ("in 2 hours", "2027-06-02 12:01"),
    ("in an hour", "2027-06-02 11:01"),
    ("in half an hour", "2027-06-02 10:31"),
    ("in 90 minutes", "2027-06-02 11:31"),
    ("in 3 days at 9am", "2027-06-05 09:00"),
    ("Fri 9am", "2027-06-04 09:00"),
    ("on Friday at 9:15 a.m.", "2027-06-04 09:15"),
    ("9am on Friday", "2027-06-04 09:00"),
    ("this Friday 9am", "2027-06-04 09:00"),
    ("tomorrow at 2 pm", "2027-06-03 14:00"),
    ("tomorrow morning at 9:00", "2027-06-03 09:00"),
    ("the day after tomorrow, 5pm", "2027-06-04 17:00"),
    ("tonight 8pm", "2027-06-02 20:00"),
    ("12pm", "2027-06-02 12:00"),
    ("noon tomorrow", "2027-06-03 12:00"),
    ("June 10 2pm", "2027-06-10 14:00"),
    ("Thursday, June 10th, 2027 at 14:00", "2027-06-10 14:00"),
    ("10th of June 14:00", "2027-06-10 14:00"),
    ("übermorgen 14 Uhr", "2027-06-04 14:00"),
    ("morgen früh 9 Uhr", "2027-06-03 09:00"),
    ("morgen um 9 Uhr", "2027-06-03 09:00"),
    ("heute Abend 20 Uhr", "2027-06-02 20:00"),
    ("heute 20 Uhr 15", "2027-06-02 20:15"),
    ("Freitag, 14.30 Uhr", "2027-06-04 14:30"),
    ("Freitagabend um 8 Uhr", "2027-06-04 20:00"),
    ("Freitagmorgen 9 Uhr", "2027-06-04 09:00"),
    ("am Fr. um 9 Uhr", "2027-06-04 09:00"),
    ("in einer Stunde", "2027-06-02 11:01"),
    ("in einer halben Stunde", "2027-06-02 10:31"),
    ("in 20 Minuten", "2027-06-02 10:21"),
    ("in zwei Wochen um 14 Uhr", "2027-06-16 14:00"),
    ("10. Juni 14 Uhr", "2027-06-10 14:00"),
    ("am Donnerstag, den 10. Juni 2027 um 14:00 Uhr", "2027-06-10 14:00"),
]


@pytest.mark.parametrize(("typed", "instant"), READ)
def test_what_people_type_is_understood(typed: str, instant: str) -> None:
    found = read(typed)
    assert (told(found.instant), found.problem) == ([instant], None)


@pytest.mark.parametrize(
    ("typed", "problem", "readings"),
    [
        # Figures read differently in Paris and in Montréal.
        ("3/6 14h", DateProblem.AMBIGUOUS, ["2027-06-03 14:00", "2028-03-06 14:00"]),
        ("03/07/2027 14:00", DateProblem.AMBIGUOUS, ["2027-07-03 14:00"]),
        ("3/7/27 14h", DateProblem.AMBIGUOUS, ["2027-07-03 14:00"]),
        ("mercredi 14h", DateProblem.AMBIGUOUS, ["2027-06-02 14:00", "2027-06-09 14:00"]),
        ("vendredi prochain 9h", DateProblem.AMBIGUOUS, ["2027-06-04 09:00", "2027-06-11 09:00"]),
        ("next Friday 9am", DateProblem.AMBIGUOUS, ["2027-06-04 09:00", "2027-06-11 09:00"]),
        ("nächsten Freitag um 9 Uhr", DateProblem.AMBIGUOUS, ["2027-06-04 09:00", "2027-06-11 09:00"]),
        ("demain minuit", DateProblem.AMBIGUOUS, ["2027-06-03 00:00", "2027-06-04 00:00"]),
        ("30 février 14h", DateProblem.NO_SUCH_DAY, []),
        ("30 February 2028 14:00", DateProblem.NO_SUCH_DAY, ["2028-02-29 14:00", "2028-03-01 14:00"]),
        ("31. Juni 14 Uhr", DateProblem.NO_SUCH_DAY, ["2027-06-30 14:00", "2027-07-01 14:00"]),
        ("2027-13-01 14:00", DateProblem.NO_SUCH_DAY, []),
        ("06.25.2027 14:00", DateProblem.NO_SUCH_DAY, []),
        ("31/11 14h", DateProblem.NO_SUCH_DAY, ["2027-11-30 14:00", "2027-12-01 14:00"]),
        ("42/42 14h", DateProblem.NO_SUCH_DAY, []),
        ("10 juin 25h", DateProblem.NO_SUCH_TIME, []),
        ("10 juin 12h75", DateProblem.NO_SUCH_TIME, []),
        ("demain 13 am", DateProblem.NO_SUCH_TIME, []),
        ("demain matin 15h", DateProblem.NO_SUCH_TIME, []),
        ("31 octobre 2h30", DateProblem.TWICE, ["2027-10-31 02:30", "2027-10-31 02:30"]),
        ("26 mars 2028 2h30", DateProblem.SKIPPED, ["2028-03-26 01:30", "2028-03-26 03:30"]),
        ("vendredi 10 juin 14h", DateProblem.OTHER_WEEKDAY, ["2027-06-10 14:00", "2027-06-11 14:00"]),
        ("1er juin 9h", DateProblem.PAST, ["2028-06-01 09:00"]),
        ("1er juin 2027 9h", DateProblem.PAST, []),
        ("2020-06-10T14:00Z", DateProblem.PAST, []),
        ("9h", DateProblem.PAST, ["2027-06-03 09:00"]),
        ("ce matin 9h", DateProblem.PAST, ["2027-06-03 09:00"]),
        ("demain", DateProblem.NO_HOUR, []),
        ("vendredi matin", DateProblem.NO_HOUR, []),
        ("10 juin", DateProblem.NO_HOUR, []),
        ("in 3 days", DateProblem.NO_HOUR, []),
        ("", DateProblem.UNREADABLE, []),
        ("bientôt", DateProblem.UNREADABLE, []),
        ("10 brumaire 14h", DateProblem.UNREADABLE, []),
        ("dans 14 patates", DateProblem.UNREADABLE, []),
        ("demain 14", DateProblem.UNREADABLE, []),
        ("demain 14h ou 15h", DateProblem.UNREADABLE, []),
        ("14h " * 40, DateProblem.UNREADABLE, []),
    ],
)
def test_what_is_asked_again_and_the_readings_to_choose_from(
    typed: str, problem: DateProblem, readings: list[str]
) -> None:
    found = read(typed)
    assert (found.instant, found.problem, told(*found.readings)) == (None, problem, readings)


def test_an_hour_that_is_there_twice_gives_both_an_hour_apart() -> None:
    first, second = read("31 octobre 2h30").readings
    assert second - first == timedelta(hours=1)


def test_between_the_two_only_the_second_is_left() -> None:
    between = datetime(2027, 10, 31, 0, 45, tzinfo=UTC)
    assert read("2h30", between).instant == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_on_is_no_morning_for_who_writes_german() -> None:
    evening = read("20:00 am 10. Juni", locale="de").instant
    assert told(evening, read("9:00 am Freitag", locale="de").instant) == ["2027-06-10 20:00", "2027-06-04 09:00"]
    assert told(read("12:00 am 10. Juni", locale="de").instant) == ["2027-06-10 12:00"]
    assert told(read("12:00 am 10 June", locale="en").instant) == ["2027-06-10 00:00"]


def test_today_is_the_day_where_the_gathering_is() -> None:
    late = datetime(2027, 6, 2, 23, 30, tzinfo=UTC)  # the 3rd in Paris, the 2nd in Montréal
    assert told(read("demain 14h", late).instant) == ["2027-06-04 14:00"]
    assert told(read("demain 14h", late, zone="America/Toronto").instant) == ["2027-06-03 20:00"]


def test_what_is_told_from_today_has_no_place_in_a_table() -> None:
    for typed in ("demain 14h", "14h", "3/6 14h"):
        with pytest.raises(Exception, match="unreadable"):
            parse_date(typed, zone="Europe/Paris", now=NOW)


PIECES = ("demain", "14h", "3", "juin", "/", "fri", "9", "am", "in", "2", ".", "uhr", "-", "le", "0", ":", "soir", "30")

FORMS = {
    "fr": ("d MMMM y 'à' HH:mm", "EEEE d MMMM y, H'h'mm", "'le' d MMMM y 'à' H 'h' mm", "H'h'mm 'le' d MMM y"),
    "en": ("d MMMM y HH:mm", "MMMM d, y 'at' h:mm a", "EEE MMM d y h:mm a", "h:mm a 'on' EEEE, MMMM d, y"),
    "de": ("d. MMMM y 'um' HH:mm 'Uhr'", "'am' EEEE, 'den' d. MMM y H.mm 'Uhr'", "H 'Uhr' mm 'am' d. MMMM y"),
}


@settings(max_examples=300, deadline=None)
@given(
    minutes=st.integers(min_value=0, max_value=8 * 365 * 24 * 60),
    form=st.sampled_from([(locale, form) for locale, forms in FORMS.items() for form in forms]),
    zone=st.sampled_from(["Europe/Paris", "America/Toronto", "Africa/Dakar", "Pacific/Auckland"]),
)
def test_a_full_date_in_any_form_is_read_or_told_apart(minutes: int, form: tuple[str, str], zone: str) -> None:
    locale, pattern = form
    minute = datetime(2027, 6, 4, tzinfo=UTC).replace(tzinfo=None) + timedelta(minutes=minutes)
    typed = format_datetime(minute, pattern, locale=locale)
    found = read(typed, locale=locale, zone=zone)
    walls = [instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) for instant in found.readings]
    match found.problem:
        case None:
            assert found.instant is not None
            assert found.instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == minute, typed
        case DateProblem.TWICE:
            assert walls == [minute, minute], typed
        case problem:
            assert (problem, minute in walls) == (DateProblem.SKIPPED, False), typed


@settings(max_examples=300, deadline=None)
@given(st.text(CHARACTERS, max_size=40) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_whatever_is_typed_gets_an_answer_and_nothing_past(typed: str) -> None:
    found = read(typed)
    assert (found.instant is None) == (found.problem is not None)
    assert all(instant > NOW for instant in (*found.readings, *([found.instant] if found.instant else [])))
