"""The rules that groups are formed by on the command line, and groups as files hold them.

Constraints: `type,a,b` with together, apart and pin (a: an id, b: a group's label). Groups: `participant_id,group`, a
label being `<theme>-<number>`. Each CSV of any dialect or XLSX, see `bot.files.sheets`. Everything wrong in a file is
told at once, line by line, in English: only the shell reads it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from bot.files.sheets import key_of
from handlers.groups.labels import Label, parse_label, theme_finder
from handlers.groups.people_files import People
from handlers.groups.solver.model import Apart, Constraint, Pin, Together
from handlers.groups.table_files import Fault, Table, Unreadable

_CONSTRAINTS = {"type": "type, kind, Art", "a": "a", "b": "b"}
_GROUPS = {
    "participant_id": "participant id, id, ref, reference, réf, identifiant, Referenz",
    "group": "group, groupe, Gruppe",
}
_KINDS = {
    key_of(word): kind
    for kind, words in {
        "together": "together, ensemble, zusammen",
        "apart": "apart, séparés, getrennt",
        "pin": "pin, épingle, fest",
    }.items()
    for word in words.split(",")
}


def read_constraints(data: bytes, file: str, people: People) -> dict[str, list[Constraint]]:
    """The rules in a file, by theme. Two people of different themes are apart by themselves. Raises Unreadable."""
    reader = _Constraints(people)
    table = Table(data, file, _CONSTRAINTS, tuple(_CONSTRAINTS))
    for line, cells in table.rows():
        reason = reader.take(_KINDS.get(key_of(cells["type"])), cells)
        if reason:
            table.faults.append(Fault(file, line, reason))
    if table.faults:
        raise Unreadable(table.faults)
    return reader.found


class _Constraints:
    """Takes line after line."""

    def __init__(self, people: People) -> None:
        self.found: dict[str, list[Constraint]] = {}
        self._theme_of = people.theme_of
        self._names = people.names
        self._theme = theme_finder(people.themes)

    def take(self, kind: str | None, cells: Mapping[str, str]) -> str:
        """Keep one rule; what is wrong with it, or ''."""
        first, second = cells["a"], cells["b"]
        if kind is None:
            return f"«{cells['type']}» is none of together, apart, pin"
        unknown = [ref for ref in (first, second)[: 1 if kind == "pin" else 2] if ref not in self._theme_of]
        if unknown:
            return "; ".join(map(self._unknown, unknown))
        theme = self._theme_of[first]
        if kind == "pin":
            return self._pin(first, second, theme)
        if first == second:
            return f"«{first}» stands there twice"
        other = self._theme_of[second]
        if theme == other:
            self.found.setdefault(theme, []).append((Together if kind == "together" else Apart)(first, second))
        elif kind == "together":
            return f"«{first}» is in {theme}, «{second}» in {other}: they cannot be together"
        return ""

    def _unknown(self, ref: str) -> str:
        if ref in self._names:
            return f"«{ref}» has no theme"
        return f"nobody has the id «{ref}»" if ref else "an id is missing"

    def _pin(self, ref: str, text: str, theme: str) -> str:
        label = parse_label(text)
        if label is None:
            return f"«{text}» is no group: write {theme}-1"
        if self._theme(label.theme) != theme:
            return f"«{ref}» is in {theme}, and cannot be in {label}"
        self.found.setdefault(theme, []).append(Pin(ref, label.number))
        return ""


def read_groups(data: bytes, file: str, people: People | None = None) -> dict[str, Label]:
    """Everyone's group, by id; with `people`, it must be one of their own theme. Raises Unreadable."""
    reader = _Groups(people)
    table = Table(data, file, _GROUPS, tuple(_GROUPS))
    for line, cells in table.rows():
        table.faults += (Fault(file, line, why) for why in reader.take(line, cells["participant_id"], cells["group"]))
    if not table.faults and not reader.found:
        table.faults.append(Fault(file, 0, "there is nobody in it"))
    if table.faults:
        raise Unreadable(table.faults)
    return reader.found


class _Groups:
    """Takes line after line."""

    def __init__(self, people: People | None) -> None:
        self.found: dict[str, Label] = {}
        self._lines: dict[str, int] = {}
        self._labels: dict[str, Label | None] = {}
        self._theme_of = people.theme_of if people else None
        self._names = people.names if people else {}
        self._theme = theme_finder(people.themes) if people else str

    def take(self, line: int, ref: str, text: str) -> Iterator[str]:
        """Keep who is in which group; all that is wrong with it."""
        if text not in self._labels:
            self._labels[text] = self._understood(text)
        label, first = self._labels[text], self._lines.setdefault(ref, line)
        if not ref:
            yield "the id is missing"
        elif first != line:
            yield f"the id «{ref}» is on line {first} already"
        elif label is not None and self._theme_of is not None:
            theme = self._theme_of.get(ref)
            if theme is None:
                yield f"«{ref}» has no theme" if ref in self._names else f"nobody has the id «{ref}»"
            elif theme != label.theme:
                yield f"«{ref}» is in {theme}, not in {label.theme}"
        if label is None:
            yield f"«{text}» is no group: a label is a theme, a hyphen and a number"
        else:
            self.found[ref] = label

    def _understood(self, text: str) -> Label | None:
        label = parse_label(text)
        theme = self._theme(label.theme) if label else None
        return Label(theme, label.number) if label and theme else label


def write_groups(groups: Mapping[str, Mapping[int, Sequence[str]]]) -> bytes:
    """The file of these groups (theme, number, ids), in that order: UTF-8, commas."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(_GROUPS)
    for theme in sorted(groups):
        for number in sorted(groups[theme]):
            writer.writerows((ref, Label(theme, number)) for ref in sorted(groups[theme][number]))
    return target.getvalue().encode()
