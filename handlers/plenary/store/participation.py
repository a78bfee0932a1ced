"""Counts what women and men did in plenaries that are over, by person, with 0 for people who could but did not."""

from __future__ import annotations

from collections.abc import Mapping

from bot.database.engine import Transaction
from bot.people.audiences import COMES
from handlers.plenary.store.listeners import listeners_of

_ON_STAGE = (
    "FROM stage_turns t JOIN plenaries n ON n.id = t.plenary_id JOIN members m ON m.group_id = t.group_id"
    " JOIN participants p ON p.id = m.participant_id"
    f" WHERE n.round = :round AND n.gallery = 0 AND t.state = 'done' AND {COMES}"
)
_PRESENTS = "SELECT 1 FROM presenters r WHERE r.group_id = t.group_id AND r.participant_id = m.participant_id"
_WRITTEN = (
    "FROM stage_questions q JOIN stage_turns t ON t.group_id = q.group_id JOIN plenaries n ON n.id = t.plenary_id"
    " LEFT JOIN stage_questions o ON o.id = q.merged_into JOIN participants p ON p.id = q.author_id"
    f" WHERE n.round = :round AND q.written_at <= n.ended_at AND q.hidden_at IS NULL AND {COMES}"
    " GROUP BY q.author_id"
)
_MINUTE = 60_000_000


async def presented(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return, by participant id, 1 for each presenter and 0 for each other member of the groups that were on stage.

    Only groups of the round (one day) that named presenters count.
    """
    rows = await tx.all(
        f"SELECT p.id, CASE WHEN EXISTS ({_PRESENTS}) THEN 1 ELSE 0 END AS times {_ON_STAGE}"
        " AND EXISTS (SELECT 1 FROM presenters r JOIN members o ON o.participant_id = r.participant_id"
        " AND o.group_id = r.group_id WHERE r.group_id = t.group_id)",
        round=round_number,
    )
    return {row["id"]: row["times"] for row in rows}


async def minutes_on_stage(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return, by participant id, how many minutes each presenter of a round's groups (one day) was on stage.

    Pauses do not count, but questions do. If two people present together, each gets the full time. A turn counts as at
    least one minute.
    """
    rows = await tx.all(
        f"SELECT p.id, t.began_at, t.over_at {_ON_STAGE} AND t.began_at IS NOT NULL AND t.over_at IS NOT NULL"
        f" AND EXISTS ({_PRESENTS})",
        round=round_number,
    )
    return {row["id"]: max(1, round((row["over_at"] - row["began_at"]) / _MINUTE)) for row in rows}


async def questions_written(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return, by participant id, how many questions each listener wrote before the end of a round's plenaries.

    A round is the groups of one day. Hidden questions do not count. Listeners who wrote no question are included, with
    0.
    """
    plenaries = await tx.all("SELECT id FROM plenaries WHERE round = :round ORDER BY id", round=round_number)
    could = {person for plenary in plenaries for person in await listeners_of(tx, plenary["id"])}
    rows = await tx.all(f"SELECT q.author_id AS id, COUNT(*) AS times {_WRITTEN}", round=round_number)
    return {**dict.fromkeys(sorted(could), 0), **{row["id"]: row["times"] for row in rows}}


async def questions_asked(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return, by participant id, how many of each author's questions were asked on stage in the plenaries of a round.

    A round is the groups of one day. A question that was merged into another counts as asked with it. An author none of
    whose questions was asked is included, with 0.
    """
    rows = await tx.all(
        "SELECT q.author_id AS id, SUM(CASE WHEN COALESCE(o.asked_at, q.asked_at) IS NULL THEN 0 ELSE 1 END) AS times"
        f" {_WRITTEN}",
        round=round_number,
    )
    return {row["id"]: int(row["times"]) for row in rows}
