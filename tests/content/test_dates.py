"""Typed dates: strict, in three languages, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.content.dates import BadDate, DateProblem, parse_date

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
NOON_3_JUNE = datetime(2027, 6, 3, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "2027-06-03 12:00",
        "2027-06-03T12:00",
        "3 juin 12h",
        "le 3 juin 2027 à 12h00",
        "3 Juin, 12 h 00",
        "3 June 12:00",
        "3rd June 2027, 12:00",
        "on 3 June at 12:00",
        "3. Juni 12 Uhr",
        "am 3. Juni 2027 um 12:00",
        "3. Juni 12 Uhr 00",
        "  3   JUIN   12h ",
    ],
)
def test_the_same_noon_in_many_words(typed: str) -> None:
    assert parse_date(typed, zone="Europe/Paris", now=NOW) == NOON_3_JUNE


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1er août 9h30", (8, 1, 7, 30)),
        ("15 févr. 2028 18h", (2, 15, 17, 0)),
        ("24. März 2027 0:05", (3, 23, 23, 5)),
        ("31 déc. 2027 23h59", (12, 31, 22, 59)),
    ],
)
def test_months_whole_or_abbreviated(typed: str, day: tuple[int, int, int, int]) -> None:
    instant = parse_date(typed, zone="Europe/Paris", now=NOW)
    assert (instant.month, instant.day, instant.hour, instant.minute) == day


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", DateProblem.UNREADABLE),
        ("bientôt", DateProblem.UNREADABLE),
        ("3/6/2027 12:00", DateProblem.UNREADABLE),
        ("3 juin", DateProblem.UNREADABLE),
        ("0001-01-01 00:00", DateProblem.UNREADABLE),
        ("3 brumaire 12h", DateProblem.UNREADABLE),
        ("3 12 2027 12h", DateProblem.UNREADABLE),
        ("30 février 2028 12h", DateProblem.NO_SUCH_DAY),
        ("2027-13-01 12:00", DateProblem.NO_SUCH_DAY),
        ("0 juin 12h", DateProblem.NO_SUCH_DAY),
        ("3 juin 25h", DateProblem.NO_SUCH_TIME),
        ("3 juin 12h75", DateProblem.NO_SUCH_TIME),
        ("28 mars 2027 2h30", DateProblem.NO_SUCH_TIME),  # the clocks go from 2:00 to 3:00
        ("3 janvier 12h", DateProblem.PAST),
        ("3 juin 2020 12h", DateProblem.PAST),
    ],
)
def test_what_is_refused_and_why(typed: str, problem: DateProblem) -> None:
    with pytest.raises(BadDate) as refusal:
        parse_date(typed, zone="Europe/Paris", now=NOW)
    assert refusal.value.problem is problem


def test_the_year_left_out_is_the_year_there() -> None:
    new_year_in_auckland = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    assert parse_date("3 June 12:00", zone="Pacific/Auckland", now=new_year_in_auckland).year == 2027
