"""Reads lists that are no tables yet: lines of a message, addresses copied from a mail, CSV in a single column."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

Row = tuple[int, tuple[str, ...]]

_OF_ADDRESSES = r"[^\s@,;:<>()\"\[\]|]"
_ADDRESS = rf"(?<!{_OF_ADDRESSES})(?<!@){_OF_ADDRESSES}+@{_OF_ADDRESSES}+\.[^\s@,;:<>()\"\[\]|.]{{2,}}"
_ADDRESSES = re.compile(_ADDRESS)
_OF_A_MAIL = re.compile(
    r"\s{0,9}(?:(?:[\"']([^\"\n]{0,100})[\"']|([^<>;,\"\n@]{0,100}?))(?:\s{0,9}<|\s{1,9}))?"
    rf"({_ADDRESS})>?\s{{0,9}}(?:[;,\n]|$)"
)
"""Matches one address of a mail's line «To», with the name before it."""
_BULLET = re.compile(r"\s*(?:\d{1,4}\s?[.):-]|[-–—•*●▪·✓☑✅→]|\(\d{1,4}\))\s+")
_DASH = re.compile(r"\s+[-–—:/]\s+|\s{3,}")
_AROUND = " \t<>()[],;:–—-|"
_LONGEST = 500_000
"""The most characters of a text that may be a typed list; a longer text is a table."""
_LONGEST_LINE = 2_000
_MOST = 0.6
"""The share of the lines that must look alike."""


def typed_list(text: str) -> list[Row] | None:
    """Return the rows of a list of people as they are typed in a message or a mail; None for any other text.

    Each line has one e-mail address, with a name before it: «1. Marie Dupont - marie@exemple.org - Mali». Or all
    addresses are in a few lines, separated by commas or semicolons, as mail programs copy them.
    """
    if len(text) > _LONGEST or "@" not in text:
        return None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if any(len(line) > _LONGEST_LINE for _number, line in lines):
        return _addresses_of_a_mail(text, lines)
    count = [len(_ADDRESSES.findall(line)) for _number, line in lines]
    if sum(each > 1 for each in count) > _MOST * len(lines):
        return _addresses_of_a_mail(text, lines)
    with_address = [numbered for numbered, each in zip(lines, count, strict=True) if each == 1]
    if len(with_address) < _MOST * len(lines) or (len(lines) > 1 and _is_table([line for _n, line in with_address])):
        return None
    rows = [(number, _parts(_BULLET.sub("", line, count=1))) for number, line in with_address]
    if not all(cells[0] and not _ADDRESSES.fullmatch(cells[0]) for _number, cells in rows):
        return None
    named = {number for number, _line in with_address}
    return sorted([*rows, *((number, (line.strip(),)) for number, line in lines if number not in named)])


def _is_table(lines: Sequence[str]) -> bool:
    """Return whether a mark that separates cells stands directly before or after the address on most lines."""
    beside = [re.compile(rf"{mark}[\s\"'<]*{_ADDRESS}|{_ADDRESS}[\s\"'>]*{mark}") for mark in (";", r"\t", r"\|", ",")]
    return any(sum(bool(mark.search(line)) for line in lines) > _MOST * len(lines) for mark in beside)


def _parts(line: str) -> tuple[str, ...]:
    """Return what is before the address of a line, the address, and each thing that is said after it."""
    found = _ADDRESSES.search(line)
    before, address, after = (line[: found.start()], found[0], line[found.end() :]) if found else (line, "", "")
    before, *more = (part.strip(_AROUND) for part in _DASH.split(before.strip(_AROUND + '"“”«»')))
    beside = [part.strip(_AROUND) for part in _DASH.split(after)]
    return before, address, *(part for part in (*more, *beside) if part)


def _addresses_of_a_mail(text: str, lines: Sequence[tuple[int, str]]) -> list[Row] | None:
    place, rows = 0, list[Row]()
    if len(lines) > 3:
        return None
    while place < len(text) and text[place:].strip():
        found = _OF_A_MAIL.match(text, place)
        if found is None:
            return None
        name = (found[1] or found[2] or "").strip(_AROUND)
        rows.append((len(rows) + 1, (name, found[3])))
        place = found.end()
    return rows


def unpacked(rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows whose cells are all in the first column, as commas or semicolons separate them there.

    That is how a spreadsheet opens CSV whose separator it does not expect. Other rows are returned unchanged.
    """
    filled = [(line, [cell for cell in cells if cell.strip()], cells) for line, cells in rows]
    alone = [(line, said[0]) for line, said, cells in filled if len(said) == 1 and cells[0] == said[0]]
    if len(alone) < 2 or len(alone) < 0.9 * sum(bool(said) for _line, said, _cells in filled):
        return rows
    best: tuple[int, list[Row]] = (0, [])
    for mark in ";\t,|":
        with suppress(csv.Error):
            parted = [(line, tuple(next(csv.reader([text], delimiter=mark, strict=True), ()))) for line, text in alone]
            widths = Counter(len(cells) for _line, cells in islice(parted, 60))
            width, count = widths.most_common(1)[0]
            headed = len(parted[0][1]) == width
            if width > 1 and count >= 0.8 * widths.total() and (width > 2 or headed) and width * count > best[0]:
                best = width * count, parted
    return best[1] or rows
