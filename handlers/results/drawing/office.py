"""Writes charts that office programs can edit. Each has its numbers in cells, on a sheet or inside a slide."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from zipfile import ZipFile

from bot.content.branding import INK, MUTED, Palette
from bot.content.texts import _
from bot.drawing.charts import ChartData, LineChart
from handlers.results.messages import Wording

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_DASHES = ("solid", "dash", "round_dot", "dash_dot", "long_dash", "square_dot")
"""The dashes that make curves differ besides their colours, by the names that office programs have for them."""

_LONGEST = 34
"""The most characters of a name of a curve or bar; longer ones end in an ellipsis."""

_LINE_OF_KEY = 22
"""How many characters of a name stand on one line of the key on a slide, in wide letters."""


def writable(text: str) -> str:
    """Return `text` without the characters that may not be in the XML files of office programs."""
    return _UNWRITABLE.sub("", text)


def curve_look(place: int, palette: Palette) -> tuple[str, str]:
    """Return the colour («#rrggbb») and the dashes of the curve number `place`, from 0. No two curves look the same."""
    colours = palette.curves
    return colours[place % len(colours)], _DASHES[(place + place // len(colours)) % len(_DASHES)]


def _table(data: ChartData, wording: Wording) -> tuple[Sequence[str], Sequence[tuple[str, Sequence[int | None]]]]:
    """Return the numbers of a chart: the names of the rows, and the columns, each with its name.

    Names of curves end with the number that they reach, names of bars with the part and the whole: «Quebec (6/8)».
    """
    if isinstance(data, LineChart):
        return data.moments, [(f"{_short(curve.name)} ({curve.total})", curve.counts) for curve in data.curves]
    # L10N: in the key of a chart: squares of the grid of territories in which somebody has written something
    filled, empty = wording.say(_("filled")), wording.say(_("still open"))
    parts, rests = [bar.part for bar in data.bars], [bar.whole - bar.part for bar in data.bars]
    return [f"{_short(bar.name)} ({bar.part}/{bar.whole})" for bar in data.bars], [(filled, parts), (empty, rests)]


def _short(name: str) -> str:
    return f"{name[: _LONGEST - 1].rstrip()}…" if len(name) > _LONGEST else name


def make_chart(
    book: Any, page: Any, data: ChartData, wording: Wording, size: int, *, row: int = 0, column: int = 0
) -> Any:
    """Write the numbers of a chart into cells, and return the chart (of xlsxwriter) that shows these numbers.

    `row` and `column` say which cell of the sheet `page` of `book` is the first; `size` is the size of letters, in
    points.
    """
    rows, columns = _table(data, wording)
    last, palette = row + len(rows), wording.branding.palette
    page.write_column(row + 1, column, map(writable, rows))
    chart = book.add_chart({"type": "line"} if isinstance(data, LineChart) else {"type": "bar", "subtype": "stacked"})
    for place, (name, numbers) in enumerate(columns):
        at = column + 1 + place
        page.write_string(row, at, writable(name))
        page.write_column(row + 1, at, numbers)
        if isinstance(data, LineChart):
            colour, dashes = curve_look(place, palette)
            look: dict[str, Any] = {"line": {"color": colour, "dash_type": dashes, "width": 3}}
        else:
            colour = (palette.accent, palette.strong_tint)[place]
            look = {"fill": {"color": colour}, "border": {"color": palette.accent}, "gap": 45}
        cells = {"categories": [page.name, row + 1, column, last, column], "values": [page.name, row + 1, at, last, at]}
        chart.add_series({"name": [page.name, row, at], **cells, **look})
    font, thin, no_line = {"size": size, "color": INK}, {"color": MUTED, "width": 1}, {"none": True}
    names: dict[str, Any] = {"num_font": font, "line": thin}
    if isinstance(data, LineChart):
        most = max(number or 0 for _name, numbers in columns for number in numbers)
        grid = {"visible": True, "line": {"color": palette.strong_tint, "width": 1}}
        unit = {"major_unit": 1} if most < 10 else {}  # there are no halves of an idea
        chart.set_x_axis({**names, "interval_unit": data.labelled, "interval_tick": data.labelled})
        chart.set_y_axis({"num_font": font, "line": no_line, "major_gridlines": grid, "min": 0, **unit})
        plot = {"x": 0.06, "y": 0.03, "width": 0.6, "height": 0.82}
        lines = sum(-(-len(name) // _LINE_OF_KEY) for name, _numbers in columns)
        beside = {"x": 0.68, "y": 0.03, "width": 0.32, "height": min(0.94, 0.07 * lines)}
        chart.set_legend({"position": "right", "font": font, "layout": beside})
    else:
        chart.set_y_axis({**names, "reverse": True, "interval_unit": 1, "major_tick_mark": "none"})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_legend({"position": "bottom", "font": font})
        plot = {"x": 0.3, "y": 0.02, "width": 0.68, "height": 0.87}
    chart.set_plotarea({"layout": plot})  # else long names and many leave it no room
    chart.set_title({"none": True})
    chart.show_blanks_as("span")  # there are none within a curve; programs differ in how they take a missing setting
    chart.set_chartarea({"border": no_line, "fill": no_line})
    return chart


class SlideChart:
    """A chart for a slide, as python-pptx expects it. `language` is the language of its texts, such as «fr-FR»."""

    def __init__(self, data: ChartData, wording: Wording, language: str) -> None:
        self._data, self._wording, self._language = data, wording, language

    @cached_property
    def xlsx_blob(self) -> bytes:
        """The workbook with the numbers of the chart."""
        import xlsxwriter

        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
            page = book.add_worksheet()
            rows = self._data.curves if isinstance(self._data, LineChart) else self._data.bars
            size = 16 if len(rows) <= 12 else 12 if len(rows) <= 20 else 10
            chart = make_chart(book, page, self._data, self._wording, size)
            page.insert_chart("A1", chart)
        return target.getvalue()

    def xml_bytes(self, _kind: object) -> bytes:
        """Return the XML of the chart, which python-pptx puts into the slide.

        python-pptx passes the kind of the chart (`_kind`), which is not needed: this object has it already.
        """
        with ZipFile(io.BytesIO(self.xlsx_blob)) as book:
            xml = re.sub(
                b'(lang(?: val)?=)"en-US"', b'\\1"%s"' % self._language.encode(), book.read("xl/charts/chart1.xml")
            )
        if isinstance(self._data, LineChart):  # LibreOffice rounds off curves that do not say that they have corners
            xml = xml.replace(b"</c:val>", b'</c:val><c:smooth val="0"/>')
        return xml
