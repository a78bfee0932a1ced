"""The hook by which higher capabilities add sheets to the workbook of results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.hooks import collecting_hook
from bot.content.texts import Span, Text
from bot.database.engine import Transaction


@dataclass(frozen=True, slots=True)
class MoreRow:
    """A row of a further sheet: the id of the group that it is about (None for none), and its other cells."""

    group_id: int | None
    cells: Sequence[Span]


@dataclass(frozen=True, slots=True)
class MoreSheet:
    """A further sheet of the workbook: its name, its rows, and the headings of their cells after the group's column."""

    name: Text
    headings: Sequence[Span]
    rows: Sequence[MoreRow]


@collecting_hook
async def more_sheets(tx: Transaction) -> Sequence[MoreSheet]:
    """Return further sheets of the workbook from all capabilities that have some. A sheet without rows is left out."""
    return ()
