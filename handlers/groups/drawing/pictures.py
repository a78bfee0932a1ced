"""Groups as pictures: all of them for organisers, one for those who are in it.

The words come from the caller, already translated. Pillow is imported when the first picture is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from bot.drawing.typesetting import DEEP, INK, MUTED, PAPER, TINT, Box, as_png, height, shorten, write

if TYPE_CHECKING:
    from PIL.Image import Image


MOST_GROUPS = 60
"""As many groups one picture shows: more would be too small to read, or too large to send."""

Members = Sequence[tuple[str, str]]
"""Names, as others read them, each with a country in words."""


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """A group as organisers see it: its title, its members, and up to two lines of figures."""

    title: str
    members: Members
    figures: Sequence[str]


@dataclass(frozen=True, slots=True)
class PlanTheme:
    """A theme's groups beneath its title and lines of figures."""

    title: str
    lines: Sequence[str]
    groups: Sequence[PlanGroup]


class TooManyGroups(ValueError):
    """More groups than one picture shows."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of a picture as wide as it: how high it is, and what draws it from a height on."""

    height: int
    draw: Callable[[Image, int], None]


_MARGIN, _GAP, _PADDING = 40, 24, 22
_COLUMN = 500  # a card's width
_HEAD, _ROW, _FOOT = 72, 42, 84  # of a card: its title, a member, its figures
_USUAL = 7  # rows in a card, while guessing how high a picture will be
_SCREEN = (3, 4)  # width to height: a phone is held upright
_PHONE = 1080  # the width of a picture for one's own phone
_MEMBER = 118  # the height of a member there: the name above, the country beneath


def draw_plan(title: str, themes: Sequence[PlanTheme]) -> bytes:
    """A PNG file with every group of some themes, card beside card.

    Raises TooManyGroups above MOST_GROUPS.
    """
    count = sum(len(theme.groups) for theme in themes)
    if count > MOST_GROUPS:
        raise TooManyGroups(f"{count} groups, and a picture shows {MOST_GROUPS} at most")
    columns = min(range(2, max(3, count)), key=lambda columns: _scale(columns, themes))
    inside = columns * (_COLUMN + _GAP) - _GAP
    blocks = [_band(title, inside)]
    for theme in themes:
        blocks += [_text([theme.title], inside, 44, DEEP, bold=True), _text(theme.lines, inside, 30, MUTED), _space(8)]
        for start in range(0, len(theme.groups), columns):
            blocks += [_cards(theme.groups[start : start + columns]), _space(_GAP)]
    return _stacked(blocks, inside + 2 * _MARGIN)


def _scale(columns: int, themes: Sequence[PlanTheme]) -> float:
    """How much a picture with so many columns is made smaller on a phone, to be seen whole."""
    rows = sum(ceil(len(theme.groups) / columns) for theme in themes)
    high = rows * (_HEAD + _USUAL * _ROW + _FOOT + _GAP) + _COLUMN / 3 * len(themes)
    return max(columns * (_COLUMN + _GAP) / _SCREEN[0], high / _SCREEN[1])


def draw_group(*, gathering: str, title: str, lines: Sequence[str], members: Members) -> bytes:
    """A PNG file for the members of one group, to be read on a phone.

    `lines` say where and when it meets. Nothing here tells anyone's gender or age.
    """
    inside = _PHONE - 2 * _MARGIN
    blocks = [_band(gathering, inside), _text([title], inside, 72, DEEP, bold=True), _space(8)]
    blocks += [_text([line], inside, 44, INK) for line in lines]
    blocks += [_space(_GAP), *(_member(name, country, inside) for name, country in members), _space(_GAP)]
    return _stacked(blocks, _PHONE)


def _stacked(blocks: Sequence[_Block], width: int) -> bytes:
    from PIL import Image

    picture = Image.new("RGB", (width, sum(block.height for block in blocks)), PAPER)
    top = 0
    for block in blocks:
        block.draw(picture, top)
        top += block.height
    return as_png(picture)


def _space(height: int) -> _Block:
    return _Block(height, lambda _picture, _top: None)


def _text(texts: Sequence[str], width: int, size: int, fill: str, *, bold: bool = False) -> _Block:
    from bot.drawing.lettering import Lettering

    needed = height(texts, width, Lettering(size, bold=bold))

    def draw(picture: Image, top: int) -> None:
        if texts:
            write(picture, Box(_MARGIN, top, width, needed), texts, range(size, size + 1), fill, bold=bold, top=True)

    return _Block(needed, draw)


def _band(title: str, width: int) -> _Block:
    words = _text([title], width, 46, PAPER, bold=True)

    def draw(picture: Image, top: int) -> None:
        picture.paste(DEEP, (0, top, picture.width, top + words.height + 48))
        words.draw(picture, top + 24)

    return _Block(words.height + 48 + _GAP, draw)


def _cards(groups: Sequence[PlanGroup]) -> _Block:
    """Cards in a row, all as high as the highest."""
    high = _HEAD + _ROW * max(len(group.members) for group in groups) + _FOOT

    def draw(picture: Image, top: int) -> None:
        for place, group in enumerate(groups):
            _draw_card(picture, Box(_MARGIN + place * (_COLUMN + _GAP), top, _COLUMN, high), group)

    return _Block(high, draw)


def _draw_card(picture: Image, box: Box, group: PlanGroup) -> None:
    from PIL import ImageDraw

    from bot.drawing.lettering import Lettering

    corners = (box.left, box.top, box.left + box.width, box.top + box.height)
    ImageDraw.Draw(picture).rounded_rectangle(corners, radius=18, fill=TINT)
    left, inside = box.left + _PADDING, box.width - 2 * _PADDING
    write(picture, Box(left, box.top + 6, inside, _HEAD - 12), [group.title], range(36, 23, -2), DEEP, bold=True)
    names, countries = Lettering(30), Lettering(26)
    baseline = box.top + _HEAD + 28
    for name, country in group.members:
        shown = shorten(name, inside - _PADDING - min(countries.width(country), inside // 3), names)
        names.draw(picture, left, baseline, shown, INK)
        beside = shorten(country, inside - names.width(shown) - _PADDING, countries)
        countries.draw(picture, left + inside - countries.width(beside), baseline, beside, MUTED)
        baseline += _ROW
    foot = Box(left, box.top + box.height - _FOOT + 4, inside, _FOOT - 12)
    write(picture, foot, group.figures, range(28, 19, -2), DEEP)


def _member(name: str, country: str, width: int) -> _Block:
    def draw(picture: Image, top: int) -> None:
        from PIL import ImageDraw

        corners = (_MARGIN, top, _MARGIN + width, top + _MEMBER - 14)
        ImageDraw.Draw(picture).rounded_rectangle(corners, radius=18, fill=TINT)
        left, inside = _MARGIN + _PADDING, width - 2 * _PADDING
        write(picture, Box(left, top + 4, inside, 56), [name], range(44, 33, -2), INK, bold=True)
        write(picture, Box(left, top + 56, inside, 44), [country], range(34, 29, -2), MUTED)

    return _Block(_MEMBER, draw)
