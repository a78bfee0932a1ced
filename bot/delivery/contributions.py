"""What capabilities contribute to the way out: delivery itself knows none of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.database.engine import Transaction
from bot.delivery.listed import CalendarEntry

DrawEntry = Callable[[Transaction, int, Sequence[str], datetime], Awaitable[CalendarEntry | None]]
"""Draws the entry of a session, by its id, in calendars that everybody reads, in these locales, as things stand now.

None for a session that does not belong there (any more).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """What all capabilities together contribute; without one, there is nothing of its kind."""

    calendar: DrawEntry | None = None
