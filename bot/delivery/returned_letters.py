"""What a mail that arrived means for a letter that was sent, and what is stored of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.content.reasons import Reason
from bot.database.engine import Transaction
from bot.delivery import letter_store


class MailKind(StrEnum):
    """What a mail that arrived means: HARD to POLICY for the letter it returns, the others by themselves."""

    HARD = "hard"  # there is no such mailbox or domain, or it is closed
    SOFT = "soft"  # a failure that passes, but the server gave up
    DELAY = "delay"  # a server is still trying
    FULL = "full"  # the mailbox is full; it waits
    POLICY = "policy"  # refused for its content, its size or its sender
    NONE = "none"  # nothing to do: delivered, read, or empty
    ANSWER = "answer"  # a person writes
    AUTO = "auto"  # a robot answers
    UNSUBSCRIBE = "unsubscribe"
    SPAM = "spam"  # somebody, or a filter, calls it spam
    FORGED = "forged"  # pretends to return a letter, which it does not prove


_REASONS = {
    MailKind.HARD: Reason.ADDRESS_UNKNOWN,
    MailKind.POLICY: Reason.REFUSED,
    MailKind.FULL: Reason.MAILBOX_FULL,
    MailKind.SOFT: Reason.LATE,
}
"""Why a letter came back."""


async def settle_mail(tx: Transaction, kind: MailKind, delivery_id: int | None, now: datetime) -> bool:
    """Store what a mail says of a letter, None for no letter; return False if a person must read the mail."""
    if kind is MailKind.ANSWER:
        return False
    if kind in (MailKind.UNSUBSCRIBE, MailKind.SPAM):
        ended = delivery_id is not None and await letter_store.unsubscribe(tx, delivery_id)
        return ended or kind is MailKind.SPAM
    if delivery_id is not None and kind is MailKind.DELAY:
        await letter_store.is_late(tx, delivery_id)
    elif delivery_id is not None and (reason := _REASONS.get(kind)):
        again = kind in (MailKind.FULL, MailKind.SOFT)
        await letter_store.came_back(tx, delivery_id, reason, now, again=again)
    return True
