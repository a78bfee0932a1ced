"""Tables in which something is wrong, and files that are no tables: nothing is lost without a word."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.content.forms import Upload
from bot.content.texts import Reader, plain
from bot.files.table_matching import Certainty
from bot.files.tables import UnreadableFile, located
from bot.membership.erasure import erase
from bot.people.roster import open_list, read_people
from handlers.registration.organiser.importing import answer_double, answer_guess, keep_column, take_list
from handlers.registration.store import everyone_listed
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.registration.lists.builders import RULES, THEMES, book, text
from tests.stored_rows import stored_rows
from tests.world import DECLARED, World, open_world

READER = Reader("en", "Europe/Paris")


def archive(name: str, content: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (archive("Index/Document.iwa"), "Export To, CSV or Excel"),
        (b"%PDF-1.7\n", "Send the table that it was made from"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "without a password"),
    ],
    ids=["Numbers", "PDF", "password"],
)
def test_a_document_that_is_no_table_is_refused_with_what_to_do(data: bytes, what: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        open_list(data, "liste.csv", RULES)
    assert what in plain(located(refused.value.problem), READER)


def test_two_columns_of_one_name_are_both_named() -> None:
    listed = open_list(text([["Nom", "Nom", "Prénom"], ["Dupont", "Roy", "Marie"]]), "x.csv", RULES)
    assert [(heading, match.key) for heading, match in zip(listed.table.headings, listed.matches, strict=True)] == [
        ("Nom", "family_name"),
        ("Nom (2)", ""),
        ("Prénom", "given_name"),
    ]
    assert [column.cells for column in read_people(listed, RULES, {}).extra] == [{2: "Roy"}]


def test_a_formula_without_a_result_is_told_as_what_it_is() -> None:
    listed = open_list(book(("A", [["Nom", "Prénom", "Mail"], ["Roy", "Max", "=B2"]])), "x.xlsx", RULES)
    roster = read_people(listed, RULES, {})
    assert (roster.people[0].email, [problem.heading for problem in roster.remarks]) == ("", ["Mail"])


def test_a_column_of_addresses_is_asked_about_whatever_it_is_called() -> None:
    rows = [["Prénom", "Où ?"], *([f"P{n}", f"p{n}@example.org"] for n in range(5))]
    listed = open_list(text(rows), "x.csv", RULES)
    assert [(match.key, match.certainty) for match in listed.matches][1] == ("email", Certainty.LIKELY)
    assert read_people(listed, RULES, {1: ""}).people[0].email == ""
    assert read_people(listed, RULES, {1: ""}).extra[0].heading == "Où ?"


async def test_a_sheet_with_a_column_more_continues_the_list_and_is_named(sqlite_url: str) -> None:
    head = ["Prénom", "Nom", "Mail"]
    first = [head, *([f"P{chr(97 + n)}", "Roy", f"p{n}@example.org"] for n in range(4))]
    second = [[*head, "Taille"], ["Zoé", "Roy", "zoe@example.org", "M"]]
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await sent(
            world, ines, book(("Lundi", first), ("Mardi", second), ("Salles", [["Mail", "Nom"], ["a@b.org", "B"]]))
        )
        assert words(ines.text).startswith("Taille: I know no use for this column.")
        await ines.press("Private field")
        assert ines.text.startswith("New: 5.")
        assert "Sheets read: Lundi, Mardi." in words(ines.text)
        assert "Not read: Salles (another sheet, with 2 lines)" in words(ines.text)


@pytest.mark.parametrize(
    "marks",
    [
        [("5", "4", "5"), ("3", "5", "5"), ("4", "4", "1")],  # grades
        [("x", "", "si possible"), ("", "x", ""), ("", "", "x")],
    ],
)
def test_what_is_more_than_a_mark_or_a_rank_stays_as_it_is(marks: list[tuple[str, ...]]) -> None:
    rows = [["Prénom", *THEMES], *([f"P{n}a", *row] for n, row in enumerate(marks))]
    read = read_people(open_list(text(rows), "x.csv", RULES), RULES, {})
    assert [column.heading for column in read.extra] == list(THEMES)
    answered = open_list(text([["Prénom", *THEMES], ["Zoé", "x", "", ""]]), "x.csv", RULES, {"CivicTech": ""})
    assert answered.table.headings == ("Prénom", *THEMES)


@pytest.mark.parametrize(
    ("title", "territory"),
    [("Délégation du Sénégal", "SN"), ("Sénégal", "SN"), ("Rencontres 2027 – Sénégal", ""), ("Liste (Sénégal)", "")],
)
def test_a_title_says_where_people_come_from_only_if_it_is_about_them(title: str, territory: str) -> None:
    rows = [[title], ["Prénom", "Nom", "Mail"], ["Zoé", "Roy", "zoe@example.org"], ["Ali", "Ben", "ali@example.org"]]
    read = read_people(open_list(text(rows), "x.csv", RULES), RULES, {})
    assert [person.territory for person in read.people] == [territory] * 2
    assert [row.text for row in read.aside] == ([] if territory else [title])


async def test_a_table_on_its_side_and_one_called_text_are_read(sqlite_url: str) -> None:
    table = text(
        [["Prénom", "Ali", "Zoé"], ["Nom", "Ben", "Roy"], ["Mail", "ali@example.org", "zoe@example.org"]], "\t"
    )
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.follow(take_list.to().encode())
        await ines.fill(Upload("liste.txt", table))
        await catch_up_with(world, ines)
        await ines.press("Import")
        people = [stored.person for stored in (await world.read(everyone_listed)).values()]
        assert {(each.full_name, each.email) for each in people} >= {
            ("Ali Ben", "ali@example.org"),
            ("Zoé Roy", "zoe@example.org"),
        }


def test_a_column_of_given_names_may_have_whole_names() -> None:
    rows = [["First name and surname", "E-mail"], ["Zoé DUPONT", "z@example.org"], ["Ali Ben Salah", "a@example.org"]]
    people = read_people(open_list(text(rows), "x.csv", RULES), RULES, {}).people
    assert [(each.given_name, each.family_name) for each in people] == [("Zoé", "DUPONT"), ("Ali", "Ben Salah")]


def test_a_telephone_number_beside_an_address_has_a_column_of_its_own() -> None:
    rows = [
        ["Prénom Nom", "Coordonnées"],
        *([f"Zoé Roy{n}", f"zoe{n}@example.org\nTél. 06 12 34 56 7{n}"] for n in range(4)),
    ]
    listed = open_list(text(rows, "\t", "utf-16"), "x.csv", RULES)
    assert (listed.matches[1].key, listed.matches[1].certainty) == ("email", Certainty.LIKELY)
    roster = read_people(listed, RULES, {})
    assert [person.email for person in roster.people] == [f"zoe{n}@example.org" for n in range(4)]
    assert [(column.heading, column.cells[2]) for column in roster.extra] == [
        ("Coordonnées (2)", "Tél. 06 12 34 56 70")
    ]
    assert roster.remarks == ()
    half = open_list(text([["Nom", "Mail"], ["Zoé Roy", "zoe roy2@example.org"]]), "x.csv", RULES)
    assert read_people(half, RULES, {}).people[0].email == ""


@pytest.mark.parametrize(
    ("heading", "cells", "territories"),
    [
        ("Kanton", ["BE", "GE", "SH"], ["CH", "CH", "CH"]),
        ("Bundesland", ["BE", "BY", "SN"], ["DE", "DE", "DE"]),
        ("Province ou territoire", ["QC", "ON", "France"], ["CA-QC", "CA", "FR"]),
        ("Land", ["BE", "GE", "SN"], ["BE", "GE", "SN"]),
    ],
)
def test_two_letters_are_a_part_of_a_country_where_the_heading_says_so(
    heading: str, cells: list[str], territories: list[str]
) -> None:
    rows = [["Vorname", heading], *([f"Zo{chr(97 + n)}", cell] for n, cell in enumerate(cells))]
    read = read_people(open_list(text(rows), "x.csv", RULES), RULES, {})
    assert [person.territory for person in read.people] == territories


async def sent(world: World, chat: NeutralChat, data: bytes) -> None:
    await chat.follow(take_list.to().encode())
    await chat.fill(Upload("liste.csv", data))
    await catch_up_with(world, chat)


async def test_other_sheets_are_named_before_titles_and_signatures(sqlite_url: str) -> None:
    head = ["Prénom", "Nom", "Mail"]
    rows = [[f"P{chr(97 + n)}", "Roy", f"p{n}@example.org"] for n in range(8)]
    remarks = [[], *([f"Signature {n}"] for n in range(7))]
    sheets = [(f"Groupe {n}", [["Salle"], ["Amphi"]]) for n in range(7)]
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await sent(world, ines, book(("Liste", [head, *rows, *remarks]), *sheets))
        not_read = [line for line in words(ines.text).splitlines() if line.startswith("Not read")]
        assert not_read[:7] == [f"Not read: Groupe {n} (another sheet, with 2 lines)" for n in range(7)]
        assert not_read[7].startswith("Not read, line 11: Signature 0")
        assert "and 2 more" in ines.text


@pytest.mark.parametrize(
    ("heading", "names", "said"),
    [
        ("Nom et prénom", ["Léa TREMBLAY", "ROY Max"], "capitals or a comma show the family name."),
        ("Nom et prénom", ["Tremblay Léa", "Roy Max"], "the family name comes first."),
        ("Prénom et nom", ["Léa Tremblay", "Max Roy"], "the first word is the first name."),
        (
            "Nom et prénom",
            ["Léa TREMBLAY", "Roy Max"],
            "capitals or a comma show the family name, else it comes first.",
        ),
        (
            "Participant",
            ["Tremblay, Léa", "Max Roy"],
            "capitals or a comma show the family name, else the first word is the first name.",
        ),
    ],
)
async def test_how_whole_names_are_read_is_said_as_it_is(
    sqlite_url: str, heading: str, names: list[str], said: str
) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await sent(world, ines, text([[heading, "Mail"], *([name, f"{name[:3]}@example.org"] for name in names)]))
        assert f"Names in one column: {said}" in ines.text
        await ines.press("Import")
        people = [stored.person for stored in (await world.read(everyone_listed)).values()]
        assert {(each.given_name, each.family_name.title()) for each in people} >= {("Léa", "Tremblay"), ("Max", "Roy")}


TWICE = text([["Prénom", "Nom", "Mail", "Régime"], ["Ali", "Ben", "ali@example.org", "végétarien"]])


@on_one_engine
async def test_one_list_sent_twice_adds_everybody_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        await sent(world, ines, TWICE)
        await ines.press("Leave aside")
        first = ines.payload("Import")
        await sent(world, ines, TWICE)
        assert "I do not know these columns, and leave them out: " in ines.text
        second = ines.payload("Import")
        await ines.follow(first)
        assert ines.text == "List imported: 1 added, 0 changed"
        await ines.follow(second)
        assert "There is nothing to import." in ines.text
        assert len(await world.read(everyone_listed)) == 2  # the organiser is one


async def test_a_question_about_a_list_that_was_imported_is_outdated(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await sent(world, ines, TWICE)
        asked = ines.payload("Leave aside")
        await ines.follow(asked)
        await ines.press("Import")
        await ines.follow(asked)
        assert ines.text == "This list was imported already, or sent more than a day ago."


@pytest.mark.parametrize("right", [True, False])
async def test_an_answer_about_a_column_or_person_that_a_list_has_not_changes_nothing(
    sqlite_url: str, right: bool
) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await sent(world, ines, TWICE)
        asked, pending = ines.text, int(ines.payload("Leave aside").split("-")[1])
        for place in (99, 2**40):
            await ines.follow(answer_guess.to(pending, place, right).encode())
            assert ines.text == asked
            await ines.follow(keep_column.to(pending, place, right).encode())
            assert ines.text == asked
            await ines.follow(answer_double.to(pending, place, right).encode())
            assert ines.text == asked


async def test_who_is_erased_is_in_no_list_that_waits_not_even_in_what_is_left_aside(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe", "Dupond")
        ines = await world.organiser()
        await sent(world, ines, text([["Prénom", "Nom", "Parrain"], ["Ali", "Ben", "Zoe Dupond"]]))
        assert "Parrain" in ines.text
        await world.change(
            erase,
            DECLARED,
            (await world.read(everyone_listed))["R-0001"].id,
            world.clock.now(),
            texts=True,
            files=world.files,
        )
        rows = (await stored_rows(world.store, "pending_imports"))["pending_imports"]
        assert [(row["people"], row["reading"]) for row in rows] == [("[]", "")]
        await ines.press("Leave aside")
        assert ines.text.startswith("Nothing was imported: this list names someone whose data were erased since")


async def test_a_table_that_nobody_asked_for_is_offered_the_forms_it_may_be_for(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        await ines.send_file(Upload("Liste.XLSX", TWICE))
        assert ines.buttons == ("A list of people", "A programme", "Practical information")
        await ines.press("A list of people")
        await ines.fill(Upload("liste.csv", TWICE))
        await catch_up_with(world, ines)
        assert "Leave aside" in ines.buttons
        await ines.send_file(Upload("photo.jpg", b"x"))
        assert ines.text.startswith("Text only, please.")
        await zoe.send_file(Upload("liste.xlsx", TWICE))
        assert zoe.text.startswith("Text only, please.")
