"""Declares the personal data in lists of people that organisers sent but have not imported yet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.content.names import full_name
from bot.database.engine import Transaction
from bot.people.declared import Forgetting, PersonalData
from bot.people.stored_before import Traces


async def _forget(tx: Transaction, forgetting: Forgetting) -> None:
    """Empty the lists waiting to be imported that name a person who is erased; their button says so from then on."""
    for row in await tx.all("SELECT id, people, reading FROM pending_imports"):
        if any(_is_person(forgetting.traces, listed) for listed in json.loads(row["people"])) or _names(
            forgetting.traces, row["reading"]
        ):
            await tx.run(
                "UPDATE pending_imports SET people = '[]', reading = '', digest = '' WHERE id = :id", id=row["id"]
            )


def _names(traces: Traces, reading: str) -> bool:
    """Return whether any cell of a list, also of what is left aside, is the person's name, address or reference.

    A name of one word, such as «France», is too likely a territory or theme to be searched for in all columns.
    """
    rows = json.loads(reading)["rows"] if reading else ()
    known = {*traces.facts, *({traces.full} if " " in traces.full else ())} - {""}
    return any(cell in known for row in rows for cell in row)


def _is_person(traces: Traces, listed: Mapping[str, str]) -> bool:
    """Return whether a line of a list is about the erased person, of whom `traces` are known."""
    if {listed.get("ref"), listed.get("email")} & set(traces.facts):
        return True
    return full_name(listed.get("given_name", ""), listed.get("family_name", "")) == traces.full


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="pending_imports",
        manual="liste ou programme envoyés",
        goes="author_id digest",
        shown="people reading",
        forget=_forget,
    ),
)
