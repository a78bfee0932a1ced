"""`rencontres export person` and `rencontres erase person`: what a person may ask of whoever keeps their data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shell import Shell

PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\n"


@pytest.fixture(autouse=True)
def people(shell: Shell, configured: Path) -> Path:
    """A folder whose database holds two people."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0
    return configured


def test_everything_about_one_person_and_nobody_else(shell: Shell) -> None:
    exported = shell("export", "person", "R1")
    assert exported.exit_code == 0
    assert json.loads(exported.stdout)["person"][0]["family_name"] == "Dupont"
    assert "Martin" not in exported.stdout


def test_the_file_is_its_owners_alone(shell: Shell, people: Path) -> None:
    assert shell("export", "person", "R1", "--out", "zoe.json").exit_code == 0
    written = people / "zoe.json"
    assert written.stat().st_mode & 0o777 == 0o600
    assert json.loads(written.read_text(encoding="utf-8"))["person"][0]["ref"] == "R1"


def test_erasing_asks_then_leaves_nothing_in_the_file(shell: Shell, people: Path) -> None:
    asked = shell("erase", "person", "R1", typed="n\n")
    assert "Erase Zoé D. (R1) for good" in asked.stdout
    assert asked.exit_code == 1
    assert shell("erase", "person", "R1", typed="y\n").exit_code == 0
    assert shell("export", "person", "R1").exit_code == 1
    assert b"Dupont" not in (people / "rencontres.db").read_bytes()
    assert b"Martin" in (people / "rencontres.db").read_bytes()


def test_interrupted_at_the_question_nothing_is_erased(shell: Shell) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "bot", "erase", "person", "R1"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdout
    shown = b""
    while not shown.endswith(b"[y/N]:"):
        shown += program.stdout.read(1)
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=10)
    assert program.returncode == 130
    assert shell("export", "person", "R1").exit_code == 0


@pytest.mark.parametrize("command", ["export", "erase"])
def test_nobody_of_that_ref(shell: Shell, command: str) -> None:
    refused = shell(command, "person", "R9")
    assert refused.exit_code == 1
    assert refused.stderr == "Error: nobody has the ref R9\n"
