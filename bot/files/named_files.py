"""Describes database tables with files, whose bytes are in the row itself or in a file next to the database."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """A database table whose rows have files; `owner` is the column with the id of what the file belongs to."""

    name: str
    owner: str
    named: bool = False
    """Whether a row names a file beside the database, in a column `digest` ('' for no file).

    A file that no row of any table names is deleted, and is not part of backups.
    """
    sized: bool = False
    """Whether a row also has the size of that file, in bytes, in a column `size`."""
    held: bool = False
    """Whether a row contains its file, in a column `content`; its column `kind` says whether the file is a picture."""
    author: str = ""
    """SQL expression for the id of the participant who sent the file of a row `f`; '' if no participant did."""


def is_digest(name: str) -> bool:
    """Return whether a text is a digest (a SHA-256 as 64 hexadecimal digits), as stored files are named."""
    return _DIGEST.fullmatch(name) is not None


def key_of(digest: str) -> str:
    """Return the relative path of the file with a digest in a folder or bucket: «ab/abcd…».

    Raises ValueError for a text that is no digest.
    """
    if not is_digest(digest):
        raise ValueError(f"{digest!r} is no digest")
    return f"{digest[:2]}/{digest}"
