"""Reads grids (organisers' tables on a wide page, the desk), and carries out what organisers change in the grids.

All cells that organisers type, paste or drag together are one change: either all are stored or none, and one entry of
the journal undoes them. Each cell comes with the value that the organiser saw. If another value is stored by now,
nothing is changed, and the organiser reads who changed it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.content.actions import Action
from bot.content.errors import UserError, existing
from bot.content.forms import Incomplete
from bot.content.texts import Listing, Moment, Span, Strong, Text, _, _n, plain
from bot.content.views import Reply, reply
from bot.conversation import journal_store
from bot.conversation.grids import Edits, Grid, GridColumn, GridRow, Ids
from bot.conversation.incoming import Amended, Cell
from bot.conversation.journal_store import JournalEntry
from bot.conversation.routes import Request
from bot.conversation.undo import Values, author, changed_since, record_change
from bot.conversation.versions import fingerprint

MOST_CELLS = 5_000
"""How many cells can be changed at once."""
_TODAY = timedelta(hours=12)
"""For how long after a change its hour alone says when it was: a desk may be left open for days."""
_LOOKED_AT = 10
"""How many changes of a row are searched at most for the change that wrote a cell."""


class RestoreCells(Action, code="idk"):
    """The action that undoes a change of cells in a grid, stored in the journal; `grid` is the grid's key."""

    grid: str


@dataclass(frozen=True, slots=True)
class GridTable:
    """The columns and the rows that a grid, an organisers' table, has now."""

    columns: Sequence[GridColumn]
    rows: Sequence[GridRow]

    def values(self, row: GridRow) -> Mapping[str, str]:
        """Return the values in a row's cells, by the key of the column."""
        return {column.key: cell for column, cell in zip(self.columns, row.cells, strict=True)}


async def table_of(request: Request, grid: Grid, ids: Ids = None) -> GridTable:
    """Return what a grid, an organisers' table, shows now.

    With `ids`, rows with other ids may be left out. Raises UserError or Stale if the person may not see the grid.
    """
    request.require(grid.who)
    return GridTable(await grid.columns(request), await grid.rows(request, ids))


async def preview(request: Request, grid: Grid, cells: Sequence[Cell]) -> tuple[Sequence[Span], str]:
    """Return lines that describe what a change of cells in a grid would do, and a digest of these lines.

    The page sends the digest with the change, which proves that the organiser was shown these lines. Raises UserError
    if a cell cannot be changed to what was typed.
    """
    return await _preview(
        request, grid, await _checked(request, await table_of(request, grid, _rows_of(cells)), grid, cells)
    )


def _rows_of(cells: Sequence[Cell]) -> frozenset[int]:
    return frozenset(cell.row for cell in cells)


async def _preview(request: Request, grid: Grid, edits: Edits) -> tuple[Sequence[Span], str]:
    try:
        lines = await grid.preview(request, edits) if grid.preview and edits else ()
    except Incomplete as wrong:  # a service that forms call too names one of their fields
        raise UserError(wrong.text) from None
    return lines, fingerprint(*(plain(line, request.reader) for line in lines)) if lines else ""


async def amend(request: Request, amended: Amended) -> Reply:
    """Change cells of a grid, and return the reply that says what was changed, with a button to undo it.

    Raises UserError, and changes nothing, if a cell does not exist, if its value is not allowed, if another organiser
    has changed it meanwhile, or if the change would now have another effect than the organiser was shown.
    """
    grid = existing(request.shared.grids.get(amended.grid))
    ids = _rows_of(amended.cells)
    before = await table_of(request, grid, ids)
    edits = await _checked(request, before, grid, amended.cells)
    if not edits or grid.edit is None:
        return reply(_("Nothing was changed."), toast=_("Already done."))
    if (await _preview(request, grid, edits))[1] != amended.shown:
        raise UserError(_("What this would change is not what you were shown. Look again, then apply it."))
    inverse, needed = await grid.edit(request, edits) or (RestoreCells(grid.key), {})
    after = {row.id: row for row in (await table_of(request, grid, ids)).rows}
    changed = {row.id: row for row in before.rows if row.id in edits}
    cells = [
        [row.id, key, value, now]
        for row in changed.values()
        for key, value in before.values(row).items()
        if row.id in after and (now := before.values(after[row.id])[key]) != value
    ]
    if not cells:
        return reply(_("Nothing was changed."), toast=_("Already done."))
    said, subjects = _in_words(grid, before, cells)
    values = {**needed, "cells": cells, "subjects": subjects}
    subject = subjects[0] if len(subjects) == 1 else f"grid:{grid.key}"
    undo = await record_change(request, subject, said, inverse, values)
    return reply(Strong(said), buttons=(undo,), toast=_("Saved."))


def _in_words(grid: Grid, table: GridTable, cells: Sequence[Sequence[object]]) -> tuple[Text, Sequence[str]]:
    """Return a change in words, without its values, and the subjects under which others would look for it."""
    numbers = {number for number, _key, _before, _after in cells}
    rows = [row for row in table.rows if row.id in numbers]
    subjects = list(dict.fromkeys(row.subject for row in rows))
    if len(rows) > 1:
        # L10N: a line of the list of changes: {table} is the title of a table
        said = _n("{table}: {count} line changed", "{table}: {count} lines changed", len(rows), table=grid.title)
        return said, subjects
    keys = {key for _number, key, _before, _after in cells}
    titles = tuple(column.title for column in table.columns if column.key in keys)
    # L10N: a line of the list of changes: {name} is a person or a session, {columns} what was corrected of it
    return _("{name} corrected: {columns}", name=rows[0].name, columns=Listing(titles)), subjects


async def restore_cells(request: Request, values: Values, grid: str) -> None:
    """Undo a whole change of a grid. Raises UserError, and changes nothing, if one of its cells was changed since."""
    found = existing(request.shared.grids.get(grid))
    table = await table_of(request, found, {number for number, *_cell in values["cells"]})
    rows = {row.id: table.values(row) for row in table.rows}
    former: dict[int, dict[str, str]] = {}
    for number, key, before, after in values["cells"]:
        if rows.get(number, {}).get(key) != after:
            raise changed_since()
        former.setdefault(number, {})[key] = before
    assert found.edit is not None
    await found.edit(request, former)


async def _checked(request: Request, table: GridTable, grid: Grid, cells: Sequence[Cell]) -> Edits:
    """Return the new values of the cells that would be changed. Raises UserError for the first that cannot be."""
    if len(cells) > MOST_CELLS:
        raise UserError(_("This is too much at once: {most} cells at most. Nothing was saved.", most=MOST_CELLS))
    columns = {column.key: column for column in table.columns if column.editable and grid.edit}
    rows = {row.id: row for row in table.rows}
    edits: dict[int, dict[str, str]] = {}
    for cell in cells:
        row, column = rows.get(cell.row), columns.get(cell.column)
        if row is None or column is None:
            raise UserError(_("A line or column of this is no longer there, so nothing was saved."))
        now = table.values(row)[cell.column]
        try:
            value = column.read_typed(cell.typed, request.reader)
        except UserError as refusal:
            raise _about(row, column, refusal.text) from None
        if value == now:
            continue
        if now != cell.seen:
            raise _about(row, column, await _written_meanwhile(request, row, column, now))
        edits.setdefault(row.id, {})[column.key] = value
    return edits


def _about(row: GridRow, column: GridColumn, why: Span) -> UserError:
    return UserError(_("{name}, {column}: {why}", name=row.name, column=column.title, why=why))


async def _written_meanwhile(request: Request, row: GridRow, column: GridColumn, now: str) -> Text:
    """Return the sentence that somebody else wrote the present value first, and when, where the journal knows."""
    value = column.label(now)
    for entry in await journal_store.last_about(request.tx, row.subject, _LOOKED_AT):
        if _wrote(entry, row, column, now):
            told: Mapping[str, Span] = {"person": author(entry), "value": value}
            if request.now - entry.done_at < _TODAY:
                at = Moment(entry.done_at, "time")
                return _("{person} wrote «{value}» at {time}, so nothing of yours was saved.", time=at, **told)
            when = Moment(entry.done_at, "datetime")
            return _("{person} wrote «{value}» ({time}), so nothing of yours was saved.", time=when, **told)
    return _("«{value}» was written here meanwhile, so nothing of yours was saved.", value=value)


def _wrote(entry: JournalEntry, row: GridRow, column: GridColumn, now: str) -> bool:
    """Return whether a change wrote the present value of a cell; of one made in the chat, whether it may have."""
    values = json.loads(entry.inverse)[1] if entry.inverse else {}
    cells = values.get("cells")
    return bool(values) if cells is None else any((*each[:2], each[3]) == (row.id, column.key, now) for each in cells)
