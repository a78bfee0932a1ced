"""Stores which facilitators run which groups: to run a group means to lead the phases of its workshop.

A panel is a message that shows a facilitator or organiser the groups and is kept up to date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.names import Named, collation
from bot.database.engine import Transaction
from bot.people import ending_store
from bot.people.audiences import Audience, parse
from bot.people.group_store import tables

ENDING = "facilitator"
"""The kind of the endings of facilitators' roles, one for each audience (see `bot.people.ending_store`)."""
PANEL = "panel"
"""The kind of the live screens that are panels. They are redrawn whenever a group changes."""
_IS_PANEL = f"key LIKE '{PANEL}:%'"

ROLE = (
    "CASE WHEN p.id IS NULL THEN 0 WHEN p.organises = 1 THEN 3"
    " WHEN EXISTS (SELECT 1 FROM facilitators fr WHERE fr.participant_id = p.id) THEN 2 ELSE 1 END"
)
"""SQL expression: the highest `Who` of a participant `p`, as a number; 0 if the participant does not exist."""


def group_is_run() -> str:
    """Return the SQL condition that a facilitator `f` runs a group `g`."""
    return f"f.audience IN {tables().audiences}"


async def give(tx: Transaction, participant_id: int, audiences: Iterable[Audience]) -> None:
    """Set the groups that a participant runs: all groups of these audiences, such as group:ID.

    Without audiences, the participant is not a facilitator any more.
    """
    rows = await tx.all("DELETE FROM facilitators WHERE participant_id = :id RETURNING audience", id=participant_id)
    before, after = {row["audience"] for row in rows}, {audience.encode() for audience in audiences}
    for audience in sorted(after):
        await tx.run(
            "INSERT INTO facilitators (participant_id, audience) VALUES (:id, :audience)",
            id=participant_id,
            audience=audience,
        )
    for changed, back in ((before - after, False), (after - before, True)):
        whats = [await ending_store.fingerprint(tx, participant_id, audience) for audience in sorted(changed)]
        await ending_store.record_endings(tx, ENDING, whats, back=back)


async def ended(tx: Transaction, whats: Collection[str]) -> Mapping[int, Sequence[Audience]]:
    """Return whom these endings are about, by id, each with the audiences of which they still run the groups."""
    rows = await tx.all(
        "SELECT f.participant_id, f.audience, p.ref, p.created_at FROM facilitators f"
        " JOIN participants p ON p.id = f.participant_id"
    )
    lost = {row["participant_id"] for row in rows if ending_store.digest(row, row["audience"]) in whats}
    stay: dict[int, list[Audience]] = {participant_id: [] for participant_id in sorted(lost)}
    for row in rows:
        if row["participant_id"] in lost and ending_store.digest(row, row["audience"]) not in whats:
            stay[row["participant_id"]].append(parse(row["audience"]))
    return stay


async def of_person(tx: Transaction, participant_id: int) -> Sequence[Audience]:
    """Return the audiences whose groups a participant runs, without groups that do not exist any more."""
    rows = await tx.all(
        "SELECT f.audience FROM facilitators f WHERE f.participant_id = :id AND (f.audience NOT LIKE 'group:%'"
        f" OR EXISTS (SELECT 1 FROM {tables().groups} g WHERE f.audience = 'group:' || CAST(g.id AS TEXT)))"
        " ORDER BY f.audience",
        id=participant_id,
    )
    return [parse(row["audience"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Facilitator(Named):
    """A participant who runs groups as a facilitator."""

    id: int
    given_name: str
    family_name: str


async def everyone(tx: Transaction) -> Sequence[Facilitator]:
    """Return all facilitators, sorted by given name."""
    found = await tx.rows(
        Facilitator,
        "SELECT p.id, p.given_name, p.family_name FROM participants p WHERE EXISTS"
        " (SELECT 1 FROM facilitators f WHERE f.participant_id = p.id)",
    )
    return sorted(
        found,
        key=lambda facilitator: (collation(facilitator.given_name), collation(facilitator.family_name), facilitator.id),
    )


async def drop_unsent_notices(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Delete the messages to a participant about themselves that are due later, because they are outdated."""
    await tx.run(
        "DELETE FROM deliveries WHERE participant_id = :id AND about = :id AND state = 'waiting' AND due_at > :now",
        id=participant_id,
        now=to_micros(now),
    )


async def of_group(tx: Transaction, group_id: int) -> Sequence[int]:
    """Return the ids of the facilitators who run a group, ascending."""
    return await tx.values(
        int,
        f"SELECT DISTINCT f.participant_id AS id FROM {tables().groups} g JOIN facilitators f ON {group_is_run()}"
        " WHERE g.id = :group ORDER BY 1",
        group=group_id,
    )


async def runs_group(tx: Transaction, participant_id: int, group_id: int) -> bool:
    """Return whether a participant is a facilitator of a group."""
    return participant_id in await of_group(tx, group_id)


async def groups_of(tx: Transaction, participant_id: int, round_number: int) -> frozenset[int]:
    """Return the ids of the groups that a participant runs in a round, given by its number."""
    found = await tx.values(
        int,
        f"SELECT g.id FROM {tables().groups} g WHERE g.round = :round AND EXISTS"
        f" (SELECT 1 FROM facilitators f WHERE f.participant_id = :id AND {group_is_run()})",
        round=round_number,
        id=participant_id,
    )
    return frozenset(found)


async def touch_panels(tx: Transaction, group_ids: Iterable[int]) -> None:
    """Redraw, soon after the commit, the panels that show these groups: of their facilitators and of organisers.

    Panels that wait to be redrawn already are not changed, so that many ideas at a time do not all write the same row.
    """
    for group_id in group_ids:
        await tx.run(
            "UPDATE screens SET wanted = wanted + 1, reference = :reference"
            f" WHERE {_IS_PANEL} AND wanted <= shown AND EXISTS"
            " (SELECT 1 FROM accounts a JOIN participants p ON p.id = a.participant_id"
            " WHERE a.id = screens.account_id AND (p.organises = 1 OR"
            f" EXISTS (SELECT 1 FROM {tables().groups} g JOIN facilitators f ON {group_is_run()}"
            " WHERE g.id = :group AND f.participant_id = p.id)))",
            group=group_id,
            reference=tx.reference,
        )


async def touch_panel_of(tx: Transaction, participant_id: int) -> None:
    """Redraw a participant's panel because the groups that they run changed; it is deleted if they run none."""
    await tx.run(
        f"UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE {_IS_PANEL}"
        " AND account_id IN (SELECT id FROM accounts WHERE participant_id = :id)",
        id=participant_id,
        reference=tx.reference,
    )


async def touch_all_panels(tx: Transaction, _now: datetime) -> int:
    """Redraw all panels, because some phases may be over. Returns how many did not wait to be redrawn already."""
    return await tx.run(
        f"UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE {_IS_PANEL} AND wanted <= shown",
        reference=tx.reference,
    )


async def turn_panel(tx: Transaction, account_id: int, key: str) -> bool:
    """Show another page in the panel of an account. Returns False if the account has no panel.

    `key` is the key of the live screen for that page.
    """
    return bool(
        await tx.run(
            "UPDATE screens SET key = :key, wanted = wanted + 1, reference = :reference"
            f" WHERE account_id = :account AND {_IS_PANEL}",
            key=key,
            account=account_id,
            reference=tx.reference,
        )
    )


async def leave_panels(tx: Transaction, account_id: int) -> None:
    """Stop updating the panels of an account; the messages stay in the chat as they are."""
    await tx.run(f"DELETE FROM screens WHERE {_IS_PANEL} AND account_id = :id", id=account_id)
