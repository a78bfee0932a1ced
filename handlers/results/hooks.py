"""The hook by which capabilities above results add sheets to the workbook."""

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
    """A further sheet of the workbook: its name, the headings of its columns after the group's, and its rows."""

    name: Text
    headings: Sequence[Text]
    rows: Sequence[MoreRow]


@collecting_hook
async def more_sheets(tx: Transaction) -> Sequence[MoreSheet]:
    """Return further sheets of the workbook. Capabilities add theirs; a sheet without rows is left out."""
    return ()
