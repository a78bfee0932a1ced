"""Stores erasures that are not finished yet, and deletes the rows of one person, or some of a whole table."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.content.delivery_kinds import MEMBERSHIP
from bot.content.features import in_sql
from bot.database.engine import Row, Transaction
from bot.delivery import delivery_store
from bot.membership import shown_store
from bot.people import ending_store, link_code_store
from bot.people.declared import Declared, Forgetting
from bot.people.participants import Participant
from bot.people.stored_before import Traces

_WITH_MEMBERSHIP = in_sql(lambda platform: platform.membership)
_LATEST = "latest_erasure"
_PORTION = 100
"""How many rows are deleted at once; those that refer to them go with them."""
_ROW = {"sqlite": "rowid", "postgresql": "ctid"}
"""The name by which the database engines identify a row of any table."""
EVERYONE = "*"
"""Stands in `Erasure.person` for everybody who existed at an instant, and in `Erasure.digests` for all unnamed files.

Unnamed files are files that no row names.
"""


@dataclass(frozen=True, slots=True)
class CorrectedSoFar:
    """How far the messages that name an erased person have been corrected.

    `deliveries` and `page_messages` are the last ids searched in the two tables with these names. `stale` are the ids
    of messages (rows of `deliveries`) that must be edited in chats once all messages have been searched.
    """

    deliveries: int = 0
    page_messages: int = 0
    stale: tuple[int, ...] = ()

    def dump(self) -> str:
        """Return this object as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, stored: str) -> Self:
        """Return the object that `dump` turned into JSON text; for '', an object with which the search begins."""
        values = json.loads(stored) if stored else {}
        return cls(**{**values, "stale": tuple(values.get("stale", ()))})


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure of a person that is not finished.

    `person` is a hash that identifies the erased person in every backup, or EVERYONE. `texts` says whether the texts
    that the person wrote for others are erased too, and `erased_at` when the erasure began. `digests` name the files
    that must still be deleted. `traces` is what to search for in older messages, None for nothing; `progress` says how
    far that search is done.
    """

    person: str
    texts: bool
    erased_at: datetime
    digests: tuple[str, ...] = ()
    traces: Traces | None = None
    progress: CorrectedSoFar = CorrectedSoFar()


async def latest(tx: Transaction) -> str:
    """Return the random word of the latest erasure, '' for none. What was drawn under another word is out of date."""
    return await setting_store.get(tx, _LATEST) or ""


async def set_latest(tx: Transaction) -> None:
    """Store a new random word (see `latest`), so that everything drawn before this erasure counts as out of date."""
    await setting_store.put(tx, _LATEST, secrets.token_hex(4))


async def delete_person(
    tx: Transaction, declared: Declared, person: Participant, now: datetime, *, texts: bool
) -> Erasure:
    """Delete the rows about a person, so that messages no longer name them; return what is left to do.

    If `texts` is True, what the person wrote for others is deleted too; otherwise it is kept without an author, except
    for texts that nobody has read yet. Older messages, which contain names literally, are corrected later. The caller
    must first free the places that the person has in themes or cars.
    """
    who = await ending_store.fingerprint(tx, person.id)
    written = await declared.written(tx, person.id, texts=texts)
    traces = await shown_store.traces_of(tx, person, written)
    digests = tuple(written.digests)
    await declared.forget(tx, Forgetting(person, texts, traces))
    await link_code_store.forget_claims(tx, person.id)
    await shown_store.forget_mentions(tx, person.id)
    await shown_store.keep_about(tx, person.id, now)
    # A platform that gave them a name and roles must take these back first: for a day it keeps an account of nobody.
    await tx.run(
        "UPDATE accounts SET participant_id = NULL, name = '', locale = NULL, private_chat = '', linked_at = :now"
        f" WHERE participant_id = :id AND platform IN {_WITH_MEMBERSHIP}",
        id=person.id,
        now=to_micros(now),
    )
    await tx.run("DELETE FROM participants WHERE id = :id", id=person.id)  # everything else refers to this row
    await shown_store.drop_files(tx, declared, person.id, written)
    await shown_store.forget_changes(tx, traces)
    await shown_store.forget_drafts(tx, traces)
    await shown_store.give_up_jobs(tx, traces, now)
    await shown_store.draw_screens_again(tx)
    await delivery_store.forget_files(tx)
    return Erasure(who, texts, now, digests, await shown_store.theirs_alone(tx, declared, traces))


async def delete_portion(tx: Transaction, table: str) -> int:
    """Delete a few rows of a table, so that other transactions hardly wait; return how many were deleted."""
    row = _ROW[tx.dialect]
    return await tx.run(f"DELETE FROM {table} WHERE {row} IN (SELECT {row} FROM {table} LIMIT {_PORTION})")


async def release_accounts(tx: Transaction, now: datetime) -> None:
    """Delete all remaining accounts once no person is stored.

    If the platform gave an account a nickname and roles, these are first taken back, and the account is deleted within
    a day.
    """
    await tx.run(f"DELETE FROM accounts WHERE platform NOT IN {_WITH_MEMBERSHIP}")
    await tx.run(
        "INSERT INTO deliveries (platform, kind, account_id, content, due_at, created_at, reference)"
        " SELECT a.platform, :kind, a.id, '', :now, :now, CAST(:reference AS TEXT) FROM accounts a",
        kind=MEMBERSHIP,
        now=to_micros(now),
        reference=tx.reference,
    )


async def there_before(tx: Transaction, instant: datetime) -> Sequence[int]:
    """Return the ids of the participants who were already stored at an instant."""
    return await tx.values(
        int, "SELECT id FROM participants WHERE created_at <= :at ORDER BY id", at=to_micros(instant)
    )


async def record(tx: Transaction, erasure: Erasure) -> None:
    """Store an erasure of a person that is not finished, so that `pending` returns it."""
    await tx.run(
        "INSERT INTO erasures (person, texts, erased_at, files, traces) VALUES (:person, :texts, :at, :files, :traces)",
        person=erasure.person,
        texts=int(erasure.texts),
        at=to_micros(erasure.erased_at),
        files=" ".join(erasure.digests),
        traces=erasure.traces.dump() if erasure.traces else "",
    )


async def pending(tx: Transaction) -> Mapping[int, Erasure]:
    """Return the erasures of people that are not finished, by id."""
    rows = await tx.all("SELECT id, person, texts, erased_at, files, traces, progress FROM erasures ORDER BY id")
    return {row["id"]: _erasure(row) for row in rows}


def _erasure(row: Row) -> Erasure:
    return Erasure(
        row["person"],
        bool(row["texts"]),
        from_micros(row["erased_at"]),
        tuple(row["files"].split()),
        Traces.load(row["traces"]) if row["traces"] else None,
        CorrectedSoFar.load(row["progress"]),
    )


async def add_digests(tx: Transaction, erasure_ids: Iterable[int], digests: Iterable[str]) -> None:
    """Store that the unfinished erasures with these ids must also delete the files with these digests."""
    added = " ".join(sorted(digests))
    await tx.many(
        "UPDATE erasures SET files = files || ' ' || CAST(:added AS TEXT) WHERE id = :id",
        [{"id": erasure_id, "added": added} for erasure_id in erasure_ids],
    )


async def note_progress(tx: Transaction, erasure_id: int, progress: CorrectedSoFar) -> None:
    """Store how far an erasure has corrected messages, so that it continues from there after a crash."""
    await tx.run("UPDATE erasures SET progress = :progress WHERE id = :id", id=erasure_id, progress=progress.dump())


async def forget_traces(tx: Transaction, erasure_ids: Iterable[int]) -> None:
    """Store that the unfinished erasures with these ids need not search older messages and files any more."""
    await tx.many("UPDATE erasures SET traces = '' WHERE id = :id", [{"id": erasure_id} for erasure_id in erasure_ids])


async def drop_finished(tx: Transaction, erasure_ids: Iterable[int]) -> None:
    """Delete the stored erasures with these ids, because they are finished."""
    await tx.many("DELETE FROM erasures WHERE id = :id", [{"id": erasure_id} for erasure_id in erasure_ids])
