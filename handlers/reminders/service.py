"""What can be done for one person about a reminder: ask for one more, or turn a subject off."""

from __future__ import annotations

from datetime import datetime

from bot.content.leads import until
from bot.database.engine import Transaction
from handlers.reminders import store


async def remind_again(tx: Transaction, subject: str, about: datetime, participant_id: int, due: datetime) -> None:
    """Remind one person once more of a subject that takes place at `about`, when `due` comes.

    What they asked for before of this subject is replaced.
    """
    await store.forget_personal(tx, subject, participant_id)
    await store.add_personal(tx, subject, about, [(participant_id, until(about, due), due)])


async def remind_no_more(tx: Transaction, subject: str, participant_id: int) -> None:
    """Turn a subject off for one person: they need no more reminders of it, because they did what it asks for."""
    await store.put_choice(tx, participant_id, subject, wanted=False)
