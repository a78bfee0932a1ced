"""Stores which facilitators run which groups: to run a group means to lead the phases of its workshop.

A panel is a message that shows a facilitator or organiser the groups and is kept up to date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.content.roles import FACILITATES
from bot.database.engine import Transaction
from bot.people import role_store
from bot.people.audiences import Audience, parse
from bot.people.group_store import tables

PANEL = "panel"
"""The kind of the live screens that are panels. They are redrawn whenever a group changes."""
IS_PANEL = f"key LIKE '{PANEL}:%'"
"""SQL condition: a row of `screens` is a panel."""


def group_is_run() -> str:
    """Return the SQL condition that the row `f` of `roles` lets somebody lead the workshops of the group `g`."""
    return f"f.role = '{FACILITATES}' AND f.scope IN {tables().audiences}"


async def give(tx: Transaction, participant_id: int, audiences: Iterable[Audience]) -> None:
    """Let a participant lead the workshops of the groups in these audiences, such as group:ID, and of no other groups.

    If there are no audiences, the participant is no longer a facilitator.
    """
    before = set(await role_store.scopes_of(tx, participant_id, FACILITATES))
    after = {audience.encode() for audience in audiences}
    for scope in sorted(before - after):
        await role_store.take(tx, participant_id, FACILITATES, scope)
    for scope in sorted(after - before):
        await role_store.give(tx, participant_id, FACILITATES, scope, None)


async def of_person(tx: Transaction, participant_id: int) -> Sequence[Audience]:
    """Return the audiences, such as group:ID, of the groups whose workshops a participant leads.

    Groups that no longer exist are left out.
    """
    rows = await tx.all(
        "SELECT f.scope FROM roles f WHERE f.participant_id = :id AND f.role = :role AND (f.scope NOT LIKE 'group:%'"
        f" OR EXISTS (SELECT 1 FROM {tables().groups} g WHERE f.scope = 'group:' || CAST(g.id AS TEXT)))"
        " ORDER BY f.scope",
        id=participant_id,
        role=FACILITATES,
    )
    return [parse(row["scope"]) for row in rows]


async def of_group(tx: Transaction, group_id: int) -> Sequence[int]:
    """Return the ids of the facilitators who lead the workshop of a group, ascending."""
    return await tx.values(
        int,
        f"SELECT DISTINCT f.participant_id AS id FROM {tables().groups} g JOIN roles f ON {group_is_run()}"
        " WHERE g.id = :group ORDER BY 1",
        group=group_id,
    )


async def of_round(tx: Transaction, round_number: int) -> Mapping[int, frozenset[int]]:
    """Return which groups of a round (one day's groups) facilitators run: ids of groups, by the facilitator's id."""
    run: dict[int, set[int]] = defaultdict(set)
    for row in await tx.all(
        f"SELECT g.id, f.participant_id FROM {tables().groups} g JOIN roles f ON {group_is_run()}"
        " WHERE g.round = :round",
        round=round_number,
    ):
        run[row["participant_id"]].add(row["id"])
    return {person: frozenset(groups) for person, groups in run.items()}


async def runs_group(tx: Transaction, participant_id: int, group_id: int) -> bool:
    """Return whether a participant leads the phases of a group's workshop."""
    return participant_id in await of_group(tx, group_id)


async def touch_panels(tx: Transaction, group_ids: Iterable[int]) -> None:
    """Have the panels of facilitators and organisers that show these groups redrawn, soon after the commit.

    A panel is a message that shows its reader the groups, and is kept up to date. A panel that already waits to be
    redrawn is not marked again, so that many ideas at a time do not all write the same row.
    """
    for group_id in group_ids:
        await tx.run(
            "UPDATE screens SET wanted = wanted + 1, reference = :reference"
            f" WHERE {IS_PANEL} AND wanted <= shown AND EXISTS"
            " (SELECT 1 FROM accounts a JOIN participants p ON p.id = a.participant_id"
            " WHERE a.id = screens.account_id AND (p.organises = 1 OR"
            f" EXISTS (SELECT 1 FROM {tables().groups} g JOIN roles f ON {group_is_run()}"
            " WHERE g.id = :group AND f.participant_id = p.id)))",
            group=group_id,
            reference=tx.reference,
        )


async def touch_panel_of(tx: Transaction, participant_id: int) -> None:
    """Have the message that shows a facilitator their groups (the panel) redrawn, because these groups changed.

    If the participant leads no group any more, the panel is deleted.
    """
    await tx.run(
        f"UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE {IS_PANEL}"
        " AND account_id IN (SELECT id FROM accounts WHERE participant_id = :id)",
        id=participant_id,
        reference=tx.reference,
    )
