"""What the list of selected people says of each, and lists that were read and wait to be imported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from bot.clock import to_micros
from bot.content.names import search_key
from bot.database.engine import Row, Transaction
from bot.people.listed import Gender, RosterPerson
from bot.people.participants import Status

_SELECT = (
    "SELECT p.id, p.status, p.ref, p.given_name, p.family_name, p.email, p.territory, p.gender, p.birth_year,"
    " p.organisation, p.locale, c.theme, c.second_theme"
    " FROM participants p LEFT JOIN choices c ON c.participant_id = p.id"
)


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """Someone as the store knows them: their id, where they stand, and what a list could say of them."""

    id: int
    status: Status
    person: RosterPerson


def _stored(row: Row) -> StoredPerson:
    return StoredPerson(
        row["id"],
        row["status"],
        RosterPerson(
            row["ref"],
            row["given_name"],
            row["family_name"],
            row["email"],
            row["territory"],
            Gender(row["gender"]) if row["gender"] else None,
            row["birth_year"],
            row["organisation"],
            row["locale"],
            row["theme"],
            row["second_theme"],
        ),
    )


async def find_listed(tx: Transaction, participant_id: int) -> StoredPerson | None:
    """One person by id."""
    row = await tx.one(f"{_SELECT} WHERE p.id = :id", id=participant_id)
    return _stored(row) if row else None


async def everyone_listed(tx: Transaction) -> Mapping[str, StoredPerson]:
    """Everyone by ref."""
    return {row["ref"]: _stored(row) for row in await tx.all(_SELECT)}


async def add_people(tx: Transaction, people: Iterable[RosterPerson], now: datetime) -> None:
    """New people, invited."""
    await tx.many(
        "INSERT INTO participants (ref, given_name, family_name, search_key, email, territory, gender, birth_year,"
        " organisation, locale, created_at) VALUES (:ref, :given_name, :family_name, :search_key, :email, :territory,"
        " :gender, :birth_year, :organisation, :locale, :now)",
        [{"ref": person.ref, "now": to_micros(now), **_columns(person)} for person in people],
    )


async def rewrite_people(tx: Transaction, people: Iterable[tuple[int, RosterPerson]]) -> None:
    """What these participants are now said to be; refs stay."""
    await tx.many(
        "UPDATE participants SET given_name = :given_name, family_name = :family_name, search_key = :search_key,"
        " email = :email, territory = :territory, gender = :gender, birth_year = :birth_year,"
        " organisation = :organisation, locale = :locale WHERE id = :id",
        [{"id": participant_id, **_columns(person)} for participant_id, person in people],
    )


def _columns(person: RosterPerson) -> dict[str, Any]:
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "search_key": search_key(person.given_name, person.family_name),
        "email": person.email,
        "territory": person.territory,
        "gender": person.gender.value if person.gender else "",
        "birth_year": person.birth_year,
        "organisation": person.organisation,
        "locale": person.locale,
    }


# --- Lists of people that were read and found good, until they are imported or a day has passed.


KEPT = timedelta(days=1)
"""How long an organiser can come back to a list they sent."""

_FIELDS = tuple(field.name for field in fields(RosterPerson))


@dataclass(frozen=True, slots=True)
class Pending:
    """A list of people, and the digest of what its sender was told importing would do."""

    people: Sequence[RosterPerson]
    digest: str


async def add_import(tx: Transaction, author_id: int, pending: Pending, now: datetime) -> int:
    """Keep a list; its id."""
    row = await tx.one(
        "INSERT INTO pending_imports (author_id, people, digest, created_at)"
        " VALUES (:author, :people, :digest, :now) RETURNING id",
        author=author_id,
        people=json.dumps(encode_people(pending.people), ensure_ascii=False),
        digest=pending.digest,
        now=to_micros(now),
    )
    assert row is not None
    pending_id: int = row["id"]
    return pending_id


async def find_import(tx: Transaction, pending_id: int, now: datetime) -> Pending | None:
    """A list by id, while it is kept."""
    row = await tx.one(
        "SELECT people, digest FROM pending_imports WHERE id = :id AND created_at >= :since",
        id=pending_id,
        since=to_micros(now - KEPT),
    )
    return Pending(decode_people(json.loads(row["people"])), row["digest"]) if row else None


async def remove_import(tx: Transaction, pending_id: int) -> None:
    """Forget a list that was imported."""
    await tx.run("DELETE FROM pending_imports WHERE id = :id", id=pending_id)


async def forget_old_imports(tx: Transaction, now: datetime) -> int:
    """Drop the lists nobody came back to."""
    return await tx.run("DELETE FROM pending_imports WHERE created_at < :before", before=to_micros(now - KEPT))


def encode_people(people: Iterable[RosterPerson]) -> list[dict[str, Any]]:
    """People as JSON values."""
    return [{name: getattr(person, name) for name in _FIELDS} for person in people]  # asdict takes ten times as long


def decode_people(stored: Iterable[dict[str, Any]]) -> list[RosterPerson]:
    """The people behind what `encode_people` made."""
    return [
        RosterPerson(**{**values, "gender": Gender(values["gender"]) if values["gender"] else None})
        for values in stored
    ]
