"""Draws charts: ideas over time, by phase and by theme, and how much groups wrote about each territory.

No information is in colours alone: every curve has its own dashes and its name beside it, every bar its number. Lengths
are in pixels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.content.names import collation
from bot.content.texts import Moment, Span, _, _n
from bot.drawing.bars import TOP, WIDTH, bars_height, begin_page, draw_bars
from bot.drawing.typesetting import MUTED, TINT, as_png, shorten, wrap
from handlers.results.messages import Wording
from handlers.results.model import ResultIdea, WorkshopResults
from handlers.syntheses.model import CARD_FIELDS

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw


_HEIGHT = 900
_LEFT, _RIGHT, _BOTTOM = 110, 420, 110
_CURVES = ("#0b4f6c", "#b3541e", "#3f7d20", "#7a3e9d", "#8a6d00", "#a61e4d")  # all dark enough on white
_DASHES: Sequence[Sequence[int]] = ((), (26, 12), (8, 10), (40, 10, 8, 10), (16, 16), (4, 6))
_STEPS = 60
_MOST_BARS = 24


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as a PNG file (`content`), with its size in pixels, its key (`name`), its title, and alternative text."""

    name: str
    title: str
    alt: str
    content: bytes
    width: int
    height: int


def draw_charts(results: WorkshopResults, wording: Wording) -> list[Chart]:
    """Return the charts of ideas over time, by phase and by theme, and of territories.

    Charts that would show nothing are left out.
    """
    counted = results.counted_ideas
    ideas = sorted([*counted, *(merged for idea in counted for merged in idea.merged)], key=lambda idea: idea.at)
    phases = {phase.key: wording.words(phase.title) for phase in results.phases}
    themes = {key: wording.words(title) for key, title in results.themes.items()}
    charts = []
    if ideas:
        charts.append(
            _over_time("phases", wording.say(_("Ideas over time, by phase")), ideas, "phase", phases, wording)
        )
        charts.append(
            _over_time("themes", wording.say(_("Ideas over time, by theme")), ideas, "theme", themes, wording)
        )
    if any(group.cards for group in results.groups):
        charts.append(_territories(results, wording))
    return charts


# --- ideas over time


def _over_time(
    name: str, title: str, ideas: Sequence[ResultIdea], by: str, words: Mapping[str, str], wording: Wording
) -> Chart:
    """Draw the number of ideas over time, with a curve for each phase or for each theme.

    `by` is «phase» or «theme», `words` the names of the curves by key. `ideas` must be sorted by time, and not empty.
    """
    begin, end = ideas[0].at, max(ideas[-1].at, ideas[0].at + timedelta(minutes=1))
    counted = Counter(getattr(idea, by) for idea in ideas)
    curves = {
        key: _counts([idea.at for idea in ideas if getattr(idea, by) == key], begin, end)
        for key in words
        if counted[key]
    }
    parts = [
        wording.say(_n("{what}: {count} idea", "{what}: {count} ideas", counted[key], what=words[key]))
        for key in curves
    ]
    most = max([counted[key] for key in curves], default=1)
    picture, draw = begin_page(title, _HEIGHT)
    _axes(picture, draw, most, begin, end, wording)
    ends = []
    for index, (key, counts) in enumerate(curves.items()):
        colour, dashes = _CURVES[index % len(_CURVES)], _DASHES[index % len(_DASHES)]
        steps = range(max(0, counts.count(0) - 1), counts.index(counts[-1]) + 1)  # from the first idea to the last
        across = (WIDTH - _LEFT - _RIGHT) / _STEPS
        points = [(_LEFT + across * step, _height_of(counts[step], most)) for step in steps]
        _dashed(draw, points, colour, dashes)
        ends.append((points[-1][1], words[key], counted[key], colour, dashes))
    _label(picture, draw, ends)
    between = wording.say(_("From {begin} to {end}.", begin=Moment(begin, "datetime"), end=Moment(end, "datetime")))
    return Chart(name, title, " ".join([f"{title}.", between, ", ".join(parts) + "."]), as_png(picture), WIDTH, _HEIGHT)


def _counts(moments: Sequence[datetime], begin: datetime, end: datetime) -> list[int]:
    """Return how many of the moments, which are sorted, were past at each of the steps between `begin` and `end`."""
    step, counts, reached = (end - begin) / _STEPS, [], 0
    for number in range(_STEPS + 1):
        while reached < len(moments) and moments[reached] <= begin + step * number:
            reached += 1
        counts.append(reached)
    counts[-1] = len(moments)
    return counts


def _height_of(count: float, most: int) -> float:
    """Return the distance from the top of the chart at which a count is drawn.

    `most` is the count at the top of the axis.
    """
    return _HEIGHT - _BOTTOM - (_HEIGHT - TOP - _BOTTOM) * count / most


def _axes(picture: Image, draw: ImageDraw, most: int, begin: datetime, end: datetime, wording: Wording) -> None:
    from bot.drawing.lettering import Lettering

    letters = Lettering(26)
    step = max(1, -(-most // 5))
    for value in range(0, most + 1, step):
        height = _height_of(value, most)
        draw.line([(_LEFT, height), (WIDTH - _RIGHT, height)], fill=TINT, width=2)
        words = str(value)
        letters.draw(picture, _LEFT - 16 - letters.width(words), round(height) + 9, words, MUTED)
    draw.line([(_LEFT, _HEIGHT - _BOTTOM), (WIDTH - _RIGHT, _HEIGHT - _BOTTOM)], fill=MUTED, width=3)
    several = (end - begin) > timedelta(hours=20)
    for part in range(4):
        at = begin + (end - begin) * part / 3
        words = wording.say(Moment(at, "datetime" if several else "time"))
        x = _LEFT + (WIDTH - _LEFT - _RIGHT) * part / 3
        for line, text in enumerate(words.split(", ") if several else [words]):
            left = round(min(max(x - letters.width(text) / 2, 8), WIDTH - letters.width(text) - 8))
            letters.draw(picture, left, _HEIGHT - _BOTTOM + 40 + 32 * line, text, MUTED)


def _dashed(draw: ImageDraw, points: Sequence[tuple[float, float]], colour: str, dashes: Sequence[int]) -> None:
    """Draw a curve through points, unbroken or in dashes; `dashes` are lengths drawn and left out in turn."""
    if not dashes:
        draw.line(list(points), fill=colour, width=7, joint="curve")
        return
    left, index, is_drawn = float(dashes[0]), 0, True
    for (x, y), (to_x, to_y) in pairwise(points):
        length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
        covered = 0.0
        while covered < length:
            part = min(left, length - covered)
            if is_drawn:
                ends = [
                    (x + (to_x - x) * at / length, y + (to_y - y) * at / length) for at in (covered, covered + part)
                ]
                draw.line(ends, fill=colour, width=7)
            covered += part
            left -= part
            if left <= 0:
                index, is_drawn = index + 1, not is_drawn
                left = float(dashes[index % len(dashes)])


def _label(picture: Image, draw: ImageDraw, ends: Sequence[tuple[float, str, int, str, Sequence[int]]]) -> None:
    """Write each curve's name and number at its end, one below the other where ends are close together.

    `ends` has for each curve the height of its end, its name, number, colour and dashes.
    """
    from bot.drawing.lettering import Lettering

    letters, room = Lettering(28, bold=True), _RIGHT - 110
    high = 76
    lowest = _HEIGHT - _BOTTOM - high * (len(ends) - 1)
    at = float(TOP - 20)
    for height, words, count, colour, dashes in sorted(ends, key=lambda end: end[0]):
        at = max(at, min(height - 20, lowest))
        left = WIDTH - _RIGHT + 20
        _dashed(draw, [(left, at), (left + 64, at)], colour, dashes)
        lines = list(wrap(f"{words} ({count})", room, letters))
        shown = [*lines[:1], *([shorten(" ".join(lines[1:]), room, letters)] if len(lines) > 1 else [])]
        for line, text in enumerate(shown):
            letters.draw(picture, left + 78, round(at) + 10 + 32 * line, text, colour)
        at += high
        lowest += high


# --- territories


def _territories(results: WorkshopResults, wording: Wording) -> Chart:
    """Draw a bar for each territory: how many squares of the groups' grids are filled."""
    title = wording.say(_("Territories: squares filled of all squares"))
    filled: Counter[str] = Counter()
    squares: Counter[str] = Counter()
    for group in results.groups:
        grid = group.grid
        empty = Counter(code for code, _name in grid.empty)
        for code in grid.territories:
            squares[code] += len(CARD_FIELDS)
            filled[code] += len(CARD_FIELDS) - empty[code]
    order = sorted(squares, key=lambda code: (-squares[code], collation(wording.territory(code))))
    shown, rest = order[:_MOST_BARS], order[_MOST_BARS:]
    bars = [(wording.territory(code), filled[code], squares[code]) for code in shown]
    if rest:
        others = wording.say(_n("{count} other territory", "{count} other territories", len(rest)))
        bars.append((others, sum(filled[code] for code in rest), sum(squares[code] for code in rest)))
    parts = [wording.say(_share(words, part, total)) for words, part, total in bars]
    content = draw_bars(title, bars)
    return Chart("territories", title, f"{title}. {', '.join(parts)}.", content, WIDTH, bars_height(len(bars)))


def _share(words: str, filled: int, every: int) -> Span:
    return _("{territory}: {filled} of {every}", territory=words, filled=filled, every=every)
