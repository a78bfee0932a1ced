"""Stores who has which roles, each for a scope or for none (`bot.content.roles`), and which rung of the ladder that is.

    await role_store.give(tx, person.id, "readers", "CA-QC", now)

Whoever takes a role away uses `bot.membership.rights.take_role`, which also takes away what it let the person see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.names import Named, collation
from bot.content.roles import FACILITATES, Required, Who, stored
from bot.database.engine import Transaction
from bot.people import ending_store

ROLES = "COALESCE((SELECT {joined}(pr.role, ' ') FROM roles pr WHERE pr.participant_id = p.id), '')"
"""SQL expression: the keys of all roles of a participant `p`, as `bot.people.participants.RoleKeys` reads them."""
RUNG = (
    "CASE WHEN p.id IS NULL THEN 0 WHEN p.organises = 1 THEN 3 WHEN EXISTS (SELECT 1 FROM roles fr"
    f" WHERE fr.participant_id = p.id AND fr.role = '{FACILITATES}') THEN 2 ELSE 1 END"
)
"""SQL expression: the highest rung (`Who`) of a participant `p`, as a number; 0 if the participant does not exist."""


def may_read(row: str) -> str:
    """Return an SQL condition: a participant `p` is what is required by a row with the columns `who` and `role`.

    `row` is the name of its table in the statement (see `bot.content.roles.stored`).
    """
    return (
        f"({row}.who <= {RUNG} OR EXISTS"
        f" (SELECT 1 FROM roles mr WHERE mr.participant_id = p.id AND mr.role = {row}.role))"
    )


def is_lost(row: str) -> str:
    """Return an SQL condition: a participant `p` loses what a row is, with the columns `who` and `role`.

    That is what they may not read any more, and what is for the rung `:least` and higher ones or for `:lost_role` even
    if they still are that, as the role was taken for another scope. `row` is as for `may_read`, see `loss`.
    """
    return f"(NOT {may_read(row)} OR {row}.role = :lost_role AND {row}.who >= :least)"


def loss(lost: Required | None) -> Mapping[str, int | str]:
    """Return the parameters of `is_lost`: a rung or role that was taken away, None to look at what people have now."""
    who, role = stored(lost)
    return {"least": int(Who.ORGANISER) + 2 if lost is None else who, "lost_role": role}


async def give(tx: Transaction, participant_id: int, role: str, scope: str, now: datetime | None) -> bool:
    """Store that a participant has the role with a key for a scope, since `now` (None: not noted).

    Returns False if they had it.
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
    """Store that a participant has a role for a scope no more. Returns False if they did not have it."""
    taken = await tx.run(
        "DELETE FROM roles WHERE participant_id = :id AND role = :role AND scope = :scope",
        id=participant_id,
        role=role,
        scope=scope,
    )
    if taken:
        await _note(tx, participant_id, role, scope)
    return bool(taken)


async def _note(tx: Transaction, participant_id: int, role: str, scope: str, *, back: bool = False) -> None:
    """Note that a role ended, so that no restored backup gives it again; with `back`, that it was given again.

    The kind of the ending is the role's key.
    """
    what = await ending_store.fingerprint(tx, participant_id, *((scope,) if scope else ()))
    await ending_store.record_endings(tx, role, [what], back=back)


@dataclass(frozen=True, slots=True)
class GivenRole:
    """A role that a participant has for a scope, '' if it has none. It was given at `given_at`, None if unknown."""

    participant_id: int
    role: str
    scope: str
    given_at: datetime | None


async def of_person(tx: Transaction, participant_id: int) -> Sequence[GivenRole]:
    """Return the roles of a participant, by role and scope."""
    return await tx.rows(
        GivenRole,
        "SELECT participant_id, role, scope, given_at FROM roles WHERE participant_id = :id ORDER BY role, scope",
        id=participant_id,
    )


async def scopes_of(tx: Transaction, participant_id: int, role: str) -> Sequence[str]:
    """Return the scopes for which a participant has a role, ascending; [''] if the role has none."""
    return [given.scope for given in await of_person(tx, participant_id) if given.role == role]


@dataclass(frozen=True, slots=True)
class Holder(Named):
    """A participant who has a role, whether they have joined or not, and the scope for which they have it."""

    id: int
    ref: str
    given_name: str
    family_name: str
    scope: str


async def holders(tx: Transaction, role: str) -> Sequence[Holder]:
    """Return who has a role, once for each scope, sorted by given name. Who was banned or withdrew is left out."""
    found = await tx.rows(
        Holder,
        "SELECT p.id, p.ref, p.given_name, p.family_name, r.scope FROM roles r"
        " JOIN participants p ON p.id = r.participant_id"
        " WHERE r.role = :role AND p.status IN ('invited', 'joined')",
        role=role,
    )
    return sorted(
        found, key=lambda holder: (collation(holder.given_name), collation(holder.family_name), holder.id, holder.scope)
    )


async def people_with(tx: Transaction, role: str, scopes: Collection[str] | None = None) -> Sequence[int]:
    """Return the ids of the participants who joined and have a role for one of these scopes (None: any), ascending."""
    rows = await tx.all(
        "SELECT r.participant_id, r.scope FROM roles r JOIN participants p ON p.id = r.participant_id"
        " WHERE r.role = :role AND p.status = 'joined'",
        role=role,
    )
    return sorted({row["participant_id"] for row in rows if scopes is None or row["scope"] in scopes})


async def ended(tx: Transaction, role: str, whats: Collection[str]) -> Sequence[GivenRole]:
    """Return the roles with a key that these endings are about, and that people still have."""
    rows = await tx.all(
        "SELECT r.participant_id, r.scope, p.ref, p.created_at FROM roles r"
        " JOIN participants p ON p.id = r.participant_id WHERE r.role = :role ORDER BY r.participant_id, r.scope",
        role=role,
    )
    return [
        GivenRole(row["participant_id"], role, row["scope"], None)
        for row in rows
        if ending_store.digest(row, *((row["scope"],) if row["scope"] else ())) in whats
    ]


async def take_all(tx: Transaction, participant_id: int) -> Sequence[tuple[str, str]]:
    """Take all roles from a participant. Returns their keys and scopes."""
    had = [(given.role, given.scope) for given in await of_person(tx, participant_id)]
    for role, scope in had:
        await take(tx, participant_id, role, scope)
    return had


async def give_all(tx: Transaction, participant_id: int, roles: Iterable[Sequence[str]], now: datetime) -> None:
    """Give a participant the roles with these keys and scopes."""
    for role, scope in roles:
        await give(tx, participant_id, role, scope, now)
