"""`rencontres rehearse` as it is asked for wrongly; as it goes by: tests/rehearsal/test_rehearsing.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.shell import Shell


def test_without_the_extra_it_says_how_to_get_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "simcord", None)
    refused = shell("rehearse")
    assert refused.exit_code == 1
    assert "python -m pip install simcord" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_writes_into_no_folder_that_holds_something(shell: Shell, folder: Path) -> None:
    (folder / "kept").mkdir()
    (folder / "kept" / "photo.jpg").write_bytes(b"a photo")
    refused = shell("rehearse", "--out", "kept")
    assert refused.exit_code == 2
    assert "kept is not empty" in refused.stderr
    assert [each.name for each in (folder / "kept").iterdir()] == ["photo.jpg"]


def test_a_handful_of_people_makes_no_gathering(shell: Shell) -> None:
    refused = shell("rehearse", "--participants", "3")
    assert refused.exit_code == 2
    assert "12" in refused.stderr
