"""Importing the list of selected people in chat: seen before it is done, whole or not at all, and undone if need be."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, timedelta

import pytest
from openpyxl import Workbook

from bot.background.side_process import SideProcess
from bot.content.forms import Upload
from bot.database.engine import Store, StoreUnavailable, T, Transaction, Unit
from bot.membership.erasure import erase
from bot.people import participant_store
from bot.people.listed import RosterPerson
from handlers.programme.organiser.importing import programme_to_fill_in, take_file
from handlers.registration.jobs import read_list
from handlers.registration.organiser.importing import list_to_fill_in, take_list
from handlers.registration.service import apply_roster, list_rules
from handlers.registration.store import everyone_listed
from handlers.themes.model import Theme
from tests.delivery.rig import Watched
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.participants import number, rewrite
from tests.stored_rows import stored_rows
from tests.world import DECLARED, World, make_settings, open_world

HEAD = "ref,given_name,family_name,country,theme,locale\n"


def handed_over(chat: NeutralChat) -> bytes:
    """The file that a chat just got."""
    assert chat.file
    return chat.file.content


async def sent(world: World, lines: str, by: NeutralChat | None = None) -> NeutralChat:
    """An organiser's chat, once a list was sent and read."""
    chat = by or await world.organiser()
    await chat.follow(take_list.to().encode())
    await chat.fill(Upload("liste.csv", (HEAD + lines).encode()))
    assert chat.text.startswith("I am reading “liste.csv”.")
    await catch_up_with(world, chat)
    return chat


async def test_a_list_is_seen_imported_and_undone(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe", "Dupond")
        ines = await sent(
            world,
            "R-0001,Zoe,Dupont,CA-QC,,\nA1,Ali,Ben,France,Culture,fr\nA2,Eva,Meyer,Allemagne,Culture,de\nA3,Max,Roy,CH,Culture,\n",
        )
        assert ines.text.splitlines() == [
            "New: 3. Changed: 1. Unchanged: 0.",
            "Zoe Dupond: family name",
            "Culture: no place left for 1, who will wait.",
        ]
        await ines.command("organiser")
        assert "People · Joined: 0 of 1." in ines.text
        await sent(
            world,
            "R-0001,Zoe,Dupont,CA-QC,,\nA1,Ali,Ben,France,Culture,fr\nA2,Eva,Meyer,Allemagne,Culture,de\nA3,Max,Roy,CH,Culture,\n",
            ines,
        )
        await ines.press("Import")
        assert ines.text == "List imported: 3 added, 1 changed\n1 person waits for a place."
        undo = ines.payload("Undo")
        await ines.command("organiser")
        assert "People · Joined: 0 of 4." in ines.text
        await ines.press("Themes")
        assert ines.described["Culture"] == "2 of 2 places taken, 1 waiting"
        await ines.follow(undo)
        await ines.command("organiser")
        assert "People · Joined: 0 of 1." in ines.text
        await ines.press("Themes")
        assert ines.described["Culture"] == "0 of 2 places taken"


async def test_who_organises_is_not_missed_on_a_list_and_who_is_selected_is(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await sent(world, "A1,Ali,Ben,France,,\n")
        assert ines.text == "New: 1. Changed: 0. Unchanged: 0."
        await ines.press("Import")
        await sent(world, "A2,Eva,Meyer,France,,\n", ines)
        assert ines.text.splitlines() == [
            "New: 1. Changed: 0. Unchanged: 0.",
            "1 person is not on this list and stays.",
        ]


async def test_what_cannot_be_read_is_said_once_for_all_its_lines(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        lands = ["Atlantide", "France"] * 5
        ines = await sent(world, "".join(f"A{n},Ali,Ben {chr(97 + n)},{land},,\n" for n, land in enumerate(lands)))
        assert ines.text.splitlines()[1:] == ["Line 2 and 4 more, “country”: I do not know the territory “Atlantide”."]
        assert ines.buttons[0] == "Import without 5 cells"


@on_one_engine
async def test_what_cannot_be_read_stays_blank_and_can_be_corrected(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await sent(world, "A1,Ali,Ben,France,,\nA1,Eva,Meyer,Atlantide,,Elvish\n,,,Allemagne,,\n")
        assert ines.text == "Lines 2, Ali Ben, and 3, Eva Meyer: the same reference.\nIs it one person?"
        await ines.press("Two people")
        assert ines.text.splitlines() == [
            "New: 2. Changed: 0. Unchanged: 0.",
            "Not read, line 4: Allemagne (a remark, no line of the list)",
            "Line 3, “country”: I do not know the territory “Atlantide”.",
            "Line 3, “locale”: “Elvish” is not a language of this gathering.",
        ]
        assert ines.buttons == ("Import without 2 cells", "Send it again", "Ask me again", "Organise")
        assert ines.file
        head, *lines = ines.file.content.decode("utf-8-sig").splitlines()
        assert head.startswith('"to correct";"ref"')
        assert [line.partition(";")[0] != '""' for line in lines] == [True, False]  # what is wrong comes first
        assert lines[0].startswith('"I do not know the territory “Atlantide”.')
        confirm = ines.payload("Import without 2 cells")
        right = ines.file.content.replace(b"Atlantide", b"France").replace(b"Elvish", b"English")
        await ines.press("Send it again")
        await ines.fill(Upload("to-correct.csv", right))
        await catch_up_with(world, ines)
        assert ines.text.startswith("New: 2.")
        assert "Import" in ines.buttons  # the column that came along says nothing
        await ines.follow(confirm)
        assert ines.text == "List imported: 2 added, 0 changed"
        listed = await world.read(everyone_listed)
        assert {ref: listed[ref].person.given_name for ref in ("A1", "R-001")} == {"A1": "Ali", "R-001": "Eva"}


async def test_a_table_to_correct_has_days_and_words_as_people_write_them(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        book = Workbook()
        sheet = book.worksheets[0]
        for row in (("ref", "given name", "date of birth", "lang"), ("A1", "Ali", date(2004, 12, 27), "Elvish")):
            sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        ines = await world.organiser()
        await ines.follow(take_list.to().encode())
        await ines.fill(Upload("list.xlsx", content.getvalue()))
        await catch_up_with(world, ines)
        assert ines.file
        assert ines.file.content.decode("utf-8-sig").splitlines()[1] == (
            '"“Elvish” is not a language of this gathering.";"A1";"Ali";"2004-12-27";"Elvish"'
        )


@pytest.mark.parametrize("language", ["fr", "en", "de"])
async def test_the_tables_to_fill_in_are_understood_as_they_are(sqlite_url: str, language: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser(locale=language)
        await ines.follow(list_to_fill_in.to().encode())
        table = handed_over(ines)
        await ines.follow(take_list.to().encode())
        await ines.fill(Upload("liste.csv", table + b"A1;Ali;Ben;;FR;;;;;;\n"))
        await catch_up_with(world, ines)
        assert len(ines.text.splitlines()) == 1  # what is new: no column is unknown
        await ines.follow(programme_to_fill_in.to().encode())
        table = handed_over(ines)
        await ines.follow(take_file.to().encode())
        await ines.fill(Upload("programme.csv", table + b"s1;Brunch;2027-06-10;12:15;13:30;;;;;\n"))
        await catch_up_with(world, ines)
        assert "Brunch" in ines.text


async def test_a_file_that_is_no_list_is_refused_politely(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Import a list")
        await ines.fill(Upload("photo.png", b"\x89PNG"))
        assert ines.text.startswith("I cannot read “photo.png”.")
        await ines.fill(Upload("liste.csv", b"\x89PNG\0\0"))
        await catch_up_with(world, ines)
        assert "“liste.csv” cannot be read. Save it again as CSV, Excel or LibreOffice." in ines.text


async def test_a_list_is_read_in_another_process() -> None:
    side_process = SideProcess()
    payload = {
        "content": b64encode((HEAD + "A1,Ali,Ben,Frankreich,Kultur,\nA2,Eva,Meyer,Atlantis,,\n").encode()).decode(),
        "name": "liste.csv",
        "rules": asdict(list_rules((Theme("culture", {"de": "Kultur"}, {}, None, 0),), make_settings())),
        "reader": ["de", "Europe/Berlin"],
        "sent": 0,
    }
    try:
        result = await side_process.do(read_list, payload)
    finally:
        side_process.close()
    roster = result["waiting"].people()
    assert roster.people == (
        RosterPerson("A1", "Ali", "Ben", territory="FR", theme="culture"),
        RosterPerson("A2", "Eva", "Meyer"),
    )
    assert [problem.line for problem in roster.remarks] == [3]


async def test_who_lost_the_role_meanwhile_learns_nothing_of_the_list(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.join("Inès", "1")
        await world.change(participant_store.set_organises, await number(world, "Inès"), True)
        await ines.command("organiser")
        await ines.press("People")
        await ines.press("Import a list")
        await ines.fill(Upload("liste.csv", (HEAD + "A1,Ali,Ben,France,,\n").encode()))
        await world.change(participant_store.set_organises, await number(world, "Inès"), False)
        await catch_up_with(world, ines)
        assert ines.text.startswith("This is for the organisers.")


async def test_two_organisers_import_the_same_list_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await sent(world, "A1,Ali,Ben,France,,\n")
        luc = await sent(world, "A1,Ali,Ben,France,,\n", await world.organiser(platform="discord"))
        again = ines.payload("Import")
        await ines.press("Import")
        await luc.press("Import")
        assert "People were changed meanwhile" in luc.text
        assert "There is nothing to import." in luc.text
        await ines.follow(again)
        assert ines.text == "This list was imported already, or sent more than a day ago."


class Meanwhile(Watched):
    """A store on which something else is done between the looking and the writing of an import."""

    def __init__(self, store: Store, change: Callable[[], Awaitable[object]]) -> None:
        super().__init__(store)
        self._change = change

    async def read(self, unit: Unit[T]) -> T:
        result = await super().read(unit)
        await self._change()
        return result


async def test_what_changed_while_an_import_was_worked_out_is_seen_before_it_is_imported(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe", "Dupond")
        ines = await sent(world, "R-0001,Zoe,Dupont,CA-QC,,\nA1,Ali,Ben,France,Culture,fr\n")

        async def correct() -> None:
            await rewrite(world, await number(world, "Zoe"), email="z@example.org")

        store = Meanwhile(world.store, correct)
        ines.dispatcher = world.dispatcher_over(store)
        await ines.press("Import")
        assert ines.text.startswith("People were changed meanwhile: this is what importing would do now.")
        assert len(await world.read(everyone_listed)) == 2  # the organiser is one
        ines.dispatcher = world.dispatcher
        await ines.press("Import")
        assert ines.text == "List imported: 1 added, 1 changed"


class Interrupted(Watched):
    """A store that fails once «A1» was added, before that is committed."""

    async def transact(self, unit: Unit[T]) -> T:
        async def fails(tx: Transaction) -> T:
            result = await unit(tx)
            if "A1" in await everyone_listed(tx):
                raise StoreUnavailable("out of order")
            return result

        return await super().transact(fails)


async def test_an_import_that_is_interrupted_leaves_nothing_and_can_be_done_again(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe", "Dupond")
        people = "".join(f"A{number},Person {number},Roy,France,Culture,fr\n" for number in range(1, 4))
        ines = await sent(world, f"R-0001,Zoe,Dupont,CA-QC,,\n{people}")
        confirm = ines.payload("Import")
        ines.dispatcher = world.dispatcher_over(Interrupted(world.store))
        await ines.press("Import")
        assert ines.text.startswith("Not saved")
        listed = await world.read(everyone_listed)
        assert len(listed) == 2  # the organiser is one
        assert listed["R-0001"].person.family_name == "Dupond"
        ines.dispatcher = world.dispatcher
        await ines.command("organiser")
        await ines.press("Themes")
        assert ines.described["Culture"] == "0 of 2 places taken"
        await ines.follow(confirm)
        assert ines.text == "List imported: 3 added, 1 changed\n1 person waits for a place."


async def test_a_list_waits_a_day_for_its_button(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await sent(world, "A1,Ali,Ben,France,,\n")
        await world.clock.advance(timedelta(days=1, minutes=1))
        await ines.press("Import")
        assert ines.text == "This list was imported already, or sent more than a day ago."


@on_one_engine
@pytest.mark.parametrize("line", ["R-0001,Zoe,Dupont,CA-QC,,", "B7,Zoe,Dupond,CA-QC,,"], ids=["their number", "a name"])
async def test_a_list_with_somebody_who_was_erased_says_why_it_waits_no_more(store_url: str, line: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe", "Dupond")
        lines = f"{line}\nA1,Ali,Ben,France,Culture,fr\n"
        ines = await sent(world, lines)
        if "The same person" in ines.buttons:
            await ines.press("The same person")
        confirm = ines.payload("Import")
        zoe, now = await number(world, "Zoe"), world.clock.now()
        await world.change(erase, DECLARED, zoe, now, texts=True, files=world.files)
        rows = (await stored_rows(world.store, "pending_imports"))["pending_imports"]
        assert [(row["people"], row["digest"]) for row in rows] == [("[]", "")], "nobody of it is kept"
        for _times in range(2):
            await ines.follow(confirm)
            assert ines.text == (
                "Nothing was imported: this list names someone whose data were erased since, or somebody with"
                " the same name. Check it, and send it again."
            )
            assert ines.buttons[0] == "Import a list"
        await sent(world, lines, ines)
        await ines.press("Import")
        assert ines.text.startswith("List imported: 2 added, 0 changed")


@on_one_engine
async def test_an_import_is_not_undone_once_someone_it_added_came_in(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await sent(world, "A1,Ali,Ben,France,,en\n")
        await ines.press("Import")
        undo = ines.payload("Undo")
        await ines.press("Organise")
        await ines.press("Invitations")
        await ines.press("Make the file")
        assert ines.file
        [line] = csv.DictReader(io.StringIO(ines.file.content.decode("utf-8-sig")), delimiter=";")
        ali = world.chat("7")
        await ali.command("code")
        await ali.fill(line["code"])
        assert ali.text.startswith("Welcome, Ali")
        await ines.follow(undo)
        assert ines.text == "This was changed again since, so nothing was undone. Look at it first."


@on_one_engine
async def test_a_later_list_never_overrules_what_a_person_chose(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.pick("CivicTech")
        await zoe.press("Confirm")
        listed = [RosterPerson("R-0001", "Zoé", territory="CA-QC", locale="de", theme="culture")]

        async def unit(tx: Transaction) -> RosterPerson:
            await apply_roster(tx, listed, world.clock.now())
            return (await everyone_listed(tx))["R-0001"].person

        person = await world.store.transact(unit)
        assert (person.given_name, person.locale, person.theme) == ("Zoé", "en", "civic")


@on_one_engine
async def test_a_long_list_goes_through_on_both_engines(store_url: str) -> None:
    settings = make_settings(organisers={"telegram": [900]})
    people = "".join(f"B{number},Person {number},Roy,France,School,fr\n" for number in range(500))
    async with open_world(store_url, settings) as world:
        ines = await sent(world, people.replace("School", "Education"))
        assert ines.text.startswith("New: 500.")
        await ines.press("Import")
        assert ines.text == "List imported: 500 added, 0 changed"


async def test_undoing_an_import_leaves_what_people_chose_since(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe, _max = await world.join("Zoe", "1"), await world.join("Max", "2")
        ines = await sent(world, "R-0001,Zoe,,CA-QC,Culture,\nR-0002,Max,,CA-QC,Culture,\n")
        await ines.press("Import")
        await zoe.command("theme")
        await zoe.pick("CivicTech")
        await zoe.press("Confirm")
        await ines.press("Undo")
        await zoe.command("moi")
        assert "Theme: CivicTech" in zoe.text
        await ines.command("organiser")
        await ines.press("Themes")
        assert ines.described["CivicTech"] == "1 person has chosen it, places for everyone"
        assert ines.described["Culture"] == "0 of 2 places taken"


@pytest.mark.parametrize("name", ["France", "Culture", "Roy", "Nouvelle Calédonie"])
async def test_a_stranger_whose_name_stands_in_another_column_empties_no_list(sqlite_url: str, name: str) -> None:
    settings = make_settings(gathering={"registration": "open"}, organisers={"telegram": [900]})
    async with open_world(sqlite_url, settings) as world:
        ines = await sent(world, "A1,Ali,Ben,France,Culture,fr\nA2,Person,Roy,Nouvelle Calédonie,Culture,fr\n")
        mal = world.chat("666", name="Mal")
        await mal.command("register")
        await mal.fill(name, "Québec", "1999", "", "English")
        await mal.command("effacer")
        await mal.press("Erase my texts too")
        await mal.press("Yes, erase me")
        await ines.press("Import")
        assert ines.text.startswith("List imported: 2 added")
