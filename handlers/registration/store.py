"""The SQL of what the list says about people, of lists that are not imported yet, and of the texts of invitations."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.config import setting_store
from bot.content.i18n import LOCALES
from bot.content.names import search_key
from bot.database.engine import Transaction, one_column
from bot.files.pending_import_store import PendingImport, PendingImports
from bot.people import participant_store, secret_store
from bot.people.listed import Gender, RosterPerson
from bot.people.participants import Participant, Status
from handlers.registration.model.lists import KnownPerson, WaitingList, decode_waiting, encode_waiting

_SELECT = (
    "SELECT p.id, p.status, p.ref, p.given_name, p.family_name, p.email, p.territory,"
    " NULLIF(p.gender, '') AS gender, p.birth_year, p.organisation, p.locale, c.theme, c.second_theme"
    " FROM participants p LEFT JOIN choices c ON c.participant_id = p.id"
)


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A stored person: the id, the status, and the fields that an imported list can fill in."""

    id: int
    status: Status
    person: RosterPerson


async def find_listed(tx: Transaction, participant_id: int) -> StoredPerson | None:
    """Return the stored person with this id; None if there is none."""
    return await tx.row(StoredPerson, f"{_SELECT} WHERE p.id = :id", id=participant_id)


async def find_all_listed(tx: Transaction, ids: Iterable[int]) -> Sequence[StoredPerson]:
    """Return the stored people with these ids; unknown ids are ignored."""
    among = f"{_SELECT} WHERE p.id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {{json_rows}}(:ids))"
    return await tx.rows(StoredPerson, among, ids=one_column(ids))


async def territories(tx: Transaction) -> Sequence[str]:
    """Return the codes of all territories that people come from, sorted."""
    return sorted(await tx.values(str, "SELECT DISTINCT territory FROM participants WHERE territory <> ''"))


async def everyone_listed(tx: Transaction) -> Mapping[str, StoredPerson]:
    """Return all people by ref, the identifier that the list gives them."""
    return {stored.person.ref: stored for stored in await tx.rows(StoredPerson, _SELECT)}


async def listed_by_ref(tx: Transaction, refs: Sequence[str]) -> Mapping[str, StoredPerson]:
    """Return the stored people with these refs (identifiers on the list), by ref; unknown refs are ignored."""
    among = f"{_SELECT} WHERE p.ref IN (SELECT value ->> 0 FROM {{json_rows}}(:refs))"
    return {stored.person.ref: stored for stored in await tx.rows(StoredPerson, among, refs=one_column(refs))}


async def ids_since(tx: Transaction, last: int) -> dict[str, int]:
    """Return the ids, by ref, of the people who were added after the person with the id `last`."""
    rows = await tx.all("SELECT id, ref FROM participants WHERE id > :last", last=last)
    return {row["ref"]: row["id"] for row in rows}


async def count_absent(tx: Transaction, refs: Sequence[str]) -> int:
    """Return how many people take part whose refs (identifiers on the list) are not among these."""
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM participants p WHERE p.attends = 1 AND p.status IN ('invited', 'joined')"
        " AND p.ref NOT IN (SELECT value ->> 0 FROM {json_rows}(:refs))",
        refs=one_column(refs),
    )


_TEXTS = ("ref", "given_name", "family_name", "search_key", "email", "territory", "gender", "organisation", "locale")
_READ = {name: f"value ->> {place}" for place, name in enumerate(_TEXTS)}
_READ["birth_year"] = f"CAST(value ->> {len(_TEXTS)} AS BIGINT)"
"""The columns that a list fills, with the SQL that reads each from what `_values` returns."""


async def add_people(tx: Transaction, rows: str, now: datetime) -> None:
    """Add people, who get the status «invited». `rows` is the result of `rows_of`."""
    await tx.run(
        f"INSERT INTO participants ({', '.join(_READ)}, created_at) SELECT {', '.join(_READ.values())}, :now"
        " FROM {json_rows}(:people)",
        people=rows,
        now=to_micros(now),
    )


async def rewrite_people(tx: Transaction, people: Iterable[tuple[int, RosterPerson]]) -> None:
    """Replace all that is stored about people, except refs and themes; each person comes with a participant id.

    An unused invitation that was sent to another address than the person now has stops working.
    """
    people = [*people]
    await tx.run(
        f"UPDATE participants SET {', '.join(f'{name} = {value}' for name, value in _READ.items() if name != 'ref')}"
        f" FROM {{json_rows}}(:people) WHERE participants.id = CAST(value ->> {len(_READ)} AS BIGINT)",
        people=_to_json([*_values(person), participant_id] for participant_id, person in people),
    )
    await secret_store.revoke_sent_elsewhere(tx, {participant_id: person.email for participant_id, person in people})


def rows_of(people: Iterable[RosterPerson]) -> str:
    """Return the data of new people as JSON for `add_people`: a list of values for each person."""
    return _to_json(map(_values, people))


def _to_json(rows: Iterable[Sequence[Any]]) -> str:
    return json.dumps([*rows], ensure_ascii=False)


def _values(person: RosterPerson) -> list[Any]:
    return [
        person.ref,
        person.given_name,
        person.family_name,
        search_key(person.given_name, person.family_name),
        person.email,
        person.territory,
        person.gender.value if person.gender else "",
        person.organisation,
        person.locale,
        person.birth_year,
    ]


# --- Lists of people that wait to be imported


_FIELDS = tuple(field.name for field in fields(RosterPerson))


def encode_people(people: Iterable[RosterPerson]) -> list[dict[str, Any]]:
    """Return people as JSON values."""
    return [{name: getattr(person, name) for name in _FIELDS} for person in people]  # asdict takes ten times as long


def decode_people(stored: Iterable[dict[str, Any]]) -> list[RosterPerson]:
    """Return the people that `encode_people` turned into JSON values."""
    return [
        RosterPerson(**{**values, "gender": Gender(values["gender"]) if values["gender"] else None})
        for values in stored
    ]


async def keep_waiting(
    tx: Transaction,
    pending_id: int | None,
    author_id: int,
    waiting: WaitingList,
    people: Iterable[RosterPerson],
    now: datetime,
) -> int:
    """Store a list about which the organiser `author_id` must still answer questions, and return its id.

    `people` are the people on the list as it is understood so far. The new list replaces the stored list with the id
    `pending_id`; None stores it as another one.
    """
    if pending_id is None:
        pending_id = await PENDING_LISTS.add(tx, author_id, PendingImport((), ""), now)
    await tx.run(
        "UPDATE pending_imports SET people = :people, reading = :reading, digest = '' WHERE id = :id",
        id=pending_id,
        people=json.dumps(encode_people(people), ensure_ascii=False),
        reading=json.dumps(encode_waiting(waiting), ensure_ascii=False),
    )
    return pending_id


async def find_waiting(tx: Transaction, pending_id: int, now: datetime) -> WaitingList | None:
    """Return a stored list that is not imported yet.

    Returns None if it was imported, is more than a day old, or was emptied because it names somebody who was erased.
    """
    if await PENDING_LISTS.find(tx, pending_id, now) is None:
        return None
    reading = await tx.value(str, "SELECT reading FROM pending_imports WHERE id = :id", id=pending_id)
    return decode_waiting(json.loads(reading)) if reading else None


async def find_former(tx: Transaction, author_id: int, now: datetime) -> WaitingList | None:
    """Return the list that an organiser sent last and that is not imported yet; None as for `find_waiting`."""
    found = await tx.value(int, "SELECT COALESCE(MAX(id), 0) FROM pending_imports WHERE author_id = :id", id=author_id)
    return await find_waiting(tx, found, now)


async def shown_changes(tx: Transaction, pending_id: int, digest: str) -> None:
    """Store the digest of the changes that the organiser saw before importing a list."""
    await tx.run("UPDATE pending_imports SET digest = :digest WHERE id = :id", id=pending_id, digest=digest)


async def known_people(tx: Transaction) -> Sequence[KnownPerson]:
    """Return everybody who is stored, with the particulars by which they are recognised on a list."""
    return await tx.rows(
        KnownPerson, "SELECT id, ref, given_name, family_name, email, territory FROM participants ORDER BY id"
    )


PENDING_LISTS = PendingImports("pending_imports", "people", encode_people, decode_people)
"""The lists of people that were read, each stored for a day or until it is imported."""


# --- The text of invitations

_TEXT, _PLACE, _CONTACT = "invitation_text.", "invitation_place", "invitation_contact"


async def letter_texts(tx: Transaction) -> Mapping[str, str]:
    """Return the texts of invitations that organisers wrote, by locale."""
    return {locale: text for locale in LOCALES if (text := await setting_store.get(tx, _TEXT + locale))}


async def keep_letter_text(tx: Transaction, locale: str, text: str) -> None:
    """Store the organisers' text of invitations in one language; '' to use the bot's own text again."""
    await setting_store.put(tx, _TEXT + locale, text)


async def place_and_contact(tx: Transaction) -> tuple[str | None, str | None]:
    """Return the place and the contact that organisers wrote for invitations; each is None if nobody ever wrote it."""
    return await setting_store.get(tx, _PLACE), await setting_store.get(tx, _CONTACT)


async def keep_place_and_contact(tx: Transaction, place: str, contact: str) -> None:
    """Store the place and the contact for invitations; '' for one that invitations do not mention."""
    await setting_store.put(tx, _PLACE, place)
    await setting_store.put(tx, _CONTACT, contact)


# --- Words that messages to organisers quote


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the keys and texts of what messages quote about people; nothing for kinds of other capabilities.

    The kind «particular» is an e-mail address or an organisation, with keys such as «12.email» and «12.organisation»
    for the participant 12. The kind «account» is a person's name on a platform; the key is the account's id.
    """
    match kind:
        case "particular":
            ids = ", ".join(sorted({str(int(key.partition(".")[0])) for key in keys}))
            rows = await tx.all(f"SELECT id, email, organisation FROM participants WHERE id IN ({ids})")
            found = {f"{row['id']}.{name}": row[name] for row in rows for name in ("email", "organisation")}
        case "account":
            rows = await tx.all(f"SELECT id, name FROM accounts WHERE id IN ({', '.join(map(str, map(int, keys)))})")
            found = {str(row["id"]): row["name"] for row in rows}
        case _:
            return ()
    return [(key, words) for key in keys if (words := found.get(key))]


async def organisers(tx: Transaction) -> Sequence[Participant]:
    """Return the organisers, and the people who have not yet used their invitation to become one, sorted by id."""
    invited = "status = 'invited' AND id IN (SELECT participant_id FROM secrets WHERE purpose = 'organiser')"
    ids = await tx.values(int, f"SELECT id FROM participants WHERE organises = 1 OR {invited} ORDER BY id")
    return [person for each in ids if (person := await participant_store.find(tx, each))]
