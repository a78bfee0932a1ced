"""Writes charts that office programs can edit: each with its numbers in cells, on a sheet or inside a slide."""

from __future__ import annotations

import io
import re
from functools import cached_property
from typing import Any
from zipfile import ZipFile

from bot.content.branding import INK, MUTED, Palette
from handlers.results.drawing.figures import ChartData, LineChart, curve_look

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """Return `text` without the characters that the XML of office programs cannot hold."""
    return _UNWRITABLE.sub("", text)


def make_chart(
    book: Any, page: Any, data: ChartData, palette: Palette, size: int, *, row: int = 0, column: int = 0
) -> Any:
    """Write the numbers of a chart into cells, and return the chart (of xlsxwriter) that shows them.

    `row` and `column` are those of the first cell on the sheet `page` of `book`; `size` is that of letters, in points.
    """
    table, accent = data.table, palette.accent
    last = row + len(table.rows)
    page.write_column(row + 1, column, map(writable, table.rows))
    chart = book.add_chart({"type": "line"} if isinstance(data, LineChart) else {"type": "bar", "subtype": "stacked"})
    for place, (name, numbers) in enumerate(table.columns):
        at = column + 1 + place
        page.write_string(row, at, writable(name))
        page.write_column(row + 1, at, numbers)
        if isinstance(data, LineChart):
            colour, dashes = curve_look(place, palette)
            look: dict[str, Any] = {"line": {"color": colour, "dash_type": dashes, "width": 3}}
        else:
            colour = (accent, palette.strong_tint)[place]
            look = {"fill": {"color": colour}, "border": {"color": accent}, "gap": 45}
        cells = {"categories": [page.name, row + 1, column, last, column], "values": [page.name, row + 1, at, last, at]}
        chart.add_series({"name": [page.name, row, at], **cells, **look})
    font, thin, no_line = {"size": size, "color": INK}, {"color": MUTED, "width": 1}, {"none": True}
    names: dict[str, Any] = {"num_font": font, "line": thin}
    if isinstance(data, LineChart):
        most = max(number or 0 for _name, numbers in table.columns for number in numbers)
        grid = {"visible": True, "line": {"color": palette.strong_tint, "width": 1}}
        unit = {"major_unit": 1} if most < 10 else {}  # there are no halves of an idea
        chart.set_x_axis({**names, "interval_unit": data.labelled, "interval_tick": data.labelled})
        chart.set_y_axis({"num_font": font, "line": no_line, "major_gridlines": grid, "min": 0, **unit})
    else:
        chart.set_y_axis({**names, "reverse": True, "major_tick_mark": "none"})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_legend({"position": "right" if isinstance(data, LineChart) else "bottom", "font": font})
    chart.set_title({"none": True})
    chart.show_blanks_as("span")  # there are none within a curve; programs differ in how they take a missing setting
    chart.set_chartarea({"border": no_line, "fill": no_line})
    return chart


class SlideChart:
    """A chart to be put on a slide, as python-pptx takes it. `language` is that of its texts, «fr-FR»."""

    def __init__(self, data: ChartData, palette: Palette, language: str) -> None:
        self._data, self._palette, self._language = data, palette, language

    @cached_property
    def xlsx_blob(self) -> bytes:
        """The workbook with the numbers of the chart."""
        import xlsxwriter

        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
            page = book.add_worksheet()
            size = 12 if len(self._data.table.rows) > 16 and not isinstance(self._data, LineChart) else 16
            page.insert_chart("A1", make_chart(book, page, self._data, self._palette, size))
        return target.getvalue()

    def xml_bytes(self, _kind: object) -> bytes:
        """Return the XML of the chart, which python-pptx would write for a kind of chart."""
        with ZipFile(io.BytesIO(self.xlsx_blob)) as book:
            xml = book.read("xl/charts/chart1.xml").replace(b"en-US", self._language.encode())
        if isinstance(self._data, LineChart):  # LibreOffice rounds off curves that do not say that they have corners
            xml = xml.replace(b"</c:val>", b'</c:val><c:smooth val="0"/>')
        return xml
