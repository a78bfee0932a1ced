"""A question for a day and an hour: read, asked again, bounded; what is far away is shown with its year."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from bot.content.forms import Form, Incomplete, moment
from bot.content.texts import Moment, Reader, Text, _, plain

NOW = datetime(2027, 6, 3, 10, 0, tzinfo=UTC)
READER = Reader("en", "Europe/Paris", NOW)


class Meeting(Form):
    title: ClassVar[Text] = _("Your first name")
    at: datetime = moment(_("Until when?"))


class Whenever(Form):
    title: ClassVar[Text] = _("Your first name")
    at: datetime | None = moment(_("Until when?"), required=False)


def refusal(form: Any, typed: str) -> str:
    with pytest.raises(Incomplete) as refused:
        form.read({"at": typed}, READER)
    assert refused.value.field == "at"
    return plain(refused.value.text, READER)


@pytest.mark.parametrize("typed", ["10 June 14:05", "2027-06-10 14:05", "2027-06-10T14:05"])
def test_words_and_a_calendar_mean_the_same_instant(typed: str) -> None:
    assert Meeting.read({"at": typed}, READER).at == datetime(2027, 6, 10, 12, 5, tzinfo=UTC)


def test_nothing_is_none_where_it_may_be_left_empty() -> None:
    read = [Whenever.read({"at": typed}, READER).at for typed in ("", "10 June 14:05")]
    assert read == [None, datetime(2027, 6, 10, 12, 5, tzinfo=UTC)]


def test_what_cannot_be_read_or_has_passed_is_asked_again() -> None:
    assert refusal(Meeting, "in the afternoon") == "At what time? Write it after the day: “3 June 12:00”."
    assert refusal(Meeting, "2 June 2027 12:00").startswith("That is past.")


def test_a_slip_of_the_year_is_refused_with_the_year_that_was_read() -> None:
    assert refusal(Meeting, "10 June 2099 14:00") == (
        "Wednesday 10 June 2099, 14:00 is too far ahead. Choose Monday 4 December 2028, 11:00 at the latest."
    )


@pytest.mark.parametrize(("year", "shown"), [(2027, "Thursday 10 June, 14:05"), (2028, "Saturday 10 June 2028, 14:05")])
def test_an_instant_almost_a_year_ahead_is_shown_with_its_year(year: int, shown: str) -> None:
    assert plain(Moment(datetime(year, 6, 10, 12, 5, tzinfo=UTC)), READER) == shown
