"""Brings tables into the shape of one value a cell: choices with a column each, sections, several values in a cell.

People mark a choice with «X» in the column of a theme, write a country alone in a row above its people, or an address
and a telephone number into one cell. Each becomes a column of its own, so that no cell is lost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from bot.content.names import fold, shortened, words
from bot.files.columns import Column
from bot.files.sheets import SheetRow, key_of
from bot.files.table_finding import FoundTable, Section
from bot.files.table_matching import CODE, Match, heading_score

_LONGEST_HEADING = 60
_NAMED = 0.6
_COUNT = re.compile(r"[\s:,–-]*\(?\d+(?:\s*[^\W\d]{1,15})?\s*\)?$")
"""Matches how many people a section has, after its name: «Québec (12)», «Mali : 3 personnes»."""
_SEVERAL = re.compile(r"\d|[(),:–]|\s-\s")
"""Matches what a title of several parts has."""
_LEADING = re.compile(r"^(?:\W|\d)*(?:(?:de la|des|du|de|aus|from)\s+|(?:de l|d)['’])?", re.IGNORECASE)


def reshaped(table: FoundTable, columns: Sequence[Column], answered: Collection[str]) -> FoundTable:
    """Return a table whose choices with a column each, and whose sections, are columns like the others.

    `columns` are the known columns; choices and sections are recognised where they name values of a `chosen` one.
    Columns whose headings are `answered` stay as they are.
    """
    chosen = [column for column in columns if column.chosen]
    table = _with_other_answers(_with_second_rows(table, columns, set(map(key_of, answered))))
    table = _with_choices(table, chosen, set(map(key_of, answered)))
    table = _with_sections(_without_section_rows(table, chosen), chosen)
    return _filled_down(table, [column for column in chosen if column.looks])


def split_cells(table: FoundTable, matches: Sequence[Match], column: Column) -> FoundTable:
    """Return a table in which the cells of a column with `Column.split` have one value, the rest being in a new column.

    A rest is left out if other cells of its row have all its words, such as a person's name beside their address.
    """
    if column.split is None:
        return table
    places = [place for place, match in enumerate(matches) if match.key == column.key]
    for place in places or range(len(table.headings)):
        parted = [column.split(row.cells[place]) for row in table.rows]
        if not places and sum(bool(beside) for _value, beside in parted) < _MOSTLY * len(parted):
            continue
        values = [value for value, _beside in parted]
        if values == [row.cells[place] for row in table.rows]:
            continue
        rest = [
            "" if _says(row.cells[:place] + row.cells[place + 1 :], beside) else beside
            for row, (_value, beside) in zip(table.rows, parted, strict=True)
        ]
        heading, apart = table.headings[place], [values, rest] if places else [rest, values]
        made = [(heading, cells) for cells in apart if any(cells)]
        return _replaced(table, [place], made or [(heading, values)])
    return table


def _says(cells: Sequence[str], beside: str) -> bool:
    return not beside or {*words(fold(" ".join(cells)))}.issuperset(words(fold(beside)))


_MOSTLY = 0.6
"""The share of cells that must have several values, if their column is called something else than one of them."""


# --- choices that have a column each


_CHOSEN = (
    "x,xx,1,o,y,j,v,oui,yes,ja,ok,vrai,true,wahr,coche,cochee,choisi,selectionne,selected,checked,ausgewahlt,gewahlt"
    ",✓,✔,☑,✅,☒,●,•,*,+,√"
)
_NOT_CHOSEN = (
    "0,n,non,no,nein,faux,false,falsch,-,–,—,/,☐,unchecked,non coche,non selectionne,not selected,nicht gewahlt"
    ",nicht ausgewahlt"
)
_MARKS = dict.fromkeys(_CHOSEN.split(","), 1) | dict.fromkeys(_NOT_CHOSEN.split(","), 0)
"""What stands in the columns of choices, folded: 1 for what was chosen, 0 for what was not."""
_MOST_MARKS = 12
"""How many different cells a column of marks or ranks has at most."""
_RANK = re.compile(
    r"(?:(?:choix|voeu|rang|wahl|wunsch|rank|choice|priorite|no?|n°)\W{0,2})?([1-9])\W?(?:er|e?re|n?de?|eme|e|st|rd|th)?"
    r"(?:\W{1,2}(?:choix|voeu|rang|wahl|wunsch|choice|priorite))?"
)


def _with_choices(table: FoundTable, chosen: Sequence[Column], answered: Collection[str]) -> FoundTable:
    """Return a table in which columns of values of one kind, with marks or ranks below, became one column a wish."""
    groups: list[dict[int, str]] = []
    for column in chosen:
        options = {
            place: value
            for place, heading in enumerate(table.headings)
            if heading and key_of(heading) not in answered and len({*table.cells(place)}) <= _MOST_MARKS
            if (value := _value(heading, column))
        }
        marked = all(_rank(cell, value) is not None for place, value in options.items() for cell in table.cells(place))
        if marked and len(set(map(column.read, options.values()))) > 1 and _tells_apart(table, options):
            groups.append(options)
    if not groups:
        return table
    options = max(groups, key=len)
    wishes = [
        [options[place] for _rank, place in sorted((rank, place) for place, rank in _ranks(row, options) if rank)]
        for row in table.rows
    ]
    most = max(map(len, wishes))
    heading = _heading_of(table, options)
    cells = [[wished[wish] if wish < len(wished) else "" for wished in wishes] for wish in range(most)]
    replaced = _replaced(table, list(options), [(heading, cells[wish]) for wish in range(most)])
    return _with_choices(replaced, chosen, answered) if len(groups) > 1 else replaced


def _tells_apart(table: FoundTable, options: dict[int, str]) -> bool:
    """Return whether marks say what people chose: somebody chose, and nearly nobody gave one rank to two choices."""
    ranks = [[rank for _place, rank in _ranks(row, options) if rank] for row in table.rows]
    if not any(ranks):
        return False
    ranked = any(rank > 1 for row in ranks for rank in row)
    return not ranked or sum(len(row) > len({*row}) for row in ranks) <= 0.1 * len(ranks)


def _ranks(row: SheetRow, options: dict[int, str]) -> Iterator[tuple[int, int]]:
    return ((place, _rank(row.cells[place], value) or 0) for place, value in options.items())


def _rank(cell: str, value: str) -> int | None:
    """Return which wish a mark below the heading of a value means, 0 for none; None if the cell is no mark."""
    said = fold(cell).strip(" .!\ufe0f")
    if said in _MARKS:
        return _MARKS[said]
    if key_of(cell) == key_of(value):
        return 1
    found = _RANK.fullmatch(said)
    return int(found[1]) if found else None


def _heading_of(table: FoundTable, options: dict[int, str]) -> str:
    """Return what the headings of several choices have in common; if nothing, all of them."""
    before = {
        CODE.sub("", table.headings[place]).replace(value, "").strip(" :–-[]()") for place, value in options.items()
    }
    common = before.pop() if len(before) == 1 else ""
    return common or shortened(" / ".join(dict.fromkeys(options.values())), _LONGEST_HEADING)


# --- sections


def _without_section_rows(table: FoundTable, chosen: Sequence[Column]) -> FoundTable:
    """Return a table of few columns, in which a section looks like a line, without the lines that are sections."""
    alone = [row for row in table.rows if len(list(filter(None, row.cells))) == 1]
    named = [row for row in alone if any(_value("".join(row.cells), column) for column in chosen)]
    if any(table.under) or not 1 < len(named) <= len(table.rows) / 2:
        return table
    section, rows, under = None, [], []
    for row in table.rows:
        if row in named:
            section = Section(row.line, "".join(row.cells), inside=True)
        else:
            rows.append(row)
            under.append(section)
    return replace(table, rows=tuple(rows), under=tuple(under))


def _with_sections(table: FoundTable, chosen: Sequence[Column]) -> FoundTable:
    """Return a table with a column of the sections that its rows are in, if these say something about people."""
    sections = list(dict.fromkeys(filter(None, table.under)))
    values = dict.fromkeys(sections, "")
    same = len(sections) > 1 and len({section.text.split()[0] for section in sections}) == 1
    for column in chosen:
        named = {
            section: value
            for section in sections
            if (
                value := _value(section.text, column, title=_is_title(section))
                or (same and _value(section.text.partition(" ")[2], column))
            )
        }
        if len(named) > max(sum(map(bool, values.values())), 0.6 * len(sections) - 1e-9):
            values = named
    if any(values.values()):
        heading = shortened(" / ".join(dict.fromkeys(values.values())), _LONGEST_HEADING)
        values = {section: section.text for section in sections if section.inside} | values
    else:
        first = {section.text.split()[0] for section in sections if section.inside}
        values = {
            section: section.text
            for section in sections
            if section.inside or (section.line and first == {section.text.split()[0]})
        }
        if len(values) < 2:
            return table
        heading = first.pop() if len(first) == 1 else shortened(" / ".join(values.values()), _LONGEST_HEADING)
    cells = [values.get(section, "") if section else "" for section in table.under]
    used = {(section.line, section.text) for section in values}
    aside = tuple(row for row in table.aside if (row.line, row.text) not in used)
    return replace(_replaced(table, [], [(heading, cells)]), aside=aside)


def _is_title(section: Section) -> bool:
    return section.line > 0 and not section.inside


# --- several things in one row


def _with_second_rows(table: FoundTable, columns: Sequence[Column], answered: Collection[str]) -> FoundTable:
    """Return a table in which a second thing in the columns «Nom 2», «Prénom 2» has a row of its own below the first.

    That is so if several columns come again with the number 2, one of them of a name (`Column.identifies`). Cells of
    other columns are the same in both rows.
    """
    second: dict[int, int] = {}
    calls = False
    for place, heading in enumerate(table.headings):
        found = _SECOND.fullmatch(heading)
        if found is None or key_of(heading) in answered:
            continue
        first = next((at for at, other in enumerate(table.headings) if _is_first(other, found[1] or found[2])), None)
        column = max(columns, key=lambda each: heading_score(found[1] or found[2], each))
        if first is not None and heading_score(found[1] or found[2], column) >= _NAMED and not column.chosen:
            second[place] = first
            calls = calls or column.identifies
    if not calls or len(second) < 2:
        return table
    kept = [place for place in range(len(table.headings)) if place not in second]
    others = {first: place for place, first in second.items()}
    rows: list[SheetRow] = []
    under: list[Section | None] = []
    sections = table.under or [None] * len(table.rows)
    for row, section in zip(table.rows, sections, strict=True):
        rows.append(SheetRow(row.line, tuple(row.cells[place] for place in kept)))
        under.append(section)
        if any(row.cells[place] for place in second):
            rows.append(SheetRow(row.line, tuple(row.cells[others.get(place, place)] for place in kept)))
            under.append(section)
    headings = tuple(table.headings[place] for place in kept)
    return replace(table, headings=headings, rows=tuple(rows), under=tuple(under))


_SECOND = re.compile(r"(.*\w)\W{0,2}\b2|2\W{1,2}(\w.*)")
"""Matches the heading of a column about a second thing; groups: the heading without the number."""


def _is_first(heading: str, second: str) -> bool:
    return key_of(heading) in (key_of(second), f"{key_of(second)}1", f"1{key_of(second)}")


# --- values that count for several rows


def _filled_down(table: FoundTable, chosen: Sequence[Column]) -> FoundTable:
    """Return a table in which values that are only in the first row of a block are in each row of it.

    That is so where a column left of the others has few values, each of them once, and nothing in the rows below.
    """
    for place, heading in enumerate(table.headings[:_LEFTMOST]):
        cells = [row.cells[place] for row in table.rows]
        values = list(filter(None, cells))
        column = next((each for each in chosen if heading_score(heading, each) >= _NAMED), None)
        if (
            column is None
            or not cells[0]
            or len({*map(key_of, values)}) < len(values)
            or not 2 <= len(values) <= 0.6 * len(cells)
            or not all(map(column.looks or str, values))
        ):
            continue
        filled: list[str] = []
        for cell in cells:
            filled.append(cell or filled[-1])
        table = _replaced(table, [place], [(heading, filled)])
        return replace(table, filled_down=heading)
    return table


_LEFTMOST = 3
"""How many columns from the left may have values of blocks."""


def _with_other_answers(table: FoundTable) -> FoundTable:
    """Return a table in which other answers, which forms put into a column «Pays [Autre]», are in the column «Pays»."""
    bases = {_without_code(heading): place for place, heading in enumerate(table.headings) if heading}
    for place, heading in enumerate(table.headings):
        found = _OTHER.search(heading)
        base = bases.get(_without_code(heading[: found.start()])) if found else None
        if base is None:
            continue
        both = [(row.cells[base], row.cells[place]) for row in table.rows]
        if all(not other or not said or _OTHER.fullmatch(f"[{said}]") or said == other for said, other in both):
            table = _replaced(table, [base], [(table.headings[base], [other or said for said, other in both])])
            kept = [each for each in range(len(table.headings)) if each != place]
            rows = tuple(SheetRow(row.line, tuple(row.cells[each] for each in kept)) for row in table.rows)
            return _with_other_answers(replace(table, headings=tuple(table.headings[each] for each in kept), rows=rows))
    return table


def _without_code(heading: str) -> str:
    return key_of(CODE.sub("", heading))


_OTHER = re.compile(
    r"\s*[\[(–:-]+\s*(?:-?oth(?:er)?-?|autres?|sonstiges?|andere[rs]?)"
    r"(?:[\s,:(]*(?:pr[ée]ci[sz]\w*|please specify|text|texte|bitte \w+)\W*)?\s*[\])]?$",
    re.IGNORECASE,
)
"""Matches how the heading of a column for other answers ends: «[Autre]», «(autre, précisez)»."""


# --- both


def _value(text: str, column: Column, *, title: bool = False) -> str:
    """Return the value of a column that a heading or section names, as it is written there; '' if it names none.

    A `title` above a table may end with the place of the gathering, which is nobody's country.
    """
    if not column.looks:
        return ""
    first, _space, rest = text.partition(" ")
    ways = [] if title and _SEVERAL.search(text) else [text, _COUNT.sub("", text)]
    if not title:
        ways += re.findall(r"[\[(]([^\[\]()]+)[\])]\s*$", text)
        ways += [text.rpartition(mark)[2] for mark in (": ", " - ", " – ")]
    if heading_score(first.strip(":"), column) >= _NAMED:
        ways.append(_COUNT.sub("", _LEADING.sub("", rest)))
    return next((way.strip() for way in ways if way.strip() and column.looks(way.strip())), "")


def _replaced(table: FoundTable, places: Sequence[int], columns: Sequence[tuple[str, Sequence[str]]]) -> FoundTable:
    """Return a table with new columns, by heading and cells, in the place of some; a heading is made unlike others."""
    kept = [place for place in range(len(table.headings)) if place not in places]
    at = sum(place < places[0] for place in kept) if places else len(kept)
    headings = [table.headings[place] for place in kept]
    rows = [[row.cells[place] for place in kept] for row in table.rows]
    for offset, (heading, cells) in enumerate(columns):
        headings.insert(at + offset, _unlike(heading, headings))
        for row, cell in zip(rows, cells, strict=True):
            row.insert(at + offset, cell)
    made = tuple(SheetRow(before.line, tuple(row)) for before, row in zip(table.rows, rows, strict=True))
    return replace(table, headings=tuple(headings), rows=made)


def _unlike(heading: str, others: Collection[str]) -> str:
    number, named = 1, heading
    while named in others:
        number += 1
        named = f"{heading} ({number})"
    return named
