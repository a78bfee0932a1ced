"""Collects everything that is stored about one person into one document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from bot.clock import from_micros
from bot.database.engine import Row, Transaction
from bot.people.declared import Declared, PersonalData, parameters
from bot.people.reference_store import written_out


async def collect(
    tx: Transaction, declared: Declared, participant_id: int, exported_at: str, *, own: bool = False
) -> dict[str, Any]:
    """Return everything stored about a participant as JSON values, by the names that the tables declare.

    `exported_at` is the present instant in ISO 8601, which is stored in the result. `own` says that the person
    requested the document: it then also has data that only they may read.
    """
    document: dict[str, Any] = {"exported_at": exported_at}
    for data in declared.tables:
        for part in data.parts:
            if part.own and not own:
                continue
            rows = await tx.all(part.sql, **parameters(part.sql, participant_id))
            document[part.name] = [dict(_readable(data, row)) for row in await _written_out(tx, data, rows)]
    return document


def as_json(document: Mapping[str, Any]) -> bytes:
    """Return a document of all data about a person as JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


async def export_person(tx: Transaction, declared: Declared, participant_id: int, now: datetime) -> bytes:
    """Return everything stored about a participant as a JSON document, in UTF-8."""
    return as_json(await collect(tx, declared, participant_id, now.isoformat()))


async def _written_out(tx: Transaction, data: PersonalData, rows: Sequence[Row]) -> Sequence[Mapping[str, Any]]:
    """Return rows with what they say by reference beside the references: who is named, and what is quoted."""
    written: list[dict[str, Any]] = [dict(cast("Any", row)) for row in rows]
    places = [(row, column) for row in written for column in data.stored_json.split() if row.get(column)]
    said = await written_out(tx, [row[column] for row, column in places])
    for (row, column), content in zip(places, said, strict=True):
        row[column] = content
    return written


def _readable(data: PersonalData, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    instants, stored_json = data.instants.split(), data.stored_json.split()
    for column, value in row.items():
        if value is not None and (column.endswith("_at") or column in instants):
            yield column, from_micros(value).isoformat()
        elif column in stored_json and value:
            yield column, json.loads(value)
        else:
            yield column, value
