"""Columns that are nothing of a list are kept as private fields by a press, and those about health apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handlers.questionnaires import store
from handlers.questionnaires.model import MOST_FIELDS, AnswerKind, seems_about_health
from handlers.questionnaires.service import ensure_field
from tests.drivers.gestures import words
from tests.engines import on_one_engine
from tests.registration.lists.builders import text
from tests.registration.lists.test_bad_tables import sent
from tests.shell import Shell
from tests.world import World, open_world

LIST = text(
    [
        ["Prénom", "Nom", "Mail", "Régime", "Taille", "Parrain"],
        ["Ali", "Ben", "ali@example.org", "végétarien", "M", "Zoé"],
        ["Lou", "Roy", "lou@example.org", "", "L", ""],
    ]
)


async def kept(world: World) -> dict[str, set[str]]:
    """The answers in each field, by its name."""
    fields = await world.read(store.all_fields)
    return {next(iter(each.words.values())): {*(await world.read(store.answers_to, each)).values()} for each in fields}


@on_one_engine
async def test_what_nobody_knows_is_kept_by_a_press_and_health_gives_its_role(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        await sent(world, ines, LIST)
        assert words(ines.text).splitlines()[:2] == [
            "Régime: is this about health?",
            "Taille and Parrain: I know no use for these columns.",
        ]
        assert ines.buttons == ("Keep all", "One by one", "Leave aside", "Organise")
        await ines.press("Keep all")
        assert "Private fields: Taille and Parrain." in words(ines.text)
        assert "By importing you get the role “Diet, access and allergies”" in ines.text
        await ines.press("Import")
        assert ines.text == "List imported: 2 added, 0 changed"
        assert await kept(world) == {"Régime": {"végétarien"}, "Taille": {"M", "L"}, "Parrain": {"Zoé"}}
        undo = ines.payload("Undo this change")
        await ines.follow("fha-0")
        assert words(ines.text) == "Régime: végétarien (1): Ali Ben"
        await ines.follow("oc")
        assert "'s role: Diet, access and allergies" in ines.text
        await ines.follow(undo)
        assert await kept(world) == {"Régime": set(), "Taille": set(), "Parrain": set()}


@on_one_engine
async def test_a_list_that_comes_again_changes_answers_and_undoing_brings_them_back(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        for size in ("M", "XL"):
            await sent(world, ines, text([["Prénom", "Nom", "Taille"], ["Ali", "Ben", size]]))
            await ines.press("Private field")
            await ines.press("Import")
            assert await kept(world) == {"Taille": {size}}
        await ines.press("Undo this change")
        assert await kept(world) == {"Taille": {"M"}}


async def test_one_by_one_each_column_is_asked_whether_it_is_about_health(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await sent(world, ines, text([["Prénom", "Nom", "Menu", "Allergies"], ["Ali", "Ben", "riz", "noix"]]))
        assert words(ines.text).startswith("Menu and Allergies: are these about health")
        assert ines.buttons == ("Health", "One by one", "Leave aside", "Organise")
        await ines.press("One by one")
        assert words(ines.text).startswith("Menu: is this about health")
        await ines.press("Private field")
        await ines.press("Health")
        assert "Private fields: Menu." in words(ines.text)
        assert "About health: Allergies." in words(ines.text)


async def test_a_guess_and_what_nobody_knows_are_asked_on_one_screen_with_a_real_cell(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        rows = [["Ali", "Ben", "ali@example.org", "noix", "M"], ["Lou", "Roy", "lou@example.org", "", "L"]]
        await sent(world, ines, text([["Prénom", "Nom", "Où t'écrire", "Allergies", "Taille"], *rows]))
        assert words(ines.text).splitlines()[:3] == [
            "“Où t'écrire” (2 cells like ali@example.org): is this “email”?",
            "Allergies: is this about health?",
            "Taille: I know no use for this column.",
        ]
        assert "noix" not in ines.text
        assert ines.buttons == ("Keep all", "One by one", "Yes, leave the rest aside", "Organise")
        asked = ines.payload("Keep all")
        await ines.press("Yes, leave the rest aside")
        assert "leave them out: Allergies and Taille." in words(ines.text)
        await ines.press("Ask me again")
        await ines.follow(asked)
        assert "Private fields: Taille." in words(ines.text)
        await ines.press("Import")
        assert await kept(world) == {"Allergies": {"noix"}, "Taille": {"M", "L"}}


async def test_two_hundred_columns_are_more_than_there_may_be(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        headings = [f"Champ {number}" for number in range(MOST_FIELDS + 1)]
        await sent(
            world, ines, text([["Prénom", "Nom", *headings], ["Ali", "Ben", *map(str, range(100, 101 + MOST_FIELDS))]])
        )
        await ines.press("Private fields")
        assert ines.text == f"There are {MOST_FIELDS} private fields at most: leave some aside, one by one."
        assert ines.buttons[0] == "One by one"


async def test_fields_that_are_there_already_count_too(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        for number in range(MOST_FIELDS - 1):
            await world.change(ensure_field, {"fr": f"Champ {number}"}, AnswerKind.LINE)
        known = text([["Prénom", "Nom", "Champ 1", "Champ 2", "Taille"], ["Ali", "Ben", "a", "b", "c"]])
        await sent(world, ines, known)
        await ines.press("Private fields")
        await ines.press("Import")
        assert len(await world.read(store.all_fields)) == MOST_FIELDS
        await sent(world, ines, text([["Prénom", "Nom", "Pointure"], ["Ali", "Ben", "40"]]))
        await ines.press("Private field")
        assert ines.text == f"There are {MOST_FIELDS} private fields at most: leave some aside, one by one."


@pytest.mark.parametrize(
    "heading",
    [
        "Menu souhaité", "Repas", "Traitement médical en cours", "Besoins particuliers", "Maladies", "Vegetarian?",
        "Meal preference", "Special needs", "Wheelchair", "Essenswunsch", "Glutenfrei", "Schwerbehinderung",
        "Unverträglichkeiten", "Rollstuhl", "Krankheiten", "Lebensmittelallergie", "Groupe sanguin",
    ],
)  # fmt: skip
def test_what_seems_about_health_is_asked(heading: str) -> None:
    assert seems_about_health(heading)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [("Remarques", ["Hâte d'y être", "allergique aux noix"]), ("Sonstiges", ["Zöliakie, glutenfrei"])],
)
def test_cells_may_say_so_too(heading: str, cells: list[str]) -> None:
    assert seems_about_health(heading, cells)
    assert not seems_about_health(heading, cells[:0])


@pytest.mark.parametrize(
    "heading",
    ["Horodateur", "J'accepte le traitement de mes données", "Interessen", "Taille", "Métier", "Mobilité européenne"],
)
def test_other_headings_are_not(heading: str) -> None:
    cells = ["Aucun", "Oui", "Kosten"]
    assert not seems_about_health(heading, cells)
    assert seems_about_health(heading, [*cells, "asthme"])


def test_the_shell_keeps_them_too(shell: Shell, configured: Path) -> None:
    (configured / "people.csv").write_bytes(LIST)
    answers = ("--private", "Taille", "--yes", "--apply", "--json")
    done = shell("import", "participants", "people.csv", *answers)
    assert done.exit_code == 0
    said = done.stdout.splitlines()
    assert "«Régime» is kept as a private field (only the role for health reads it)" in said
    assert "«Taille» is kept as a private field (organisers read it)" in said
    assert json.loads(said[-1])["private"] == ["Régime", "Taille", "Parrain"]
    assert json.loads(said[-1])["left_out"] == []
