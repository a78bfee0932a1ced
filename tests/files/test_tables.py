"""Tables that people send: columns in any order under headings of several languages, every problem with its place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest

from bot.content.texts import Name, Reader, Text, _, plain
from bot.files.columns import CellError, Column, by_spelling, one_of
from bot.files.tables import Table, TableFormat, TableProblem, TableRow, located, read_table
from tests.spreadsheets import xlsx

READER = Reader("en", "Europe/Paris")
YES, NO = "yes, oui, ja", "no, non, nein"


def year(text: str) -> int:
    if not text.isdecimal():
        raise CellError(_("«{value}» is not a year of birth.", value=Name(text)))
    return int(text)


def no_answer(value: Name) -> Text:
    return _("I do not know the gender «{value}».", value=value)


COLUMNS = (
    Column(
        "ref",
        _("reference"),
        "ref, référence, Referenz",
        required=True,
        missing=_("The reference is missing."),
        unique=True,
    ),
    Column("given", _("given name"), "given name, prénom, Vorname", required=True),
    Column("family", _("family name"), "family name, nom, Nachname", required=True),
    Column("whole", _("full name"), "full name, nom complet", replaces=("given", "family"), alone="nom"),
    Column("year", _("birth year"), "birth year, naissance, Jahrgang", read=year, longest=8),
    Column("answer", _("gender"), "answer, réponse", read=one_of(by_spelling({True: YES, False: NO}), no_answer)),
)
FORMAT = TableFormat(
    COLUMNS,
    most_rows=5,
    most_bytes=2_000_000,
    too_many_rows=_("The list is too long: {most} people at most.", most=5),
    titles=("given", "whole"),
)
HEAD = "ref;prénom;nom;naissance;réponse"

Cells = dict[str, object]


def cells(row: TableRow) -> Cells:
    return dict(row.cells)


def read(*lines: str, head: str = HEAD) -> Table[Cells]:
    return read_bytes("\n".join([head, *lines]).encode())


def read_bytes(data: bytes) -> Table[Cells]:
    return read_table(data, "list.csv", FORMAT, cells)


def sentences(table: Table[Cells]) -> Sequence[str]:
    return [plain(located(problem), READER).translate({0x2068: None, 0x2069: None}) for problem in table.problems]


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        "Referenz\tVorname\tNachname\tJahrgang\tanswer",
        "REF,Given-Name,family_name,Birth Year,Reponse",
    ],
)
def test_headings_are_understood_in_each_language_however_they_are_written(head: str) -> None:
    mark = next(mark for mark in ";\t," if mark in head)
    table = read(mark.join(["R-1", "Zoé", "Roux", "1999", "Ja"]), head=head)
    assert table == Table(
        ({"ref": "R-1", "given": "Zoé", "family": "Roux", "year": 1999, "answer": True},),
        columns=frozenset({"ref", "given", "family", "year", "answer"}),
    )


def test_columns_come_in_any_order_and_unknown_ones_are_named() -> None:
    table = read("M;Roux;R-1;Zoé;x", head="Taille;nom;ref;prénom;")
    assert table.rows == ({"family": "Roux", "ref": "R-1", "given": "Zoé"},)
    assert table.ignored == ("Taille", "(E)")


def test_a_spreadsheet_reads_like_its_text() -> None:
    assert read_bytes(xlsx(HEAD.split(";"), ["R-1", "Zoé", "Roux", 1999.0, "non"])) == read("R-1;Zoé;Roux;1999;non")


def test_blank_cells_and_lines_give_nothing_and_cells_are_cleaned() -> None:
    table = read("", "R-1;  Ma\u200brie   Claire ;;;", ";;;;")
    assert table.rows == ({"ref": "R-1", "given": "Marie Claire"},)


def test_a_heading_may_mean_another_column_where_it_stands_alone() -> None:
    assert read("R-1;Zoé Roux", head="ref;nom").rows == ({"ref": "R-1", "whole": "Zoé Roux"},)
    assert read("R-1;Zoé;Roux", head="ref;prénom;nom").rows == ({"ref": "R-1", "given": "Zoé", "family": "Roux"},)
    assert read("R-1;Roux;Zoé Roux", head="ref;nom;nom complet").rows == (
        {"ref": "R-1", "family": "Roux", "whole": "Zoé Roux"},
    )


def test_missing_columns_are_named() -> None:
    assert sentences(read("1;2;3", head="ref;nom;Nachname")) == [
        "Line 1: The column given name is missing.",
    ]


def test_every_problem_of_every_row_is_told_in_order_with_what_was_read() -> None:
    table = read(
        "R-1;Zoé;Roux;1999;oui",
        ";Ali;Ben;99 BC;peut-être",
        "R-1;Kim;O;1998;;more;",
        f"R-3;;Roux;{'9' * 9};non",
        "R-4;Max;Roy;1997;",
    )
    assert [row["ref"] for row in table.rows] == ["R-1", "R-4"]
    assert sentences(table) == [
        "Line 3, “Ali”: “99 BC” is not a year of birth.",
        "Line 3, “Ali”: I do not know the gender “peut-être”.",
        "Line 3, “Ali”: The reference is missing.",
        "Line 4, “Kim”: “more” is beyond the last column.",
        "Line 4, “Kim”: The reference “R-1” is on line 2 already.",
        "Line 5: naissance: 9 characters, 8 at most.",
    ]
    assert [problem.heading for problem in table.problems] == ["naissance", "réponse", "", "", "", ""]


def test_a_row_without_a_title_is_told_by_its_column() -> None:
    assert sentences(read("R-1;;Roux;MM;")) == ["Line 2, “naissance”: “MM” is not a year of birth."]


def test_a_wrong_cell_is_not_called_missing_as_well() -> None:
    assert len(read(f"{'x' * 101};Zoé;Roux;;").problems) == 1


def test_rules_over_several_cells_refuse_a_row_after_its_cells() -> None:
    def make(row: TableRow) -> str | None:
        if "given" not in row.cells:
            row.refuse(_("The name is missing."))
        return "made"

    table = read_table(b"ref;given name;family name;year\n1;Zoe\n2;;Roux", "x", FORMAT, make)
    assert table.rows == ("made",)
    assert table.problems == (TableProblem(line=3, reason=_("The name is missing.")),)


def test_the_column_of_corrections_is_passed_over_however_long_it_is() -> None:
    table = read(f"{'x' * 500};R-1;Zoé;Roux", head="à corriger;ref;prénom;nom")
    assert (table.problems, table.ignored) == ((), ())
    assert table.rows == ({"ref": "R-1", "given": "Zoé", "family": "Roux"},)


def test_long_headings_and_cells_that_nobody_asked_for_are_cut() -> None:
    assert read(head=f"{HEAD};{'y' * 101}").ignored == ("y" * 100,)
    assert sentences(read(f"R-1;Zoé;;;;{'y' * 101}")) == [f"Line 2, “Zoé”: “{'y' * 100}” is beyond the last column."]


def test_a_row_of_which_nothing_is_made_is_left_out() -> None:
    def make(row: TableRow) -> str | None:
        return row.cells["ref"] if row.cells["ref"] != "1" else None

    assert read_table(b"ref;nom\n1;Roux\n2;Kern", "x", FORMAT, make).rows == ("2",)


def test_cells_and_files_may_be_as_long_as_is_said() -> None:
    assert read(f"R-1;Zoé;Roux;{'9' * 8};").rows[0]["year"] == 99_999_999
    table = f"{HEAD}\n{'x' * 100};Zoé;Roux;;\n".encode() + (b" " * 999 + b"\n") * 2_000
    assert read_bytes(table[:2_000_000]).rows[0]["ref"] == "x" * 100


def test_a_table_has_an_end() -> None:
    lines = [f"R-{number};Zoé;Roux;;" for number in range(6)]
    assert len(read(*lines[:5]).rows) == 5
    assert sentences(read(*lines)) == ["The list is too long: 5 people at most."]


def text_document() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "“list.csv” is empty."),
        (b"\n ;\n", "“list.csv” is empty."),
        (b"\x89PNG\r\n\x1a\n\x00", "“list.csv” cannot be read. Save it again as CSV, Excel or LibreOffice."),
        (b"PK\x03\x04damaged", "“list.csv” cannot be read. Save it again as CSV, Excel or LibreOffice."),
        (b'ref,nom\nR-1,"O\n', "Line 2: “list.csv” cannot be read. Save it again as CSV, Excel or LibreOffice."),
        (text_document(), "“list.csv” is a text document. Put the list into a spreadsheet, and send that."),
        (b"x" * 2_000_001, "“list.csv” is too large: 2 MB at most."),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_refused_whole(data: bytes, reason: str) -> None:
    table = read_bytes(data)
    assert (table.rows, sentences(table)) == ((), [reason])
