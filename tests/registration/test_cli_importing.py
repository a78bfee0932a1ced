"""`rencontres import participants`: first what would happen, then all of it or nothing."""

from __future__ import annotations

import json
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


def test_crosses_sections_and_two_ways_in_one_cell_are_kept(shell: Shell, people: Path) -> None:
    people.write_text(
        "Nom,Contact,CivicTech,Culture,Samedi\nQuébec,,,,\nZoé Dupont,zoe@example.org / 06 12 34 56 78,x,,x\n"
        "Mali,,,,\nLéo Diop,leo@example.org; leo@example.com,,X,\n",
        encoding="utf-8",
    )
    done = json.loads(shell("import", "participants", "people.csv", "--yes", "--json").stdout.splitlines()[-1])
    assert {name: count for name, count in done["fields"].items() if count} == dict.fromkeys(
        ("given_name", "family_name", "email", "territory", "theme"), 2
    )
    assert (done["people"], done["private"], done["left_out"]) == (2, ["Contact (2)", "Samedi"], [])


def test_what_cannot_be_read_keeps_everyone_out_until_that_is_answered(shell: Shell, people: Path) -> None:
    people.write_text(HEADINGS + ZOE + LEO.replace("France", "Frannce"), encoding="utf-8")
    refused = shell("import", "participants", "people.csv", "--apply")
    assert refused.exit_code == 1
    assert refused.stdout.splitlines()[0].startswith(
        "Line 3, “pays”: I do not know the territory “Frannce”. Is it France"
    )
    assert refused.stdout.splitlines()[-1] == "Nothing was imported. Open questions: 1."
    done = shell("import", "participants", "people.csv", "--apply", "--yes")
    assert done.stdout.splitlines()[-1] == "Imported: 2 added, 0 changed."


def test_columns_are_told_with_reasons_answered_and_counted(shell: Shell, people: Path) -> None:
    people.write_text(
        "Adresse mail,Qui,Né(e) en,Pays,Régime\n"
        "zoe@example.org,Zoé Dupont,16/10/2003,Québec,végétarien\n"
        "leo@example.org,Léo Martin,2004-11-28,Atlantide,\n"
        "zoe@example.org,Zoé Dupont,,Québec,vegan\n"
        "Total : 3,,,,\n",
        encoding="utf-8",
    )
    asked = shell("import", "participants", "people.csv", "--json")
    assert asked.exit_code == 0
    said = asked.stdout.splitlines()
    assert "«Adresse mail» is email: by its heading, 3 of 3 cells are such" not in said  # one of the usual headings
    assert "«Qui» could be full name: 3 of 3 cells are such" in said
    assert "«Régime»: nothing fits (2 cells)" in said
    assert "line 4 and line 2 have the same email: taken for one person" in said
    answers = ("--map", "Qui=name", "--skip", "Régime", "--yes", "--apply", "--json")
    done = shell("import", "participants", "people.csv", *answers)
    assert done.exit_code == 0
    *_others, imported, counted = done.stdout.splitlines()
    assert imported == "Imported: 2 added, 0 changed."
    assert json.loads(counted) == {
        "people": 2,
        "fields": {
            "given_name": 2,
            "family_name": 2,
            "email": 2,
            "birth_year": 2,
            "territory": 1,
            "theme": 0,
            "second_theme": 0,
            "gender": 0,
            "language": 0,
            "organisation": 0,
        },
        "private": [],
        "doubles": [[4, 2]],
        "left_out": [
            {"row": 5, "why": "a total: Total : 3"},
            {"row": 3, "why": "I do not know the territory “Atlantide”."},
            {"row": 1, "why": "column left aside: Régime"},
        ],
    }
    again = shell("import", "participants", "people.csv", "--map", "Qui=name", "--yes", "--apply")
    assert again.stdout.splitlines()[-1] == "Imported: 0 added, 0 changed."


def test_a_wrong_answer_is_told_with_what_there_is(shell: Shell, people: Path) -> None:
    people.write_text(HEADINGS + ZOE, encoding="utf-8")
    assert (
        "No column is called «mail». There are: ref, prénom"
        in shell("import", "participants", "people.csv", "--skip", "mail").output
    )
    assert (
        "«colour» is no column of a list."
        in shell("import", "participants", "people.csv", "--map", "nom=colour").output
    )


def test_who_finds_no_place_is_told_of_beforehand(shell: Shell, people: Path) -> None:
    people.write_text(HEADINGS + ZOE + LEO.replace("CivicTech", "Culture"), encoding="utf-8")
    assert "theme culture: no place left for 1, who will wait" in shell("import", "participants", "people.csv").stdout


def test_a_file_that_is_no_list_is_refused(shell: Shell, people: Path) -> None:
    people.write_bytes(b"\x89PNG\0\0\0")
    refused = shell("import", "participants", "people.csv")
    assert refused.exit_code == 1
    assert "“people.csv” cannot be read" in refused.stdout
