"""What capabilities contribute to the way out: delivery itself knows none of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.database.engine import Transaction
from bot.delivery.listed import CalendarEntry
from bot.delivery.spaces import GroupChannel

DrawEntry = Callable[[Transaction, int, Sequence[str], datetime], Awaitable[CalendarEntry | None]]
"""Draws the entry of a session, by its id, in calendars that everybody reads, in these locales, as things stand now.

None for a session that does not belong there (any more).
"""


DrawChannel = Callable[[Transaction, int], Awaitable[GroupChannel | None]]
"""Draws the channel of a group, by its id, as it should be now; None for a group that has none (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """What all capabilities together contribute; without one, there is nothing of its kind."""

    channels: DrawChannel | None = None
    calendar: DrawEntry | None = None
