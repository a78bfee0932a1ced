"""The workbook: everything, linked, and nothing that a spreadsheet would run."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.database.engine import Transaction
from handlers.groups.store.groups import rename_group, set_room
from handlers.results.files import named_files, write_book
from handlers.syntheses.store import current_version, put_opinion
from tests.results.builders import CANVAS, attach, give_idea, photo, write_down
from tests.results.conftest import ENGLISH, NOW, Workshops

FORMULAS = ("=HYPERLINK(A1)", "+1+1", "-2", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "https://example.org", "007")


async def book(workshops: Workshops, *, folder: bool = True) -> Any:
    content = write_book(await workshops.read(), ENGLISH, folder=folder)
    return load_workbook(io.BytesIO(content))


def column(sheet: Any, heading: str) -> list[Any]:
    """The cells under a heading."""
    place = [cell.value for cell in sheet[1]].index(heading)
    return [row[place] for row in sheet.iter_rows(min_row=2)]


async def test_a_sheet_a_subject(workshops: Workshops) -> None:
    sheets = (await book(workshops)).worksheets
    assert {sheet.title: sheet.max_row - 1 for sheet in sheets} == {
        "Groups": 2,
        "People": 12,
        "Ideas": 24,
        "Challenges": 2,
        "Solutions": 2,
        "Territory cards": 10,
        "Syntheses": 2,
        "Phases": 8,
        "Files": 2,
        "Charts": 60,
    }
    groups = sheets[0]
    assert [cell.value for cell in column(groups, "Group")] == ["Culture 1", "Education 1"]
    assert column(groups, "Challenge")[0].value == "Comment cuisiner ensemble ?"
    assert column(sheets[4], "For whom")[0].value == CANVAS["for_whom"]


def first_row(sheet: Any) -> dict[str, Any]:
    """The cells of the first row by their headings, times as words, without those that are empty."""
    headings, cells, *_rest = sheet.iter_rows(values_only=True)
    row = {heading: cell for heading, cell in zip(headings, cells, strict=True) if cell is not None}
    return {heading: f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else cell for heading, cell in row.items()}


async def test_each_column_says_what_its_heading_says(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    second = workshops.made.members[group][1]

    async def unit(tx: Transaction) -> None:
        await rename_group(tx, group, "The cooks")
        await set_room(tx, group, "Room 5")
        challenge = await current_version(tx, group, "challenge")
        assert challenge
        await put_opinion(tx, challenge.id, second, approves=True, comment="Yes!", now=NOW)

    await workshops.change(unit)
    made = await book(workshops)
    rows = {sheet.title: first_row(sheet) for sheet in made.worksheets[:-1]}
    title = "Culture 1 · The cooks"
    written = {"Written by": "Zoé F.", "Opinions": "Zoé F. · approves", "When": "2027-01-15 09:00"}
    assert rows == {
        "Groups": {
            "Group": title,
            "Theme": "Culture",
            "Number": 1,
            "Name": "The cooks",
            "Day": "Thursday 10 June 2027",
            "Room": "Room 5",
            "Members": "Chloé F., Émile F., Inès F., Léo F., Nour F., Zoé F.",
            "Ideas": 12,
            "Challenge": "Comment cuisiner ensemble ?",
            "Solution": "Une cuisine partagée",
            "Boxes filled": "15/24",
        },
        "People": {"Person": "Chloé F.", "Territory": "Senegal", "Theme": "Culture", "Group": title},
        "Ideas": {
            "Number": 3,
            "Group": title,
            "Theme": "Culture",
            "Phase": "Stakes",
            "Idea": "Idée 2 du groupe 1 : une cuisine",
            "From": "Zoé F.",
            "Territory": "France",
            "Votes": 1,
            "When": "2027-06-10 10:19",
        },
        "Challenges": {
            "Group": title,
            "Challenge": "Comment cuisiner ensemble ?",
            "Runners-up (votes)": "Autre (2)",
            **written,
            "Opinions": "Zoé F. · approves\nLéo F. · approves: Yes!",
        },
        "Solutions": {
            "Group": title,
            "Idea": CANVAS["idea"],
            "For whom": CANVAS["for_whom"],
            "What": CANVAS["what"],
            "How": CANVAS["how"],
            "With whom": CANVAS["with_whom"],
            "First step": CANVAS["first_step"],
            "Measure of success": CANVAS["measure"],
            **written,
        },
        "Territory cards": {
            "Territory": "France",
            "Group": title,
            "What already exists": "Des cantines",
            "What is in the way": "Les normes",
            "What must change": "La loi",
            "Written by": "Zoé F.",
        },
        "Syntheses": {"Group": title, "Phase": "Stakes", "Synthesis": "Ce que nous savons.", **written},
        "Phases": {
            "Group": title,
            "Phase": "Stakes",
            "Began": "2027-06-10 10:00",
            "Ended": "2027-06-10 10:40",
            "Ideas": 3,
            "Votes": 4,
        },
        "Files": {
            "File": "culture-group-1-idea-1.jpg",
            "Group": title,
            "Idea": 1,
            "Phase": "Stakes",
            "Type": "image/jpeg",
            "Bytes": (await workshops.read()).groups[0].files[0].size,
        },
    }


@pytest.mark.parametrize("typed", FORMULAS)
async def test_what_people_typed_is_text_and_unchanged(workshops: Workshops, typed: str) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        await give_idea(tx, group, "stakes", author, typed)
        await rename_group(tx, group, typed)

    await workshops.change(unit)
    made = await book(workshops)
    ideas = [cell for cell in column(made["Ideas"], "Idea") if cell.value == typed]
    assert [cell.data_type for cell in ideas] == ["s"]
    assert column(made["Groups"], "Name")[0].value == typed
    for sheet in made.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


async def test_groups_lead_to_their_ideas_and_back(workshops: Workshops) -> None:
    made = await book(workshops)
    count = column(made["Groups"], "Ideas")[1]
    assert count.value == 12, "a number, so that it can be summed up"
    sheet, cell = count.hyperlink.location.replace("'", "").split("!")
    assert sheet == "Ideas"
    number = made[sheet][cell]
    back = made["Ideas"].cell(number.row, 2)
    assert back.value == "Education 1"
    assert back.hyperlink.location == "'Groups'!A3"


def width_of(sheet: Any) -> float:
    """How many characters wide a sheet is; openpyxl keeps neighbours of the same width together."""
    return float(sum(columns.width * (columns.max - columns.min + 1) for columns in sheet.column_dimensions.values()))


async def test_a_group_that_others_lead_to_can_be_read_to_its_number(workshops: Workshops) -> None:
    whole = await workshops.read()
    whole.themes = {key: {"en": "Innovation pédagogique"} for key in whole.themes}
    made: Any = load_workbook(io.BytesIO(write_book(whole, ENGLISH, folder=True)))
    for sheet in made.worksheets[1:-1]:
        [group] = {cell for cell in sheet[1] if cell.value == "Group"}
        assert sheet.column_dimensions[group.column_letter].width > len("Innovation pédagogique 1")
        assert width_of(sheet) < 200


async def test_attachments_lead_to_the_folder_beside(workshops: Workshops) -> None:
    idea = workshops.made.ideas[workshops.made.groups[0]][1]
    await workshops.change(
        lambda tx: attach(tx, workshops.files, idea, photo("#123456"), "scan.PDF", "application/pdf")
    )
    files = column((await book(workshops))["Files"], "File")
    names = [
        f"culture-group-1-idea-{idea - 1}.jpg",
        f"culture-group-1-idea-{idea}.pdf",
        "education-group-1-idea-13.jpg",
    ]
    assert [cell.value for cell in files] == names
    assert [cell.hyperlink.target.replace("\\", "/") for cell in files] == [f"files/{name}" for name in names]
    assert sorted(named_files(await workshops.read(), ENGLISH).values()) == sorted(names)


async def test_sent_in_a_chat_the_workbook_leads_to_no_folder(workshops: Workshops) -> None:
    files = column((await book(workshops, folder=False))["Files"], "File")
    assert [(cell.value, cell.hyperlink) for cell in files] == [
        (f"{group}-group-1-idea-{idea}.jpg", None) for group, idea in (("culture", 1), ("education", 13))
    ]


async def test_what_builds_on_what_and_what_was_merged(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    first = workshops.made.ideas[group][0]
    author = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        await give_idea(tx, group, "stakes", author, "plus loin", parent_id=first, category="need")
        await give_idea(tx, group, "stakes", author, "la même", merged_into=first, anonymous=True)

    await workshops.change(unit)
    ideas = (await book(workshops))["Ideas"]
    further = next(cell.row for cell in column(ideas, "Idea") if cell.value == "plus loin")
    assert ideas.cell(further, [cell.value for cell in ideas[1]].index("Builds on") + 1).value == first
    assert column(ideas, "Kind")[further - 2].value == "need"
    assert [cell.value for cell in column(ideas, "Merged into it") if cell.value] == ["la même (anonymous)"]


async def test_rivals_are_listed_as_other_versions(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][1]
    await workshops.change(lambda tx: write_down(tx, group, "challenge", writer, {"sentence": "Et si ?"}, rival=True))
    challenges = (await book(workshops))["Challenges"]
    assert [cell.value for cell in column(challenges, "Version")] == [None, "another version", None]
    assert column(challenges, "Challenge")[1].value == "Et si ?"


async def test_it_is_printed_across_a4_with_headings_and_numbers_on_every_page(workshops: Workshops) -> None:
    workshops_book = await book(workshops)
    for sheet in workshops_book.worksheets:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert (sheet.oddHeader.left.text, sheet.oddHeader.right.text) == ("Rencontres", "&A")
        assert sheet.oddFooter.right.text == "&P / &N"
    for sheet in workshops_book.worksheets[:-1]:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (int(sheet.page_setup.fitToWidth or 1), int(sheet.page_setup.fitToHeight)) == (1, 0)
        assert (sheet.print_title_rows, sheet.freeze_panes) == ("$1:$1", "B2")
        assert sheet.auto_filter.ref == sheet.dimensions
        assert {cell.fill.fgColor.rgb for cell in sheet[1]} == {"FF0F6B62"}
        assert width_of(sheet) < 200, "the letters would be smaller than eight points"


async def test_its_charts_stand_on_a_page_each_beside_their_numbers(workshops: Workshops) -> None:
    sheet = (await book(workshops))["Charts"]
    assert [chart.anchor._from.row for chart in sheet._charts] == [1, 31, 61]
    assert [page_break.id for page_break in sheet.row_breaks.brk] == [30, 60]
    assert sheet.print_area == "'Charts'!$A$1:$L$90"
    titles = [(sheet.cell(row, 1).value, sheet.cell(row, 1).row) for row in (1, 31, 61)]
    assert titles == [
        ("Ideas over time, by phase", 1),
        ("Ideas over time, by theme", 31),
        ("Territories: boxes filled, of all boxes", 61),
    ]
    numbers = {
        cell.value: [sheet.cell(row, cell.column).value for row in range(3, 60) if sheet.cell(row, cell.column).value]
        for cell in sheet[2]
        if cell.value
    }
    assert [max(numbers[name]) for name in ("Stakes (6)", "Territories (6)", "Education (12)")] == [6, 6, 12]
    assert sum(numbers["filled"]) == 30
    assert sum(numbers["still open"]) == 18
    series = [reference.val.numRef.f for reference in sheet._charts[1].series]
    assert series == ["Charts!$U$3:$U$47", "Charts!$V$3:$V$47"]


async def test_a_text_longer_than_a_cell_spoils_nothing(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][0]
    await workshops.change(lambda tx: give_idea(tx, group, "stakes", author, "mot " * 10_000))
    longest = max(len(cell.value) for cell in column((await book(workshops))["Ideas"], "Idea"))
    assert longest == 32_767
