"""Stores half-filled forms, one per chat, for platforms that ask one question at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.database.engine import Transaction

KEPT = timedelta(minutes=30)
"""How long a question waits for its answer; anything typed later is not taken as the answer."""
DRAFT_ONLY = -1
"""The step of a form that is not being asked: its answers are stored to prefill the form when it is opened again."""
_EXPECTED = -2
"""The step stored for a `Dialogue` that is `expected`."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A form whose questions the bot is asking in a chat, with the raw answers so far.

    `action` is the encoded action that opens the form; `step` is the position of the present question; `draft` has the
    answers by field name. `expected` is True if nobody opened the form: another screen asks its first question.
    """

    action: str
    step: int
    draft: Mapping[str, str]
    expected: bool = False


async def current(tx: Transaction, platform: str, chat: str, now: datetime) -> Dialogue | None:
    """Return the form that the bot is asking in a chat, with its answers; None if there is none or it has expired."""
    row = await tx.one(
        "SELECT action, step, draft FROM dialogues WHERE platform = :platform AND chat = :chat AND expires_at > :now",
        platform=platform,
        chat=chat,
        now=to_micros(now),
    )
    if row is None:
        return None
    step, expected = row["step"], row["step"] == _EXPECTED
    return Dialogue(row["action"], 0 if expected else step, json.loads(row["draft"]), expected)


async def save(
    tx: Transaction, platform: str, chat: str, dialogue: Dialogue, now: datetime, *, lasts: timedelta = KEPT
) -> None:
    """Store the form that the bot is asking in a chat, with its answers so far, in place of any earlier form.

    The form expires after the time `lasts`.
    """
    await tx.run(
        "INSERT INTO dialogues (platform, chat, action, step, draft, expires_at)"
        " VALUES (:platform, :chat, :action, :step, :draft, :expires)"
        " ON CONFLICT (platform, chat) DO UPDATE SET action = :action, step = :step, draft = :draft,"
        " expires_at = :expires",
        platform=platform,
        chat=chat,
        action=dialogue.action,
        step=_EXPECTED if dialogue.expected else dialogue.step,
        draft=json.dumps(dict(dialogue.draft), ensure_ascii=False),
        expires=to_micros(now + lasts),
    )


async def keep_draft(
    tx: Transaction, platform: str, chat: str, action: str, draft: Mapping[str, str], now: datetime
) -> None:
    """Store the answers to a refused form, so that the form opens with them again.

    `action` is the encoded action that opens the form, and `draft` has the answers by field name. Any other form that
    the bot was asking in the chat is deleted.
    """
    await save(tx, platform, chat, Dialogue(action, DRAFT_ONLY, draft), now)


async def end(tx: Transaction, platform: str, chat: str) -> bool:
    """Delete the form that the bot is asking in a chat, with its answers. Returns False if there was none."""
    return bool(
        await tx.run("DELETE FROM dialogues WHERE platform = :platform AND chat = :chat", platform=platform, chat=chat)
    )


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Delete the half-filled forms that have expired. Returns the number of deleted forms."""
    return await tx.run("DELETE FROM dialogues WHERE expires_at <= :now", now=to_micros(now))
