"""The workbook: everything, linked, and nothing that a spreadsheet would run."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.database.engine import Transaction
from handlers.groups.store import rename_group
from handlers.results.files import named_files, write_book
from tests.results.builders import CANVAS, attach, give_idea, photo, write_down
from tests.results.conftest import ENGLISH, Workshops

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
    assert [cell.value for cell in column(groups, "Group")] == ["Culture · group 1", "Education · group 1"]
    assert column(groups, "Challenge")[0].value == "Comment cuisiner ensemble ?"
    assert column(sheets[4], "For whom")[0].value == CANVAS["for_whom"]


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
    assert back.value == "Education · group 1"
    assert back.hyperlink.location == "'Groups'!A3"


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
        widths = sum(sheet.column_dimensions[cell.column_letter].width for cell in sheet[1])
        assert widths < 250, "the letters would be too small"


async def test_its_charts_stand_on_a_page_each_beside_their_numbers(workshops: Workshops) -> None:
    sheet = (await book(workshops))["Charts"]
    assert [chart.anchor._from.row for chart in sheet._charts] == [1, 31, 61]
    assert [page_break.id for page_break in sheet.row_breaks.brk] == [30, 60]
    assert sheet.print_area == "'Charts'!$A$1:$L$90"
    titles = [(sheet.cell(row, 1).value, sheet.cell(row, 1).row) for row in (1, 31, 61)]
    assert titles == [
        ("Ideas over time, by phase", 1),
        ("Ideas over time, by theme", 31),
        ("Territories: squares filled of all squares", 61),
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
