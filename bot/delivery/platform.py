"""The interface of a platform's adapter: the adapters implement it, the outbox and `bot.app` use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.content.texts import Reader
from bot.content.views import View
from bot.delivery.calendar_entries import CalendarEntry, CreatedEntry
from bot.delivery.channels import CreatedChannel


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: to a chat (a person's private one, or one that is shared), and to a thread within it.

    `mentions` are the native ids of the people that are mentioned there; the id of a role begins with «&».
    """

    chat: str
    thread: str | None = None
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """How a person should appear in a shared chat: with their name and the theme they chose, None for no theme."""

    native_id: str
    name: str
    theme: str | None
    attends: bool


@dataclass(frozen=True, slots=True)
class WantedChannel:
    """A group's channel as it should be: its title, its card, and the native ids of the people who belong in it.

    `digest` is a hash of the card. `created` is what exists of the channel so far, `used_ids` are the native ids of
    other groups' threads and roles. `attempts` counts the tries that failed since this state was requested.
    """

    id: int
    title: str
    card: View
    reader: Reader
    digest: str
    people: frozenset[str]
    created: CreatedChannel
    used_ids: frozenset[str] = frozenset()
    attempts: int = 0


NoteChannel = Callable[[CreatedChannel], Awaitable[None]]
"""Stores and commits what was created of a channel so far; an adapter calls it after each step, before the next."""


class Channels(Protocol):
    """Gives groups channels of their own on a platform.

    Each call may be repeated after it was interrupted at any point, and then completes what is missing.
    """

    async def reconcile(self, wanted: WantedChannel, note: NoteChannel) -> None:
        """Create a channel, or update the one that exists; one that an interrupted call created is found again.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def close(self, created: CreatedChannel, used_ids: frozenset[str], /) -> None:
        """Close the channel of a group that no longer exists; what was written in it stays readable.

        `used_ids` are the native ids of other groups' threads and roles, which are left alone. Raises Unreachable,
        RetryLater or Rejected.
        """
        ...


@dataclass(frozen=True, slots=True)
class WantedEntry:
    """The entry of a session as the platform's calendar should show it.

    `created` is what exists of it so far, `used_ids` are the native ids of other sessions' entries.
    """

    entry: CalendarEntry
    created: CreatedEntry
    used_ids: frozenset[str] = frozenset()


NoteEntry = Callable[[CreatedEntry], Awaitable[None]]
"""Stores and commits what was created of an entry so far; an adapter calls it after each step, before the next."""


class Calendar(Protocol):
    """A platform's own calendar, which everybody there sees.

    Each call may be repeated after it was interrupted at any point, and then completes what is missing.
    """

    async def reconcile(self, wanted: WantedEntry, note: NoteEntry) -> None:
        """Create an entry, or update the one that exists; one that an interrupted call created is found again.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def withdraw(self, created: CreatedEntry, used_ids: frozenset[str]) -> None:
        """Cancel an entry; one that does not exist or is over needs nothing.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...


class Platform(Protocol):
    """One platform's adapter, which receives what people do there and sends what they are to read."""

    name: str

    @property
    def channels(self) -> Channels | None:
        """Gives groups channels; None where the platform has none or is not configured for it."""
        ...

    @property
    def calendar(self) -> Calendar | None:
        """The platform's calendar; None where it has none or is not configured for it."""
        ...

    async def run(self) -> None:
        """Receive updates until cancelled.

        Passing errors (network, 5xx) are retried here; raises ConfigError for those that only a person can mend.
        """
        ...

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Send a message from the outbox. Returns its id on the platform.

        `delivery_id` is the same for every try, by which a platform can tell repeats. Raises Unreachable, RetryLater or
        Rejected.
        """
        ...

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Change a message that was sent before. Returns its id, a new one if it had to be sent anew.

        A text stays a text, a caption is edited as a caption, and a single picture or document is replaced by another;
        of several attachments, only the words are certain to change. Where the attachments are of other kinds than
        before, the message is sent anew and the old one deleted.
        Raises MessageGone, and sends nothing, where the reader deleted it; else Unreachable, RetryLater or Rejected.
        """
        ...

    async def delete(self, address: Address, native_id: str) -> bool:
        """Delete a message that was sent before. Returns False where the platform does not allow that (any more).

        A message that is gone already counts as deleted. Raises RetryLater or Rejected.
        """
        ...

    async def pin(self, address: Address, native_id: str) -> None:
        """Pin a message that was sent before at the top of its chat; does nothing on a platform without pins.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def show_membership(self, membership: Membership) -> None:
        """Give a person their nickname and roles; does nothing on a platform without them.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def close(self) -> None:
        """Close every connection; called once nothing runs or sends any more."""
        ...
