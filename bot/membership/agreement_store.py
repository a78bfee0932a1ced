"""Withdraws people's agreements that data are kept for a purpose, and deletes these data and the files made of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.config.purpose_store import AGREEMENT_ENDING
from bot.database.engine import Transaction
from bot.membership import shown_store
from bot.people import ending_store
from bot.people.declared import Declared


async def withdraw(tx: Transaction, declared: Declared, participant_id: int, key: str) -> bool:
    """Withdraw a participant's agreement that data are kept for a purpose, and delete the data kept for it.

    Files with these data that the program made are deleted from all pages.

    `key` is the key of the purpose. `declared` says which tables have data for the purpose. Returns False, and changes
    nothing, if the participant had not agreed.
    """
    if not await tx.run(
        "DELETE FROM purposes WHERE participant_id = :id AND purpose = :key", id=participant_id, key=key
    ):
        return False
    for data in declared.tables:
        if data.purpose == key:
            await tx.run(f"DELETE FROM {data.table} WHERE participant_id = :id", id=participant_id)
            await shown_store.drop_made_from(tx, data.table, participant_id)
    what = await ending_store.fingerprint(tx, participant_id, key)
    await ending_store.record_endings(tx, AGREEMENT_ENDING, [what], traces=True)
    return True


async def withdraw_again(tx: Transaction, declared: Declared, whats: Collection[str], _now: datetime) -> int:
    """Withdraw again the agreements to keep data that had been withdrawn before a backup with them was restored.

    Each of `whats` is a hash of person and purpose, stored when the agreement was withdrawn. `declared` says which
    tables have data to be deleted. Returns how many agreements were withdrawn. The time is not used, but other
    functions that are called in the same way need it.
    """
    rows = await tx.all("SELECT p.*, a.purpose FROM purposes a JOIN participants p ON p.id = a.participant_id")
    again = [row for row in rows if ending_store.digest(row, row["purpose"]) in whats]
    for row in again:
        await withdraw(tx, declared, row["id"], row["purpose"])
    return len(again)
