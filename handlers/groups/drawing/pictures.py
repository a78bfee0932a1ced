"""Draws groups as pictures: all groups for organisers, one group for its members.

The caller gives translated words. Pillow is imported when the first picture is drawn. Lengths are in pixels.
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
"""The largest number of groups in one picture; with more it would be too small to read, or too large to send."""

Members = Sequence[tuple[str, str]]
"""The displayed name of each member, and the name of their country."""


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """A group in the organisers' picture: its title, its members, and up to two lines of counts below them."""

    title: str
    members: Members
    figures: Sequence[str]


@dataclass(frozen=True, slots=True)
class PlanTheme:
    """A theme in the organisers' picture: its title, the lines about its groups' quality, and its groups."""

    title: str
    lines: Sequence[str]
    groups: Sequence[PlanGroup]


class TooManyGroups(ValueError):
    """Raised when there are more than MOST_GROUPS groups for one picture."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of a picture, as wide as the picture.

    It holds its height and a function that draws it at a given distance from the top.
    """

    height: int
    draw: Callable[[Image, int], None]


_MARGIN, _GAP, _PADDING = 40, 24, 22
_COLUMN = 500  # width of a card
_HEAD, _ROW, _FOOT = 72, 42, 84  # heights in a card: title, member, figures
_USUAL = 7  # rows in a card, to estimate the height of a picture
_SCREEN = (3, 4)  # width to height of a phone that is held upright
_PHONE = 1080  # width of a picture for a member's phone
_MEMBER = 118  # height of a member in that picture: the name, and the country below


def draw_plan(title: str, themes: Sequence[PlanTheme]) -> bytes:
    """Return a PNG file for organisers that shows every group of these themes.

    `title` is the heading of the picture. Raises TooManyGroups for more than MOST_GROUPS.
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
    """Return by what factor a phone must shrink a picture with so many columns to show all of it."""
    rows = sum(ceil(len(theme.groups) / columns) for theme in themes)
    high = rows * (_HEAD + _USUAL * _ROW + _FOOT + _GAP) + _COLUMN / 3 * len(themes)
    return max(columns * (_COLUMN + _GAP) / _SCREEN[0], high / _SCREEN[1])


def draw_group(*, gathering: str, title: str, lines: Sequence[str], members: Members) -> bytes:
    """Return a PNG file with one group for its members, to be read on a phone.

    `gathering` is the gathering's name; `lines` tell where and when the group meets. The picture does not show anyone's
    gender or age.
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
    """Return a row of cards, all as high as the highest."""
    high = _HEAD + _ROW * max(len(group.members) for group in groups) + _FOOT

    def draw(picture: Image, top: int) -> None:
        for column, group in enumerate(groups):
            _draw_card(picture, Box(_MARGIN + column * (_COLUMN + _GAP), top, _COLUMN, high), group)

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
