"""The SQL of facilitators' panels: their content, read for all groups in one statement, and changes of panels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import instant_or_none, to_micros
from bot.database.engine import Row, Transaction
from bot.database.records import record
from bot.people.facilitator_store import IS_PANEL, group_is_run
from handlers.groups.model import Group
from handlers.workshops.model import PhaseRun
from handlers.workshops.store.ideas import counts
from handlers.workshops.store.runs import RUN_COLUMNS
from handlers.workshops.store.silence import HAS_SPOKEN, HAS_VOTED, IS_THERE

_GROUP_PROGRESS = (
    "SELECT g.id AS g_id, g.round, g.theme, g.number, g.name, g.room,"
    f" {RUN_COLUMNS},"
    f" (SELECT COUNT(*) FROM ideas i WHERE i.group_id = g.id AND i.phase = r.phase AND {counts('i')}) AS ideas,"
    " (SELECT COUNT(*) FROM members m JOIN participants p ON p.id = m.participant_id"
    f" WHERE m.group_id = g.id AND {IS_THERE}) AS members,"
    " (SELECT COUNT(*) FROM members m JOIN participants p ON p.id = m.participant_id"
    f" WHERE m.group_id = g.id AND {IS_THERE} AND {HAS_SPOKEN}) AS spoken,"
    " CASE WHEN r.revealed_at IS NULL THEN 0 ELSE"
    " (SELECT COUNT(*) FROM members m JOIN participants p ON p.id = m.participant_id"
    f" WHERE m.group_id = g.id AND {IS_THERE} AND {HAS_VOTED}) END AS voted,"
    " c.id AS call_id, c.called_at, c.taken_by, y.given_name AS taker"
    " FROM groups g JOIN themes x ON x.key = g.theme"
    " LEFT JOIN phase_runs r ON r.id = (SELECT q.id FROM phase_runs q WHERE q.group_id = g.id"
    " ORDER BY CASE WHEN q.state = 'ended' THEN 1 ELSE 0 END, q.started_at DESC, q.id DESC LIMIT 1)"
    " LEFT JOIN calls c ON c.group_id = g.id AND c.closed_at IS NULL"
    " LEFT JOIN participants y ON y.id = c.taken_by"
)


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """The progress of a group in its open phase or, between phases, in the phase that began last.

    `run` is None before any phase began. `members` is the number of members who are present; of these, `spoken` gave
    something in the phase, and `voted` have voted in it. `missing` says whether the group's result is still missing.
    `call` is the id of the group's open call for help and `called_at` its time, both None without a call. `taken_by` is
    the id of the person who comes and `taker` their first name, None and '' if nobody does.
    """

    group: Group
    run: PhaseRun | None
    ideas: int
    members: int
    spoken: int
    voted: int
    missing: bool
    call: int | None
    called_at: datetime | None
    taken_by: int | None
    taker: str


async def standings(
    tx: Transaction, round_number: int, participant_id: int, unwritten: Collection[int], *, everything: bool
) -> Sequence[GroupProgress]:
    """Return the progress of the groups of a round (one day) that a person runs, sorted by theme, then number.

    With `everything`, all groups of the round are returned, whoever runs them. `unwritten` are the ids of the runs (one
    phase in one group each) whose result is still missing.
    """
    own = f"EXISTS (SELECT 1 FROM roles f WHERE f.participant_id = :person AND {group_is_run()})"
    sql = f"{_GROUP_PROGRESS} WHERE g.round = :round AND (:everything = 1 OR {own}) ORDER BY x.position, g.number, g.id"
    rows = await tx.all(sql, round=round_number, person=participant_id, everything=int(everything))
    return [_group_progress(row, unwritten) for row in rows]


def _group_progress(row: Row, unwritten: Collection[int]) -> GroupProgress:
    return GroupProgress(
        Group(row["g_id"], row["round"], row["theme"], row["number"], row["name"], row["room"]),
        record(PhaseRun, row) if row["id"] is not None else None,
        row["ideas"],
        row["members"],
        row["spoken"],
        row["voted"],
        row["id"] in unwritten,
        row["call_id"],
        instant_or_none(row["called_at"]),
        row["taken_by"],
        row["taker"] or "",
    )


async def drop_unsent_notices(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Delete unsent messages to a participant that are about the participant and due after `now`: they are outdated."""
    await tx.run(
        "DELETE FROM deliveries WHERE participant_id = :id AND about = :id AND state = 'waiting' AND due_at > :now",
        id=participant_id,
        now=to_micros(now),
    )


async def touch_all_panels(tx: Transaction, _now: datetime) -> int:
    """Have the panels of all facilitators (messages about their groups) redrawn, because phases may be over.

    Returns the number of panels for which no redrawing was due yet. The present time `_now` makes no difference.
    """
    return await tx.run(
        f"UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE {IS_PANEL} AND wanted <= shown",
        reference=tx.reference,
    )


async def turn_panel(tx: Transaction, account_id: int, key: str) -> bool:
    """Show another page in an account's panel, the message with the progress of a facilitator's groups.

    `key` is the key of the page. Returns False if the account has no panel.
    """
    return bool(
        await tx.run(
            "UPDATE screens SET key = :key, wanted = wanted + 1, reference = :reference"
            f" WHERE account_id = :account AND {IS_PANEL}",
            key=key,
            account=account_id,
            reference=tx.reference,
        )
    )


async def leave_panels(tx: Transaction, account_id: int) -> None:
    """Stop updating an account's panels, the messages with the progress of a facilitator's groups.

    The messages stay in the chat as they are.
    """
    await tx.run(f"DELETE FROM screens WHERE {IS_PANEL} AND account_id = :id", id=account_id)
