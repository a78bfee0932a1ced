"""Stores what was ended for good, until it is noted in the file beside the database that a restore reads.

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
"""The kind of the first ending of a database, which ends nothing: a backup without any is from before there were some.
"""


@dataclass(frozen=True, slots=True)
class LoggedEnding:
    """Something that was ended: an ending of this `kind`, of the thing whose hash or random id is `what`.

    With `back` it is the contrary: it was undone. With `traces`, words were deleted that have to go from the disk.
    """

    mark: str
    kind: str
    what: str
    back: bool = False
    traces: bool = False


async def record_endings(
    tx: Transaction, kind: str, whats: Iterable[str], *, back: bool = False, traces: bool = False
) -> None:
    """Store that things of a kind were ended, so that a restored backup does not bring them back.

    `whats` are the hashes or ids of the things. With `back`, store that this was undone. With `traces`, deleted words
    are removed from the disk as well, soon after the commit.
    """
    await tx.many(
        "INSERT INTO endings (mark, kind, what, back, traces) VALUES (:mark, :kind, :what, :back, :traces)",
        [
            {"mark": secrets.token_hex(8), "kind": kind, "what": what, "back": int(back), "traces": int(traces)}
            for what in whats
        ],
    )


async def begin(tx: Transaction) -> None:
    """Store a first ending, of nothing, in a database that has none."""
    if not await tx.exists("SELECT 1 FROM endings LIMIT 1"):
        await record_endings(tx, BEGUN, [""])


async def pending(tx: Transaction) -> Mapping[int, LoggedEnding]:
    """Return the endings that are not noted in the file yet, by id, in their order."""
    rows = await tx.all("SELECT id, mark, kind, what, back, traces FROM endings WHERE noted = 0 ORDER BY id")
    return {row["id"]: record(LoggedEnding, row) for row in rows}


async def marks(tx: Transaction) -> frozenset[str]:
    """Return the marks of all endings that this database knows of."""
    return frozenset(await tx.values(str, "SELECT mark FROM endings"))


async def recorded_marks(tx: Transaction) -> frozenset[str]:
    """Return the marks that the file had once."""
    return frozenset(await tx.values(str, "SELECT mark FROM endings WHERE noted = 1"))


async def set_noted(tx: Transaction, ending_ids: Iterable[int]) -> None:
    """Store that these endings stand in the file; nothing but their marks is kept."""
    await tx.many(
        "UPDATE endings SET noted = 1, kind = '', what = '' WHERE id = :id",
        [{"id": ending_id} for ending_id in ending_ids],
    )


async def record_again(tx: Transaction, lost: Iterable[str]) -> None:
    """Have marks noted again that the file has lost, without what they ended."""
    await tx.many("UPDATE endings SET noted = 0 WHERE mark = :mark", [{"mark": mark} for mark in sorted(lost)])


async def know(tx: Transaction, learnt: Iterable[str]) -> None:
    """Store marks that stand in the file, as what they ended is ended here, too."""
    await tx.many(
        "INSERT INTO endings (mark, kind, what, noted) VALUES (:mark, '', '', 1)", [{"mark": mark} for mark in learnt]
    )


async def drop(tx: Transaction, ending_ids: Iterable[int]) -> None:
    """Delete endings that need not be noted, because the file has them."""
    await tx.many("DELETE FROM endings WHERE id = :id", [{"id": ending_id} for ending_id in ending_ids])


def digest(row: Row, *more: str) -> str:
    """Return a hash of a participant's row, with `ref` and `created_at`, and of `more` that is about them.

    It is the same in every backup, and nobody else ever has it.
    """
    return hashlib.sha256("\n".join((row["ref"], str(row["created_at"]), *more)).encode()).hexdigest()


async def fingerprint(tx: Transaction, participant_id: int, *more: str) -> str:
    """Return a participant's fingerprint: a hash that is the same in every backup and that no other participant has.

    With `more`, return a hash of something of theirs.
    """
    [row] = await tx.all("SELECT ref, created_at FROM participants WHERE id = :id", id=participant_id)
    return digest(row, *more)


async def fingerprints(tx: Transaction) -> Mapping[str, int]:
    """Return the id of every participant, by the participant's fingerprint."""
    rows = await tx.all("SELECT id, ref, created_at FROM participants")
    return {digest(row): row["id"] for row in rows}


async def people(tx: Transaction, whats: Iterable[str]) -> Sequence[int]:
    """Return the ids of the participants whose fingerprints are among these."""
    known = await fingerprints(tx)
    return [known[what] for what in whats if what in known]
