"""Describes which tables have files, some of them beside the database, each named by the digest of its content."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """A table with files: its name, and the column that says what they belong to."""

    name: str
    owner: str
    named: bool = False
    """Whether a row names a file beside the database, in a column `digest` ('' for none). What no row of any table
    names is taken away, and is in no backup."""
    sized: bool = False
    """Whether a row also knows that file's size in bytes, in a column `size`."""
    held: bool = False
    """Whether a row holds its file itself, in a column `content`, and says in `kind` whether that is a picture."""
    author: str = ""
    """SQL for the id of the participant who sent the file of a row `f`; '' where nobody did."""
