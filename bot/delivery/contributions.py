"""What capabilities contribute to delivery, which itself knows none of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.content.texts import Text
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.calendar_entries import CalendarEntry
from bot.delivery.channels import GroupChannel
from bot.delivery.outgoing import Copy, Outcome

DrawEntry = Callable[[Transaction, int, Sequence[str], datetime], Awaitable[CalendarEntry | None]]
"""Draws the public calendar entry of a session, by its id, in these locales; the instant is the present.

Returns None for a session that does not belong in a public calendar (any more).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSource:
    """The sessions that the platforms' own calendars show: the table that holds them, and how an entry is drawn."""

    table: str
    """The table's name; it has the columns id, revision and starts_at (µs, UTC)."""
    belongs: str
    """The SQL condition that a row `s` of the table belongs in a public calendar."""
    draw: DrawEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPart:
    """The columns that the statement which claims deliveries `d` reads in a capability's tables, in SQL.

    They are part of that statement, so that nothing has to be read once more for each delivery.
    """

    joins: str
    """LEFT JOINs, each of at most one row, under names that the statement does not use."""
    columns: Mapping[str, str]
    """The SQL expressions, by those column names that `bot.delivery.delivery_store` reads."""


class CopyContent(Protocol):
    """The content of copies, which is stored once for all deliveries and drawn for each reader's locale."""

    @property
    def withdrawn(self) -> Text:
        """The text that replaces a withdrawn copy which cannot be deleted."""
        ...

    async def fetch(self, tx: Transaction, copies: Iterable[Copy]) -> None:
        """Read the content of these copies into memory, in the transaction that claimed them."""
        ...

    def view(self, copy: Copy, locale: str) -> View:
        """Return the view of a copy in a locale; the copy must have been fetched."""
        ...

    def digest(self, copy: Copy, locale: str) -> str:
        """Return a hash of what a copy shows in a locale; the copy must have been fetched."""
        ...


class DeliveryProgress(Protocol):
    """Is told the outcomes of the deliveries on one platform, many at once."""

    async def follow(self, tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
        """Do what follows from outcomes, in the transaction that stores them, before more deliveries are claimed."""
        ...

    async def note(self, tx: Transaction, outcomes: Iterable[Outcome], now: datetime, *, last: bool) -> None:
        """Store how far the deliveries have come, in the same transaction. `last`: nothing else is due for now."""
        ...

    def committed(self, outcomes: Iterable[Outcome], now: datetime, *, last: bool) -> None:
        """Learn that the transaction in which `note` was called with the same arguments is committed."""
        ...


DrawChannel = Callable[[Transaction, int], Awaitable[GroupChannel | None]]
"""Draws the channel of a group, by its id, as it should be now; returns None for a group without one (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """What all capabilities together contribute to delivery."""

    of_its_day: Sequence[str] = ()
    """The kinds of subjects whose reminders would come too late a day later."""
    claims: Sequence[ClaimPart] = ()
    content: Mapping[str, Callable[[], CopyContent]] = field(default_factory=dict)
    """By the kind of deliveries: the function that creates the content of their copies, once for each platform."""
    progress: Sequence[Callable[[], DeliveryProgress]] = ()
    """The functions that create a `DeliveryProgress`, once for each platform."""
    channels: DrawChannel | None = None
    calendar: CalendarSource | None = None
