"""Lists the reasons why a message waits or did not arrive, each with words in every language.

A platform's own error texts are only logged. Rows from before this list existed contain such texts; nobody is shown
them.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """A reason why a message waits or did not arrive, with the value under which it is stored."""

    NIGHT = "night"
    ENOUGH = "two today"
    NO_OPT_IN = "no opt-in"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    ROLE_TAKEN = "role taken"
    BLOCKED = "blocked"
    CLOSED = "private messages closed"
    NO_SERVER_IN_COMMON = "no server in common"
    ACCOUNT_GONE = "account gone"
    ACCOUNT_CHANGED_HANDS = "account changed hands"
    ADDRESS_UNKNOWN = "address unknown"
    ADDRESS_UNUSABLE = "address unusable"
    MAILBOX_FULL = "mailbox full"
    LATE = "late"
    OUT_OF_REACH = "out of reach"
    CHANNEL_GONE = "channel gone"
    FORBIDDEN = "the bot may not"
    TOO_MANY = "too many messages"
    NO_ANSWER = "no answer"
    REFUSED = "refused"
    CANNOT_BE_DELETED = "cannot be deleted"
    DEFECT = "a defect of ours"
