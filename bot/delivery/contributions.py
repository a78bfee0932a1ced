"""What capabilities contribute to the way out: delivery itself knows none of them."""

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
"""Draws the entry of a session, by its id, in calendars that everybody reads, in these locales, as things stand now.

None for a session that does not belong there (any more).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSource:
    """What the platforms' own calendars show: the table it is read in, and how an entry is drawn."""

    table: str
    """Its name; it has the columns id, revision and starts_at (µs, UTC)."""
    belongs: str
    """SQL: whether what a row s of the table says belongs in a calendar that everybody reads."""
    draw: DrawEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPart:
    """What the statement that claims deliveries d reads in a capability's tables, in SQL.

    Part of that statement, it is planned with it: nothing is looked up a second time for each delivery.
    """

    joins: str
    """LEFT JOINs, each of at most one row, under names that the statement does not use."""
    columns: Mapping[str, str]
    """By the names that `bot.delivery.delivery_store` knows: the expressions that are read."""


class CopyContent(Protocol):
    """The words of copies, which their deliveries do not hold: read once for all who get one, drawn for each reader."""

    @property
    def withdrawn(self) -> Text:
        """What is said in the place of a copy that is taken back and cannot be deleted."""
        ...

    async def fetch(self, tx: Transaction, copies: Iterable[Copy]) -> None:
        """Have at hand what these copies say, in the transaction that claimed them."""
        ...

    def view(self, copy: Copy, locale: str) -> View:
        """What a copy shows to who reads this locale; it was fetched."""
        ...

    def digest(self, copy: Copy, locale: str) -> str:
        """What tells that from any other copy; it was fetched."""
        ...


class DeliveryProgress(Protocol):
    """Follows what becomes of the deliveries on one platform, many at once."""

    async def follow(self, tx: Transaction, done: Iterable[Outcome], now: datetime) -> None:
        """Do what follows from outcomes, in the transaction that writes them down, before more is claimed."""
        ...

    async def note(self, tx: Transaction, done: Iterable[Outcome], now: datetime, *, last: bool) -> None:
        """Note how far it has come, in that transaction too. `last`: nothing else is due for now."""
        ...

    def noted(self, done: Iterable[Outcome], now: datetime, *, last: bool) -> None:
        """The transaction in which `note` was called with the same is committed."""
        ...


DrawChannel = Callable[[Transaction, int], Awaitable[GroupChannel | None]]
"""Draws the channel of a group, by its id, as it should be now; None for a group that has none (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """What all capabilities together contribute; without one, there is nothing of its kind."""

    of_its_day: Sequence[str] = ()
    """The kinds of subjects whose reminders would come too late a day later."""
    claims: Sequence[ClaimPart] = ()
    content: Mapping[str, Callable[[], CopyContent]] = field(default_factory=dict)
    """Makes what knows the words of copies, one for each platform, by the kind of their deliveries."""
    progress: Sequence[Callable[[], DeliveryProgress]] = ()
    """Makes what follows deliveries, one for each platform."""
    channels: DrawChannel | None = None
    calendar: CalendarSource | None = None
