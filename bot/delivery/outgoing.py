"""Deliveries as they are claimed from the outbox, and the outcomes that a try can have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.content.reasons import Reason

Op: TypeAlias = Literal["send", "edit", "delete", "pin"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a delivery is for, as stored when it was claimed.

    `owns_account` says that the account is still linked to that participant. A group's channel has no account
    (`account_id` is 0) and no language of its own, but a `chat` and a `thread` in it ('' for one that is missing).
    `mentions` are native ids, separated by commas.
    """

    account_id: int
    native_id: str
    chat: str
    account_locale: str | None
    unreachable: bool
    takes_pushes: bool
    owns_account: bool
    participant_id: int | None
    name: str
    locale: str | None
    stopped: bool
    takes_part: bool
    theme: str | None
    thread: str | None = None
    mentions: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """The announcement that a delivery brings a copy of, and its `revision`, which the copy will show.

    `ended` says that the announcement is cancelled or withdrawn, `seen` that the reader confirmed to have seen it.
    """

    announcement_id: int
    revision: int
    ended: bool
    seen: bool = False


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery that this program claimed, and nobody else sends.

    `op` is what is to be done with the `message` of that id on the platform, None where none was sent yet. `carried` is
    the content of its file. `attempts` counts the tries that failed. `allowed` says that the recipient's role lets them
    read it. `revision` grows with each change of the content: what is sent now may be outdated when it arrives. `shown`
    is a digest of what the message shows now, '' where that is unknown. `followed` says that the delivery has a subject
    that may change, so that it is edited then. `reference` is that of what caused it, see `bot.logs`.
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
    allowed: bool
    revision: int
    copy: Copy | None
    shown: str = ""
    followed: bool = False
    reference: str | None = None

    @property
    def in_group_channel(self) -> bool:
        """Whether it goes to a group's thread or topic, rather than to a person or a channel of the server."""
        return not self.recipient.account_id and self.recipient.thread != self.recipient.chat


@dataclass(frozen=True, slots=True)
class Arrived:
    """The message was sent, edited or pinned; `native_id` is its id on the platform.

    `shown` is a digest of what it shows, '' where none was computed.
    """

    claimed: ClaimedDelivery
    native_id: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """The message was to be deleted; `gone` is False where the platform no longer allows that."""

    claimed: ClaimedDelivery
    gone: bool


@dataclass(frozen=True, slots=True)
class Postponed:
    """The delivery is to be sent later; `reason` is why a try failed, None where none was made.

    `doubtful` says that it may have arrived all the same. `chat` is the new id of the chat, if that moved.
    `channel_missing` says that its group's channel has to be created anew first.
    """

    claimed: ClaimedDelivery
    due: datetime
    reason: Reason | None
    doubtful: bool = False
    chat: str | None = None
    channel_missing: bool = False


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """The account cannot get the delivery, but another account of the same person may.

    `closed` says that no other message reaches the account either.
    """

    claimed: ClaimedDelivery
    reason: Reason
    closed: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The delivery is never sent: refused for good, out of reach, or no longer wanted.

    `channel_gone` says that the channel it goes to no longer exists.
    """

    claimed: ClaimedDelivery
    state: Literal["failed", "unreachable", "dropped", "cancelled"]
    reason: Reason
    channel_gone: bool = False


Outcome: TypeAlias = Arrived | Removed | Postponed | Undeliverable | Ended
