"""The hook by which higher capabilities add sheets to the workbook of results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.hooks import collecting_hook
from bot.content.texts import Span, Text
from bot.database.engine import Transaction


@dataclass(frozen=True, slots=True)
class MoreRow:
    """A row of a sheet that another capability adds to the workbook.

    It has the id of the group that the row is about (None for no group), and the other cells.
    """

    group_id: int | None
    cells: Sequence[Span]


@dataclass(frozen=True, slots=True)
class MoreSheet:
    """A sheet that another capability adds to the workbook: its name, its rows, and the headings of its columns.

    The headings begin with the second column, because the first always shows the group.
    """

    name: Text
    headings: Sequence[Span]
    rows: Sequence[MoreRow]


@collecting_hook
async def more_sheets(tx: Transaction) -> Sequence[MoreSheet]:
    """Return the sheets that other capabilities add to the workbook; sheets without rows are left out."""
    return ()
