"""Every test of the shell begins in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def in_an_empty_folder(folder: Path) -> None:
    """Also where a test starts the program in a process of its own."""
