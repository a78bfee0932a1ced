"""Spreadsheets of LibreOffice."""

from __future__ import annotations

import pytest

from bot.files.opendocument import MIMETYPE
from bot.files.sheets import OtherDocument, SheetTooLong, UnreadableSheet, read_rows, read_sheets
from tests.spreadsheets import ods

CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
BLANK = '<table:table-cell table:number-columns-repeated="16384"/>'


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}{BLANK}</table:table-row>"


def text(*words: str) -> str:
    return "".join(CELL.format(word) for word in words)


def read(body: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(each.line, each.cells) for each in read_rows(ods(f'<table:table table:name="A">{body}</table:table>'), 10)]


def value(kind: str, said: str, shown: str) -> str:
    return f'<table:table-cell office:value-type="{kind}" {said}><text:p>{shown}</text:p></table:table-cell>'


def test_values_are_read_as_people_read_them() -> None:
    remark = "<office:annotation><text:p>a remark</text:p></office:annotation>"
    paragraphs = '<text:p>a<text:s text:c="2"/><text:span>b</text:span>c</text:p><text:p>d</text:p>'
    cells = (
        value("date", 'office:date-value="2001-03-04"', "4 mars"),
        value("float", 'office:value="1999"', "1 999"),
        value("float", 'office:value="0.5"', "½"),
        value("boolean", 'office:boolean-value="true"', "VRAI"),
        f"<table:table-cell>{remark}{paragraphs}</table:table-cell>",
    )
    assert read(row(*cells)) == [(1, ("2001-03-04", "1999", "0.5", "True", "a  bc\nd"))]


def test_blank_rows_count_and_repeated_cells_come_again() -> None:
    blank = row(attributes='table:number-rows-repeated="1048000"')
    twice = CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="2"').format("x")
    body = row(text("Nom")) + row(attributes='table:number-rows-repeated="3"') + row(twice, text("y")) + blank
    assert read(body) == [(1, ("Nom",)), (5, ("x", "x", "y"))]


def test_a_merged_cell_is_said_in_each_of_its_rows_and_hidden_rows_are_known() -> None:
    merged = '<table:table-cell table:number-rows-spanned="2"><text:p>Mali</text:p></table:table-cell>'
    body = row(merged, text("Awa")) + row(
        "<table:covered-table-cell/>", text("Issa"), attributes='table:visibility="filter"'
    )
    [sheet] = read_sheets(ods(f'<table:table table:name="A">{body}</table:table>'), 10)
    assert [each.cells for each in sheet.rows] == [("Mali", "Awa"), ("Mali", "Issa")]
    assert sheet.hidden == {2}


def test_hidden_sheets_are_left_out() -> None:
    style = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    sheets = (
        f'<table:table table:name="Liste">{row(text("Nom"))}</table:table>'
        f'<table:table table:name="Codes" table:style-name="ta2">{row(text("x"))}</table:table>'
    )
    assert [sheet.name for sheet in read_sheets(ods(sheets, style), 10)] == ["Liste"]


_NO_NUMBER = 'table:number-rows-repeated="1e9"'


@pytest.mark.parametrize(
    "body",
    [
        "<table:table><table:table-row>",
        "",
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        "<a>" * 100_000,
        f"<table:table>{row(text('x'), attributes=_NO_NUMBER)}</table:table>",
    ],
)
def test_a_damaged_one_is_refused(body: str) -> None:
    with pytest.raises(UnreadableSheet):
        read_rows(ods(body), 10)


def test_what_was_typed_is_read_where_it_is_no_date_and_no_number() -> None:
    cells = (
        value("date", 'office:date-value="20021-03-04"', "4/3/20021"),
        value("float", "", "12"),
        value("float", f'office:value="{"9" * 100_000}"', "many"),
    )
    assert read(row(*cells)) == [(1, ("4/3/20021", "12", "many"))]


def test_one_with_a_password_is_told_from_a_damaged_one() -> None:
    listed = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    with pytest.raises(OtherDocument) as refused:
        read_rows(ods("<unreadable", parts={"META-INF/manifest.xml": listed}), 10)
    assert refused.value.kind == "old or locked"


def test_macros_and_pictures_are_not_looked_at() -> None:
    sheet = f'<table:table table:name="A">{row(text("Nom"))}</table:table>'
    parts = {"Basic/Standard/Module1.xml": "<!DOCTYPE x><script>", "Pictures/1.png": "x", "settings.xml": "<a"}
    assert [each.cells for each in read_rows(ods(sheet, parts=parts), 10)] == [("Nom",)]


FILLED = '<table:table-cell table:number-columns-repeated="{}" table:number-rows-spanned="{}"><text:p>{}</text:p>{}'
WIDE = FILLED.format(1_000_000_000, 1, "x", "</table:table-cell>")
LONG = FILLED.format(100, 1, "x" * 2_000, "</table:table-cell>")
MERGED = FILLED.format(100, 1_000_000_000, "x" * 2_000, "</table:table-cell>")
COVERED = '<table:covered-table-cell table:number-columns-repeated="100"/>'
OFTEN = 'table:number-rows-repeated="1000000000"'


@pytest.mark.parametrize(
    "body",
    [
        row(LONG, attributes=OFTEN),
        row(MERGED) + row(COVERED) * 5_000,
        row(text("x" * 60_000_000)),
        f"<!--{'>' * 1_000_000}-->",
    ],
    ids=["repeated", "merged", "long", "comment"],
)
def test_what_takes_all_memory_is_refused(body: str) -> None:
    data = ods(f'<table:table table:name="A">{body}</table:table>')
    assert len(data) < 1_000_000
    with pytest.raises(SheetTooLong):
        read_rows(data, 5_000)


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(SheetTooLong):
        read_rows(ods("", parts={f"Pictures/{number}": "" for number in range(5_001)}), 10)


def test_a_number_of_repetitions_is_bounded() -> None:
    body = row(text("Nom")) + row(WIDE, attributes=OFTEN)
    found = read(body)
    assert [line for line, _cells in found] == [*range(1, 11)]
    assert {len(cells) for _line, cells in found[1:]} == {100}


def test_a_sheet_behind_the_first_that_is_too_large_is_left_out() -> None:
    sheets = (
        f'<table:table table:name="Liste">{row(text("Nom"))}</table:table>'
        f'<table:table table:name="Trop">{row(LONG, attributes=OFTEN)}</table:table>'
    )
    assert [sheet.name for sheet in read_sheets(ods(sheets), 5_000)] == ["Liste"]


def test_its_beginning_is_what_tells_it() -> None:
    assert MIMETYPE in ods("")[:200]
