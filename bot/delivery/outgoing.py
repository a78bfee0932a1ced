"""What leaves the outbox, as it is claimed, and what can become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.content.reasons import Reason

Op: TypeAlias = Literal["send", "edit", "delete", "pin"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a delivery is for, as the store knows them now. `theirs`: the account is still that participant's.

    A group's place is nobody's account (0): it has a chat, a `thread` in it, and no language of its own.
    """

    account_id: int
    native_id: str
    chat: str
    account_locale: str | None
    unreachable: bool
    takes_pushes: bool
    theirs: bool
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
    """What of an announcement a delivery brings: `revision` is the announcement's, and what the copy will show.

    `ended` says that it is cancelled or withdrawn, `seen` that its reader said they have seen it.
    """

    announcement_id: int
    revision: int
    ended: bool
    seen: bool = False


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery that is this program's to send. `attempts` counts the tries that failed.

    `op` is what is to be done, to the `message` of that id on the platform (None: none is there yet). `allowed` says
    that its recipient's role lets them read it. `revision` grows when what it says is changed: what is sent now may be
    behind by the time it arrives. `shown` tells what the message shows now from anything else, '' where that is not
    known. `followed`: it tells of something that may change, and is edited then. `reference` is that of what caused it,
    see `bot.logs`.
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
    def in_a_groups_place(self) -> bool:
        """Whether it goes to a thread or topic of ours, rather than to a person or a channel of the server."""
        return not self.recipient.account_id and self.recipient.thread != self.recipient.chat


@dataclass(frozen=True, slots=True)
class Arrived:
    """Sent, or edited; its id on the platform. `shown` tells what it shows from all else, where that was looked at."""

    claimed: ClaimedDelivery
    native_id: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """Taken back, or not: the platform no longer allows it."""

    claimed: ClaimedDelivery
    gone: bool


@dataclass(frozen=True, slots=True)
class Postponed:
    """To be sent later. `reason` is why a try failed, None for what was not tried.

    `doubtful`: it may have arrived all the same. `chat`: where it lives from now on, if it moved. `homeless`: the
    group's place it goes to is to be made again first.
    """

    claimed: ClaimedDelivery
    due: datetime
    reason: Reason | None
    doubtful: bool = False
    chat: str | None = None
    homeless: bool = False


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """This account cannot get it, another one of the same person may. `closed`: nothing else reaches it either."""

    claimed: ClaimedDelivery
    reason: Reason
    closed: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """Never to be sent: refused for good, out of reach, or no longer wanted. `place_gone`: its channel is no more."""

    claimed: ClaimedDelivery
    state: Literal["failed", "unreachable", "dropped", "cancelled"]
    reason: Reason
    channel_gone: bool = False


Outcome: TypeAlias = Arrived | Removed | Postponed | Undeliverable | Ended
