"""One workbook of the workshops: a sheet a subject, links between them and to the attachments.

What people typed is written as text, whatever it begins with: nothing here becomes a formula. XlsxWriter is imported
when a workbook is made; it comes with python-pptx and writes a cell three times as fast as openpyxl.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.syntheses import CANVAS, CARD_FIELDS, RUNNERS_UP
from bot.exports.gathering import Attachment, Gathering, every_idea
from bot.exports.wording import Wording, file_name, group_file
from bot.synthesis_words import CARD_LABELS, LABELS
from bot.texts import Text, _

_LONGEST = 32_767  # characters a cell takes
_WIDE, _USUAL, _NARROW = 60, 24, 12
FILES_FOLDER = "files"
_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "image/webp": "webp",
    "image/gif": "gif",
}


@dataclass(frozen=True, slots=True)
class Leads:
    """A text that leads somewhere: to a cell of the workbook («internal:…»), or to a file beside it («external:…»)."""

    text: str
    to: str


Cell = str | int | datetime | Leads | None
Column = tuple[Text, int]


@dataclass(slots=True)
class _Sheet:
    """A sheet to be: its name, its columns with their widths, its rows."""

    name: str
    columns: Sequence[Column]
    rows: list[Sequence[Cell]]

    def at(self, row: int) -> str:
        """The address of a row, counted from 0 below the heading."""
        return f"internal:'{self.name}'!A{row + 2}"


def named_files(whole: Gathering) -> Mapping[tuple[int, str], str]:
    """What attachments are called in the folder beside the workbook, by idea and digest: «culture-3-idea-12.jpg»."""
    groups = {group.id: group_file(group, whole) for group in whole.groups}
    names = {}
    voices = every_idea(whole.groups, whole.strays)
    for voice in [*voices, *(merged for each in voices for merged in each.merged)]:
        begin = groups.get(voice.group_id or 0, file_name(voice.theme))
        for place, file in enumerate(voice.files):
            more = f"-{place + 1}" if len(voice.files) > 1 else ""
            names[file.idea_id, file.digest] = f"{begin}-idea-{voice.id}{more}.{suffix(file)}"
    return names


def suffix(file: Attachment) -> str:
    """How the name of an attachment ends: by what it is, else as its sender's did."""
    own = file.name.rpartition(".")[2] if "." in file.name else ""
    return _SUFFIXES.get(file.media_type) or file_name(own)[:5]


def write_book(whole: Gathering, wording: Wording, *, folder: bool) -> bytes:
    """The workbook; with a `folder` of attachments beside it, their cells lead there."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, {**options, "remove_timezone": True}) as book:
        book.set_properties({"title": wording.name})
        looks = {
            "head": book.add_format({"bold": True, "bg_color": "#0b4f6c", "font_color": "#ffffff", "valign": "top"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "number": book.add_format({"valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"}),
            "link": book.add_format({"font_color": "#0b4f6c", "underline": 1, "text_wrap": True, "valign": "top"}),
        }
        for sheet in _sheets(whole, wording, folder=folder):
            _write(book.add_worksheet(sheet.name), sheet, wording, looks)
    return target.getvalue()


def _write(page: Any, sheet: _Sheet, wording: Wording, looks: Mapping[str, Any]) -> None:
    for place, (heading, width) in enumerate(sheet.columns):
        page.set_column(place, place, width)
        page.write_string(0, place, wording.say(heading), looks["head"])
    page.freeze_panes(1, 1)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    for line, cells in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(cells):
            match cell:
                case "" | None:
                    continue
                case Leads(text, to):
                    page.write_url(line, place, to, looks["link"], text[:_LONGEST])
                case str():
                    page.write_string(line, place, cell[:_LONGEST], looks["text"])
                case datetime():
                    page.write_datetime(line, place, cell, looks["date"])
                case int():
                    page.write_number(line, place, cell, looks["number"])


def _sheets(whole: Gathering, wording: Wording, *, folder: bool) -> Iterable[_Sheet]:
    voices = every_idea(whole.groups, whole.strays)
    names = {key: wording.say(said)[:31] for key, said in _NAMES.items()}
    first: dict[int | None, int] = {}  # the row of a group's first idea, where ideas stand group by group
    ordered = [voice for group in whole.groups for voice in sorted(group.ideas, key=lambda each: (each.at, each.id))]
    for row, voice in enumerate(ordered):
        first.setdefault(voice.group_id, row)
    ordered += [voice for voice in voices if voice.group_id not in {group.id for group in whole.groups}]
    groups = _Sheet(names["groups"], _GROUPS, [])
    ideas = _Sheet(names["ideas"], _IDEAS, [])
    files = _Sheet(names["files"], _FILES, [])
    place = {group.id: row for row, group in enumerate(whole.groups)}
    titles = {group.id: wording.group(whole, group) for group in whole.groups}
    rows = {voice.id: row for row, voice in enumerate(ordered)}

    def lead(group_id: int | None) -> Cell:
        return Leads(titles[group_id], groups.at(place[group_id])) if group_id in place else None

    for group in whole.groups:
        challenge, solution = whole.current(group, "challenge"), whole.current(group, "solution")
        count: Cell = len(group.ideas)
        if group.id in first:
            count = Leads(str(len(group.ideas)), ideas.at(first[group.id]))
        groups.rows.append(
            [
                *(titles[group.id], wording.theme(whole, group.theme), group.number, group.name, wording.day(group)),
                *(group.room, ", ".join(each.name for each in group.members), count),
                *(challenge.get("sentence", ""), solution.get("idea", "")),
                *(f"{group.grid.filled}/{len(group.grid.territories) * len(CARD_FIELDS)}",),
            ]
        )
    called = named_files(whole)
    for voice in ordered:
        parent = rows.get(voice.parent_id) if voice.parent_id else None
        ideas.rows.append(
            [
                *(voice.id, lead(voice.group_id), wording.theme(whole, voice.theme), wording.phase(whole, voice.phase)),
                *(voice.text, wording.author(voice), wording.territory(voice.territory)),
                wording.category(voice.category),
                voice.votes,
                Leads(str(voice.parent_id), ideas.at(parent)) if parent is not None else None,
                "\n".join(f"{each.text} ({wording.author(each)})".removesuffix(" ()") for each in voice.merged),
                sum(len(each.files) for each in (voice, *voice.merged)) or None,
                wording.local(voice.at),
            ]
        )
        for each in (voice, *voice.merged):
            for file in each.files:
                name = called[file.idea_id, file.digest]
                files.rows.append(
                    [
                        Leads(name, f"external:{FILES_FOLDER}/{name}") if folder else name,
                        lead(voice.group_id),
                        Leads(str(voice.id), ideas.at(rows[voice.id])),
                        wording.phase(whole, voice.phase),
                        file.media_type,
                        file.size,
                    ]
                )
    yield groups
    yield _Sheet(
        names["people"],
        _PEOPLE,
        [
            [person.name, wording.territory(person.territory), wording.theme(whole, group.theme), lead(group.id)]
            for group in whole.groups
            for person in group.members
        ],
    )
    yield ideas
    yield _Sheet(names["challenges"], _CHALLENGES, list(_written(whole, wording, lead, "challenge")))
    yield _Sheet(names["solutions"], _SOLUTIONS, list(_written(whole, wording, lead, "solution")))
    yield _Sheet(names["cards"], _CARDS, list(_cards(whole, wording, lead)))
    yield _Sheet(names["syntheses"], _SYNTHESES, list(_written(whole, wording, lead, "facts", "territories", "ideas")))
    yield _Sheet(names["phases"], _PHASES, list(_phases(whole, wording, lead)))
    yield files


def _written(whole: Gathering, wording: Wording, lead: Any, *collects: str) -> Iterable[Sequence[Cell]]:
    for group in whole.groups:
        for collected in collects:
            for version in whole.of(group, collected):
                said = version.content
                match collected:
                    case "challenge":
                        words: list[Cell] = [said.get("sentence", ""), said.get(RUNNERS_UP, "")]
                    case "solution":
                        words = [said.get(name, "") for name in ("idea", *CANVAS)]
                    case _:
                        words = [wording.phase(whole, version.phase), said.get("text", "")]
                stand = wording.say(_("another version")) if version.rival else ""
                remarks = "\n".join(wording.opinions(version))
                yield [lead(group.id), *words, stand, version.author, remarks, wording.local(version.at)]


def _cards(whole: Gathering, wording: Wording, lead: Any) -> Iterable[Sequence[Cell]]:
    for group in whole.groups:
        for card in group.cards:
            yield [
                wording.territory(card.territory),
                lead(group.id),
                *(getattr(card, name) for name in CARD_FIELDS),
                card.author,
            ]


def _phases(whole: Gathering, wording: Wording, lead: Any) -> Iterable[Sequence[Cell]]:
    for group in whole.groups:
        for lived in group.lived:
            mine = [each for each in group.ideas if each.phase == lived.phase]
            yield [
                lead(group.id),
                wording.phase(whole, lived.phase),
                wording.local(lived.started),
                wording.local(lived.ended) if lived.ended else None,
                len(mine),
                sum(each.votes for each in mine),
            ]


_NAMES: Mapping[str, Text] = {
    "groups": _("Groups"),
    "people": _("People"),
    "ideas": _("Ideas"),
    "challenges": _("Challenges"),
    "solutions": _("Solutions"),
    "cards": _("Territory cards"),
    "syntheses": _("Syntheses"),
    "phases": _("Phases"),
    "files": _("Files"),
}
_GROUP: Column = (_("Group"), _USUAL)
_THEME: Column = (_("Theme"), _USUAL)
_PHASE: Column = (_("Phase"), _USUAL)
_TERRITORY: Column = (_("Territory"), _USUAL)
_VERSION: Sequence[Column] = (
    (_("Version"), _NARROW),
    (_("Written by"), _USUAL),
    (_("Opinions"), _USUAL),
    (_("When"), _USUAL),
)
_GROUPS: Sequence[Column] = (
    *(_GROUP, _THEME, (_("Number"), _NARROW), (_("Name"), _USUAL), (_("Day"), _USUAL), (_("Room"), _USUAL)),
    *((_("Members"), _WIDE), (_("Ideas"), _NARROW), (_("Challenge"), _WIDE), (_("Solution"), _WIDE)),
    (_("Squares filled"), _NARROW),
)
_PEOPLE: Sequence[Column] = ((_("Person"), _USUAL), _TERRITORY, _THEME, _GROUP)
_IDEAS: Sequence[Column] = (
    *((_("Number"), _NARROW), _GROUP, _THEME, _PHASE, (_("Idea"), _WIDE), (_("From"), _USUAL), _TERRITORY),
    *((_("Kind"), _NARROW), (_("Votes"), _NARROW), (_("Builds on"), _NARROW), (_("Merged into it"), _WIDE)),
    *((_("Files"), _NARROW), (_("When"), _USUAL)),
)
_CHALLENGES: Sequence[Column] = (_GROUP, (_("Challenge"), _WIDE), (_("Runners-up"), _WIDE), *_VERSION)
_SOLUTIONS: Sequence[Column] = (_GROUP, *((LABELS[name], _WIDE) for name in ("idea", *CANVAS)), *_VERSION)
_SYNTHESES: Sequence[Column] = (_GROUP, _PHASE, (_("Synthesis"), _WIDE), *_VERSION)
_CARDS: Sequence[Column] = (
    *(_TERRITORY, _GROUP, *((CARD_LABELS[name], _WIDE) for name in CARD_FIELDS)),
    (_("Written by"), _USUAL),
)
_PHASES: Sequence[Column] = (
    *(_GROUP, _PHASE, (_("Began"), _USUAL), (_("Ended"), _USUAL), (_("Ideas"), _NARROW)),
    (_("Votes"), _NARROW),
)
_FILES: Sequence[Column] = (
    *((_("File"), _USUAL), _GROUP, (_("Idea"), _NARROW), _PHASE, (_("Type"), _USUAL)),
    (_("Bytes"), _NARROW),
)
