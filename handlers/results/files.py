"""Writes the workbook (XLSX) of the results, with links between its sheets and charts, and names the attachments.

Attachments are photos and documents that were sent with ideas. An exported workbook links to them in a folder beside
it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.content.branding import PAPER
from bot.content.texts import _
from bot.drawing.charts import ChartData
from handlers.results import messages
from handlers.results.drawing.figures import chart_data
from handlers.results.drawing.office import make_chart, writable
from handlers.results.messages import Wording, file_name
from handlers.results.model import Attachment, ResultGroup, ResultIdea, WorkshopResults
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP

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
"""The suffixes of files to which a link may lead. Other files might be run as programs when the link is followed."""


def named_files(results: WorkshopResults, wording: Wording) -> Mapping[tuple[int, str], str]:
    """Return the name of each attachment in the folder beside the workbook, by idea (id) and digest.

    A name looks like «culture-group-3-idea-12.jpg».
    """
    groups, word = messages.group_files(results, wording), file_name(wording.say(_("Idea")))
    names = {}
    for idea in results.all_ideas:
        begin = groups.get(idea.group_id or 0) or file_name(wording.theme(results, idea.theme))[:50]
        for index, file in enumerate(idea.files):
            more = f"-{index + 1}" if len(idea.files) > 1 else ""
            names[file.idea_id, file.digest] = f"{begin}-{word}-{idea.id}{more}.{suffix(file)}"
    return names


def suffix(file: Attachment) -> str:
    """Return the suffix for the name of an attachment: that of its media type, if it is known.

    Otherwise it is the suffix that the sender gave, if that is harmless, or else «bin».
    """
    own = file.name.rpartition(".")[2].lower()
    return _SUFFIXES.get(file.media_type) or (own if own in _HARMLESS else "bin")


# --- The workbook: a sheet for each subject, with links between them and to the attachments.


_LONGEST = 32_767  # the most characters in a cell


@dataclass(frozen=True, slots=True)
class SheetLink:
    """A cell that links to a cell of the workbook («internal:…») or to a file beside it («external:…»)."""

    text: str | int
    to: str


Cell = str | int | datetime | SheetLink | None


@dataclass(slots=True)
class _Sheet:
    """A sheet to write: its name, its columns with their widths, and its rows."""

    name: str
    columns: Sequence[messages.Column]
    rows: list[Sequence[Cell]]

    def at(self, row: int) -> str:
        """Return the address of a row, counted from 0 below the heading, for a link."""
        return f"internal:'{self.name}'!A{row + 2}"


def write_book(results: WorkshopResults, wording: Wording, *, folder: bool) -> bytes:
    """Return the workbook. With `folder`, the cells of attachments link to files in a folder beside it."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    accent, wrapped = wording.branding.palette.accent, {"text_wrap": True, "valign": "top"}
    with xlsxwriter.Workbook(target, {**options, "remove_timezone": True}) as book:
        book.set_properties({"title": wording.name})
        formats = {
            "head": book.add_format({**wrapped, "bold": True, "bg_color": accent, "font_color": PAPER}),
            "text": book.add_format(wrapped),
            "number": book.add_format({"valign": "top", "align": "center"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"}),
            "link": book.add_format({**wrapped, "font_color": accent, "underline": 1}),
            "line": book.add_format({"bottom": 1, "bottom_color": wording.branding.palette.strong_tint}),
        }
        for sheet in _sheets(results, wording, folder=folder):
            _write(_page(book, sheet.name, wording), sheet, wording, formats)
        charts = chart_data(results, wording)
        if charts:
            _draw(book, _page(book, wording.say(messages.NAMES["charts"]), wording), charts, wording)
    return target.getvalue()


def _page(book: Any, name: str, wording: Wording) -> Any:
    """Add a sheet that is printed on A4 across, with the gathering, the name of the sheet and the page on each page."""
    page = book.add_worksheet(name)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
    page.set_header(f"&L{writable(wording.name)[:200].replace('&', '&&')}&R&A")
    page.set_footer("&R&P / &N")
    return page


def _draw(book: Any, page: Any, charts: Sequence[ChartData], wording: Wording) -> None:
    """Draw charts one below the other, each on a page of its own when printed, and beside them what they show."""
    bold, across, down = book.add_format({"bold": True, "font_size": 16}), 12, 30  # columns and rows of a printed page
    column = across + 1
    for place, data in enumerate(charts):
        page.write_string(place * down, 0, writable(data.title), bold)
        page.write_string(0, column, writable(data.title))
        chart = make_chart(book, page, data, wording, 11, row=1, column=column)
        chart.set_size({"width": 64 * across - 4, "height": 20 * (down - 3)})
        page.insert_chart(place * down + 1, 0, chart, {"description": data.alt, "y_offset": 8})
        column += len(chart.series) + 2
    page.set_h_pagebreaks([down * place for place in range(1, len(charts))])
    page.print_area(0, 0, down * len(charts) - 1, across - 1)


def _write(page: Any, sheet: _Sheet, wording: Wording, formats: Mapping[str, Any]) -> None:
    for column, (heading, width) in enumerate(sheet.columns):
        page.set_column(column, column, width)
        page.write_string(0, column, wording.say(heading), formats["head"])
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)  # as wide as a page, and as many pages as it takes
    if sheet.rows:
        table = 0, 0, len(sheet.rows), len(sheet.columns) - 1
        page.autofilter(*table)
        page.conditional_format(*table, {"type": "no_errors", "format": formats["line"]})
    for line, cells in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(cells):
            match cell:
                case "" | None:
                    continue
                case SheetLink(text, to):
                    page.write_url(line, column, to, formats["link"], writable(str(text))[:_LONGEST])
                    if isinstance(text, int):
                        page.write_number(line, column, text, formats["link"])  # stays a link, and can be summed up
                case str():
                    page.write_string(line, column, writable(cell)[:_LONGEST], formats["text"])
                case datetime():
                    page.write_datetime(line, column, cell, formats["date"])
                case int():
                    page.write_number(line, column, cell, formats["number"])


LinkTo = Callable[[int | None], Cell]
"""A function that returns a cell with a link to a group or to an idea, given its id.

It returns None if there is no such group or idea in the workbook.
"""


def _sheets(results: WorkshopResults, wording: Wording, *, folder: bool) -> Iterable[_Sheet]:
    names = {key: wording.say(name)[:31] for key, name in messages.NAMES.items()}
    groups = _Sheet(names["groups"], messages.GROUPS, [])
    ideas = _Sheet(names["ideas"], messages.IDEAS, [])
    row_of = {group.id: row for row, group in enumerate(results.groups)}
    titles = {group.id: wording.group(results, group) for group in results.groups}
    ordered = _by_group(results)
    rows = {part.id: row for row, idea in enumerate(ordered) for part in (idea, *idea.merged)}
    first: dict[int | None, int] = {}
    for row, idea in enumerate(ordered):
        first.setdefault(idea.group_id, row)

    def link_to_group(group_id: int | None) -> Cell:
        return SheetLink(titles[group_id], groups.at(row_of[group_id])) if group_id in row_of else None

    def link_to_idea(idea_id: int | None) -> Cell:
        """Return a link to the row of an idea, or of the idea it was merged into."""
        row = rows.get(idea_id) if idea_id else None
        return None if row is None else SheetLink(ordered[row].id, ideas.at(row))

    for group in results.groups:
        count: Cell = len(group.ideas)
        if group.id in first:
            count = SheetLink(len(group.ideas), ideas.at(first[group.id]))
        groups.rows.append(_group(results, wording, group, titles[group.id], count))
    ideas.rows += [_idea(results, wording, idea, link_to_group, link_to_idea) for idea in ordered]
    yield groups
    yield _Sheet(
        names["people"],
        messages.PEOPLE,
        [
            [
                person.name,
                wording.territory(person.territory),
                wording.theme(results, group.theme),
                link_to_group(group.id),
            ]
            for group in results.groups
            for person in group.members
        ],
    )
    yield ideas
    yield _Sheet(names["challenges"], messages.CHALLENGES, list(_written(results, wording, link_to_group, "challenge")))
    yield _Sheet(names["solutions"], messages.SOLUTIONS, list(_written(results, wording, link_to_group, "solution")))
    yield _Sheet(names["cards"], messages.CARDS, list(_cards(results, wording, link_to_group)))
    syntheses = list(_written(results, wording, link_to_group, "facts", "territories", "ideas"))
    yield _Sheet(names["syntheses"], messages.SYNTHESES, syntheses)
    yield _Sheet(names["phases"], messages.PHASES, list(_phases(results, wording, link_to_group)))
    yield _Sheet(
        names["files"], messages.FILES, list(_files(results, wording, link_to_group, link_to_idea, folder=folder))
    )
    if results.aside:
        rows_aside = [_put_aside(results, wording, idea, link_to_group) for idea in results.aside]
        yield _Sheet(names["aside"], messages.ASIDE, rows_aside)


def _by_group(results: WorkshopResults) -> list[ResultIdea]:
    """Return the ideas that count, group by group, oldest first; those whose group was dissolved come last."""

    def by_age(ideas: Iterable[ResultIdea]) -> list[ResultIdea]:
        return sorted(ideas, key=lambda idea: (idea.at, idea.id))

    return [*(idea for group in results.groups for idea in by_age(group.ideas)), *by_age(results.strays)]


def _group(results: WorkshopResults, wording: Wording, group: ResultGroup, title: str, count: Cell) -> Sequence[Cell]:
    challenge, solution = results.current(group, "challenge"), results.current(group, "solution")
    return [
        *(title, wording.theme(results, group.theme), group.number, group.name, wording.day(group)),
        *(group.room, ", ".join(member.name for member in group.members), count),
        *(challenge.get("sentence", ""), solution.get("idea", "")),
        f"{group.grid.filled}/{len(group.grid.territories) * len(CARD_FIELDS)}",
    ]


def _idea(
    results: WorkshopResults, wording: Wording, idea: ResultIdea, link_to_group: LinkTo, link_to_idea: LinkTo
) -> Sequence[Cell]:
    return [
        *(
            idea.id,
            link_to_group(idea.group_id),
            wording.theme(results, idea.theme),
            wording.phase(results, idea.phase),
        ),
        *(idea.text, wording.author(idea), wording.territory(idea.territory)),
        *(wording.category(idea.category), idea.votes, link_to_idea(idea.parent_id)),
        "\n".join(f"{merged.text} ({wording.author(merged)})".removesuffix(" ()") for merged in idea.merged),
        sum(len(part.files) for part in (idea, *idea.merged)) or None,
        wording.local(idea.at),
    ]


def _put_aside(results: WorkshopResults, wording: Wording, idea: ResultIdea, link_to_group: LinkTo) -> Sequence[Cell]:
    # L10N: Why an idea counts for no group.
    why = _("came after the end") if idea.state == "offered" else _("had no group yet")
    return [
        *(idea.id, wording.say(why), link_to_group(idea.group_id), wording.theme(results, idea.theme)),
        *(wording.phase(results, idea.phase), idea.text, wording.author(idea), wording.territory(idea.territory)),
        len(idea.files) or None,
        wording.local(idea.at),
    ]


def _files(
    results: WorkshopResults, wording: Wording, link_to_group: LinkTo, link_to_idea: LinkTo, *, folder: bool
) -> Iterable[Sequence[Cell]]:
    names, beside = named_files(results, wording), wording.say(messages.FOLDERS["files"])
    ideas = [*(part for idea in _by_group(results) for part in (idea, *idea.merged)), *results.aside]
    for idea in ideas:
        for file in idea.files:
            name = names[file.idea_id, file.digest]
            yield [
                SheetLink(name, f"external:{beside}/{name}") if folder else name,
                link_to_group(idea.group_id),
                link_to_idea(idea.id) or idea.id,
                wording.phase(results, idea.phase),
                file.media_type,
                file.size,
            ]


def _written(
    results: WorkshopResults, wording: Wording, link_to_group: LinkTo, *collects: str
) -> Iterable[Sequence[Cell]]:
    for group in results.groups:
        for collected in collects:
            for version in results.of(group, collected):
                content = version.content
                match collected:
                    case "challenge":
                        words: list[Cell] = [content.get("sentence", ""), content.get(RUNNERS_UP, "")]
                    case "solution":
                        words = [content.get(name, "") for name in ("idea", *CANVAS)]
                    case _:
                        words = [wording.phase(results, version.phase), content.get("text", "")]
                # L10N: A cell of the workbook: this text is not the group's current one.
                stand = wording.say(_("another version")) if version.rival else ""
                remarks = "\n".join(wording.opinions(version))
                yield [link_to_group(group.id), *words, stand, version.author, remarks, wording.local(version.at)]


def _cards(results: WorkshopResults, wording: Wording, link_to_group: LinkTo) -> Iterable[Sequence[Cell]]:
    for group in results.groups:
        for card in group.cards:
            yield [
                wording.territory(card.territory),
                link_to_group(group.id),
                *(getattr(card, name) for name in CARD_FIELDS),
                card.author,
            ]


def _phases(results: WorkshopResults, wording: Wording, link_to_group: LinkTo) -> Iterable[Sequence[Cell]]:
    for group in results.groups:
        for lived in group.lived:
            ideas = [idea for idea in group.ideas if idea.phase == lived.phase]
            yield [
                link_to_group(group.id),
                wording.phase(results, lived.phase),
                wording.local(lived.started),
                wording.local(lived.ended) if lived.ended else None,
                len(ideas),
                sum(idea.votes for idea in ideas),
            ]
