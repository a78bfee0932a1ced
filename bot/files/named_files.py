"""Describes tables that have files, stored in the row itself or beside the database under the digest of the content."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """A table whose rows have files: `name` is the table's name, `owner` the column of what a file belongs to."""

    name: str
    owner: str
    named: bool = False
    """Whether a row names a file beside the database, in a column `digest` ('' for no file).

    A file that no row of any table names is deleted, and is in no backup.
    """
    sized: bool = False
    """Whether a row also has the size of that file, in bytes, in a column `size`."""
    held: bool = False
    """Whether a row contains its file, in a column `content`; its column `kind` says whether the file is a picture."""
    author: str = ""
    """SQL expression for the id of the participant who sent the file of a row `f`; '' if no participant did."""
