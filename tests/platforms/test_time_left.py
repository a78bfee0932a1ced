"""How long is left of a phase, in words that each platform keeps true by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.content.markup import markup
from bot.content.texts import Moment, Reader, _, plain, render
from bot.platforms.discord.markdown import draw_texts
from bot.platforms.telegram.formatting import entities_of

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
END = NOW + timedelta(minutes=12, seconds=-20)
STAMP = int(END.timestamp())
LEFT = Moment(END, "left")


@pytest.mark.parametrize(
    ("locale", "told"), [("fr", "dans 12 minutes"), ("en", "in 12 minutes"), ("de", "in 12 Minuten")]
)
def test_it_is_told_in_minutes(locale: str, told: str) -> None:
    assert plain(LEFT, Reader(locale, "Europe/Paris", NOW)) == told


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("fr", ["dans 1\u00a0h", "dans 1\u00a0h\u00a005"]),
        ("en", ["in 1 hour", "in 1\u00a0h 5\u00a0min"]),
        ("de", ["in 1 Stunde", "in 1\u00a0Std. 5\u00a0Min."]),
    ],
)
def test_an_hour_is_an_hour(locale: str, told: list[str]) -> None:
    before = [Reader(locale, "Europe/Paris", END - timedelta(minutes=minutes)) for minutes in (60, 65)]
    assert [plain(LEFT, reader) for reader in before] == told


@pytest.mark.parametrize("now", [None, END, END + timedelta(hours=1), END - timedelta(days=1)])
def test_what_is_past_or_far_ahead_is_told_by_its_hour(now: datetime | None) -> None:
    assert plain(LEFT, Reader("en", "Europe/Paris", now)) == "10:11"


def test_each_platform_counts_on() -> None:
    reader = Reader("en", "Europe/Paris", NOW)
    [run] = render(LEFT, reader)
    assert draw_texts([_("It ends {left}, at noon.", left=LEFT)], reader) == [f"It ends <t:{STAMP}:R>, at noon."]
    assert list(entities_of(run, run.text, 0)) == [
        {"type": "date_time", "unix_time": STAMP, "date_time_format": "r", "offset": 0, "length": 13}
    ]
    assert str(markup(LEFT, reader)) == f'<time datetime="{END.isoformat()}" data-style="left">In 12 minutes</time>'
