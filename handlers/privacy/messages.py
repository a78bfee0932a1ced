"""The messages about the ends of purposes of stored data: the last day, and the people concerned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.config.purposes import Purpose
from bot.config.settings import Settings
from bot.content.texts import Moment, Reader, Span, Text, _, _n, plain
from bot.database.engine import Transaction
from handlers.privacy import store
from handlers.privacy.store import Concerned


def whom_lines(concerned: Concerned) -> Sequence[Span]:
    """Return lines that say how many people are erased, and how many are not, when a purpose of stored data ends."""
    erased, organisers, staying = concerned
    lines: list[Span] = []
    if not (erased or staying):
        lines.append(_("Nobody has agreed to this."))
    if erased:
        lines.append(
            _n("Everything about {count} person is erased.", "Everything about {count} people is erased.", erased)
        )
    if organisers:
        lines.append(_n("{count} of them organises.", "{count} of them organise.", organisers))
    if staying:
        lines.append(
            _n("{count} person stays for another purpose.", "{count} people stay for another purpose.", staying)
        )
    return lines


def until(purpose: Purpose, end: datetime) -> Text:
    """Return a line with a purpose of stored data and its last day. `end` is the instant at which that day is over."""
    return _("{purpose}: until {date}", purpose=purpose.words, date=Moment(end - timedelta(minutes=1), "date"))


async def in_english(tx: Transaction, settings: Settings, purpose: Purpose, end: datetime, now: datetime) -> str:
    """Return a line for the shell: the last day of a purpose of stored data, and how many people its end concerns.

    `end` is the instant at which the purpose ends.
    """
    concerned = await store.concerned(tx, settings, purpose, end, now)
    reader = Reader("en", settings.gathering.zone)
    return " ".join(
        [f"{plain(until(purpose, end), reader)}.", *(plain(line, reader) for line in whom_lines(concerned))]
    )
