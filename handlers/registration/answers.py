"""Answers a hook of lower capabilities: adds a sheet of private fields to the workbook of results."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Name, _
from bot.database.engine import Transaction
from bot.people.naming import called
from bot.people.roster_columns import NAMES
from handlers.questionnaires.service import answer_table
from handlers.results.hooks import MoreRow, MoreSheet


async def sheets(tx: Transaction) -> Sequence[MoreSheet]:
    """Return the sheet of the workbook with people's answers in private fields, except answers about health."""
    fields, rows = await answer_table(tx, about_health=False)
    headings = (NAMES["ref"], NAMES["name"], *(field.title for field in fields))
    # L10N: a sheet of the workbook: what the team keeps about people besides the list
    name = _("Private fields")
    people = [MoreRow(None, (Name(each.ref), called(each, "full"), *map(Name, answers))) for each, answers in rows]
    return (MoreSheet(name, headings, people),)
