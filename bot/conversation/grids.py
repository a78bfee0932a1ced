"""Defines grids: tables of organisers on a wide page (the desk), which they sort, filter, edit and paste into.

A capability declares a `Grid`; `bot.conversation.amending` checks and carries out what is typed there, so that a grid
needs neither conflicts, nor the journal, nor undo of its own.
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
    """Another look at a grid: its rows as cards that can be dragged, in a lane for each value of a column.

    With the key of a column `down`, a lane has a place for each value of that too: rooms across, hours down. `shown`
    are the keys of the columns of which a card shows the value, beside the first.
    """

    title: Span
    down: str = ""
    shown: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    """A column of a grid: its key (A-Za-z0-9_) and its title.

    A cell holds a value that is the same for every reader, such as «CA-QC»; `options` has the labels of values that can
    be chosen, and are shown by these. read(typed) returns the value that something else means, and raises CellError or
    UserError for what means none; without it any text is a value, or none that is not among the options. Numbers are
    sorted as such. With a `board`, the rows can be looked at by the values of this column.
    """

    key: str
    title: Span
    options: Mapping[Any, Span] = field(default_factory=dict)
    read: Callable[[str], object] | None = None
    number: bool = False
    editable: bool = True
    board: Board | None = None

    def label(self, value: str) -> Span:
        """Return a value of this column as people read it; «–» for ''."""
        return self.options.get(value, Name(value) if value else "–")

    def read_typed(self, typed: str, reader: Reader) -> str:
        """Return the value that a reader means by what they typed or pasted. Raises UserError if it means none."""
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
    """A row of a grid: its id, its cells in the order of the columns, and its name in sentences.

    `subject` is the key under which the journal keeps changes of what the row shows («person:12»).
    """

    id: int
    cells: Sequence[str]
    name: Span
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table on the desk, for people with the role `who`.

    columns(request) and rows(request, ids) return what it shows; rows may leave out those that are not among the ids.
    edit(request, edits) changes what is stored, by the service that the chat's screens call, or raises UserError;
    without it the grid can only be read. It returns the action that undoes the change and the values which that needs,
    for the journal, or None if it is undone by writing the former values into the cells. With `preview`, what is typed
    or dragged waits until it is applied: preview(request, edits) returns lines that say what it would change, and whom
    it would tell. Changes of `tables` are shown at once, of others within a second.
    """

    key: str
    title: Text
    columns: Callable[[Any], Awaitable[Sequence[GridColumn]]]
    rows: Callable[[Any, Ids], Awaitable[Sequence[GridRow]]]
    edit: Callable[[Any, Edits], Awaitable[tuple[Action, Mapping[str, Any]] | None]] | None = None
    preview: Callable[[Any, Edits], Awaitable[Sequence[Span]]] | None = None
    who: Required = Who.ORGANISER
    tables: frozenset[str] = frozenset()
