"""Writes the workbook (XLSX) of the results, with links between its sheets and charts, and names the attachments.

Attachments are photos and documents that were sent with ideas. An exported workbook links to them in a folder beside
it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.content.branding import PAPER
from bot.content.names import file_stem
from bot.content.texts import Name, Span, _
from bot.drawing.charts import ChartData
from handlers.equality.messages import remarks
from handlers.results import messages
from handlers.results.drawing.figures import chart_data
from handlers.results.drawing.office import make_chart, writable
from handlers.results.messages import Wording
from handlers.results.model import Attachment, LivedPhase, ResultGroup, ResultIdea, WorkshopResults
from handlers.syntheses.messages import CARD_LABELS, LABELS
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


def named_files(results: WorkshopResults, wording: Wording) -> Mapping[Attachment, str]:
    """Return, for each attachment, the name of its file in the folder beside the workbook.

    A name looks like «culture-group-3-idea-12.jpg».
    """
    groups, word = messages.group_files(results, wording), file_stem(wording.say(_("Idea")))
    names = {}
    for idea in results.all_ideas:
        begin = groups.get(idea.group_id or 0) or file_stem(wording.theme(results, idea.theme))[:50]
        for index, file in enumerate(idea.files):
            more = f"-{index + 1}" if len(idea.files) > 1 else ""
            names[file] = f"{begin}-{word}-{idea.id}{more}.{suffix(file)}"
    return names


def suffix(file: Attachment) -> str:
    """Return the suffix for the file name of an attachment.

    It is the usual suffix for its media type. If the media type is not known, it is the suffix of the sender's file
    name, or «bin» if that suffix is not safe.
    """
    own = file.name.rpartition(".")[2].lower()
    return _SUFFIXES.get(file.media_type) or (own if own in _HARMLESS else "bin")


# --- The workbook: a sheet for each subject, with links between them and to the attachments.


_LONGEST = 32_767  # the most characters in a cell
_LONGEST_NAME = 120  # characters of the gathering's name in the header of a page, which takes 255 codes
_WIDEST_LINK = 36  # characters
_PAGE = 190
"""How many characters of eight points stand beside each other on a page of A4 across, as wide as sheets are printed."""


@dataclass(frozen=True, slots=True)
class SheetLink:
    """A cell that links to a cell of the workbook («internal:…») or to a file beside it («external:…»)."""

    text: str | int
    to: str


Cell = str | int | datetime | SheetLink | None


_GROUPS, _IDEAS = _("Groups"), _("Ideas")  # the names of the sheets to which links lead
Column = tuple[Span, int, Callable[..., Cell]]
"""A column of a sheet: its heading, its width in characters, and a function that returns the column's cell of a row."""

_WIDE, _MIDDLE, _FIELD, _MOMENT, _USUAL, _NARROW = 44, 24, 22, 16, 12, 9
"""Widths of columns, in characters. On a sheet wider than a page, those wider than `_MOMENT` are reduced."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet to write: its name, its columns, and its rows, each what the functions of the columns take."""

    name: Span
    columns: Sequence[Column]
    rows: Sequence[tuple[Any, ...]]


def write_book(
    results: WorkshopResults, wording: Wording, *, folder: bool, more: Sequence[Mapping[str, Any]] = ()
) -> bytes:
    """Return the workbook with the results.

    If `folder` is True, attachments are links to files in a folder beside the workbook. `more` are further sheets from
    other capabilities, as JSON values.
    """
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
        sheets = _Sheets(results, wording, folder=folder)
        for sheet in (*sheets.sheets(), *map(sheets.further, more)):
            _write(_page(book, sheet.name, wording), sheet, wording, formats)
        if charts := chart_data(results, wording):
            _draw(book, _page(book, _("Charts"), wording), charts, wording)
    return target.getvalue()


def _sheet_name(name: Span, wording: Wording) -> str:
    return wording.say(name)[:31]  # as many characters as spreadsheets allow


def _page(book: Any, name: Span, wording: Wording) -> Any:
    """Add a sheet that is printed on A4 across, with the gathering, the name of the sheet and the page on each page."""
    page = book.add_worksheet(_sheet_name(name, wording))
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
    gathering = writable(wording.name)[:_LONGEST_NAME].replace("&", "&&")
    page.set_header(f"&L{gathering}&R&A")
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
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)  # as wide as a page, and as many pages as it takes
    if sheet.rows:
        table = 0, 0, len(sheet.rows), len(sheet.columns) - 1
        page.autofilter(*table)
        page.conditional_format(*table, {"type": "no_errors", "format": formats["line"]})
    columns = [[cell_of(*row) for row in sheet.rows] for _heading, _width, cell_of in sheet.columns]
    widths = _widths(columns, [width for _heading, width, _cell_of in sheet.columns])
    for column, (cells, width) in enumerate(zip(columns, widths, strict=True)):
        page.set_column(column, column, width)
        page.write_string(0, column, wording.say(sheet.columns[column][0]), formats["head"])
        for line, cell in enumerate(cells, start=1):
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


def _widths(columns: Sequence[Sequence[Cell]], usual: Sequence[int]) -> list[float]:
    """Return the widths of columns, given by their cells and the widths they usually have.

    Columns of long texts share what the others leave of a page. Columns of links are as wide as their longest link,
    which LibreOffice would not break: a link to a group ends with its number.
    """
    links = [
        max((len(cell.text) for cell in cells if isinstance(cell, SheetLink) and isinstance(cell.text, str)), default=0)
        for cells in columns
    ]
    fixed = [
        max(width, min(link + 1, _WIDEST_LINK)) if link or width <= _MOMENT else None
        for width, link in zip(usual, links, strict=True)
    ]
    flowing = sum(width for width, at_least in zip(usual, fixed, strict=True) if at_least is None)
    share = min(1.0, (_PAGE - sum(filter(None, fixed))) / max(1, flowing))
    return [at_least or width * share for width, at_least in zip(usual, fixed, strict=True)]


class _Sheets:
    """The sheets of the workbook, which link to one another.

    A row is an idea, a group, or a part of a group's work and that group, or a file and its idea.
    """

    def __init__(self, results: WorkshopResults, wording: Wording, *, folder: bool) -> None:
        self._results, self._wording, self._folder = results, wording, folder
        self._ideas = _by_group(results)
        self._idea_rows = {part.id: row for row, idea in enumerate(self._ideas) for part in (idea, *idea.merged)}
        self._group_rows = {group.id: row for row, group in enumerate(results.groups)}
        # Columns that several sheets have.
        self._group: Column = (_("Group"), _MIDDLE, lambda _part, group: self._link_to_group(group.id))
        self._theme: Column = (_("Theme"), _USUAL, lambda *of: wording.theme(results, of[-1].theme))
        self._phase: Column = (_("Phase"), _USUAL, lambda of, *_rest: wording.phase(results, of.phase))
        self._territory: Column = (_("Territory"), _USUAL, lambda of, *_group: wording.territory(of.territory))
        self._writer: Column = (_("Written by"), _USUAL, lambda written, _group: written.author)

    def sheets(self) -> Iterator[_Sheet]:
        """Yield the sheets of the workbook in their order."""
        wording, groups = self._wording, self._results.groups
        yield _Sheet(_GROUPS, self._columns_of_groups(), [(group,) for group in groups])
        person: Column = (_("Person"), _MIDDLE, lambda person, _group: person.name)
        people = [(person, group) for group in groups for person in group.members]
        yield _Sheet(_("People"), (person, self._territory, self._theme, self._group), people)
        about: Sequence[Column] = (
            # L10N: A column of the workbook: the category of an idea.
            (_("Kind"), _NARROW, lambda idea: wording.category(idea.category)),
            (_("Votes"), _NARROW, lambda idea: idea.votes),
            (_("Builds on"), _NARROW, lambda idea: self._link_to_idea(idea.parent_id)),
            (_("Merged into it"), _MIDDLE, lambda idea: "\n".join(map(self._merged, idea.merged))),
        )
        yield self._of_ideas(_IDEAS, self._ideas, about=about)
        challenge: Column = (_("Challenge"), _WIDE, _text("sentence"))
        others: Column = (_("Runners-up (votes)"), _WIDE, _text(RUNNERS_UP))
        yield self._of_versions(_("Challenges"), challenge, others, of=("challenge",))
        fields: Sequence[Column] = [(LABELS[name], _FIELD, _text(name)) for name in ("idea", *CANVAS)]
        yield self._of_versions(_("Solutions"), *fields, of=("solution",))
        squares: Sequence[Column] = [
            (CARD_LABELS[name], _WIDE, lambda card, _group, name=name: getattr(card, name)) for name in CARD_FIELDS
        ]
        cards = [(card, group) for group in groups for card in group.cards]
        yield _Sheet(_("Territory cards"), (self._territory, self._group, *squares, self._writer), cards)
        synthesis: Column = (_("Synthesis"), _WIDE, _text("text"))
        yield self._of_versions(_("Syntheses"), self._phase, synthesis, of=("facts", "territories", "ideas"))
        lived = [(phase, group) for group in groups for phase in group.lived]
        yield _Sheet(_("Phases"), self._columns_of_phases(), lived)
        sent = [*(part for idea in self._ideas for part in (idea, *idea.merged)), *self._results.aside]
        yield _Sheet(_("Files"), self._columns_of_files(), [(file, idea) for idea in sent for file in idea.files])
        if self._results.aside:
            # L10N: Why an idea counts for no group.
            late, homeless = wording.say(_("arrived after the end")), wording.say(_("had no group yet"))
            why: Column = (_("Why"), _USUAL, lambda idea: late if idea.state == "offered" else homeless)
            # L10N: A sheet of the workbook: ideas that count for no group.
            yield self._of_ideas(_("Kept aside"), self._results.aside, why)
        if self._results.equality:
            yield _Sheet(_("Equality"), self._columns_of_equality(), [(step,) for step in self._results.equality])

    def further(self, sheet: Mapping[str, Any]) -> _Sheet:
        """Return a sheet that another capability adds; each of its rows begins with a group's id or None."""
        columns: list[Column] = [(_("Group"), _MIDDLE, lambda row: self._link_to_group(row[0]))]
        for place, heading in enumerate(sheet["headings"], start=1):
            cells = [row[place] for row in sheet["rows"]]
            numbers = all(isinstance(cell, int) for cell in cells)
            width = _NARROW if numbers else _WIDE if max(map(len, map(str, cells))) > _WIDE else _USUAL
            columns.append((Name(heading), width, lambda row, place=place: row[place]))
        return _Sheet(Name(sheet["name"]), columns, [(row,) for row in sheet["rows"]])

    def _of_ideas(self, name: Span, ideas: Sequence[ResultIdea], *why: Column, about: Sequence[Column] = ()) -> _Sheet:
        """Return a sheet of ideas. `why` are columns that stand first, `about` those that follow the author's."""
        columns: Sequence[Column] = (
            (_("Number"), _NARROW, lambda idea: idea.id),
            *why,
            (_("Group"), _MIDDLE, lambda idea: self._link_to_group(idea.group_id)),
            self._theme,
            self._phase,
            (_("Idea"), _WIDE, lambda idea: idea.text),
            (_("From"), _USUAL, self._wording.author),
            self._territory,
            *about,
            (_("Files"), _NARROW, lambda idea: sum(len(part.files) for part in (idea, *idea.merged)) or None),
            (_("When"), _MOMENT, lambda idea: self._wording.local(idea.at)),
        )
        return _Sheet(name, columns, [(idea,) for idea in ideas])

    def _of_versions(self, name: Span, *columns: Column, of: Sequence[str]) -> _Sheet:
        """Return the sheet of what groups wrote in phases that collect one of `of`."""
        wording = self._wording
        # L10N: A cell of the workbook: this text is not the group's current one.
        another = wording.say(_("another version"))
        about: Sequence[Column] = (
            # L10N: a column's heading in the workbook
            (_("Version"), _NARROW, lambda version, _group: another if version.rival else None),
            self._writer,
            (_("Opinions"), _FIELD, lambda version, _group: "\n".join(wording.opinions(version))),
            (_("When"), _MOMENT, lambda version, _group: wording.local(version.at)),
        )
        groups, results = self._results.groups, self._results
        rows = [(version, group) for group in groups for collects in of for version in results.of(group, collects)]
        return _Sheet(name, (self._group, *columns, *about), rows)

    def _columns_of_groups(self) -> Sequence[Column]:
        results, wording = self._results, self._wording
        return (
            (_("Group"), _MIDDLE, lambda group: wording.group(results, group)),
            self._theme,
            (_("Number"), _NARROW, lambda group: group.number),
            (_("Name"), _USUAL, lambda group: group.name),
            (_("Day"), _USUAL, wording.day),
            (_("Room"), _USUAL, lambda group: group.room),
            (_("Members"), _MIDDLE, lambda group: ", ".join(member.name for member in group.members)),
            (_("Ideas"), _NARROW, self._count_of_ideas),
            (_("Challenge"), _MIDDLE, lambda group: results.current(group, "challenge").get("sentence")),
            (_("Solution"), _MIDDLE, lambda group: results.current(group, "solution").get("idea")),
            # L10N: A column of the workbook: how many squares of its grid of territories a group has filled, like 5/12.
            (_("Boxes filled"), _NARROW, lambda group: f"{group.grid.filled}/{group.grid.squares}"),
        )

    def _columns_of_phases(self) -> Sequence[Column]:
        def votes(phase: LivedPhase, group: ResultGroup) -> Sequence[int]:
            """Return how many votes each idea has that a group gave in a phase."""
            return [idea.votes for idea in group.ideas if idea.phase == phase.phase]

        local = self._wording.local
        return (
            self._group,
            self._phase,
            (_("Began"), _MOMENT, lambda phase, _group: local(phase.started)),
            (_("Ended"), _MOMENT, lambda phase, _group: phase.ended and local(phase.ended)),
            (_("Ideas"), _NARROW, lambda phase, group: len(votes(phase, group))),
            (_("Votes"), _NARROW, lambda phase, group: sum(votes(phase, group))),
        )

    def _columns_of_files(self) -> Sequence[Column]:
        names, beside = named_files(self._results, self._wording), self._wording.say(messages.FOLDERS["files"])

        def name(file: Attachment, _idea: ResultIdea) -> Cell:
            return SheetLink(names[file], f"external:{beside}/{names[file]}") if self._folder else names[file]

        return (
            (_("File"), _USUAL, name),
            (_("Group"), _MIDDLE, lambda _file, idea: self._link_to_group(idea.group_id)),
            (_("Idea"), _NARROW, lambda _file, idea: self._link_to_idea(idea.id) or idea.id),
            self._phase,
            (_("Type"), _USUAL, lambda file, _idea: file.media_type),
            (_("Bytes"), _NARROW, lambda file, _idea: file.size),
        )

    def _columns_of_equality(self) -> Sequence[Column]:
        say = self._wording.say
        return (
            # L10N: a column's heading: choosing themes, giving ideas and so on, in which women and men are counted
            (_("Step"), _WIDE, lambda step: say(step.title)),
            (_("People who could"), _USUAL, lambda step: step.people),
            (_("Women among them, in %"), _USUAL, lambda step: step.could),
            (_("How often it was done"), _USUAL, lambda step: step.done),
            (_("Done by women, in %"), _USUAL, lambda step: step.did),
            (_("Chance: at least, in %"), _USUAL, lambda step: step.low),
            (_("Chance: at most, in %"), _USUAL, lambda step: step.high),
            # L10N: a column's heading: a remark about figures
            (_("Remark"), _WIDE, lambda step: "\n".join(map(say, remarks(step)))),
            (_("Rounded to points"), _NARROW, lambda step: step.grain),
        )

    def _link(self, sheet: Span, row: int, text: str | int) -> SheetLink:
        """Return a link to a row of a sheet, counted from 0 below the heading."""
        return SheetLink(text, f"internal:'{_sheet_name(sheet, self._wording)}'!A{row + 2}")

    def _link_to_group(self, group_id: int | None) -> SheetLink | None:
        """Return a link to a group; None if it is not in the workbook."""
        row = self._group_rows.get(group_id or 0)
        if row is None:
            return None
        return self._link(_GROUPS, row, self._wording.group(self._results, self._results.groups[row]))

    def _link_to_idea(self, idea_id: int | None) -> SheetLink | None:
        """Return a link to an idea, or to the idea it was merged into; None if it does not count."""
        row = self._idea_rows.get(idea_id or 0)
        return None if row is None else self._link(_IDEAS, row, self._ideas[row].id)

    def _count_of_ideas(self, group: ResultGroup) -> Cell:
        """Return how many ideas a group has, as a link to the first of them."""
        first = min((self._idea_rows[idea.id] for idea in group.ideas), default=None)
        return 0 if first is None else self._link(_IDEAS, first, len(group.ideas))

    def _merged(self, idea: ResultIdea) -> str:
        author = self._wording.author(idea)
        return f"{idea.text} ({author})" if author else idea.text


def _text(field: str) -> Callable[..., Cell]:
    """Return a function that returns a field of what a group wrote."""
    return lambda version, _group: version.content.get(field)


def _by_group(results: WorkshopResults) -> list[ResultIdea]:
    """Return the ideas that count, group by group, oldest first; those whose group was dissolved come last."""

    def by_age(ideas: Iterable[ResultIdea]) -> list[ResultIdea]:
        return sorted(ideas, key=lambda idea: (idea.at, idea.id))

    return [*(idea for group in results.groups for idea in by_age(group.ideas)), *by_age(results.strays)]
