"""The tables of an older version of the program."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.database.schema import migrations


def older_program(root: Path, last: int) -> Path:
    """A program, in an empty folder, that knows the migrations up to a number only; returns the folder."""
    folder = root / "bot" / "database" / "migrations"
    folder.mkdir(parents=True)
    for migration in migrations():
        if migration.number <= last:
            shutil.copy(migration.file, folder)
    return root
