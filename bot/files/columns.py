"""Declares the columns of tables that people send: their headings, and how their cells are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.content.texts import Name, Span, Text, _
from bot.files.sheets import key_of

LONGEST_CELL = 100
"""The most characters in a cell, unless its column says otherwise; longer headings are cut."""

T = TypeVar("T")


class CellError(Exception):
    """The error that the text of a table's cell is not valid in its column; `reason` tells the sender what is wrong.

    `instead` is a value that can be used although the cell is wrong, such as the first of two addresses; None if there
    is none.
    """

    def __init__(self, reason: Text, instead: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its `key` in the code, its `name` for people, and its valid `headings`.

    `headings` are separated by commas; their case, accents, blanks and punctuation are ignored. A heading in a file
    that contains a valid heading or is similar to one is understood too (`bot.files.table_matching`).
    """

    key: str
    name: Span
    headings: str
    read: Callable[[str], object] = str
    """A function that converts a cleaned cell that is not blank to its value. Raises CellError for an invalid cell.

    The result must depend on the text alone, because it is cached.
    """
    longest: int = LONGEST_CELL
    """The most characters in a cell."""
    required: bool = False
    """Whether a file without this column is refused. Single cells may nevertheless be blank."""
    missing: Span | None = None
    """The problem that is reported for a row whose cell is blank; None if blank cells are allowed."""
    unique: bool = False
    """Whether the cell identifies its row, so that no two rows may have the same value."""
    replaces: tuple[str, ...] = ()
    """The keys of required columns that may be missing if this column is present."""
    alone: str = ""
    """Further headings, which mean this column only if the table has no other column for it or for what it replaces.

    Otherwise they mean the column that has them in its `headings`: «nom» beside «prénom» is a family name.
    """
    looks: Callable[[str], bool] | None = None
    """A function that returns whether a cleaned cell looks like a cell of this column; None if any text does."""
    by_content: bool = False
    """Whether, under an unknown heading, cells that look right are enough to ask whether it is this column."""
    only_exact: bool = False
    """Whether headings that contain a valid heading among other words mean something else than this column."""
    chosen: bool = False
    """Whether its cells name one of few values, so that each may have a column with marks or a section of its own."""
    identifies: bool = False
    """Whether its cell is the name of what the row is about, so that «Nom 2» is the name of a second thing."""
    split: Callable[[str], tuple[str, str]] | None = None
    """A function that returns a cell's value of this column, and what else the cell has ('' for nothing)."""
    always_asked: bool = False
    """Whether the sender is asked about this column even if it is certain, because its values are only guessed."""


# L10N: the heading of the first column of a table that is sent back with what is wrong in it
TO_CORRECT = Column("to_correct", _("to correct"), "to correct, à corriger, zu korrigieren")
"""The column with the errors in a table that was sent back for correction. It is valid in every table, and ignored."""


def by_spelling(spellings: Mapping[T, str]) -> Mapping[str, T]:
    """Return a mapping from each spelling of a value, in the form of `key_of`, to the value.

    `spellings` has, for each value, its spellings separated by commas.
    """
    return {key_of(spelling): value for value, words in spellings.items() for spelling in words.split(",")}


def one_of(choices: Mapping[str, T], unknown: Callable[[Name], Text]) -> Callable[[str], T]:
    """Return a function, for `Column.read`, that converts a cell's text to one of a few values.

    `choices` maps each spelling, as `key_of` writes it, to its value. For any other text the function raises CellError
    with the words that `unknown` returns for the text.
    """

    def read(text: str) -> T:
        try:
            return choices[key_of(text)]
        except KeyError:
            raise CellError(unknown(Name(text))) from None

    return read
