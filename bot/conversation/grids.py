"""Defines grids: tables on a wide page (the desk), which organisers sort, filter and edit, and into which they paste.

A capability declares a `Grid`. `bot.conversation.amending` checks and stores what organisers type, and also handles
conflicts, the journal and undo.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.names import clean, fold
from bot.content.roles import Required, Who
from bot.content.texts import Name, Reader, Span, Text, _, plain
from bot.files.columns import CellError

Ids = Collection[int] | None
"""The ids of the rows that are wanted, None for all."""
Edits = Mapping[int, Mapping[str, str]]
"""New values by the id of the row and the key of the column, as `GridColumn.read_typed` returned them."""


@dataclass(frozen=True, slots=True)
class Board:
    """A second view of a grid: its rows are cards that can be dragged, in one lane for each value of a column.

    If `down` is the key of another column, each lane is divided by the values of that column too, for instance rooms
    across and hours down. `shown` are the keys of the columns that a card shows besides the first column.
    """

    title: Span
    down: str = ""
    shown: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    """A column of a grid, with a key (A-Za-z0-9_) and a title.

    A cell contains a value that is the same for every reader, such as «CA-QC». `options` has a label for each value
    that can be chosen. read(typed) converts other typed text to a value, and raises CellError or UserError if it
    cannot. Without `read`, any text is a value, or only the options if there are any. If `number` is True, the column
    is sorted by number. With a `board`, the rows can be shown as cards by the values of this column.
    """

    key: str
    title: Span
    options: Mapping[Any, Span] = field(default_factory=dict)
    read: Callable[[str], object] | None = None
    number: bool = False
    editable: bool = True
    board: Board | None = None

    def label(self, value: str) -> Span:
        """Return the words by which people read a value of this column; «–» for ''."""
        return self.options.get(value, Name(value) if value else "–")

    def read_typed(self, typed: str, reader: Reader) -> str:
        """Return the value for what a person typed or pasted. Raises UserError if there is no such value."""
        words = clean(typed)
        for value, label in self.options.items():
            if words == value or fold(words) == fold(plain(label, reader)):
                return str(value)
        if not words or (self.read is None and not self.options):
            return words
        if self.read is None:
            raise UserError(_("«{value}» cannot be chosen here.", value=Name(words)))
        try:
            return str(self.read(words))
        except CellError as error:
            raise UserError(error.reason) from None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a grid: its id, the values of its cells in the order of the columns, and the name of what it shows.

    `subject` is the key («person:12») under which the journal stores changes of the person or thing that the row shows.
    """

    id: int
    cells: Sequence[str]
    name: Span
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table on the desk, the organisers' wide page, for people with the role `who`.

    columns(request) and rows(request, ids) return what the table shows; if `ids` are given, other rows may be left out.

    edit(request, edits) stores changes through the same service as the screens in chat, or raises UserError. It returns
    the action that undoes the change, with the values for it, or None if the change is undone by writing the former
    values into the cells. Without `edit`, the table can only be read.

    preview(request, edits) returns lines that tell what a change would do and how many people it would notify. With a
    `preview`, changes wait until the organiser confirms them.

    The page shows changes of `tables` at once, and other changes within a second.
    """

    key: str
    title: Text
    columns: Callable[[Any], Awaitable[Sequence[GridColumn]]]
    rows: Callable[[Any, Ids], Awaitable[Sequence[GridRow]]]
    edit: Callable[[Any, Edits], Awaitable[tuple[Action, Mapping[str, Any]] | None]] | None = None
    preview: Callable[[Any, Edits], Awaitable[Sequence[Span]]] | None = None
    who: Required = Who.ORGANISER
    tables: frozenset[str] = frozenset()
