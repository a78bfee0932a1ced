"""Payloads stay valid: what stands in messages that people were sent long ago opens the same screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import EVERY_ROUTE
from tools.payloads import GOLDEN, declared, differences, main


def test_no_code_changes_what_it_carries() -> None:
    """A new code gets a new line; a line that is changed or gone is a button in people's chats that no longer works."""
    assert differences(GOLDEN.read_text("utf-8").splitlines(), declared(EVERY_ROUTE)) == ([], [])


def test_lines_are_added_for_new_codes_and_for_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = GOLDEN.read_text("utf-8").splitlines(keepends=True)
    golden = tmp_path / "payloads.tsv"
    golden.write_text("".join(lines[:3] + lines[5:]), "utf-8")
    assert main(["check"], golden) == 1
    assert main(["update"], golden) == 0
    assert golden.read_text("utf-8").splitlines(keepends=True) == lines
    for wrong in (lines[0].replace("int", "str"), "aaa\tpress\torganiser\tint\t\n"):
        golden.write_text("".join([wrong, *lines[1:-1]]), "utf-8")
        capsys.readouterr()
        assert main(["update"], golden) == 1
        assert wrong.strip("\n") in capsys.readouterr().out
        assert golden.read_text("utf-8") == "".join([wrong, *lines[1:-1]]), "nothing is written beside a mistake"
