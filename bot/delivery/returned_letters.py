"""Reads what an e-mail that arrived says about a letter, an e-mail that the bot sent, and stores this."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.content.reasons import Reason
from bot.database.engine import Transaction
from bot.delivery import letter_store


class MailKind(StrEnum):
    """What an e-mail that arrived means.

    HARD, SOFT, DELAY, FULL and POLICY say what happened to a letter, an e-mail that the bot sent. The other kinds are
    about the arrived e-mail itself.
    """

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
    """Store what an e-mail that arrived says of a letter, an e-mail that the bot sent.

    `delivery_id` is the id of the letter in the outbox, None for no letter. Returns False if a person must read the
    arrived e-mail.
    """
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
