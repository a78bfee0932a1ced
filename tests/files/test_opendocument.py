"""Spreadsheets of LibreOffice."""

from __future__ import annotations

import pytest

from bot.files.opendocument import MIMETYPE
from bot.files.sheets import UnreadableSheet, read_rows, read_sheets
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


@pytest.mark.parametrize("body", ["<table:table><table:table-row>", "", '<!DOCTYPE a [<!ENTITY b "c">]>'])
def test_a_damaged_one_is_refused(body: str) -> None:
    with pytest.raises(UnreadableSheet):
        read_rows(ods(body), 10)


def test_its_beginning_is_what_tells_it() -> None:
    assert MIMETYPE in ods("")[:200]
