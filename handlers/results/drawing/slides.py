"""Decides what slides show: the slides of all groups for the plenary, and the slides of one group.

At most three slides of each group come first. What does not fit on them follows after all groups.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from bot.content.branding import INK, MUTED, PAPER, Branding
from bot.content.texts import _, _n
from bot.drawing.typeset import logo_png
from bot.files.logo import read_logo
from handlers.equality.messages import EQUALITY, ROUNDED, remarks
from handlers.results.drawing.deck import (
    BOTTOM,
    CELL_PADDING,
    CONTENT,
    INSIDE,
    MARGIN,
    PADDING,
    READABLE,
    TOP,
    Slide,
    SlideBox,
    SlideDeck,
    SlidePicture,
    SlideShape,
    SlideTable,
    SlideText,
    TableCell,
    TextBox,
)
from handlers.results.drawing.figures import chart_data
from handlers.results.drawing.measuring import SlideLetters, largest
from handlers.results.drawing.photos import USUAL_BYTES, Photo, ReadFile, bytes_of_each, read_photos
from handlers.results.messages import Wording
from handlers.results.model import Attachment, ResultGroup, WorkshopResults
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP

FRONT = 3
"""How many slides of each group are shown in the plenary at most."""
_MOST_WHOLE = 5
"""How many slides a whole text takes at most: more than any text but one of very many lines. The workbook has all."""
_GAP = 14.0  # between boxes
_STATEMENT, _FIELD = (44, 40, 36, 32, 28, 24, 20, 18), (32, 28, 24, 20, 18, 16, 14, READABLE)
_WHOLE, _CELL = (36, 32, 28, 24, 20, 18, 16), (24, 20, 18, 16, 14, READABLE)
_LABEL, _SMALL, _REMARK = SlideLetters(18, bold=True), SlideLetters(16), SlideLetters(READABLE)
_SPACE = SlideText("", SlideLetters(5))  # below the label of a panel
_AROUND = _LABEL.leading + _SPACE.letters.leading + 2 * PADDING


def write_plenary_slides(results: WorkshopResults, wording: Wording, read: ReadFile, *, most: int | None) -> bytes:
    """Return a file with the slides of all groups: counts and charts, some slides of each group, then further slides.

    `read` returns the content of an attachment. `most` is how many bytes all photos together may take, None for no
    limit.
    """
    pictures = [picture for group in results.groups for picture in group.pictures]
    photos = read_photos(read, pictures, bytes_of_each(most, len(pictures)))
    say, deck = wording.say, SlideDeck(wording)
    count, ideas = len(results.groups), sum(len(group.ideas) for group in results.groups)
    counts = [say(_n("{count} group", "{count} groups", count)), say(_n("{count} idea", "{count} ideas", ideas))]
    deck.open(wording.name, [say(_("What the groups came up with")), " · ".join(counts)], _logo(wording.branding))
    deck.add(Slide(chart.title, [chart]) for chart in chart_data(results, wording))
    deck.add(_equality_slides(results, wording))
    behind: list[Slide] = []
    for group in results.groups:
        front, rest = _GroupSlides(results, group, wording).lay_out(photos)
        deck.add(front)
        behind += rest
    if behind:
        # L10N: The title of the last part of the slides, which is not shown in the plenary.
        deck.open(say(_("Appendix")), [say(_("What else there is to read, group by group"))])
        deck.add(behind)
    return deck.content()


def write_group_slides(results: WorkshopResults, group: ResultGroup, wording: Wording, read: ReadFile) -> bytes:
    """Return the slides of one group as a file. `read` returns the content of an attachment."""
    deck = SlideDeck(wording)
    photos = read_photos(read, group.pictures, USUAL_BYTES)
    for slides in _GroupSlides(results, group, wording).lay_out(photos):
        deck.add(slides)
    return deck.content()


def _equality_slides(results: WorkshopResults, wording: Wording) -> list[Slide]:
    """Return the slides with what is published about women and men, a line for each step; none if there is nothing."""
    if not results.equality:
        return []
    say, palette = wording.say, wording.branding.palette
    heads = [
        say(_("Step")),
        say(_("Women among those who could")),
        say(_("Women in what was done")),
        # L10N: a column's heading: the band in which a share falls by chance
        say(_("By chance")),
        say(_("Remark")),
    ]
    table = [
        heads,
        *(
            [
                say(step.title),
                f"{step.could} %",
                f"{step.did} %",
                f"{step.low}–{step.high} %",
                "\n".join(map(say, remarks(step))),
            ]
            for step in results.equality
        ),
    ]
    table = [[wording.typeset(text) for text in texts] for texts in table]
    widths = [INSIDE * part for part in (0.33, 0.14, 0.14, 0.13, 0.26)]
    usual, bold = SlideLetters(16), SlideLetters(16, bold=True)
    heights, parts = _fitted(table, widths, usual.size, below=_REMARK.leading)
    slides = []
    for part in parts:
        rows: list[tuple[float, Sequence[TableCell]]] = [
            (heights[0], [([SlideText(head, bold, PAPER)], palette.accent) for head in table[0]])
        ]
        for row in part:
            name, *texts = table[row]
            cells = [([SlideText(text, usual)], palette.tint) for text in texts]
            rows.append((heights[row], [([SlideText(name, bold)], palette.tint), *cells]))
        foot = SlideText(wording.typeset(say(ROUNDED)), _REMARK, MUTED)
        below = TextBox(SlideBox(MARGIN, BOTTOM - _REMARK.leading, INSIDE, _REMARK.leading), [foot])
        slides.append(Slide(say(EQUALITY), [SlideTable(widths, rows), below]))
    return slides


def _logo(branding: Branding) -> Photo | None:
    """Return the gathering's logo; None if there is none, or none that can be shown."""
    logo = read_logo(branding)
    png = logo_png(logo) if logo else None
    return Photo(png, *struct.unpack(">II", png[16:24])) if png else None


class _GroupSlides:
    """Lays out the slides of a group.

    A text too long for its box begins there, with a remark, and stands whole on slides of its own.
    """

    def __init__(self, results: WorkshopResults, group: ResultGroup, wording: Wording) -> None:
        self._results, self._group, self._wording = results, group, wording
        self._say, self._palette = wording.say, wording.branding.palette
        self._title = wording.group(results, group)
        self._whole: list[Slide] = []

    def lay_out(self, photos: Mapping[str, Photo]) -> tuple[Sequence[Slide], Sequence[Slide]]:
        """Return the group's first slides for the plenary, and its further slides, which come after all groups.

        `photos` has the group's photos by the digest of the attachment.
        """
        shown = [(picture, photos[picture.digest]) for picture in self._group.pictures if picture.digest in photos]
        statements, canvas, grid = self._statements(), self._canvas(), self._territories()
        parts = [statements, self._pictures(shown[:1]), canvas, grid, self._pictures(shown[1:])]
        parts = [part for part in parts if part]
        front = [part[0] for part in parts[:FRONT]]
        rest = [slide for place, part in enumerate(parts) for slide in part[place < FRONT :]]
        return front, [*self._whole, *rest]

    def _slides(self, subject: str, *slides: Sequence[SlideShape]) -> list[Slide]:
        """Return slides whose title is a subject, numbered if they are several, then the title of the group."""
        numbers = [f" ({place}/{len(slides)})" if len(slides) > 1 else "" for place in range(1, len(slides) + 1)]
        return [
            Slide(f"{subject}{number} · {self._title}", shapes) for number, shapes in zip(numbers, slides, strict=True)
        ]

    def _statements(self) -> list[Slide]:
        """Return the slide with the members, the challenge and the solution."""
        say, typeset = self._say, self._wording.typeset
        challenge = self._results.current(self._group, "challenge")
        solution, missing = self._results.current(self._group, "solution"), say(_("Not written down yet."))
        sentence, also = typeset(challenge.get("sentence") or missing), typeset(challenge.get(RUNNERS_UP, ""))
        idea = typeset(solution.get("idea") or missing)
        people = " · ".join(
            f"{member.name} ({self._wording.territory(member.territory)})" if member.territory else member.name
            for member in self._group.members
        )
        high = min(3 * _SMALL.leading, _SMALL.height(people, INSIDE))
        left, right = _split(SlideBox(MARGIN, TOP + high, INSIDE, BOTTOM - TOP - high), 2)
        below = min(0.4 * left.height, _SMALL.height(also, _room(left)[0]) + _AROUND) if also else -_GAP
        upper = SlideBox(left.left, left.top, left.width, left.height - below - _GAP)
        letters = largest([(sentence, *_room(upper)), (idea, *_room(right))], _STATEMENT)
        members = self._begun(say(_("Members")), people, _SMALL, (INSIDE, high), MUTED)
        shapes = [
            TextBox(SlideBox(MARGIN, TOP - 14, INSIDE, high), members),
            self._panel(upper, say(_("Our challenge")), sentence, letters, self._palette.accent, middle=True),
            self._panel(right, say(_("Our solution")), idea, letters, middle=True),
        ]
        if also:
            lower = SlideBox(left.left, left.top + left.height - below, left.width, below)
            shapes.append(self._panel(lower, say(_("Also proposed (votes)")), also, _SMALL))
        return [Slide(self._title, shapes)]

    def _canvas(self) -> list[Slide]:
        """Return the slide with the six fields of the solution."""
        solution = self._results.current(self._group, "solution")
        if not any(solution.get(name) for name in CANVAS):
            return []
        boxes = [box for row in _split(CONTENT, 2, down=True) for box in _split(row, 3)]
        texts = {name: self._wording.typeset(solution.get(name) or "–") for name in CANVAS}
        letters = largest([(text, *_room(boxes[0])) for text in texts.values()], _FIELD)
        panels = [
            self._panel(box, self._say(LABELS[name]), text, letters)
            for box, (name, text) in zip(boxes, texts.items(), strict=True)
        ]
        return self._slides(self._say(_("How it works")), panels)

    def _territories(self) -> list[Slide]:
        """Return the slides with the grid of territories, on as few as possible."""
        if not self._group.cards:
            return []
        # L10N: A square of the grid of territories in which nobody has written anything.
        empty = self._say(_("still open"))
        heads = [self._say(_("Territory")), *(self._say(CARD_LABELS[name]) for name in CARD_FIELDS)]
        table = [
            heads,
            *(
                [territory, *(self._wording.typeset(text) or empty for text in squares)]
                for territory, squares in self._wording.grid(self._group)
            ),
        ]
        longest = [max(map(len, texts)) ** 0.5 for texts in zip(*table, strict=True)][1:]
        shares = [max(length, 0.6 * max(longest)) for length in longest]
        widths = [INSIDE * 0.17, *(INSIDE * 0.83 * share / sum(shares) for share in shares)]
        size, heights, parts = min(
            ((size, *_fitted(table, widths, size)) for size in _CELL), key=lambda fitted: len(fitted[-1])
        )
        usual, bold = SlideLetters(size), SlideLetters(size, bold=True)
        accent, tint = self._palette.accent, self._palette.tint
        slides = []
        for part in parts:
            rows: list[tuple[float, list[TableCell]]] = [
                (heights[0], [([SlideText(head, bold, PAPER)], accent) for head in heads])
            ]
            spare = CONTENT.height - heights[0] - sum(heights[row] for row in part)
            for row in part:
                name, *texts = table[row]
                cells: list[TableCell] = [([SlideText(name, bold)], tint)]
                for head, text, width in zip(heads[1:], texts, widths[1:], strict=True):
                    room = width - 2 * CELL_PADDING, heights[row] - 2 * CELL_PADDING
                    words = self._begun(f"{head} · {name}", text, usual, room, MUTED if text == empty else INK)
                    cells.append((words, PAPER if text == empty else tint))
                rows.append((heights[row] + spare / len(part), cells))  # the table fills the slide
            slides.append([SlideTable(widths, rows)])
        return self._slides(self._say(_("In our territories")), *slides)

    def _panel(
        self, box: SlideBox, label: str, text: str, letters: SlideLetters, fill: str = "", *, middle: bool = False
    ) -> TextBox:
        """Return a panel with a label and a text, on a pale ground, or on `fill`, which is dark."""
        words = self._begun(label, text, letters, _room(box), PAPER if fill else INK)
        heading = SlideText(label, _LABEL, PAPER if fill else self._palette.accent)
        return TextBox(box, [heading, _SPACE, *words], fill or self._palette.tint, middle=middle)

    def _begun(
        self, label: str, text: str, letters: SlideLetters, room: tuple[float, float], colour: str
    ) -> list[SlideText]:
        """Return a text for a box with this room: its width, its height.

        If it is too long, return its beginning and a remark, and lay it out whole under its label, to stand behind.
        """
        width, height = room
        if letters.fits(text, width, height):
            return [SlideText(text, letters, colour)]
        whole = largest([(text, *CONTENT.inside)], _WHOLE)
        pages = whole.pages(text, *CONTENT.inside)
        panels = [[SlideText(page, whole)] for page in pages[:_MOST_WHOLE]]
        if len(pages) > _MOST_WHOLE:
            last = whole.beginning(pages[_MOST_WHOLE - 1], CONTENT.inside[0], CONTENT.inside[1] - _REMARK.leading)
            # L10N: On a slide, below as much of a very long text as slides show.
            rest = self._say(_("The rest is in the workbook."))
            panels[-1] = [SlideText(last, whole), SlideText(rest, _REMARK, MUTED)]
        tint = self._palette.tint
        self._whole += self._slides(label, *([TextBox(CONTENT, words, tint, middle=True)] for words in panels))
        letters = min(letters, _SMALL, key=lambda letters: letters.size)
        beginning = letters.beginning(text, width, height - _REMARK.leading)
        # L10N: Below the beginning of a text on a slide: the whole of it stands on a later slide.
        remark = self._say(_("Whole text further on"))
        return [SlideText(beginning, letters, colour), SlideText(remark, _REMARK, colour)]

    def _pictures(self, photos: Sequence[tuple[Attachment, Photo]]) -> list[Slide]:
        """Return a slide with photos of sheets of paper side by side; no slide if there are none."""
        if not photos:
            return []
        phases = [self._wording.phase(self._results, attachment.phase) for attachment, _photo in photos]
        shapes = []
        for box, phase, (_attachment, photo) in zip(_split(CONTENT, len(photos)), phases, photos, strict=True):
            alt = _("A photo of the group's sheet of paper, from the phase «{phase}»", phase=phase)
            shapes.append(SlidePicture(box, photo, self._say(alt)))
        return self._slides(", ".join(dict.fromkeys(phases)), shapes)


def _split(box: SlideBox, count: int, *, down: bool = False) -> list[SlideBox]:
    """Return boxes of the same size that fill a box, side by side, or one below the other."""
    width = box.width if down else (box.width - (count - 1) * _GAP) / count
    height = (box.height - (count - 1) * _GAP) / count if down else box.height
    across, along = (0.0, height + _GAP) if down else (width + _GAP, 0.0)
    return [SlideBox(box.left + place * across, box.top + place * along, width, height) for place in range(count)]


def _room(box: SlideBox) -> tuple[float, float]:
    """Return the width and the height that a panel leaves for its text."""
    return box.width - 2 * PADDING, box.height - _AROUND


def _fitted(
    table: Sequence[Sequence[str]], widths: Sequence[float], size: float, *, below: float = 0.0
) -> tuple[Sequence[float], Sequence[Sequence[int]]]:
    """Return the heights of a table's rows in letters of a size, and the rows that stand together on each slide.

    The first row, which stands on every slide, and the first column are bold. No other row is higher than a slide has
    room for, where so much is left free `below` the table.
    """
    usual, bold = SlideLetters(size), SlideLetters(size, bold=True)
    head, *heights = (
        max(
            (usual if row and column else bold).height(text, widths[column] - 2 * CELL_PADDING)
            for column, text in enumerate(texts)
        )
        + 2 * CELL_PADDING
        for row, texts in enumerate(table)
    )
    room, left = CONTENT.height - head - below, 0.0
    heights, parts = [min(height, room) for height in heights], list[list[int]]()
    for row, height in enumerate(heights, start=1):
        if height > left:
            parts.append([])
            left = room
        parts[-1].append(row)
        left -= height
    return [head, *heights], parts
