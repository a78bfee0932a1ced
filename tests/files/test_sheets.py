import csv
import io
import random

import pytest

from bot.files.sheets import UnreadableSheet, read_rows, write_csv
from tests.spreadsheets import xlsx


def cells(data: bytes) -> list[list[str]]:
    rows = [list(row.cells) for row in read_rows(data, most=100)]
    return [row[: max(place for place, cell in enumerate(row) if cell) + 1] for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_usual_dialect_reads_alike(encoding: str, delimiter: str, newline: str) -> None:
    lines = [delimiter.join(["réf", "nom"]), delimiter.join(["R-1", '"D\'Aoust, ""Zoë"";"']), ""]
    data = newline.join(lines).encode(encoding)
    assert cells(data) == [["réf", "nom"], ["R-1", 'D\'Aoust, "Zoë";']]


def test_a_comma_in_a_heading_does_not_outvote_the_semicolons() -> None:
    assert cells(b'ref;"name, given";country\nR-1;O;FR\n')[0] == ["ref", "name, given", "country"]


@pytest.mark.parametrize("begin", [b"", b"sep=,\n"])
def test_lines_are_numbered_as_a_spreadsheet_numbers_them(begin: bytes) -> None:
    data = begin + b'ref,name\n\n ,\t\nR-1,"two\nlines"\n,,\nR-2,O\n'
    assert [(row.line, row.cells[0]) for row in read_rows(data, most=100)] == [(1, "ref"), (4, "R-1"), (6, "R-2")]


def test_an_unclosed_quote_is_named_instead_of_swallowing_the_rest() -> None:
    with pytest.raises(UnreadableSheet) as raised:
        read_rows(b'ref,name\nR-1,O\nR-2,"O\nR-3,O\n', most=100)
    assert raised.value.line == 3


def test_a_spreadsheet_gives_numbers_as_people_read_them_and_formulas_as_text() -> None:
    data = xlsx(["ref", 1999, 1999.0, 1.5, None, "=1+1", True])
    assert cells(data) == [["ref", "1999", "1999", "1.5", "", "=1+1", "True"]]


def test_lines_of_a_spreadsheet_keep_their_number_when_blank_ones_are_skipped() -> None:
    data = xlsx(["ref"], [], [None, " "], ["R-1"])
    assert [(row.line, row.cells[0]) for row in read_rows(data, most=100)] == [(1, "ref"), (4, "R-1")]


def test_reading_stops_at_the_most_rows_asked_for() -> None:
    assert len(read_rows(b"x\n" * 1000, most=7)) == 7
    assert len(read_rows(xlsx(*[["x"]] * 50), most=7)) == 7


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 no archive",
        xlsx(["ref"])[:1500],
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00",
        b"\xff\xfea\x00\x00",
        b"\x81\x8d\x03",
    ],
    ids=["no zip", "half a zip", "picture", "old Excel", "half a letter", "no encoding"],
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSheet):
        read_rows(data, most=100)


def test_a_damaged_spreadsheet_never_raises_anything_else() -> None:
    rng = random.Random(7)
    sound = xlsx(["ref", "name"], ["R-1", "Élise"])
    refused = 0
    for _ in range(200):
        damaged = bytearray(sound)
        for _ in range(rng.randint(1, 20)):
            damaged[rng.randrange(4, len(damaged))] = rng.randrange(256)
        try:
            read_rows(bytes(damaged), most=100)
        except UnreadableSheet:
            refused += 1
    assert 0 < refused < 200  # some are whole enough to be read


def test_a_written_file_opens_in_spreadsheets_and_holds_no_formula() -> None:
    dangerous = ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\rx"]
    data = write_csv([["Élise; O", None, -2, *dangerous]], ["nom", "", "n", *"abcdef"])
    assert data.startswith(b'\xef\xbb\xbf"nom";"";"n";"a";')
    _, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    assert row == ["Élise; O", "", "-2", *(f"'{cell}" for cell in dangerous)]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+33", "-2", "@SUM(A1)", "\ufeff=1+1", " \u200b=1+1", "\u00a0@x", "\uff1d1+1", "\r=1", "\n=1"),
        *("x,=1+1", "x;=1+1", "x\t=1+1", "x\n=1+1", 'x","=1+1"', 'x";"=1+1', "x, \ufeff=1+1", '"=1+1', "a,\t=1"),
    ],
)
def test_no_cell_is_a_formula_whatever_parts_the_cells(text: str, delimiter: str) -> None:
    data = write_csv([["R-1", text, "Zoé", text]], ["ref", "idea", "name", "more"])
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    starts = [cell.lstrip(' "\ufeff\u200b\u00a0\n\r\t')[:1] for row in rows for cell in row]
    assert "R" in starts
    assert not {"=", "+", "-", "@", "\uff1d"} & set(starts)


@pytest.mark.parametrize("text", ["=1+1", "\ufeff=1", "x,=1", "- one\n- two", "don't", "it's +1", "-"])
def test_what_was_written_reads_as_it_was(text: str) -> None:
    [_headings, row] = read_rows(write_csv([["R-1", text]], ["ref", "said"]), most=10)
    assert row.cells == ("R-1", text)


def test_a_cell_of_thousands_of_line_breaks_is_looked_at_once() -> None:
    written = write_csv([("\n" * 50_000 + "=A1", "a" + "\t" * 50_000)], ["first", "second"]).decode()
    assert "\n'=A1" in written
    assert "a\t'\t" in written
