"""What capabilities add to the sending of messages; the code that sends messages names no capability."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.content.texts import Text
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.calendar_entries import CalendarEntry
from bot.delivery.channels import GroupChannel
from bot.delivery.outgoing import ClaimedDelivery, Copy, Outcome

if TYPE_CHECKING:  # processes that make files read this, and load no settings
    from bot.config.settings import Settings

DrawEntry = Callable[[Transaction, int, Sequence[str], datetime], Awaitable[CalendarEntry | None]]
"""A function that returns the public calendar entry of a session.

It is called with the session's id, the locales of the entry and the present instant. It returns None for a session that
does not belong in a public calendar (any more).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSource:
    """The sessions that the platforms' own calendars show: where they are stored, and how a calendar entry is drawn."""

    table: str
    """The table's name; it has the columns id, revision and starts_at (µs, UTC)."""
    belongs: str
    """The SQL condition that a row `s` of the table belongs in a public calendar."""
    draw: DrawEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPart:
    """SQL by which a capability adds columns of its own tables to the statement that selects the messages to send now.

    The messages are the rows `d` of this statement. So no further query is needed for each message.
    """

    joins: str
    """LEFT JOINs, each adding at most one row, under aliases that the statement does not use."""
    columns: Mapping[str, str]
    """The SQL expressions, by names of columns that `bot.delivery.delivery_store` reads (`_CLAIMED_COLUMNS`)."""


class CopyContent(Protocol):
    """The content of messages to many, such as announcements; each recipient gets a copy.

    The content is stored once for all copies, and rendered in each reader's locale.
    """

    @property
    def withdrawn(self) -> Text:
        """Return the text that replaces a withdrawn message to many where the platform cannot delete the message."""
        ...

    async def fetch(self, tx: Transaction, copies: Iterable[Copy]) -> None:
        """Read the content of these copies of messages to many into memory, before they are sent.

        This is called in the transaction that marks the copies as being sent.
        """
        ...

    def view(self, copy: Copy, locale: str) -> View:
        """Return what a copy of a message to many shows in a locale; call `fetch` for the copy before."""
        ...

    def digest(self, copy: Copy, locale: str) -> str:
        """Return a hash of what a copy of a message to many shows in a locale; call `fetch` for the copy before."""
        ...


class DeliveryProgress(Protocol):
    """What a capability does when messages on one platform have been sent or failed, many at once."""

    async def follow(self, tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
        """Change other messages because of how sending these ended, in the transaction that stores the outcomes.

        No further messages are sent before this is done.
        """
        ...

    async def record(self, tx: Transaction, outcomes: Iterable[Outcome], now: datetime, *, last: bool) -> None:
        """Store how many messages are done, in the transaction that stores the outcomes.

        `outcomes` say how sending each message ended. `last` is True if no other message is to be sent for now.
        """
        ...

    def committed(self, outcomes: Iterable[Outcome], now: datetime, *, last: bool) -> None:
        """Take note that the transaction in which `record` was called with the same arguments is committed."""
        ...


DrawChannel = Callable[[Transaction, int], Awaitable[GroupChannel | None]]
"""A function that returns what a group's channel should be now, by the group's id; None if it should have none."""


WriteLetter = Callable[[Transaction, "Settings", ClaimedDelivery, datetime], Awaitable[View | None]]
"""A function that writes a letter just before it is sent, and stores the hash of its secret in the same transaction.

It returns None if the letter is no longer wanted. It is called anew for each attempt to send the letter.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """What all capabilities together add to the sending of messages, which itself imports no capability."""

    switched_off: Collection[str] = ()
    """The beginnings of payloads of capabilities that are off; waiting messages are sent without such buttons."""
    of_its_day: Sequence[str] = ()
    """The kinds of subjects whose reminders are never postponed to the next day, because they would be too late."""
    claims: Sequence[ClaimPart] = ()
    content: Mapping[str, Callable[[], CopyContent]] = field(default_factory=dict)
    """By kind of delivery, a function that creates the `CopyContent` of the copies; it is called once per platform."""
    letters: Mapping[str, WriteLetter] = field(default_factory=dict)
    """By kind, without its beginning «letter », the function that writes a letter."""
    progress: Sequence[Callable[[], DeliveryProgress]] = ()
    """Functions that each create a `DeliveryProgress`; called once per platform."""
    channels: DrawChannel | None = None
    calendar: CalendarSource | None = None
