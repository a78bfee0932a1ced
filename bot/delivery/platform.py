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
    """The place to which a message is sent: a chat, private or shared, and a `thread` in this chat.

    `mentions` are the platform's ids of the people who are mentioned in the message; the id of a role begins with «&».
    `bulk` says that it is a message to many, which a reader may refuse in this chat.
    """

    chat: str
    thread: str | None = None
    mentions: tuple[str, ...] = ()
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """How a person should appear in a platform's shared chat: with their name and their label.

    The label is a key that a capability gives to people, such as the key of the theme they chose; None for no label. A
    platform may turn it into a role, so that a message to all people with a label is sent once to a shared channel.
    `attends` says whether the person takes part in the gathering.
    """

    native_id: str
    name: str
    label: str | None
    attends: bool


@dataclass(frozen=True, slots=True)
class WantedChannel:
    """A group's channel as it should be: its title, its card, and the platform's ids of its members' accounts.

    The card is the message that presents the group, `digest` a hash of it. `created` is what has been created of the
    channel so far, `used_ids` are the platform's ids of other groups' threads and roles. `attempts` counts the failed
    attempts since this state was requested.
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
"""A function that stores and commits what was created of a channel so far; an adapter calls it after each step."""


class Channels(Protocol):
    """The part of a platform's adapter that creates, updates and closes groups' channels (threads or topics).

    A call may be interrupted at any point; when it is repeated, it completes what is missing.
    """

    async def reconcile(self, wanted: WantedChannel, note: NoteChannel) -> None:
        """Create a group's channel or update the one that exists, so that it is as `wanted`.

        `note` stores each step; a channel that an interrupted call created is found again. Raises Unreachable,
        RetryLater or Rejected, according to the platform's answer.
        """
        ...

    async def close(self, created: CreatedChannel, used_ids: frozenset[str], /) -> None:
        """Close the channel of a group that no longer exists; people can still read what was written in it.

        `created` is what was created of the channel. `used_ids` are the platform's ids of other groups' threads and
        roles, which are left unchanged. Raises Unreachable, RetryLater or Rejected, according to the platform's answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class WantedEntry:
    """The entry of a session as the platform's calendar should show it.

    `created` is what has been created of the entry so far, `used_ids` are the platform's ids of other sessions'
    entries.
    """

    entry: CalendarEntry
    created: CreatedEntry
    used_ids: frozenset[str] = frozenset()


NoteEntry = Callable[[CreatedEntry], Awaitable[None]]
"""A function that stores and commits what was created of an entry so far; an adapter calls it after each step."""


class Calendar(Protocol):
    """The part of a platform's adapter that keeps entries in the platform's public calendar.

    A call may be interrupted at any point; when it is repeated, it completes what is missing.
    """

    async def reconcile(self, wanted: WantedEntry, note: NoteEntry) -> None:
        """Create a calendar entry or update the one that exists, so that it is as `wanted`.

        `note` stores each step; an entry that an interrupted call created is found again. Raises Unreachable,
        RetryLater or Rejected, according to the platform's answer.
        """
        ...

    async def withdraw(self, created: CreatedEntry, used_ids: frozenset[str]) -> None:
        """Cancel a calendar entry; do nothing for an entry that does not exist or is over.

        `used_ids` are the platform's ids of other sessions' entries, which are left unchanged. Raises Unreachable,
        RetryLater or Rejected, according to the platform's answer.
        """
        ...


class Platform(Protocol):
    """One platform's adapter: it receives what people do on the platform, and sends messages to them."""

    name: str

    @property
    def channels(self) -> Channels | None:
        """Return the object that updates groups' channels; None if the platform has none, or is not set up for any."""
        ...

    @property
    def calendar(self) -> Calendar | None:
        """Return the object that updates the platform's calendar; None if there is none, or none is configured."""
        ...

    @property
    def single_intake(self) -> bool:
        """Return whether only one program at a time may receive what people do on the platform."""
        ...

    async def prepare(self) -> None:
        """Do what can be done before this program receives from the platform, while another program still receives.

        This makes taking over fast. After a temporary error (network, 5xx) it tries again. Raises ConfigError for an
        error that only a person can fix.
        """
        ...

    async def run(self) -> None:
        """Receive what people do on the platform (messages, presses) until cancelled.

        After a temporary error (network, 5xx) it tries again. Raises ConfigError for an error that only a person can
        fix.
        """
        ...

    def count_messages(
        self, address: Address, view: View, reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        """Return how many messages the platform counts if a view is sent, or replaces the message `native_id`.

        It is called only for platforms that limit how many messages a chat gets. `delivery_id` is the message's id in
        the outbox.
        """
        ...

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Send a message from the outbox, and return its id on the platform.

        `delivery_id` is the same for every attempt, so that a platform can recognise repeats, or send what is missing.
        Raises Unreachable if the account gets no messages, RetryLater for a temporary error, and Rejected if the
        message is refused.
        """
        ...

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Edit a message that was sent before, and return its id on the platform, a new id if it had to be sent again.

        A text is edited as a text, a caption as a caption, and a single picture or document is replaced by another. If
        there are several attachments, only the words are certain to change. If the attachments are of other kinds than
        before, the message is sent again and the old one deleted. Raises MessageGone, and sends nothing, if the reader
        deleted the message. Raises Unreachable, RetryLater or Rejected, according to the platform's answer.
        """
        ...

    async def delete(self, address: Address, native_id: str) -> bool:
        """Delete a message that was sent before. Returns False if the platform does not allow it (any more).

        A message that no longer exists counts as deleted. Raises RetryLater for a temporary error, and Rejected for a
        refusal.
        """
        ...

    async def pin(self, address: Address, native_id: str) -> None:
        """Pin a message that was sent before at the top of its chat; do nothing on a platform without pins.

        In a private chat, all other messages of the bot are unpinned. Raises Unreachable, RetryLater or Rejected,
        according to the platform's answer.
        """
        ...

    async def unpin(self, address: Address, native_id: str) -> None:
        """Unpin a message, so that it is no longer at the top of its chat; do nothing for a message that is not pinned.

        Raises Unreachable, RetryLater or Rejected, according to the platform's answer.
        """
        ...

    async def show_membership(self, membership: Membership) -> None:
        """Set a person's nickname and roles on a platform that has these; do nothing on others.

        Raises Unreachable, RetryLater or Rejected, according to the platform's answer.
        """
        ...

    async def close(self) -> None:
        """Close every connection. Call this once nothing is received or sent any more."""
        ...
