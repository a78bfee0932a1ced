"""One workbook of the workshops: a sheet a subject, links between them and to the attachments."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.content.texts import _
from handlers.results import messages
from handlers.results.drawing.slides import writable
from handlers.results.messages import Wording, file_name, group_file
from handlers.results.model import Attachment, Gathering, ResultGroup, Voice
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP

FILES_FOLDER = "files"
_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "image/webp": "webp",
    "image/gif": "gif",
}
_HARMLESS = {
    *("pdf", "txt", "csv", "md", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "ppt", "pptx", "odp", "pages"),
    *("numbers", "key", "jpg", "jpeg", "png", "gif", "webp", "heic", "tif", "tiff", "mp3", "m4a", "ogg", "oga"),
    *("opus", "wav", "mp4", "mov", "webm", "zip"),
}
"""Endings a link may lead to: anything else would perhaps be run by who follows it."""


def named_files(whole: Gathering) -> Mapping[tuple[int, str], str]:
    """What attachments are called in the folder beside the workbook, by idea and digest: «culture-3-idea-12.jpg»."""
    groups = {group.id: group_file(group, whole) for group in whole.groups}
    names = {}
    for voice in whole.said:
        begin = groups.get(voice.group_id or 0, file_name(voice.theme))
        for place, file in enumerate(voice.files):
            more = f"-{place + 1}" if len(voice.files) > 1 else ""
            names[file.idea_id, file.digest] = f"{begin}-idea-{voice.id}{more}.{suffix(file)}"
    return names


def suffix(file: Attachment) -> str:
    """How the name of an attachment ends: by what it is, else as its sender's did, unless opening it could run it."""
    own = file.name.rpartition(".")[2].lower()
    return _SUFFIXES.get(file.media_type) or (own if own in _HARMLESS else "bin")


# --- One workbook of the workshops: a sheet a subject, links between them and to the attachments.


_LONGEST = 32_767  # characters a cell takes


@dataclass(frozen=True, slots=True)
class Leads:
    """What leads somewhere: to a cell of the workbook («internal:…»), or to a file beside it («external:…»)."""

    text: str | int
    to: str


Cell = str | int | datetime | Leads | None


@dataclass(slots=True)
class _Sheet:
    """A sheet to be: its name, its columns with their widths, its rows."""

    name: str
    columns: Sequence[messages.Column]
    rows: list[Sequence[Cell]]

    def at(self, row: int) -> str:
        """The address of a row, counted from 0 below the heading."""
        return f"internal:'{self.name}'!A{row + 2}"


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
                    page.write_url(line, place, to, looks["link"], writable(str(text))[:_LONGEST])
                    if isinstance(text, int):
                        page.write_number(line, place, text, looks["link"])  # the link stays, and it can be summed up
                case str():
                    page.write_string(line, place, writable(cell)[:_LONGEST], looks["text"])
                case datetime():
                    page.write_datetime(line, place, cell, looks["date"])
                case int():
                    page.write_number(line, place, cell, looks["number"])


Lead = Callable[[int | None], Cell]
"""What leads to a group; nothing for none."""


def _sheets(whole: Gathering, wording: Wording, *, folder: bool) -> Iterable[_Sheet]:
    names = {key: wording.say(said)[:31] for key, said in messages.NAMES.items()}
    groups = _Sheet(names["groups"], messages.GROUPS, [])
    ideas = _Sheet(names["ideas"], messages.IDEAS, [])
    place = {group.id: row for row, group in enumerate(whole.groups)}
    titles = {group.id: wording.group(whole, group) for group in whole.groups}
    ordered = _by_group(whole)
    rows = {each.id: row for row, voice in enumerate(ordered) for each in (voice, *voice.merged)}
    first: dict[int | None, int] = {}
    for row, voice in enumerate(ordered):
        first.setdefault(voice.group_id, row)

    def lead(group_id: int | None) -> Cell:
        return Leads(titles[group_id], groups.at(place[group_id])) if group_id in place else None

    def lead_to_idea(idea_id: int | None) -> Cell:
        """To its row; to that of the idea it was merged into."""
        row = rows.get(idea_id) if idea_id else None
        return None if row is None else Leads(ordered[row].id, ideas.at(row))

    for group in whole.groups:
        count: Cell = len(group.ideas)
        if group.id in first:
            count = Leads(len(group.ideas), ideas.at(first[group.id]))
        groups.rows.append(_group(whole, wording, group, titles[group.id], count))
    ideas.rows += [_idea(whole, wording, voice, lead, lead_to_idea) for voice in ordered]
    yield groups
    yield _Sheet(
        names["people"],
        messages.PEOPLE,
        [
            [person.name, wording.territory(person.territory), wording.theme(whole, group.theme), lead(group.id)]
            for group in whole.groups
            for person in group.members
        ],
    )
    yield ideas
    yield _Sheet(names["challenges"], messages.CHALLENGES, list(_written(whole, wording, lead, "challenge")))
    yield _Sheet(names["solutions"], messages.SOLUTIONS, list(_written(whole, wording, lead, "solution")))
    yield _Sheet(names["cards"], messages.CARDS, list(_cards(whole, wording, lead)))
    syntheses = list(_written(whole, wording, lead, "facts", "territories", "ideas"))
    yield _Sheet(names["syntheses"], messages.SYNTHESES, syntheses)
    yield _Sheet(names["phases"], messages.PHASES, list(_phases(whole, wording, lead)))
    yield _Sheet(names["files"], messages.FILES, list(_files(whole, wording, lead, lead_to_idea, folder=folder)))
    if whole.aside:
        yield _Sheet(names["aside"], messages.ASIDE, [_put_aside(whole, wording, each, lead) for each in whole.aside])


def _by_group(whole: Gathering) -> list[Voice]:
    """The ideas that count, group by group, each group's oldest first; those whose group was dissolved last."""
    theirs = [voice for group in whole.groups for voice in sorted(group.ideas, key=lambda each: (each.at, each.id))]
    return [*theirs, *sorted(whole.strays, key=lambda each: (each.at, each.id))]


def _group(whole: Gathering, wording: Wording, group: ResultGroup, title: str, count: Cell) -> Sequence[Cell]:
    challenge, solution = whole.current(group, "challenge"), whole.current(group, "solution")
    return [
        *(title, wording.theme(whole, group.theme), group.number, group.name, wording.day(group)),
        *(group.room, ", ".join(member.name for member in group.members), count),
        *(challenge.get("sentence", ""), solution.get("idea", "")),
        f"{group.grid.filled}/{len(group.grid.territories) * len(CARD_FIELDS)}",
    ]


def _idea(whole: Gathering, wording: Wording, voice: Voice, lead: Lead, lead_to_idea: Lead) -> Sequence[Cell]:
    return [
        *(voice.id, lead(voice.group_id), wording.theme(whole, voice.theme), wording.phase(whole, voice.phase)),
        *(voice.text, wording.author(voice), wording.territory(voice.territory)),
        *(wording.category(voice.category), voice.votes, lead_to_idea(voice.parent_id)),
        "\n".join(f"{each.text} ({wording.author(each)})".removesuffix(" ()") for each in voice.merged),
        sum(len(each.files) for each in (voice, *voice.merged)) or None,
        wording.local(voice.at),
    ]


def _put_aside(whole: Gathering, wording: Wording, voice: Voice, lead: Lead) -> Sequence[Cell]:
    why = _("came after the end") if voice.state == "offered" else _("had no group yet")
    return [
        *(voice.id, wording.say(why), lead(voice.group_id), wording.theme(whole, voice.theme)),
        *(wording.phase(whole, voice.phase), voice.text, wording.author(voice), wording.territory(voice.territory)),
        len(voice.files) or None,
        wording.local(voice.at),
    ]


def _files(
    whole: Gathering, wording: Wording, lead: Lead, lead_to_idea: Lead, *, folder: bool
) -> Iterable[Sequence[Cell]]:
    called = named_files(whole)
    every = [*(each for voice in _by_group(whole) for each in (voice, *voice.merged)), *whole.aside]
    for voice in every:
        for file in voice.files:
            name = called[file.idea_id, file.digest]
            yield [
                Leads(name, f"external:{FILES_FOLDER}/{name}") if folder else name,
                lead(voice.group_id),
                lead_to_idea(voice.id) or voice.id,
                wording.phase(whole, voice.phase),
                file.media_type,
                file.size,
            ]


def _written(whole: Gathering, wording: Wording, lead: Lead, *collects: str) -> Iterable[Sequence[Cell]]:
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


def _cards(whole: Gathering, wording: Wording, lead: Lead) -> Iterable[Sequence[Cell]]:
    for group in whole.groups:
        for card in group.cards:
            yield [
                wording.territory(card.territory),
                lead(group.id),
                *(getattr(card, name) for name in CARD_FIELDS),
                card.author,
            ]


def _phases(whole: Gathering, wording: Wording, lead: Lead) -> Iterable[Sequence[Cell]]:
    for group in whole.groups:
        for lived in group.lived:
            mine = [idea for idea in group.ideas if idea.phase == lived.phase]
            yield [
                lead(group.id),
                wording.phase(whole, lived.phase),
                wording.local(lived.started),
                wording.local(lived.ended) if lived.ended else None,
                len(mine),
                sum(each.votes for each in mine),
            ]
