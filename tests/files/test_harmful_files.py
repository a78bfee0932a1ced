"""Files made so that reading them never ends, or takes all memory: what is counted bounds it, so no clock is asked."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.content.names import clean
from bot.content.texts import Name, Text
from bot.files.sheets import SheetTooLong, UnreadableSheet, read_rows
from bot.people.roster import Roster
from bot.people.roster_columns import RosterRules
from handlers.groups.files import People, Unreadable, read_constraints, read_groups, read_people
from handlers.programme.files.parsing import REPEATS, TOO_MANY, Programme, ProgrammeRules, cannot_be_read
from handlers.programme.files.reading import read_programme
from tests.harmful_files import CALENDARS, TABLES, WORKBOOKS, workbook
from tests.people.rosters import read_list

RULES = ProgrammeRules({"culture": ("Culture",)}, ("fr", "en"), "Europe/Paris", 2027)
PEOPLE = People({"culture": ()}, {}, {}, ())

READ = {
    "ten thousand columns",
    "a huge number",
    "joiners",
    "marks over marks",
    "columns",
    "headings",
    "a long number that is none",
}
"""What can be read, and is soon: it is only large, or odd."""
UNREADABLE = {
    "a cell far away",
    "deep elements",
    "entities in entities",
    "a size that is not true",
    "packed otherwise",
    "a long first line",
    "a long cell",
}


def roster(data: bytes) -> Roster:
    return read_list(data, "x", RosterRules({}, ("fr",), min_birth_year=1950, max_birth_year=2015))


@pytest.mark.parametrize("name", [*WORKBOOKS, *TABLES])
def test_a_table_that_kills_is_refused_or_soon_read(name: str) -> None:
    data = {**WORKBOOKS, **TABLES}[name]()
    try:
        read_rows(data, most=10)
    except SheetTooLong:
        assert name not in READ | UNREADABLE
    except UnreadableSheet:
        assert name in UNREADABLE
    else:
        assert name in READ


def test_a_long_text_that_each_cell_shows_is_counted_in_each() -> None:
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 50 + b"</row>"
    data = workbook(row * 1_000, strings=b"<si><t>" + b"x" * 2_000 + b"</t></si>")
    with pytest.raises(SheetTooLong):
        read_rows(data, most=5_000)


@pytest.mark.parametrize("name", TABLES)
def test_what_is_said_of_a_table_that_kills_is_short(name: str) -> None:
    found = roster(TABLES[name]())
    assert len(repr((found.remarks, found.extra))) < 20_000


@pytest.mark.parametrize(
    ("name", "reasons"),
    {
        "categories": [],
        "lines of categories": [],
        "categories of every session": [],
        "sessions": [TOO_MANY],
        "alarms": [],
        "nesting": [cannot_be_read(Name("x"))],
        "a repetition by the second": [REPEATS],
        "a zone that changes by the second": [cannot_be_read(Name("x"))],
        "a zone of many rules": [cannot_be_read(Name("x"))],
        "a zone of many days": [cannot_be_read(Name("x"))],
        "a zone with a long name": [cannot_be_read(Name("x"))],
        "long words": [],
    }.items(),
)
def test_a_calendar_that_kills_is_refused_or_soon_read(name: str, reasons: list[Text]) -> None:
    found = read_programme(CALENDARS[name](), "x", RULES)
    assert [problem.reason for problem in found.problems] == reasons
    assert bool(found.plans) is not bool(reasons)


def test_every_calendar_that_kills_is_here() -> None:
    assert len(CALENDARS) == 12


def test_a_name_of_signs_that_are_not_shown_is_cleaned_in_no_time() -> None:
    assert clean("a" + "\u200d" * 500_000 + "b") == "ab"
    assert clean("\U0001f469\ufe0f\u200d\U0001f33e" * 2) == "\U0001f469\ufe0f\u200d\U0001f33e" * 2


# --- honest workbooks are read as before


def test_a_workbook_reads_as_the_library_reads_it() -> None:
    dice = random.Random(5)
    moments = [datetime(2027, 6, 10, 9, 30), date(2027, 6, 11), time(14, 30), timedelta(hours=30)]  # noqa: DTZ001
    some = ["Zoé", "x005F_y", " ", 0, 7, -2.5, 3.0, 1e21, True, False, None, "=A1+1", "<&>", "e\u0301", *moments]
    book = Workbook()
    for _row in range(60):
        book.worksheets[0].append([dice.choice(some) for _cell in range(dice.randrange(12))])
    target = io.BytesIO()
    book.save(target)

    def as_read(cell: object) -> str:
        if isinstance(cell, datetime) and cell.time() == time():
            return str(cell.date())
        return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)

    sheet = load_workbook(io.BytesIO(target.getvalue()), read_only=True).worksheets[0]
    wanted = []
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = ["" if cell is None else as_read(cell) for cell in row]
        if any(cell.strip() for cell in cells):
            wanted.append((number, cells))
    found = [(row.line, list(row.cells)) for row in read_rows(target.getvalue(), most=100)]
    assert found == [(line, cells[: len(seen)]) for (line, cells), (_line, seen) in zip(wanted, found, strict=True)]


def test_text_in_runs_results_of_formulas_and_chosen_sheets_are_read() -> None:
    data = workbook(
        b'<row r="2" spans="1:3"><c r="B2" t="s"><v>0</v></c><c r="C2"><f t="shared" si="0">A1*2</f><v>4</v></c>'
        b'<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c></row>'
        b'<row><c r="C3"><f t="shared" si="0"/><v>6</v></c><c t="e"><v>#N/A</v></c>'
        b'<c t="d"><v>2027-06-10T09:30:00</v></c></row>',
        strings="<si><r><t>É</t></r><r><t>lise</t></r><rPh><t>eh</t></rPh></si>".encode(),
    )
    assert [(row.line, row.cells) for row in read_rows(data, most=9)] == [
        (2, ("", "Élise", "4", "inline")),
        (3, ("", "", "6", "#N/A", "2027-06-10 09:30:00")),
    ]


# --- whatever comes, a person is told in words


def broken(sound: bytes) -> st.SearchStrategy[bytes]:
    """The same with some bytes changed, cut off or said twice."""
    places = st.integers(0, len(sound) - 1)

    def change(edits: list[tuple[int, int, bytes]]) -> bytes:
        data = bytearray(sound)
        for first, last, noise in edits:
            data[min(first, last) : max(first, last)] = noise
        return bytes(data)

    near = st.tuples(places, st.integers(0, 6), st.binary(max_size=6)).map(lambda e: (e[0], e[0] + e[1], e[2]))
    return st.lists(near, max_size=4).map(change)


def packed(sheet: bytes) -> bytes:
    """A sound archive around a sheet that may be anything."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            made.writestr(name, sheet if "sheet1" in name else source.read(name))
    return target.getvalue()


SHEET = (
    b'<worksheet><sheetData><row r="1"><c r="A1" t="s" s="0"><v>0</v></c><c t="d"><v>2027-06-10</v></c></row>'
    b"</sheetData></worksheet>"
)
TABLE = 'ref;prénom;nom;pays;naissance\nR-1;Zoé;"Roux";FR;1999\n'.encode()
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:X/Y\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
    b"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n"
    b"END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:A\r\nDTSTART;TZID=X/Y:20270610T090000\r\n"
    b"DURATION:PT1H\r\nCATEGORIES:a,b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
# What `st.text()` draws from by itself; of UTF-8 it would make a table first, which takes a second.
CHARACTERS = st.characters(exclude_categories=["Cs"])
FILES = st.one_of(
    st.binary(max_size=200),
    st.text(CHARACTERS, max_size=200).map(str.encode),
    broken(TABLE),
    broken(CALENDAR),
    broken(workbook(b"<row><c><v>1</v></c></row>")),
    broken(SHEET).map(packed),
)


READERS: Mapping[str, Callable[[bytes], object]] = {
    "roster": roster,
    "programme": lambda data: read_programme(data, "x", RULES),
    "people": lambda data: read_people(data, "x", 2027),
    "rules": lambda data: read_constraints(data, "x", PEOPLE),
    "groups": lambda data: read_groups(data, "x", PEOPLE),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.filterwarnings("ignore::UserWarning")  # the calendar library's, about what it guesses
@settings(max_examples=60, derandomize=True, deadline=None)
@given(data=FILES)
def test_no_file_is_more_than_refused(name: str, data: bytes) -> None:
    try:
        found = READERS[name](data)
    except Unreadable as refused:
        found = refused.mistakes
    match found:
        case Roster(people, remarks=remarks):
            if not data.startswith(b"ref"):
                assert [*people, *remarks] != []
        case Programme(plans, problems):
            assert [*plans, *problems] != []
        case _:
            assert found
