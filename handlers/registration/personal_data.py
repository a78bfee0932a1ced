"""Declares the personal data in lists of people that organisers sent but have not imported yet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.content.names import full_name
from bot.database.engine import Transaction
from bot.people.declared import Forgetting, PersonalData
from bot.people.stored_before import Traces
from handlers.registration.model.lists import decode_waiting


async def _forget(tx: Transaction, forgetting: Forgetting) -> None:
    """Empty the lists waiting to be imported that name a person who is erased; their button says so from then on."""
    for row in await tx.all("SELECT id, people, reading FROM pending_imports"):
        if any(_is_person(forgetting.traces, listed) for listed in json.loads(row["people"])) or _names(
            forgetting, row["reading"]
        ):
            await tx.run(
                "UPDATE pending_imports SET people = '[]', reading = '', digest = '' WHERE id = :id", id=row["id"]
            )


def _names(forgetting: Forgetting, reading: str) -> bool:
    """Return whether a list has the person's name, address or reference in a column for these or of no known kind.

    In other columns the same words are something else: people may be called «Nouvelle Calédonie». Nor is a name looked
    for in columns of no known kind without a family name: whoever registers by themselves gives any name.
    """
    if not reading:
        return False
    listed, traces = decode_waiting(json.loads(reading)).listed, forgetting.traces
    keys = [match.key for match in listed.matches]
    known = {*traces.facts, traces.full} - {""}
    sought = dict.fromkeys(("ref", "email", "name"), known)
    sought[""] = known if forgetting.person.family_name else known - {traces.full}
    for row in listed.table.rows:
        cells = [*zip(keys, row.cells, strict=False)]
        if any(cell in sought.get(key, ()) for key, cell in cells) or _is_person(traces, dict(cells)):
            return True
    return False


def _is_person(traces: Traces, listed: Mapping[str, str]) -> bool:
    """Return whether a line of a list is about the erased person, of whom `traces` are known."""
    if {listed.get("ref"), listed.get("email")} & set(traces.facts):
        return True
    name = full_name(listed.get("given_name", ""), listed.get("family_name", ""))
    return bool(name) and name == traces.full


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="pending_imports",
        manual="liste ou programme envoyés",
        goes="author_id digest",
        shown="people reading",
        forget=_forget,
    ),
)
