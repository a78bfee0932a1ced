"""Forms half filled, one a chat, for platforms that ask one question at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.database.engine import Transaction

KEPT = timedelta(minutes=30)
"""After this long without an answer, what is typed is no longer taken for one."""
DRAFT_ONLY = -1
"""The step of a draft nobody is being asked about: it prefills the form when it opens again."""
_EXPECTED = -2
"""The step of a first question that a screen asks beside what else it shows."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Which action's form is being filled, at which question, with which raw answers so far.

    One that is but `expected` was not asked for: its first question stands on a screen beside what else that shows.
    """

    action: str
    step: int
    draft: Mapping[str, str]
    expected: bool = False


async def current(tx: Transaction, platform: str, chat: str, now: datetime) -> Dialogue | None:
    """The dialogue a chat is in, if it has not run out."""
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


async def save(tx: Transaction, platform: str, chat: str, dialogue: Dialogue, now: datetime) -> None:
    """Begin a dialogue or take it a step further."""
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
        expires=to_micros(now + KEPT),
    )


async def keep_draft(
    tx: Transaction, platform: str, chat: str, action: str, draft: Mapping[str, str], now: datetime
) -> None:
    """Keep what was typed into a form that did not go through: it opens again as it was left."""
    await save(tx, platform, chat, Dialogue(action, DRAFT_ONLY, draft), now)


async def end(tx: Transaction, platform: str, chat: str) -> bool:
    """Leave a chat's dialogue. False when there was none."""
    return bool(
        await tx.run("DELETE FROM dialogues WHERE platform = :platform AND chat = :chat", platform=platform, chat=chat)
    )


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Drop what ran out."""
    return await tx.run("DELETE FROM dialogues WHERE expires_at <= :now", now=to_micros(now))
