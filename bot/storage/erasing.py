"""Every row about a person, deleted; and the erasures that are committed but not finished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from bot.clock import from_micros, to_micros
from bot.domain.participants import Participant
from bot.storage import deliveries, links
from bot.storage.engine import Row, Transaction
from bot.stored_texts import encode
from bot.texts import Name, _

_MINE = "SELECT platform, {column} FROM accounts WHERE participant_id = :id"
_BY_CHAT = f"(platform, chat) IN ({_MINE.format(column='chat')})"
_BY_NUMBER = f"(platform, native_id) IN ({_MINE.format(column='native_id')})"

_STATEMENTS = (
    f"DELETE FROM dialogues WHERE {_BY_CHAT}",
    f"DELETE FROM albums WHERE {_BY_CHAT}",
    f"DELETE FROM attempts WHERE {_BY_NUMBER}",
    f"DELETE FROM idea_hints WHERE {_BY_CHAT}",
    f"DELETE FROM inbox WHERE replied = 1 AND {_BY_NUMBER}",
    # The update that asks for this is not answered yet: its number stays, so that a repeat changes nothing.
    f"UPDATE inbox SET text = NULL WHERE {_BY_NUMBER}",
    "UPDATE questions SET answered_by = NULL WHERE answered_by = :id",
    # What facilitators did to their ideas quotes them.
    "DELETE FROM journal WHERE subject IN (SELECT 'idea:' || CAST(i.id AS TEXT) FROM ideas i WHERE i.author_id = :id)",
)


_UNSHARED_IDEAS = "DELETE FROM ideas WHERE author_id = :id AND state NOT IN ('live', 'offered')"
_TEXTS = (
    "DELETE FROM ideas WHERE author_id = :id",
    "DELETE FROM territory_cards WHERE participant_id = :id",
)
"""What they wrote for their group alone; what others wrote down with them is the group's."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Someone was forgotten: who, as a fingerprint only their own row has, whether with their texts, and when."""

    person: str
    texts: bool
    erased_at: datetime


def _fingerprint(row: Row) -> str:
    """The hash of what stays the same in every backup, and is never given to anyone else: reference and instant."""
    return hashlib.sha256(f"{row['ref']}\n{row['created_at']}".encode()).hexdigest()


async def fingerprint(tx: Transaction, participant_id: int) -> str:
    """A participant's fingerprint."""
    row = await tx.one("SELECT ref, created_at FROM participants WHERE id = :id", id=participant_id)
    assert row is not None
    return _fingerprint(row)


async def fingerprints(tx: Transaction) -> Mapping[str, int]:
    """Every participant's id by their fingerprint."""
    rows = await tx.all("SELECT id, ref, created_at FROM participants")
    return {_fingerprint(row): row["id"] for row in rows}


async def delete_person(
    tx: Transaction, person: Participant, now: datetime, *, texts: bool, read: Callable[[str], bytes]
) -> None:
    """Delete the rows about a person; `texts`: also what they wrote for others, else only its author.

    `read` gives the content behind a digest, or raises FileNotFoundError. Their place in a theme is the caller's to
    free.
    """
    for statement in _STATEMENTS:
        await tx.run(statement, id=person.id)
    if texts:
        for statement in _TEXTS:
            await tx.run(statement, id=person.id)
    else:
        await tx.run("UPDATE questions SET participant_id = NULL WHERE participant_id = :id", id=person.id)
        await _leave_ideas(tx, person.id)
    await links.forget_claims(tx, person.id)
    await _forget_mentions(tx, person, read)
    # A platform that gave them a name and roles must take these back first: for a day it keeps an account of nobody.
    await tx.run(
        "UPDATE accounts SET participant_id = NULL, name = '', locale = NULL, linked_at = :now"
        " WHERE participant_id = :id AND platform = 'discord'",
        id=person.id,
        now=to_micros(now),
    )
    await tx.run("DELETE FROM participants WHERE id = :id", id=person.id)  # everything else refers to this row
    await deliveries.forget_files(tx)


async def _leave_ideas(tx: Transaction, person_id: int) -> None:
    """What their group read stays, as nobody's: not the message it came as, nor what its files were called."""
    await tx.run(_UNSHARED_IDEAS, id=person_id)
    await tx.run(
        "UPDATE ideas SET platform = '', chat = '', native_id = '', album = '' WHERE author_id = :id", id=person_id
    )
    for file in await tx.all(
        "SELECT f.idea_id, f.position, f.name FROM idea_files f JOIN ideas i ON i.id = f.idea_id"
        " WHERE i.author_id = :id",
        id=person_id,
    ):
        await tx.run(
            "UPDATE idea_files SET name = :name WHERE idea_id = :idea AND position = :position",
            name=f"{file['position'] + 1}{PurePath(file['name']).suffix}",
            idea=file["idea_id"],
            position=file["position"],
        )


async def _forget_mentions(tx: Transaction, person: Participant, read: Callable[[str], bytes]) -> None:
    """Drop what is kept for a while and names the person among others.

    Changes that can be undone, lists to import, and what organisers' pages show. Somebody of the same name may lose a
    line there: better that than to be remembered.
    """
    row = await tx.one("SELECT email FROM participants WHERE id = :id", id=person.id)
    names = [said for said in (person.full_name, person.name, row["email"] if row else "") if said]
    await _forget_in_groups(tx, person)
    ref, *stored = (json.dumps(said, ensure_ascii=False) for said in (person.ref, *names))
    words = (ref, *(said[1:-1] for said in stored))
    await tx.run("DELETE FROM journal WHERE subject = :subject", subject=f"person:{person.id}")
    for entry in await tx.all("SELECT id, what, inverse FROM journal"):
        if any(word in entry[column] for word in words for column in ("what", "inverse")):
            await tx.run("DELETE FROM journal WHERE id = :id", id=entry["id"])
    for pending_list in await tx.all("SELECT id, people FROM pending_imports"):
        if ref in pending_list["people"]:
            await tx.run("DELETE FROM pending_imports WHERE id = :id", id=pending_list["id"])
    for message in await tx.all(
        "SELECT m.id, m.content, f.content AS file, f.digest FROM page_messages m"
        " JOIN participants p ON p.id = m.participant_id AND p.organises = 1"
        " LEFT JOIN page_files f ON f.message_id = m.id AND f.kind = 'file'"
    ):
        try:
            file = read(message["digest"]) if message["digest"] else message["file"] or b""
        except FileNotFoundError:  # who it names is not known any more
            file = b"".join(name.encode() for name in names)
        if any(word in message["content"] for word in words) or any(name.encode() in file for name in names):
            await tx.run("DELETE FROM page_messages WHERE id = :id", id=message["id"])


async def _forget_in_groups(tx: Transaction, person: Participant) -> None:
    """Take the person's name out of the cards of groups that others were sent, and their pictures off pages."""
    name, someone = (json.dumps(encode(said), ensure_ascii=False) for said in (Name(person.name), _("someone")))
    for table in ("deliveries", "page_messages"):
        await tx.run(
            f"UPDATE {table} SET content = REPLACE(content, :name, :someone)"
            " WHERE REPLACE(content, :name, '') <> content AND COALESCE(participant_id, 0) <> :id",
            name=name,
            someone=someone,
            id=person.id,
        )
    for picture in await tx.all("SELECT message_id, alt FROM page_files WHERE kind = 'picture'"):
        if json.dumps(person.name, ensure_ascii=False)[1:-1] in picture["alt"]:
            await tx.run("DELETE FROM page_files WHERE message_id = :id", id=picture["message_id"])


async def note(tx: Transaction, erasure: Erasure) -> None:
    """Write down that someone was erased, for `pending` to find."""
    await tx.run(
        "INSERT INTO erasures (person, texts, erased_at) VALUES (:person, :texts, :at)",
        person=erasure.person,
        texts=int(erasure.texts),
        at=to_micros(erasure.erased_at),
    )


async def pending(tx: Transaction) -> Mapping[int, Erasure]:
    """The erasures still to finish, by id."""
    rows = await tx.all("SELECT id, person, texts, erased_at FROM erasures ORDER BY id")
    return {row["id"]: Erasure(row["person"], bool(row["texts"]), from_micros(row["erased_at"])) for row in rows}


async def settle(tx: Transaction, erasure_ids: Iterable[int]) -> None:
    """Drop erasures that are finished."""
    await tx.many("DELETE FROM erasures WHERE id = :id", [{"id": each} for each in erasure_ids])
