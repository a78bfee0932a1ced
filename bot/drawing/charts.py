"""Charts: curves over time, and bars of which a part is filled, drawn as pictures for a chat.

Templates that contain a chart draw it with `chart` of `charts.typ`, from `asdict` of the same data.
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
    """A curve in a chart, which shows how a number grew: its name, and the number at each moment of the chart.

    Where the curve is not drawn, it has None: before the number begins to grow, and after the number is complete.
    """

    name: str
    counts: Sequence[int | None]

    @property
    def total(self) -> int:
        """Return the number at the end of the curve."""
        return max(count or 0 for count in self.counts)


@dataclass(frozen=True, slots=True)
class LineChart:
    """A chart of curves over time: its key, its title, and an alternative text with the same numbers.

    `moments` are local times as texts, evenly spaced. The first of them, and then every `labelled`th, is written below
    the axis.
    """

    key: str
    title: str
    alt: str
    moments: Sequence[str]
    labelled: int
    curves: Sequence[Curve]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart, which shows how much of a whole is reached, such as `part` of the `whole` squares of a grid."""

    name: str
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart of bars: its key, its title, and an alternative text with the same numbers."""

    key: str
    title: str
    alt: str
    bars: Sequence[Bar]


ChartData = LineChart | BarChart


def draw_chart(chart: ChartData, branding: Branding, locale: str) -> bytes:
    """Return a picture of a chart below its title, as a PNG file that is 1080 pixels wide."""
    [picture] = typeset_png(_TEMPLATE, asdict(chart), branding, locale)
    return picture
