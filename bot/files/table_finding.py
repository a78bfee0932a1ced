"""Finds the table in the sheets of a file, even if people have put other things around it.

The table may be on any sheet, with titles above the headings, headings in two lines or again inside the list, and
totals and signatures below. Rows that do not belong to the table are not dropped: they are in `FoundTable.aside`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from statistics import median

from bot.content.names import clean, fold
from bot.content.texts import Span, _
from bot.files.sheets import Sheet, SheetRow, key_of

Recognise = Callable[[str], float]
"""A function that returns how surely a cell is one of the headings looked for, from 0 to 1."""

_LOOKED_AT = 25
"""How many rows of a sheet, from its top, are searched for the headings."""
_LONGEST_HEADING = 300
_RECOGNISED = 0.6
_DATA = re.compile(
    r"[^\s@]+@[^\s@]+\.\w+|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*|[\d\s.,:+()/-]*\d{2}[\d\s.,:+()/-]*|(?:19|20)\d\d"
)
"""Matches a cell that is no heading: an e-mail address, a date, a number of several digits, a telephone number."""
_TOTALS = re.compile(
    r"(?:sous[ -]?)?tota(?:l|ux)\b|grand total|somme\b|nombre (?:de|d|total)\b|effectif\b|moyenne\b|sum(?:me)?\b"
    r"|gesamt|insgesamt|anzahl\b|count\b|average\b|subtotal\b|zwischensumme"
)


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A row of a file that does not belong to its table, such as a title or a total.

    `text` is the text of the row, and `why` the reason why it does not belong to the table. An AsideRow with `line` 0
    stands for a whole sheet, and its `text` is the sheet's name.
    """

    line: int
    text: str
    why: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A row of a file that has one cell alone, `text`, and rows of the table below it.

    `inside` is False for a title above the headings, and for a whole sheet (with `line` 0 and the sheet's name).
    """

    line: int
    text: str
    inside: bool


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table that was found in a file; `line` is the line number of its headings.

    Each row is as wide as the headings. A heading that occurs twice is numbered («Nom (2)»), and a column without a
    heading is called by its letter; a column without any cell has the heading ''. `aside` has the rows of the file that
    do not belong to the table. `beyond` has the texts to the right of the last column, each with its line number.
    `sheet` is the name of the sheet, '' for a CSV file. `hidden` is how many of the rows the spreadsheet hides.
    `under` has the section that each row is in; None if it is in none.
    """

    sheet: str
    line: int
    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    aside: tuple[AsideRow, ...] = ()
    beyond: tuple[tuple[int, str], ...] = ()
    hidden: int = 0
    under: tuple[Section | None, ...] = ()
    filled_down: str = ""
    """The heading of the column whose cells were copied into the rows below them; '' if none was."""

    def cells(self, column: int) -> Iterator[str]:
        """Yield the cells of a column that are not blank."""
        return (row.cells[column] for row in self.rows if row.cells[column])


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the headings of a sheet are: up to which row, what they say, and how many of them are recognised."""

    first: int
    after: int
    headings: tuple[str, ...]
    worth: float


def find_table(sheets: Sequence[Sheet], recognise: Recognise) -> FoundTable | None:
    """Return the table in the sheets of a file; None if no sheet has a row.

    `recognise` returns how surely a text is a heading, from 0 to 1. The table is in the sheet whose headings are
    recognised best; sheets with the same headings, or with some more or fewer of them, continue it. Any other sheet is
    in `aside` of the result.
    """
    cleaned = [replace(sheet, rows=tuple(map(_clean, sheet.rows))) for sheet in sheets]
    filled = [_upright(sheet, recognise) for sheet in cleaned if sheet.rows]
    if not filled:
        return None
    heads = [_find_head(sheet.rows, recognise) for sheet in filled]
    best = max(range(len(heads)), key=lambda place: (heads[place].worth, -place))
    titles = {
        _text(sheet.rows[head.first - 1]) if head.first else "" for sheet, head in zip(filled, heads, strict=True)
    }
    alike = len(filled) > 1 and len(titles) == 1  # a title that all sheets have tells nothing of one
    table = _table_below(filled[best], heads[best], titled=not alike)
    same = set(map(key_of, heads[best].headings))
    for place, (sheet, head) in enumerate(zip(filled, heads, strict=True)):
        if place == best:
            continue
        if heads[best].worth and _continues(set(map(key_of, head.headings)), same):
            table = _joined(table, _table_below(sheet, head, titled=not alike))
        else:
            why = _("another sheet, with {count} lines", count=len(sheet.rows))
            table = replace(table, aside=(*table.aside, AsideRow(0, sheet.name, why)))
    return table


def _upright(sheet: Sheet, recognise: Recognise) -> Sheet:
    """Return a sheet whose headings are below each other, in its first column, with columns and rows exchanged."""
    if len(sheet.rows) > _LOOKED_AT:
        return sheet

    def count(cells: Iterable[str]) -> int:
        return sum(recognise(cell) >= _RECOGNISED for cell in {*cells} if cell and len(cell) <= _LONGEST_HEADING)

    headings = count(row.cells[0] for row in sheet.rows)
    if headings < _MOST_ALIKE or headings <= 2 * max(count(row.cells) for row in sheet.rows):
        return sheet
    columns = zip_longest(*(row.cells for row in sheet.rows), fillvalue="")
    return replace(sheet, rows=tuple(SheetRow(line, cells) for line, cells in enumerate(columns, 1) if any(cells)))


def _continues(headings: set[str], others: set[str]) -> bool:
    """Return whether a sheet with these headings continues one with others: the same, or some more or fewer."""
    common = headings & others - {""}
    return headings == others or (len(common) >= _MOST_ALIKE and common in (headings - {""}, others - {""}))


_MOST_ALIKE = 3
"""How many headings must be alike to be no chance: in two sheets of different headings, and in a first column."""


def _clean(row: SheetRow) -> SheetRow:
    return SheetRow(row.line, tuple(clean(cell) if cell else "" for cell in row.cells))


# --- its headings


def _find_head(rows: Sequence[SheetRow], recognise: Recognise) -> _Head:
    known: dict[str, float] = {}

    def worth(headings: Sequence[str]) -> float:
        for heading in headings:
            if heading not in known:
                short = heading and len(heading) <= _LONGEST_HEADING
                known[heading] = recognise(heading) if short and not _DATA.fullmatch(heading) else 0.0
        return sum(score for heading in set(headings) if (score := known[heading]) >= _RECOGNISED)

    candidates = [
        _Head(place, place + 1, row.cells, worth(row.cells) - sum(map(_is_data, row.cells)))
        for place, row in enumerate(rows[:_LOOKED_AT])
    ]
    best = max(candidates, key=lambda head: (head.worth, -head.first))
    if best.worth < _RECOGNISED:
        return _unrecognised(rows)
    below = _joined_heading(rows, best.first) if best.first + 1 < len(rows) else None
    if below and _explains(rows[best.first], rows[best.first + 1]) and worth(below) >= best.worth + _RECOGNISED:
        return _Head(best.first, best.first + 2, below, worth(below))
    if best.first and _groups(rows[best.first - 1], rows[best.first]):
        above = _joined_heading(rows, best.first - 1)
        return _Head(best.first - 1, best.first + 1, above, max(worth(above), best.worth))
    return best


def _unrecognised(rows: Sequence[SheetRow]) -> _Head:
    """Return the first row that is as wide as most; without headings if it is data itself."""
    usual = median(sum(map(bool, row.cells)) for row in rows)
    for place, row in enumerate(rows[:_LOOKED_AT]):
        if sum(map(bool, row.cells)) >= 0.6 * usual:
            if any(map(_is_data, row.cells)):
                return _Head(place, place, ("",) * len(row.cells), 0.0)
            return _Head(place, place + 1, row.cells, 0.0)
    return _Head(0, 1, rows[0].cells, 0.0)


def _is_data(cell: str) -> bool:
    return _DATA.fullmatch(cell[:_LONGEST_HEADING]) is not None  # all of a very long cell would take minutes


def _groups(above: SheetRow, below: SheetRow) -> bool:
    """Return whether a row has the headings of groups of the columns whose headings are in the row below.

    Each group has a heading below it, and one of them has several. One cell alone is a title, if it is the first.
    """
    groups = [place for place, cell in enumerate(above.cells) if cell]
    headed = all(place < len(below.cells) and below.cells[place] for place in groups)
    return (
        above.line + 1 == below.line
        and groups[-1] > 0
        and headed
        and len(groups) < sum(map(bool, below.cells))
        and not any(map(_is_data, above.cells))
    )


def _explains(row: SheetRow, below: SheetRow) -> bool:
    """Return whether the row below one of headings has more headings, for columns that these leave open."""
    pairs = list(zip(_padded(row.cells, len(below.cells)), _padded(below.cells, len(row.cells)), strict=True))
    if any(map(_is_data, below.cells)) or row.line + 1 != below.line:
        return False
    opened = sum(not upper and bool(lower) for upper, lower in pairs)
    left = sum(bool(upper) and lower in ("", upper) for upper, lower in pairs)
    return bool(opened and left) and left >= 0.3 * sum(bool(upper) for upper, _lower in pairs)


def _joined_heading(rows: Sequence[SheetRow], first: int) -> tuple[str, ...]:
    """Return the headings that two rows have together: «Coordonnées: Mail»; a group's heading counts to the right."""
    upper, lower = rows[first].cells, rows[first + 1].cells
    width = max(len(upper), len(lower))
    joined: list[str] = []
    group = ""
    for over, under in zip(_padded(upper, width), _padded(lower, width), strict=True):
        group = over or (group if under else "")
        joined.append(": ".join(dict.fromkeys(part for part in (group, under) if part)))
    return tuple(joined)


def _padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))


# --- its rows


def _table_below(sheet: Sheet, head: _Head, *, titled: bool) -> FoundTable:
    """Return the table below the headings of a sheet; `titled` is whether the title above it may be its section."""
    rows = sheet.rows[head.after :]
    width = _width(head.headings, rows)
    aside = [_aside(row, _("a title")) for row in sheet.rows[: head.first]]
    kept: list[SheetRow] = []
    beyond: list[tuple[int, str]] = []
    under: list[Section | None] = []
    title = sheet.rows[head.first - 1] if titled and head.first else None
    order: Sequence[int] | None = None
    section = _section(title, inside=False) if title and sum(map(bool, title.cells)) == 1 else None
    for row, why in zip(rows, _reasons(rows, head.headings, width), strict=True):
        if why:
            aside.append(_aside(row, why))
            section = _section(row, inside=True) if why is _REMARK else section
            order = _order(row.cells, head.headings) if why is _AGAIN else order
            continue
        under.append(section)
        cells = _padded(row.cells[:width], width)
        kept.append(SheetRow(row.line, tuple(cells[place] for place in order) if order else cells))
        if extra := " ".join(filter(None, row.cells[width:])):
            beyond.append((row.line, extra))
    line = sheet.rows[max(head.after - 1, head.first)].line
    return FoundTable(
        sheet.name,
        line,
        _named(_padded(head.headings[:width], width), kept),
        tuple(kept),
        tuple(aside),
        tuple(beyond),
        sum(row.line in sheet.hidden for row in kept),
        tuple(under),
    )


def _aside(row: SheetRow, why: Span) -> AsideRow:
    return AsideRow(row.line, _text(row), why)


def _section(row: SheetRow, *, inside: bool) -> Section:
    return Section(row.line, _text(row), inside)


def _text(row: SheetRow) -> str:
    return " · ".join(filter(None, row.cells))


def _width(headings: Sequence[str], rows: Sequence[SheetRow]) -> int:
    """Return up to which column the table goes: to its last heading, or as far as several of its rows do."""
    width = len(headings) if any(headings) else 0
    filled = [max(place + 1 for place, cell in enumerate(row.cells) if cell) for row in rows]
    wider = sorted((each for each in filled if each > width), reverse=True)
    often = max(3, len(rows) // 5) if width else 1
    return wider[often - 1] if len(wider) >= often else width


def _order(again: Sequence[str], headings: Sequence[str]) -> Sequence[int] | None:
    """Return where the columns are below headings that come again in another order; None if the order is the same."""
    keys, before = list(map(key_of, again)), list(map(key_of, headings))
    changed = keys != before and sorted(keys) == sorted({*before})
    return [keys.index(key) for key in before] if changed else None


def _reasons(rows: Sequence[SheetRow], headings: Sequence[str], width: int) -> Iterator[Span | None]:
    """Yield for each row why it is no row of the table; None for one that is."""
    keys = {key_of(part) for heading in headings for part in (heading, *heading.split(": "))} - {""}
    filled = [sum(map(bool, row.cells[:width])) for row in rows]
    many = [count for count in filled if count > 1]
    usual = median(many if 2 * len(many) >= len(filled) else filled) if filled else 0
    ended = False
    before = rows[0].line if rows else 0
    full = max((place for place, count in enumerate(filled) if count > 2), default=len(rows))
    wide = max((place for place, count in enumerate(filled) if count > 1), default=len(rows))
    for place, (row, count) in enumerate(zip(rows, filled, strict=True)):
        cells = [cell for cell in row.cells if cell]
        again = sum(key_of(cell) in keys for cell in cells)
        apart = place > full and (ended or row.line > before + 1)
        below = place > wide and count == 1 and (ended or row.line > before + 1)
        before = row.line
        if again > 1 and again >= 0.6 * len(cells):
            yield _AGAIN
        elif count <= max(3, width / 2) and _TOTALS.match(fold(cells[0])):
            ended = True
            yield _("a total")
        elif (count == 1 and usual >= 3) or (apart and count <= 2 and usual > 3) or below:
            ended = ended or apart or below
            yield _REMARK
        else:
            yield None


_AGAIN = _("the headings again")
_REMARK = _("a remark, no line of the list")


def _named(headings: Sequence[str], rows: Sequence[SheetRow]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    named: list[str] = []
    for place, heading in enumerate(headings):
        if not heading and any(row.cells[place] for row in rows):
            heading = f"({_letter(place)})"
        count = seen[heading] = seen.get(heading, 0) + 1
        named.append(f"{heading} ({count})" if heading and count > 1 else heading)
    return tuple(named)


def _letter(place: int) -> str:
    """Return what spreadsheets call the column at a position from 0: «A», «AB»."""
    high, low = divmod(place, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)


def _joined(table: FoundTable, more: FoundTable) -> FoundTable:
    """Return a table with the rows of another sheet's, whose columns may be in another order."""
    places = {key_of(heading): place for place, heading in enumerate(more.headings)}
    known = set(map(key_of, table.headings))
    added = [heading for heading in more.headings if key_of(heading) not in known]
    headings = (*table.headings, *added)
    order = [places.get(key_of(heading), -1) for heading in headings]
    before = (SheetRow(row.line, (*row.cells, *[""] * len(added))) for row in table.rows)
    rows = (SheetRow(row.line, tuple(row.cells[place] if place >= 0 else "" for place in order)) for row in more.rows)
    return replace(
        table,
        sheet=f"{table.sheet}, {more.sheet}",
        headings=headings,
        rows=(*before, *rows),
        aside=(*table.aside, *more.aside),
        beyond=(*table.beyond, *more.beyond),
        hidden=table.hidden + more.hidden,
        under=(*_under(table), *_under(more)),
    )


def _under(table: FoundTable) -> Sequence[Section | None]:
    """Return in which section each row of a table is: where it has none, the sheet is one."""
    return table.under if any(table.under) else [Section(0, table.sheet, inside=False)] * len(table.rows)
