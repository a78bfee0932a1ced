"""Nights: at home before the gathering and after it, where it takes place while it lasts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.people.quiet import Hours

HOURS = Hours("Europe/Paris", date(2027, 6, 10), date(2027, 6, 12))


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in June 2027; Paris is two hours ahead of it, Montréal four behind."""
    return datetime(2027, 6, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("territory", "away", "now", "wakes"),
    [
        pytest.param("CA-QC", False, utc(10, 6, 13), None, id="at 08:13 in Paris the Québécois are up"),
        pytest.param("CA-QC", False, utc(10, 21), utc(11, 6), id="and sleep when Paris does"),
        pytest.param("CA-QC", True, utc(10, 6, 13), utc(10, 12), id="who stayed in Québec sleeps on"),
        pytest.param("CA-QC", False, utc(9, 6, 13), utc(9, 12), id="the eve is spent at home"),
        pytest.param("CA-QC", False, utc(12, 21, 59), utc(13, 6), id="the last night is in Paris"),
        pytest.param("CA-QC", False, utc(12, 22, 1), None, id="then home counts again"),
        pytest.param("GB", False, utc(9, 21, 30), utc(10, 6), id="who goes to bed in London wakes in Paris"),
        pytest.param("GB", True, utc(9, 21, 30), utc(10, 7), id="unless they stayed"),
        pytest.param(None, False, utc(10, 2), utc(10, 6), id="a shared place is where the gathering is"),
    ],
)
def test_someone_wakes_where_they_are(territory: str | None, away: bool, now: datetime, wakes: datetime | None) -> None:
    assert HOURS.wakes_at(territory, now, away=away) == wakes


def test_what_is_put_off_on_the_eve_comes_in_the_first_morning_of_the_gathering() -> None:
    eve = utc(9, 18)
    assert HOURS.next_morning("CA-QC", eve) == utc(10, 6)
    assert HOURS.next_morning("CA-QC", eve, away=True) == utc(10, 12)
    assert HOURS.next_morning("CA-QC", utc(7, 18)) == utc(8, 12)


def test_a_day_begins_at_midnight_where_one_is() -> None:
    assert HOURS.day_began("CA-QC", utc(10, 9)) == utc(9, 22)
    assert HOURS.day_began("CA-QC", utc(10, 9), away=True) == utc(10, 4)


def test_without_days_nobody_is_ever_there() -> None:
    assert Hours("Europe/Paris").wakes_at("CA-QC", utc(10, 6, 13)) == utc(10, 12)


def test_an_hour_is_another_at_home_until_one_is_there() -> None:
    assert [HOURS.elsewhere(home, utc(1, 12)) for home in ("CA-QC", "FR", "BE", None)] == [True, False, False, False]
    assert HOURS.elsewhere("DZ", datetime(2027, 1, 10, tzinfo=UTC)), "alike in winter, an hour apart in June"
    assert not HOURS.elsewhere("CA-QC", utc(11, 12))
