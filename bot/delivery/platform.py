"""What the house asks of a platform. Adapters implement it; the outbox and the composition root use it."""

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
    """Where a message goes: a chat (a person's private one, or a space's), and a thread within it.

    `mentions` are the native ids of who is called by name there, with an «&» before that of a role.
    """

    chat: str
    thread: str | None = None
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """How a person should appear in a shared place: their name, and the theme they chose (None: none)."""

    native_id: str
    name: str
    theme: str | None
    attends: bool


@dataclass(frozen=True, slots=True)
class WantedChannel:
    """A group's place as it should be: its name, its card, and the native ids of those who belong in it.

    `place` is what was made of it so far, `digest` changes with the card. `taken` are the native ids that other places
    have, `attempts` how often bringing it in step has failed since it was asked for.
    """

    id: int
    title: str
    card: View
    reader: Reader
    digest: str
    people: frozenset[str]
    created: CreatedChannel
    taken: frozenset[str] = frozenset()
    attempts: int = 0


Note = Callable[[CreatedChannel], Awaitable[None]]
"""Writes down what was made of a place, for good, before anything else is made."""


class Channels(Protocol):
    """A platform's way to give groups places of their own. Each call may be repeated after it ended anywhere."""

    async def keep(self, wanted: WantedChannel, note: Note) -> None:
        """Bring a place in step: made if there is none, or found again if an earlier call made it.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def close(self, created: CreatedChannel, taken: frozenset[str], /) -> None:
        """End the place of a group that is no more; what was said in it stays readable, `taken` stays others' place.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...


@dataclass(frozen=True, slots=True)
class WantedEntry:
    """A session as the platform's calendar should show it: the `entry` as it should be.

    `listed` is what was made of it so far, `taken` are the native ids that other sessions' entries have.
    """

    entry: CalendarEntry
    listed: CreatedEntry
    taken: frozenset[str] = frozenset()


NoteListed = Callable[[CreatedEntry], Awaitable[None]]
"""Writes down what was made of an entry, for good, before anything else is made."""


class Calendar(Protocol):
    """A platform's own calendar, which everybody there sees. Each call may be repeated after it ended anywhere."""

    async def keep(self, wanted: WantedEntry, note: NoteListed) -> None:
        """Bring an entry in step: made if there is none, or found again if an earlier call made it.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def withdraw(self, listed: CreatedEntry, taken: frozenset[str]) -> None:
        """Cancel an entry; one that is not there, or over, is no matter. Raises Unreachable, RetryLater or Rejected."""
        ...


class Platform(Protocol):
    """One adapter, running."""

    name: str

    @property
    def channels(self) -> Channels | None:
        """How it gives groups places; None where it has no such thing or is not configured to."""
        ...

    @property
    def calendar(self) -> Calendar | None:
        """Where it shows the programme by itself; None where it has no such thing or is not configured to."""
        ...

    async def run(self) -> None:
        """Serve until cancelled. What passes (network, 5xx) is retried here; raises ConfigError for what never will."""
        ...

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Send a message nobody just asked for; its id on the platform.

        `delivery_id` stays the same when it is sent again. Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Show a later state of a message sent before; its id, a new one if it had to be sent anew.

        Raises MessageGone, and sends nothing, where its reader deleted it.

        What is text stays text, a caption is edited as caption, and one picture or document is replaced by another; of
        several, only the words change for certain. Where other kinds of things hang on it than before, it is sent anew
        and the old one taken away. Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def delete(self, address: Address, native_id: str) -> bool:
        """Take away a message sent before. False: the platform does not allow it (any more), it stays where it is.

        One that is gone already counts as taken away. Raises RetryLater or Rejected.
        """
        ...

    async def pin(self, address: Address, native_id: str) -> None:
        """Keep a message sent before in sight at the top of its chat, where the platform has such a thing.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def show_membership(self, membership: Membership) -> None:
        """Give a person their nickname and roles where the platform has such things; elsewhere nothing.

        Raises Unreachable, RetryLater or Rejected.
        """
        ...

    async def close(self) -> None:
        """Let go of every connection, once nothing runs or sends any more."""
        ...
