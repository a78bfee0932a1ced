"""Charts: curves over time, and bars of which a part is filled, drawn as pictures for a chat.

Templates that show a chart among other things draw it with `chart` of `charts.typ`, from `asdict` of the same data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.content.branding import Branding
from bot.drawing.typeset import typeset_png

_TEMPLATE = Path(__file__).with_name("chart_picture.typ")


@dataclass(frozen=True, slots=True)
class Curve:
    """How a number grew: its name, and the number at each moment of the chart.

    It is None before the step in which it began to grow, and after the one in which it reached its end.
    """

    name: str
    counts: Sequence[int | None]

    @property
    def total(self) -> int:
        """The number at the end."""
        return max(count or 0 for count in self.counts)


@dataclass(frozen=True, slots=True)
class LineChart:
    """A chart of curves over time: its key, its title, and an alternative text that says the same numbers.

    `moments` are local times as words, evenly spaced, of which every `labelled`th is to be written below the axis,
    beginning with the first.
    """

    key: str
    title: str
    alt: str
    moments: Sequence[str]
    labelled: int
    curves: Sequence[Curve]


@dataclass(frozen=True, slots=True)
class Bar:
    """A whole, and the part of it that there is, such as the squares of a grid, and those that are filled."""

    name: str
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart of bars: its key, its title, and an alternative text that says the same numbers."""

    key: str
    title: str
    alt: str
    bars: Sequence[Bar]


ChartData = LineChart | BarChart


def draw_chart(chart: ChartData, branding: Branding, locale: str) -> bytes:
    """Return a chart below its title as a PNG file, 1080 pixels wide."""
    [picture] = typeset_png(_TEMPLATE, asdict(chart), branding, locale)
    return picture
