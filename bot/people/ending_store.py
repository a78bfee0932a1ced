"""Records what ended for good, until this is written to the log next to the database, which a restore reads.

    await record_endings(tx, "secret", [secret.hash])  # in the transaction that ends it

Each ending gets a random mark, which stays in the database: a backup that lacks a mark of the file is from before that
ending. Files outlive what they are about, so `what` is a hash or a random id, never a name, a token or a text.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.database.engine import Row, Transaction
from bot.database.records import record

BEGUN = "begun"
"""The kind of a marker recorded once in each database: a backup without it is from before endings were recorded."""


@dataclass(frozen=True, slots=True)
class LoggedEnding:
    """A record that a thing, such as a session, ended for good; `mark` is the random id of this record.

    `kind` is the kind of thing, and `what` its hash or random id. `back` says that the record is of the opposite: the
    thing exists again. `traces` says that words were deleted, which must also be removed from the disk. `id` is the
    record's id in the database, which says what was recorded later; 0 in a log that an older program wrote.
    """

    mark: str
    kind: str
    what: str
    back: bool = False
    traces: bool = False
    id: int = 0


async def record_endings(
    tx: Transaction, kind: str, whats: Iterable[str], *, back: bool = False, traces: bool = False
) -> None:
    """Record that things of a kind, such as sessions, ended, so that a restored backup does not bring them back.

    `whats` are the hashes or ids of the things. If `back` is True, it is recorded instead that the things exist again.
    If `traces` is True, deleted words are also removed from the disk, soon after the commit.
    """
    await tx.many(
        "INSERT INTO endings (mark, kind, what, back, traces) VALUES (:mark, :kind, :what, :back, :traces)",
        [
            {"mark": secrets.token_hex(8), "kind": kind, "what": what, "back": int(back), "traces": int(traces)}
            for what in whats
        ],
    )


async def begin(tx: Transaction) -> None:
    """Store in a database without records of ended things that such records are made from now on."""
    if not await tx.exists("SELECT 1 FROM endings LIMIT 1"):
        await record_endings(tx, BEGUN, [""])


async def pending(tx: Transaction) -> Mapping[int, LoggedEnding]:
    """Return the records of things that ended for good and are not in the log of endings yet, by record id, in order.

    The log is a file beside the database, which a restore reads.
    """
    rows = await tx.all("SELECT id, mark, kind, what, back, traces FROM endings WHERE noted = 0 ORDER BY id")
    return {row["id"]: record(LoggedEnding, row) for row in rows}


async def marks(tx: Transaction) -> frozenset[str]:
    """Return the marks (random ids) of all records in this database of things that ended for good."""
    return frozenset(await tx.values(str, "SELECT mark FROM endings"))


async def recorded_marks(tx: Transaction) -> frozenset[str]:
    """Return the marks (random ids) of records of ended things that are also in the log of endings.

    The log is a file beside the database, which a restore reads.
    """
    return frozenset(await tx.values(str, "SELECT mark FROM endings WHERE noted = 1"))


async def set_noted(tx: Transaction, ending_ids: Iterable[int]) -> None:
    """Store that records of things that ended for good, given by their ids, are now in the log of endings.

    The log is a file beside the database, which a restore reads. The database then keeps only the mark (random id) of
    each record.
    """
    await tx.many(
        "UPDATE endings SET noted = 1, kind = '', what = '' WHERE id = :id",
        [{"id": ending_id} for ending_id in ending_ids],
    )


async def record_again(tx: Transaction, lost: Iterable[str]) -> None:
    """Have the records of ended things with these marks written again to the log of endings, which has lost them.

    The log is a file beside the database. `lost` are the marks (random ids of the records); what the things were is no
    longer known.
    """
    await tx.many("UPDATE endings SET noted = 0 WHERE mark = :mark", [{"mark": mark} for mark in sorted(lost)])


async def know(tx: Transaction, learnt: Iterable[str]) -> None:
    """Store that things ended, because the log of endings, a file next to the database, says so.

    `learnt` are the marks (random ids) of their records.
    """
    await tx.many(
        "INSERT INTO endings (mark, kind, what, noted) VALUES (:mark, '', '', 1)", [{"mark": mark} for mark in learnt]
    )


async def drop(tx: Transaction, ending_ids: Iterable[int]) -> None:
    """Delete records of things that ended for good, given by the records' ids, because the log of endings has them.

    The log is a file beside the database.
    """
    await tx.many("DELETE FROM endings WHERE id = :id", [{"id": ending_id} for ending_id in ending_ids])


def digest(row: Row, *more: str) -> str:
    """Return a hash for a participant that is the same in every backup and that no other participant has.

    It is computed from the columns `ref` and `created_at` of the participant's row, and from `more`: words that say
    which of the participant's things is meant.
    """
    return hashlib.sha256("\n".join((row["ref"], str(row["created_at"]), *more)).encode()).hexdigest()


async def fingerprint(tx: Transaction, participant_id: int, *more: str) -> str:
    """Return a hash for a participant that is the same in every backup and that no other participant has.

    With `more`, it is the hash of one thing that belongs to the participant; `more` are words that say which.
    """
    [row] = await tx.all("SELECT ref, created_at FROM participants WHERE id = :id", id=participant_id)
    return digest(row, *more)


async def fingerprints(tx: Transaction) -> Mapping[str, int]:
    """Return the id of every participant by fingerprint, a hash that is the same in every backup."""
    rows = await tx.all("SELECT id, ref, created_at FROM participants")
    return {digest(row): row["id"] for row in rows}


async def people(tx: Transaction, whats: Iterable[str]) -> Sequence[int]:
    """Return the ids of the participants whose fingerprints, which are the same in every backup, are among `whats`."""
    known = await fingerprints(tx)
    return [known[what] for what in whats if what in known]
