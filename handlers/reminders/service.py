"""One more reminder for who asks for it, and none any more for who needs none."""

from __future__ import annotations

from datetime import datetime

from bot.content.leads import until
from bot.database.engine import Transaction
from handlers.reminders import store


async def remind_again(tx: Transaction, subject: str, about: datetime, participant_id: int, due: datetime) -> None:
    """Remind one person once more, at an instant; it takes the place of what they asked for before."""
    await store.forget_personal(tx, subject, participant_id)
    await store.add_personal(tx, subject, about, [(participant_id, until(about, due), due)])


async def spare(tx: Transaction, subject: str, participant_id: int) -> None:
    """Remind one person of a subject no more."""
    await store.choose(tx, participant_id, subject, wanted=False)
