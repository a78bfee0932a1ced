"""Stores who has which roles, and everybody's highest general role.

A person has a role for a single thing, such as a theme, called its scope, or for nothing in particular
(`bot.content.roles`). `bot.membership.rights.take_role` takes a role away, with everything that it let people see.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.content.roles import FACILITATES, Required, Who, stored
from bot.database.engine import Transaction
from bot.people import ending_store

ROLES = "COALESCE((SELECT {joined}(pr.role, ' ') FROM roles pr WHERE pr.participant_id = p.id), '')"
"""SQL expression for the keys of the roles of a participant `p`, separated by blanks, some more than once."""
RUNG = (
    "CASE WHEN p.id IS NULL THEN 0 WHEN p.organises = 1 THEN 3 WHEN EXISTS (SELECT 1 FROM roles fr"
    f" WHERE fr.participant_id = p.id AND fr.role = '{FACILITATES}') THEN 2 ELSE 1 END"
)
"""SQL expression for the highest rung (`Who`) of a participant `p`, as a number; 0 if there is no participant."""
HAS_ROLE = (
    "CASE WHEN p.organises = 1 OR EXISTS (SELECT 1 FROM roles hr WHERE hr.participant_id = p.id) THEN 1 ELSE 0 END"
)
"""SQL expression for whether a participant `p` has any role: 1 or 0."""


def may_read(row: str) -> str:
    """Return an SQL condition that a participant `p` has the role that a row requires.

    `row` is the name of the row's table in the statement; its columns `who` and `role` say which role is required.
    """
    has_role = f"EXISTS (SELECT 1 FROM roles mr WHERE mr.participant_id = p.id AND mr.role = {row}.role)"
    return f"({row}.who <= {RUNG} OR {has_role})"


def is_lost(row: str) -> str:
    """Return an SQL condition that the message `row` must be deleted for a participant `p` who lost a role.

    There are two cases. Either `p` may no longer read the message, according to its columns `who` and `role`. Or the
    message is for the lost role, which `p` may still have for another thing. The parameters that `loss` returns say
    which role was lost.
    """
    return f"(NOT {may_read(row)} OR {row}.role = :lost_role AND {row}.who >= :least)"


def loss(lost: Required | None) -> Mapping[str, int | str]:
    """Return the parameters of the SQL condition `is_lost`, by name, which say what role somebody lost.

    If `lost` is a general role (`Who`), all higher ones were lost too; None stands for no loss.
    """
    least, role = stored(lost) if lost is not None else (int(Who.ORGANISER) + 2, "")
    return {"least": least, "lost_role": role}


async def give(tx: Transaction, participant_id: int, role: str, scope: str, now: datetime | None) -> bool:
    """Store that a participant has a role. Returns False if they had it already.

    `scope` is the single thing that the role is for, such as a theme's key, '' for none. `now` is stored as the instant
    when the role was given, None if that is unknown.
    """
    given = await tx.run(
        "INSERT INTO roles (participant_id, role, scope, given_at) VALUES (:id, :role, :scope, CAST(:now AS BIGINT))"
        " ON CONFLICT (participant_id, role, scope) DO NOTHING",
        id=participant_id,
        role=role,
        scope=scope,
        now=to_micros(now) if now else None,
    )
    if given:
        await _note(tx, participant_id, role, scope, back=True)
    return bool(given)


async def take(tx: Transaction, participant_id: int, role: str, scope: str) -> bool:
    """Store that a participant no longer has a role for one thing (`scope`). Returns False if they did not have it."""
    which = "participant_id = :id AND role = :role AND scope = :scope"
    taken = await tx.run(f"DELETE FROM roles WHERE {which}", id=participant_id, role=role, scope=scope)
    if taken:
        await _note(tx, participant_id, role, scope)
    return bool(taken)


async def _note(tx: Transaction, participant_id: int, role: str, scope: str, *, back: bool = False) -> None:
    """Note that a role ended, so that no restored backup gives it again; with `back`, that it was given again."""
    what = await ending_store.fingerprint(tx, participant_id, *filter(None, [scope]))
    await ending_store.record_endings(tx, role, [what], back=back)


async def of_person(tx: Transaction, participant_id: int) -> Sequence[tuple[str, str]]:
    """Return the roles of a participant, as pairs of the role's key and its scope, '' for none."""
    rows = await tx.all(
        "SELECT role, scope FROM roles WHERE participant_id = :id ORDER BY role, scope", id=participant_id
    )
    return [(row["role"], row["scope"]) for row in rows]


async def scopes_of(tx: Transaction, participant_id: int, role: str) -> Sequence[str]:
    """Return the things (scopes) for which a participant has a role, ascending; [''] for a role without scopes."""
    return [scope for key, scope in await of_person(tx, participant_id) if key == role]


async def ended(tx: Transaction, role: str, whats: Collection[str]) -> Sequence[tuple[int, str]]:
    """Return the people who lost a role for good, but who have it again because a backup was restored.

    `whats` has a hash for each loss. The result has pairs of participant id and scope, the single thing that the role
    was for ('' for none).
    """
    rows = await tx.all(
        "SELECT p.id, p.ref, p.created_at, r.scope FROM roles r JOIN participants p ON p.id = r.participant_id"
        " WHERE r.role = :role ORDER BY p.id, r.scope",
        role=role,
    )
    return [
        (row["id"], row["scope"]) for row in rows if ending_store.digest(row, *filter(None, [row["scope"]])) in whats
    ]
