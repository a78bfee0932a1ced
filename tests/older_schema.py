"""The tables of an older version of the program."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.database.schema import ROOT, migrations


def older_program(root: Path, last: int) -> Path:
    """A program, in an empty folder, that knows the migrations up to a number only; returns the folder."""
    for migration in migrations():
        if migration.number <= last:
            copy = root / migration.file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(migration.file, copy)
    return root
