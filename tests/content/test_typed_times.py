"""A typed time goes back in words: echoed where people are, or asked again with what it could mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import Moment, Reader, Span, plain
from bot.content.typed_times import (
    REFUSALS,
    DateProblem,
    echo,
    from_minute,
    read_time,
    reading_buttons,
    refusal,
    spoken,
    to_minute,
)
from bot.people.presence_store import zone_elsewhere
from tests.world import open_world

NOW = datetime(2027, 6, 2, 8, 0, tzinfo=UTC)
PARIS = "Europe/Paris"
FRENCH, ENGLISH = Reader("fr", PARIS), Reader("en", PARIS)


class At(Action, code="zzat"):
    """Take a minute."""

    minute: int


def words(span: Span, reader: Reader = ENGLISH) -> str:
    return plain(span, reader).replace("\u2068", "").replace("\u2069", "")


def test_a_time_is_echoed_in_paris_and_in_montreal() -> None:
    instant = datetime(2027, 6, 10, 12, 0, tzinfo=UTC)
    assert words(echo(instant, zone=PARIS, now=NOW)) == "Thursday 10 June, 14:00 in Paris"
    told = echo(instant, zone=PARIS, now=NOW, elsewhere="America/Toronto")
    assert words(told) == "Thursday 10 June, 14:00 in Paris, 08:00 in Montréal"


def test_another_day_over_there_and_another_year_are_said() -> None:
    night = datetime(2028, 6, 10, 1, 0, tzinfo=UTC)
    told = echo(night, zone=PARIS, now=NOW, elsewhere="America/Toronto")
    assert words(told) == "Saturday 10 June 2028, 03:00 in Paris, Friday 9 June, 21:00 in Montréal"


def test_an_hour_that_comes_twice_is_asked_again_with_both() -> None:
    typed = read_time("31 octobre 2h30", zone=PARIS, now=NOW, locale="fr")
    first, second = reading_buttons(typed, PARIS, NOW, At)
    assert words(refusal(typed)).startswith("The clocks go back that night")
    assert [words(button.label) for button in (first, second)] == [
        "Sunday 31 October, 02:30, the first time",
        "Sunday 31 October, 02:30, the second time",
    ]
    chosen = [button.action.minute for button in (first, second) if isinstance(button.action, At)]
    assert tuple(from_minute(minute) for minute in chosen) == typed.readings


def test_a_day_that_does_not_exist_offers_its_neighbours() -> None:
    typed = read_time("30 February 2028 14:00", zone=PARIS, now=NOW, locale="en")
    assert words(refusal(typed)) == (
        "There is no such day in the calendar. Choose what you mean, or write another date."
    )
    offered = [words(spoken(reading, zone=PARIS, now=NOW)) for reading in typed.readings]
    assert offered == ["Tuesday 29 February 2028, 14:00", "Wednesday 1 March 2028, 14:00"]


@pytest.mark.parametrize("problem", DateProblem)
def test_every_problem_has_its_words(problem: DateProblem) -> None:
    assert words(REFUSALS[problem])


async def test_elsewhere_is_where_most_of_the_others_are(store_url: str) -> None:
    async with open_world(store_url) as world:

        async def elsewhere(instant: datetime, zone: str = PARIS) -> str | None:
            return await world.store.read(lambda tx: zone_elsewhere(tx, zone, instant))

        assert await elsewhere(NOW) is None
        for number, territory in enumerate(("FR", "FR", "FR", "CA-QC", "CA-QC", "SN", "US"), start=1):
            code = await world.invite(f"P{number}", territory=territory)
            await world.chat(str(number), name=f"P{number}").follow(f"j-{code}")
        assert await elsewhere(NOW) == "America/Toronto"
        assert await elsewhere(NOW, "America/Toronto") == "Europe/Paris"


@pytest.mark.parametrize("minute", [-1, to_minute(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)), 2**62])
def test_no_button_of_ours_contains_such_an_instant(minute: int) -> None:
    with pytest.raises(Stale):
        from_minute(minute)


def test_an_instant_that_a_zone_does_not_have_is_told_all_the_same() -> None:
    last = Moment(datetime(9999, 12, 31, 23, 40, tzinfo=UTC), "date")
    assert plain(last, Reader("fr", "Europe/Paris")) == "vendredi 31 décembre 9999"
