"""Charts where looking beats reading: ideas over time, and the territories that solutions were carried to.

Drawn with the letters of `bot.drawing.lettering`. No colour says anything alone: every curve has its own dashes and its
name beside it, every bar its number.
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
from handlers.results.model import Gathering, Voice
from handlers.syntheses.model import CARD_FIELDS

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw


_HEIGHT = 900
_LEFT, _RIGHT, _BOTTOM = 110, 420, 110
_CURVES = ("#0b4f6c", "#b3541e", "#3f7d20", "#7a3e9d", "#8a6d00", "#a61e4d")  # each dark enough on white
_DASHES: Sequence[Sequence[int]] = ((), (26, 12), (8, 10), (40, 10, 8, 10), (16, 16), (4, 6))
_STEPS = 60
_MOST_BARS = 24


@dataclass(frozen=True, slots=True)
class Chart:
    """A PNG file with its size in pixels, what it is called, and what it shows in words."""

    name: str
    title: str
    alt: str
    content: bytes
    width: int
    height: int


def draw_charts(whole: Gathering, wording: Wording) -> list[Chart]:
    """Those there is something to show in: ideas by phase, ideas by theme, territories."""
    voices = whole.voices
    every = sorted([*voices, *(merged for voice in voices for merged in voice.merged)], key=lambda each: each.at)
    phases = {phase.key: wording.words(phase.title) for phase in whole.phases}
    themes = {key: wording.words(title) for key, title in whole.themes.items()}
    charts = []
    if every:
        charts.append(
            _over_time("phases", wording.say(_("Ideas over time, by phase")), every, "phase", phases, wording)
        )
        charts.append(
            _over_time("themes", wording.say(_("Ideas over time, by theme")), every, "theme", themes, wording)
        )
    if any(group.cards for group in whole.groups):
        charts.append(_territories(whole, wording))
    return charts


# --- ideas over time


def _over_time(
    name: str, title: str, voices: Sequence[Voice], by: str, words: Mapping[str, str], wording: Wording
) -> Chart:
    begin, end = voices[0].at, max(voices[-1].at, voices[0].at + timedelta(minutes=1))
    counted = Counter(getattr(voice, by) for voice in voices)
    curves = {
        key: _counts([voice.at for voice in voices if getattr(voice, by) == key], begin, end)
        for key in words
        if counted[key]
    }
    said = [
        wording.say(_n("{what}: {count} idea", "{what}: {count} ideas", counted[key], what=words[key]))
        for key in curves
    ]
    most = max([counted[key] for key in curves], default=1)
    picture, draw = begin_page(title, _HEIGHT)
    _axes(picture, draw, most, begin, end, wording)
    ends = []
    for place, (key, counts) in enumerate(curves.items()):
        colour, dashes = _CURVES[place % len(_CURVES)], _DASHES[place % len(_DASHES)]
        drawn = range(max(0, counts.count(0) - 1), counts.index(counts[-1]) + 1)  # from the first idea to the last
        across = (WIDTH - _LEFT - _RIGHT) / _STEPS
        points = [(_LEFT + across * step, _height_of(counts[step], most)) for step in drawn]
        _dashed(draw, points, colour, dashes)
        ends.append((points[-1][1], words[key], counted[key], colour, dashes))
    _label(picture, draw, ends)
    between = wording.say(_("From {begin} to {end}.", begin=Moment(begin, "datetime"), end=Moment(end, "datetime")))
    return Chart(name, title, " ".join([f"{title}.", between, ", ".join(said) + "."]), as_png(picture), WIDTH, _HEIGHT)


def _counts(moments: Sequence[datetime], begin: datetime, end: datetime) -> list[int]:
    """How many there were by each step of the time."""
    step, counts, place = (end - begin) / _STEPS, [], 0
    for number in range(_STEPS + 1):
        while place < len(moments) and moments[place] <= begin + step * number:
            place += 1
        counts.append(place)
    counts[-1] = len(moments)
    return counts


def _height_of(count: float, most: int) -> float:
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
    """A curve through points, whole or in dashes: lengths drawn and left out, in pixels."""
    if not dashes:
        draw.line(list(points), fill=colour, width=7, joint="curve")
        return
    left, place, drawn = float(dashes[0]), 0, True
    for (x, y), (to_x, to_y) in pairwise(points):
        length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
        done = 0.0
        while done < length:
            part = min(left, length - done)
            if drawn:
                ends = [(x + (to_x - x) * at / length, y + (to_y - y) * at / length) for at in (done, done + part)]
                draw.line(ends, fill=colour, width=7)
            done += part
            left -= part
            if left <= 0:
                place, drawn = place + 1, not drawn
                left = float(dashes[place % len(dashes)])


def _label(picture: Image, draw: ImageDraw, ends: Sequence[tuple[float, str, int, str, Sequence[int]]]) -> None:
    """Each curve's name and number at its end, one below the other where ends are close."""
    from bot.drawing.lettering import Lettering

    letters, room = Lettering(28, bold=True), _RIGHT - 110
    high = 76
    lowest = _HEIGHT - _BOTTOM - high * (len(ends) - 1)
    at = float(TOP - 20)
    for height, words, count, colour, dashes in sorted(ends, key=lambda each: each[0]):
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


def _territories(whole: Gathering, wording: Wording) -> Chart:
    title = wording.say(_("Territories: squares filled of all squares"))
    filled: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for group in whole.groups:
        grid = group.grid
        empty = Counter(code for code, _name in grid.empty)
        for code in grid.territories:
            every[code] += len(CARD_FIELDS)
            filled[code] += len(CARD_FIELDS) - empty[code]
    order = sorted(every, key=lambda code: (-every[code], collation(wording.territory(code))))
    shown, rest = order[:_MOST_BARS], order[_MOST_BARS:]
    bars = [(wording.territory(code), filled[code], every[code]) for code in shown]
    if rest:
        others = wording.say(_n("{count} other territory", "{count} other territories", len(rest)))
        bars.append((others, sum(filled[code] for code in rest), sum(every[code] for code in rest)))
    said = [wording.say(_share(words, part, whole_of_it)) for words, part, whole_of_it in bars]
    content = draw_bars(title, bars)
    return Chart("territories", title, f"{title}. {', '.join(said)}.", content, WIDTH, bars_height(len(bars)))


def _share(words: str, filled: int, every: int) -> Span:
    return _("{territory}: {filled} of {every}", territory=words, filled=filled, every=every)
