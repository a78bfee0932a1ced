"""`rencontres role`: given, listed and taken away in the shell."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.shell import Shell

PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\n"


@pytest.fixture(autouse=True)
def people(shell: Shell, configured: Path) -> None:
    """A database that holds two people."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0


def test_a_role_is_given_listed_and_taken_away(shell: Shell) -> None:
    assert shell("role", "give", "facilitator", "R1", "theme:culture").exit_code == 0
    assert shell("role", "give", "facilitator", "R2", "all").exit_code == 0
    listed = shell("role", "list")
    assert listed.stdout == (
        "facilitator all R2 Léo M. (Facilitator: everyone)\n"
        "facilitator theme:culture R1 Zoé D. (Facilitator: Culture)\n"
    )
    assert "Nothing to change" in shell("role", "give", "facilitator", "R1", "theme:culture").stderr
    assert shell("role", "take", "facilitator", "R1", "theme:culture").exit_code == 0
    assert shell("role", "list", "facilitator").stdout == "facilitator all R2 Léo M. (Facilitator: everyone)\n"
    assert "Nothing to change" in shell("role", "take", "facilitator", "R1", "theme:culture").stderr


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        (("give", "captain", "R1"), "no role is called 'captain': there are health, facilitator, trust"),
        (("give", "facilitator", "R1"), "facilitator needs a scope"),
        (("give", "facilitator", "R1", "platform:web"), "facilitator is no role for 'platform:web'"),
        (("give", "facilitator", "R1", "theme:nowhere"), "there is no 'theme:nowhere'"),
        (("give", "trust", "R1", "all"), "trust is no role for 'all'"),
        (("give", "facilitator", "R9", "all"), "nobody has the ref R9"),
        (("give", "trust", "R1"), "has not joined, and could not read anything."),
        (("list", "captain"), "no role is called 'captain'"),
    ],
)
def test_what_cannot_be_is_said(shell: Shell, asked: tuple[str, ...], refused: str) -> None:
    answered = shell("role", *asked)
    assert answered.exit_code in (1, 2)
    assert refused in answered.stderr
    assert shell("role", "list").stdout == ""


def test_who_is_revoked_gets_no_role(shell: Shell, configured: Path) -> None:
    with closing(sqlite3.connect(configured / "rencontres.db")) as connection, connection:
        connection.execute("UPDATE participants SET status = 'revoked' WHERE ref = 'R1'")
    refused = shell("role", "give", "facilitator", "R1", "all")
    assert (refused.exit_code, refused.stderr) == (1, "Error: R1 is revoked: invite them again first\n")
    assert shell("role", "list").stdout == ""
