"""Writes the booklet (PDF): a cover, the contents, a part for each group, and an index by territory.

Lengths are in points.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.drawing.printing import PrintedLetters
from bot.drawing.typesetting import DEEP, INK, MUTED, PAPER, shorten, wrap
from handlers.results.drawing.photos import Photo

if TYPE_CHECKING:
    from fpdf import FPDF
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.content.texts import _, _n
from handlers.ideas.messages import CATEGORIES
from handlers.results.drawing.charts import Chart
from handlers.results.drawing.photos import USUAL_BYTES, reduce_photo
from handlers.results.drawing.slides import ReadFile
from handlers.results.messages import Wording
from handlers.results.model import ResultGroup, ResultPhase, Version, WorkshopResults
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 54.0
INSIDE = WIDTH - 2 * MARGIN
_TOP, _END, _FOOT = 56.0, HEIGHT - 64.0, HEIGHT - 36.0
_LEADING = 1.36
_ENTRY = 22.0  # height of a line in the contents or the index
_PICTORIAL = {"So", "Sk", "Cs", "Co", "Cf"}  # Unicode categories of characters such as emoji

Draw = Callable[["FPDF", float], None]
"""A function that draws something on the present page of a PDF file, at a distance from its top."""


@dataclass(slots=True)
class Page:
    """A page that was laid out but not printed: what to draw, with the distances from the top, in order.

    `mark` is the key by which links lead to this page, '' for none.
    """

    drawn: list[tuple[float, Draw]] = field(default_factory=list)
    mark: str = ""


class Paper:
    """Lays out pages in one typeface, and prints them once all are laid out.

    `characters` are those that the typeface has; `foot` is the text at the bottom of every page.
    """

    def __init__(self, pdf: FPDF, characters: frozenset[str], foot: str) -> None:
        self._pdf, self._characters, self._foot = pdf, characters, foot
        self.pages: list[Page] = []
        self._at = _END
        self._prints: dict[tuple[int, bool], PrintedLetters] = {}

    def letters(self, size: int, *, bold: bool = False) -> PrintedLetters:
        """Return the letters of the typeface in one size (in points), with which text is measured and printed."""
        if (size, bold) not in self._prints:
            self._prints[size, bold] = PrintedLetters(self._pdf, self._characters, size, bold=bold)
        return self._prints[size, bold]

    # --- laying out

    def new_page(self, mark: str = "") -> None:
        """Continue at the top of a new page. `mark` is the key by which links lead to the page, '' for none."""
        self.pages.append(Page(mark=mark))
        self._at = _TOP

    def space(self, height: float) -> None:
        """Leave an empty space of this height."""
        self._at += height

    def keep(self, height: float) -> None:
        """Begin a new page if less than `height` is left on this one, so that what follows is not separated."""
        if self._at + height > _END:
            self.new_page()

    def text(self, text: str, size: int = 11, *, bold: bool = False, fill: str = INK, indent: float = 0.0) -> None:
        """Lay out a text, a paragraph for each of its lines, over as many pages as it needs.

        `size` and `indent` are in points, `fill` is the colour.
        """
        letters, high = self.letters(size, bold=bold), size * _LEADING
        for part in text.split("\n"):
            for line in wrap(drawable(part), INSIDE - indent, letters):
                self.keep(high)
                self._put(high, _writing(letters, MARGIN + indent, line, fill))

    def band(self, text: str) -> None:
        """Lay out a title on a coloured band at the top of a page, on as many lines as it needs."""
        letters = self.letters(22, bold=True)
        lines = list(wrap(drawable(text), INSIDE, letters))
        high = 40 + 30.0 * len(lines)
        self._at = 0.0
        self._put(high, _filling(high))
        for number, line in enumerate(lines):
            self.pages[-1].drawn.append((20 + 30.0 * number, _writing(letters, MARGIN, line, PAPER)))
        self._at = high + 18

    def picture(self, photo: Photo, alt: str, most_height: float) -> None:
        """Lay out a picture as wide as the page, or smaller if it would be higher than `most_height`.

        `alt` is its alternative text.
        """
        scale = min(INSIDE / photo.width, most_height / photo.height)
        width, height = photo.width * scale, photo.height * scale
        self.keep(height + 10)

        def draw(pdf: FPDF, top: float) -> None:
            pdf.image(io.BytesIO(photo.content), MARGIN, top, width, height, alt_text=alt)

        self._put(height + 10, draw)

    def entry(self, words: str, mark: str, pages: Mapping[str, int], *, indent: float = 0.0) -> None:
        """Lay out a line of the contents or the index, which links to a page and ends with the page's number.

        `mark` is the key of the page. `pages` holds page numbers by key; it is read only when the line is printed.
        """
        self.keep(_ENTRY)
        letters = self.letters(12)
        shown = shorten(drawable(words), INSIDE - indent - 50, letters)

        def draw(pdf: FPDF, top: float) -> None:
            number = str(pages[mark])
            left = MARGIN + indent
            letters.write(left, top + 15, shown, INK)
            letters.write(WIDTH - MARGIN - letters.width(number), top + 15, number, DEEP)
            pdf.link(left, top, WIDTH - MARGIN - left, _ENTRY, pdf.add_link(page=pages[mark]))

        self._put(_ENTRY, draw)

    def _put(self, height: float, draw: Draw) -> None:
        if not self.pages:
            self.new_page()
        self.pages[-1].drawn.append((self._at, draw))
        self._at += height

    # --- printing

    def print(self, pages: Sequence[Page], titles: Mapping[str, str]) -> None:
        """Print pages, numbered from 1.

        `titles` holds, by the mark of a page, the titles of the pages that are listed in the outline of the file.
        """
        small = self.letters(9)
        for number, page in enumerate(pages, start=1):
            self._pdf.add_page()
            if page.mark in titles:
                self._pdf.start_section(titles[page.mark])
            for top, draw in page.drawn:
                draw(self._pdf, top)
            if number > 1:
                small.write(MARGIN, _FOOT, shorten(drawable(self._foot), INSIDE - 60, small), MUTED)
                small.write(WIDTH - MARGIN - small.width(str(number)), _FOOT, str(number), MUTED)


def _writing(letters: PrintedLetters, left: float, line: str, fill: str) -> Draw:
    return lambda _pdf, top: letters.write(left, top + letters.size, line, fill)


def _filling(height: float) -> Draw:
    def draw(pdf: FPDF, top: float) -> None:
        pdf.set_fill_color(DEEP)
        pdf.rect(0, top, WIDTH, height, style="F")

    return draw


def drawable(text: str) -> str:
    """Return a text without emoji, which the typeface lacks."""
    if text.isascii():
        return text
    return "".join(char for char in text if unicodedata.category(char) not in _PICTORIAL and char != "\ufe0f")


# --- The booklet: a cover, contents, every group, and an index by territory.


_MOST_IDEAS = 8
"""How many ideas of a phase are printed, those with the most votes. The workbook has all."""
_INDEX = "index"


def write_booklet(
    results: WorkshopResults, wording: Wording, charts: Sequence[Chart], read: ReadFile, *, most: int | None
) -> bytes:
    """Return the booklet as a PDF file.

    `read` returns the content of an attachment. `most` is how many bytes its photos may take together, None for no
    limit.
    """
    from fpdf import FPDF

    from bot.drawing.print_type import spelled, typeface

    shown = sum(bool(group.pictures) for group in results.groups)
    photo_bytes = USUAL_BYTES if most is None else min(USUAL_BYTES, most // max(1, shown))
    letters = {char for text in _texts(results, wording) for char in text}
    with TemporaryDirectory() as folder:  # fpdf2 takes a font as a file, and reads it until the end
        file = Path(folder) / "typeface.ttf"
        font, characters = typeface([spelled("".join(sorted(letters)))])
        file.write_bytes(font)
        pdf = FPDF(unit="pt", format="A4")
        pdf.set_auto_page_break(False)
        pdf.set_title(wording.name)
        pdf.set_lang(wording.locale)
        pdf.add_font("house", fname=file)
        _Booklet(results, wording, Paper(pdf, characters, wording.name)).write(charts, read, photo_bytes)
        return bytes(pdf.output())


class _Booklet:
    """Lays out the pages of the booklet."""

    def __init__(self, results: WorkshopResults, wording: Wording, paper: Paper) -> None:
        self._results, self._wording, self._paper = results, wording, paper
        self._say = wording.say
        self._titles = {self._mark(group): wording.group(results, group) for group in results.groups}

    def write(self, charts: Sequence[Chart], read: ReadFile, photo_bytes: int) -> None:
        """Lay out all pages, then print them.

        The contents come first, but the page numbers in them are known only at the end. `photo_bytes` is the size of
        one photo.
        """
        numbers: dict[str, int] = {}
        paper = self._paper
        self._cover(charts)
        self._contents(numbers)
        for group in self._results.groups:
            paper.new_page(self._mark(group))
            self._group(group, read, photo_bytes)
        paper.new_page(_INDEX)
        self._index(numbers)
        numbers.update({page.mark: number for number, page in enumerate(paper.pages, start=1) if page.mark})
        paper.print(paper.pages, {**self._titles, _INDEX: self._say(_("By territory"))})

    def _mark(self, group: ResultGroup) -> str:
        return f"group:{group.id}"

    # --- around the groups

    def _cover(self, charts: Sequence[Chart]) -> None:
        paper, groups = self._paper, self._results.groups
        paper.new_page()
        paper.band(self._wording.name)
        paper.text(self._say(_("What the groups made")), 20, bold=True, fill=DEEP)
        paper.space(8)
        ideas = sum(len(group.ideas) for group in groups)
        paper.text(self._say(_n("{count} group", "{count} groups", len(groups))), 14)
        paper.text(self._say(_n("{count} idea", "{count} ideas", ideas)), 14)
        for chart in charts:
            paper.space(14)
            paper.picture(Photo(chart.content, chart.width, chart.height), chart.alt, 300)

    def _contents(self, numbers: Mapping[str, int]) -> None:
        paper = self._paper
        paper.new_page()
        paper.band(self._say(_("Contents")))
        for group in self._results.groups:
            paper.entry(self._titles[self._mark(group)], self._mark(group), numbers)
        paper.entry(self._say(_("By territory")), _INDEX, numbers)

    def _index(self, numbers: Mapping[str, int]) -> None:
        """Lay out the index: each territory, and below it the groups that wrote about it."""
        paper, wording = self._paper, self._wording
        paper.band(self._say(_("By territory")))
        groups: dict[str, list[ResultGroup]] = {}
        for group in self._results.groups:
            for code in dict.fromkeys(card.territory for card in group.cards if card.territory):
                groups.setdefault(code, []).append(group)
        if not groups:
            paper.text(self._say(_("No group has written of a territory yet.")))
        for code in wording.sorted_territories(list(groups)):
            paper.keep(60)
            paper.space(8)
            paper.text(wording.territory(code), 14, bold=True, fill=DEEP)
            for group in groups[code]:
                paper.entry(self._titles[self._mark(group)], self._mark(group), numbers, indent=14)

    # --- a group

    def _group(self, group: ResultGroup, read: ReadFile, photo_bytes: int) -> None:
        paper, wording = self._paper, self._wording
        paper.band(self._titles[self._mark(group)])
        paper.text(
            ", ".join(
                f"{member.name} ({wording.territory(member.territory)})" if member.territory else member.name
                for member in group.members
            ),
            fill=MUTED,
        )
        for phase in self._results.phases:
            self._phase(group, phase)
        if group.cards:
            self._grid(group)
        for picture in group.pictures[:1]:
            content = read(picture) if photo_bytes else None
            photo = reduce_photo(content, photo_bytes) if content else None
            if photo:
                self._heading(self._say(_("From the group's sheets of paper")), 200)
                title = wording.phase(self._results, picture.phase)
                paper.picture(photo, self._say(_("Photo of a sheet of paper: {phase}", phase=title)), 330)

    def _heading(self, words: str, room: float = 60) -> None:
        self._paper.space(14)
        self._paper.keep(room)
        self._paper.text(words, 15, bold=True, fill=DEEP)
        self._paper.space(2)

    def _phase(self, group: ResultGroup, phase: ResultPhase) -> None:
        versions = [version for version in self._results.of(group, phase.collects) if version.phase == phase.key]
        ideas = [idea for idea in group.ideas if idea.phase == phase.key]
        if not versions and not ideas:
            return
        paper = self._paper
        self._heading(self._wording.words(phase.title))
        for version in versions:
            if version.rival:
                paper.text(self._say(_("Another version")), bold=True, fill=MUTED)
            self._version(version, phase)
        for idea in ideas[:_MOST_IDEAS]:
            about = [word for word in (self._wording.category(idea.category), self._wording.author(idea)) if word]
            if idea.votes:
                about.append(self._say(_n("{count} vote", "{count} votes", idea.votes)))
            paper.text(f"– {idea.text} ({', '.join(about)})" if about else f"– {idea.text}", indent=10)
        if len(ideas) > _MOST_IDEAS:
            rest = _n(
                "And {count} other idea, in the workbook.",
                "And {count} other ideas, in the workbook.",
                len(ideas) - _MOST_IDEAS,
            )
            paper.text(self._say(rest), fill=MUTED, indent=10)

    def _version(self, version: Version, phase: ResultPhase) -> None:
        paper, content = self._paper, version.content
        match phase.collects:
            case "challenge":
                paper.text(content.get("sentence", ""), 14, bold=True)
                if content.get(RUNNERS_UP):
                    paper.text(f"{self._say(_('Also proposed:'))}\n{content[RUNNERS_UP]}", fill=MUTED)
            case "solution":
                paper.text(content.get("idea", ""), 14, bold=True)
                for name in CANVAS:
                    if content.get(name):
                        paper.keep(34)
                        paper.text(self._say(LABELS[name]), bold=True, fill=DEEP)
                        paper.text(content[name], indent=10)
            case _:
                paper.text(content.get("text", ""))
        for line in self._wording.opinions_together(version):
            paper.text(line, 10, fill=MUTED, indent=10)
        paper.space(4)

    def _grid(self, group: ResultGroup) -> None:
        self._heading(self._say(_("In our territories")))
        grid, paper = group.grid, self._paper
        for code in self._wording.sorted_territories(grid.territories):
            paper.keep(86)
            paper.text(self._wording.territory(code), 12, bold=True)
            for name in CARD_FIELDS:
                text = " / ".join(card.text_of(name) for card in grid.cards[code] if card.text_of(name))
                # L10N: in the booklet: a square that nobody filled in
                words = text or self._say(_("still open"))
                line = _("{what}: {words}", what=CARD_LABELS[name], words=words)
                paper.text(self._say(line), fill=DEEP if text else MUTED, indent=10)


def _texts(results: WorkshopResults, wording: Wording) -> Iterator[str]:
    """Yield every text that may be printed, so that the typeface can be reduced to the letters they need."""
    yield "0123456789…–·:/ " + wording.name
    for group in results.groups:
        yield wording.group(results, group)
        for person in group.members:
            yield drawable(person.name)
        for idea in group.ideas:
            yield drawable(idea.text)
            yield idea.author
        for version in group.versions:
            yield from map(drawable, version.content.values())
            yield from map(drawable, wording.opinions_together(version))
        for card in group.cards:
            yield from (drawable(getattr(card, name)) for name in CARD_FIELDS)
            yield wording.territory(card.territory)
        for person in group.members:
            yield wording.territory(person.territory)
    yield from (wording.words(phase.title) for phase in results.phases)
    for span in (*LABELS.values(), *CARD_LABELS.values(), *CATEGORIES.values(), *_PRINTED):
        yield wording.say(span)


_PRINTED = (
    _("What the groups made"),
    _("Contents"),
    _("By territory"),
    _("anonymous"),
    _("Also proposed:"),
    _("Another version"),
    _("still open"),
    _("In our territories"),
    _("From the group's sheets of paper"),
    _("No group has written of a territory yet."),
    _n("{count} group", "{count} groups", 2),
    _n("{count} idea", "{count} ideas", 2),
    _n("{count} vote", "{count} votes", 2),
    _n("And {count} other idea, in the workbook.", "And {count} other ideas, in the workbook.", 2),
)
