"""What is taken from the outbox to be sent, and the ways in which sending it can end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.content.names import Named
from bot.content.reasons import Reason
from bot.content.roles import Required

Op: TypeAlias = Literal["send", "edit", "delete", "pin"]


@dataclass(frozen=True, slots=True)
class Recipient(Named):
    """The account or channel to which a message is sent, as it was stored when sending began.

    `takes_pushes` says that the account accepts messages that its owner did not ask for, `stopped` that the owner
    stopped all messages. `owns_account` says that the account is still linked to its owner. A group's channel has no
    account (`account_id` is 0) and no language, but a `chat`, and in the chat a `thread` ('' if the thread is missing).
    `mentions` are the platform's ids of people to be mentioned, separated by commas.
    """

    account_id: int
    native_id: str
    chat: str
    account_locale: str | None
    unreachable: bool
    takes_pushes: bool
    owns_account: bool
    participant_id: int | None
    given_name: str
    family_name: str
    locale: str | None
    stopped: bool
    takes_part: bool
    label: str | None
    thread: str | None = None
    mentions: str = ""
    territory: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a message to many, such as an announcement, for one recipient.

    `original_id` is the id of the message to many, and `revision` says which revision of that message the copy will
    show. `ended` says that the message was cancelled or withdrawn before the copy was sent. `seen` says that the reader
    confirmed having seen it.
    """

    original_id: int
    revision: int
    ended: bool
    seen: bool = False


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """Something that this program is about to send, edit, delete or pin on a platform; no other program does the same.

    `op` says which of the four. `message` is the platform's id of the message to edit, delete or pin, None if none was
    sent yet. `carried` is the content of the message's file. `asked` says that the reader asked for the message.
    `attempts` counts the failed attempts. `who` is the role of people who may read the message; `allowed` says that the
    recipient may. `revision` grows with each change of the content, because content can change while it is being sent.
    `shown` is a digest of what the message shows now, '' if unknown. `followed` says that the message is edited
    whenever its subject changes. `reference` is the code by which log lines about the cause of the message are found.
    `messages` is how many messages the platform counts for this one. An `urgent` message is sent before others.
    `repeated` says that an earlier attempt may have arrived.
    """

    id: int
    kind: str
    content: str
    carried: bytes | None
    asked: bool
    attempts: int
    recipient: Recipient
    op: Op
    message: str | None
    who: Required
    allowed: bool
    revision: int
    copy: Copy | None
    shown: str = ""
    followed: bool = False
    reference: str | None = None
    urgent: bool = False
    messages: int = 1
    repeated: bool = False

    @property
    def in_group_channel(self) -> bool:
        """Return whether the message goes to a group's thread or topic, not to a person or another channel."""
        return not self.recipient.account_id and self.recipient.thread != self.recipient.chat


@dataclass(frozen=True, slots=True)
class Arrived:
    """The outcome that a message was sent, edited or pinned; `native_id` is its id on the platform.

    `shown` is a digest of what the message shows, '' if none was computed.
    """

    claimed: ClaimedDelivery
    native_id: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """The outcome of deleting a message: `gone` is True if it is deleted, False if the platform does not allow it."""

    claimed: ClaimedDelivery
    gone: bool


@dataclass(frozen=True, slots=True)
class Postponed:
    """The outcome that a message was not sent, and is tried again at the instant `due`.

    `reason` is why an attempt failed, None if none was made. `doubtful` says that the message may have arrived
    nevertheless. `chat` is the platform's new id of the chat if the id changed, otherwise None. `channel_missing` says
    that the group's channel must first be created again.
    """

    claimed: ClaimedDelivery
    due: datetime
    reason: Reason | None
    doubtful: bool = False
    chat: str | None = None
    channel_missing: bool = False


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """The outcome that a message cannot reach an account; another account of the same person may get it.

    `closed` says that no message at all can reach the account.
    """

    claimed: ClaimedDelivery
    reason: Reason
    closed: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The outcome that a message is never sent: it was refused for good, is not wanted, or cannot reach its reader.

    `channel_gone` says that the channel for the message no longer exists.
    """

    claimed: ClaimedDelivery
    state: Literal["failed", "unreachable", "dropped", "cancelled"]
    reason: Reason
    channel_gone: bool = False


Outcome: TypeAlias = Arrived | Removed | Postponed | Undeliverable | Ended


def word_of(outcome: Outcome) -> str:
    """Return the word, such as «arrived», under which the metrics count how sending a message ended."""
    match outcome:
        case Arrived():
            return "arrived"
        case Removed():
            return "removed"
        case Postponed():
            return "postponed"
        case Undeliverable():
            return "unreachable"
        case Ended():
            return outcome.state
