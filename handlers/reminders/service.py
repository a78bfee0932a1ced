"""What other capabilities can do about one participant's reminders: add another one, or turn them off."""

from __future__ import annotations

from datetime import datetime

from bot.content.lead_times import until
from bot.database.engine import Transaction
from handlers.reminders import store


async def remind_again(tx: Transaction, subject: str, about: datetime, participant_id: int, due: datetime) -> None:
    """Plan another reminder of a subject for one participant, to be sent at `due`.

    `subject` is a key such as «session:12», `about` is when the subject takes place. The new reminder replaces an
    earlier one of this subject that the participant asked for.
    """
    await store.forget_personal(tx, subject, participant_id)
    await store.add_personal(tx, subject, about, [(participant_id, until(about, due), due)])


async def remind_no_more(tx: Transaction, subject: str, participant_id: int) -> None:
    """Turn off all reminders of a subject for one participant, who has done what the reminders are about.

    `subject` is a key such as «session:12».
    """
    await store.put_choice(tx, participant_id, subject, wanted=False)
