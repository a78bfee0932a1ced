"""Text as it is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.content.stored_texts import decode, encode
from bot.content.texts import LONGEST_LABEL, Countdown, Joined, Name, Nearing, Reader, Span, Strong, _, label, plain

READER = Reader("en", "Europe/Paris")


def test_a_sentence_that_ends_with_an_initial_has_one_full_stop() -> None:
    sentence = "Good to have you back, {name}."
    assert plain(_(sentence, name=Name("Zoe D.")), READER) == "Good to have you back, Zoe D."
    assert plain(_(sentence, name=Strong(Name("Zoé D."))), READER) == "Good to have you back, \u2068Zoé D.\u2069"
    assert plain(_(sentence, name=Name("Zoe")), READER) == "Good to have you back, Zoe."


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        ("Withdraw", "Withdraw"),
        (_("Pin {name}", name=Name("Zoe")), "Pin Zoe"),
        (
            _("{name}: present", name=Name("Maria-Magdalena von Hohenzollern-Sigmaringen")),
            "\u2068Maria-Magdalena von Hohenzolle…\u2069: present",
        ),
        (_("{name}: present", name=Name("Élise " * 20)), "\u2068Élise Élise Élise Élise Élis…\u2069: present"),
        ("An idea that goes on and on for longer than a phone is wide", "An idea that goes on and on for longer…"),
        (Name("b" * 50), "b" * 39 + "…"),
    ],
)
def test_a_label_is_shortened_where_a_name_is_too_long_for_it(span: Span, shown: str) -> None:
    assert label(span, READER) == shown
    assert len(shown) <= LONGEST_LABEL + 2  # the marks around a name are not seen


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(days=40), "40 days left"),
        (timedelta(days=2, hours=14), "3 days left"),  # in the evening, as the calendar counts
        (timedelta(days=1), "1 day left"),
        (timedelta(hours=23, minutes=59), "23 hours left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(minutes=59), "59 minutes left"),
        (timedelta(seconds=20), "1 minute left"),
        (timedelta(), "It is over."),
        (timedelta(days=-3), "It is over."),
    ],
)
def test_a_countdown_is_told_for_when_it_is_read(before: timedelta, told: str) -> None:
    noon_3_june = datetime(2027, 6, 3, 10, 0, tzinfo=UTC)
    countdown = decode(encode(Countdown(noon_3_june)))
    assert plain(countdown, Reader("en", "Europe/Paris", noon_3_june - before)) == told
    assert plain(countdown, READER) == "until Thursday 3 June, 12:00"


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(minutes=107), "Opening · dans 1\u00a0h\u00a047"),
        (timedelta(minutes=60), "Opening · dans 1\u00a0h"),
        (timedelta(minutes=12), "Opening · dans 12 minutes"),
        (timedelta(), "Opening · en cours"),
        (-timedelta(minutes=59), "Opening · en cours"),
        (-timedelta(hours=1), "Opening"),
    ],
)
def test_what_begins_soon_is_under_way_later_and_then_nothing(before: timedelta, told: str) -> None:
    noon_3_june = datetime(2027, 6, 3, 10, 0, tzinfo=UTC)
    line = decode(encode(Joined(("Opening", Nearing(noon_3_june, noon_3_june + timedelta(hours=1))))))
    assert plain(line, Reader("fr", "Europe/Paris", noon_3_june - before)) == told
