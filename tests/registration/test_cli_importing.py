"""`rencontres import participants`: first what would happen, then all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell import Shell

HEADINGS = "ref,prénom,nom,courriel,pays,thème\n"
ZOE = "R1,Zoé,Dupont,zoe@example.org,Québec,culture\n"
LEO = "R2,Léo,Martin,leo@example.org,France,CivicTech\n"


@pytest.fixture
def people(configured: Path) -> Path:
    return configured / "people.csv"


def test_a_dry_run_stores_nothing(shell: Shell, people: Path) -> None:
    people.write_text(HEADINGS + ZOE + LEO, encoding="utf-8")
    for _ in range(2):
        dry = shell("import", "participants", "people.csv")
        assert dry.exit_code == 0
        assert dry.stdout.splitlines() == [
            "2 new, 0 changed, 0 unchanged; 0 not on the list, who are kept",
            "Nothing was imported yet. To import it, add --apply.",
        ]


def test_applying_imports_and_a_newer_list_changes(shell: Shell, people: Path) -> None:
    people.write_text(HEADINGS + ZOE + LEO, encoding="utf-8")
    assert "Imported: 2 added, 0 changed." in shell("import", "participants", "people.csv", "--apply").stdout
    people.write_text(HEADINGS + ZOE.replace("zoe@", "zoe.dupont@"), encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").stdout.splitlines() == [
        "R1: changed email",
        "0 new, 1 changed, 0 unchanged; 1 not on the list, who are kept",
        "Imported: 0 added, 1 changed.",
    ]


def test_one_wrong_line_keeps_everyone_out(shell: Shell, people: Path) -> None:
    people.write_text(HEADINGS + ZOE + LEO.replace("France", "Frannce"), encoding="utf-8")
    refused = shell("import", "participants", "people.csv", "--apply")
    assert refused.exit_code == 1
    assert refused.stdout.splitlines()[0].startswith(
        "Line 3, «pays»: I do not know the territory «Frannce». Is it France"
    )
    assert refused.stdout.splitlines()[-1] == "Nothing was imported. Problems to correct: 1."
    people.write_text(HEADINGS + ZOE, encoding="utf-8")
    assert "1 new" in shell("import", "participants", "people.csv").stdout


def test_who_finds_no_place_is_told_of_beforehand(shell: Shell, people: Path) -> None:
    people.write_text(HEADINGS + ZOE + LEO.replace("CivicTech", "Culture"), encoding="utf-8")
    assert "theme culture: no place left for 1, who will wait" in shell("import", "participants", "people.csv").stdout


def test_a_file_that_is_no_list_is_refused(shell: Shell, people: Path) -> None:
    people.write_bytes(b"\x89PNG\0\0\0")
    refused = shell("import", "participants", "people.csv")
    assert refused.exit_code == 1
    assert "«people.csv» cannot be read" in refused.stdout
