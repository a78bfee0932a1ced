"""Who was there, day by day. A day is a local date, ISO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction


@dataclass(frozen=True, slots=True)
class Marked:
    """Someone marked present or absent: when, and by whom ('' for who was erased since)."""

    present: bool
    by_given_name: str
    by_family_name: str
    at: datetime


async def on(tx: Transaction, day: str) -> Mapping[int, bool]:
    """Whether they were present, of everyone marked on a day."""
    rows = await tx.all("SELECT participant_id, present FROM attendance WHERE day = :day", day=day)
    return {row["participant_id"]: bool(row["present"]) for row in rows}


async def of(tx: Transaction, participant_id: int, day: str) -> Marked | None:
    """How someone was marked on a day; None for not at all."""
    row = await tx.one(
        "SELECT t.present, t.marked_at, p.given_name, p.family_name FROM attendance t"
        " LEFT JOIN participants p ON p.id = t.marked_by WHERE t.participant_id = :id AND t.day = :day",
        id=participant_id,
        day=day,
    )
    if row is None:
        return None
    return Marked(
        bool(row["present"]), row["given_name"] or "", row["family_name"] or "", from_micros(row["marked_at"])
    )


async def put(tx: Transaction, participant_id: int, day: str, present: bool | None, by: int, now: datetime) -> None:
    """Mark someone present or absent on a day, or (None) not at all."""
    if present is None:
        await tx.run("DELETE FROM attendance WHERE participant_id = :id AND day = :day", id=participant_id, day=day)
        return
    await tx.run(
        "INSERT INTO attendance (participant_id, day, present, marked_by, marked_at)"
        " VALUES (:id, :day, :present, :by, :now) ON CONFLICT (participant_id, day)"
        " DO UPDATE SET present = :present, marked_by = :by, marked_at = :now",
        id=participant_id,
        day=day,
        present=int(present),
        by=by,
        now=to_micros(now),
    )


async def comers(tx: Transaction) -> Mapping[int, bool]:
    """Everyone who may come, with or without a theme, by id: whether they joined."""
    rows = await tx.all(
        "SELECT id, status FROM participants WHERE attends = 1 AND status IN ('invited', 'joined') ORDER BY id"
    )
    return {row["id"]: row["status"] == "joined" for row in rows}
