"""Charts that office programs can edit, on slides and in the workbook: they hold the numbers that are also said."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from handlers.results.drawing.office import curve_look
from handlers.results.drawing.slides import write_plenary_slides
from handlers.results.files import write_book
from tests.results.conftest import ENGLISH, Workshops


async def plenary(workshops: Workshops) -> Any:
    whole = await workshops.read()
    content = write_plenary_slides(whole, ENGLISH, lambda _attachment: None, most=None)
    return Presentation(io.BytesIO(content))


def charts_of(deck: Any) -> list[tuple[str, Any]]:
    """Every chart with its alternative text."""
    shapes = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    return [(shape._element.nvGraphicFramePr.cNvPr.get("descr"), shape.chart) for shape in shapes]


async def test_charts_can_be_edited_and_hold_the_numbers_of_their_alternative_texts(workshops: Workshops) -> None:
    (by_phase, phases), (by_theme, themes), (of_territories, territories) = charts_of(await plenary(workshops))
    for alt, chart in ((by_phase, phases), (by_theme, themes)):
        totals = [round(max(number or 0 for number in series.values)) for series in chart.plots[0].series]
        names = [series.name.removesuffix(f" ({total})") for series, total in zip(chart.series, totals, strict=True)]
        counted = [f"{name}: {total} ideas" for name, total in zip(names, totals, strict=True)]
        assert alt.endswith(f". {', '.join(counted)}.")
    done, left = territories.plots[0].series
    assert (done.name, left.name) == ("filled", "still open")
    counted = [
        f"{name.rpartition(' (')[0]}: {round(part)} of {round(part + rest)}"
        for name, part, rest in zip(territories.plots[0].categories, done.values, left.values, strict=True)
    ]
    assert of_territories.endswith(f". {', '.join(counted)}.")
    cells = load_workbook(io.BytesIO(phases.part.chart_workbook.xlsx_part.blob)).worksheets[0]
    column = [cell.value for cell in cells["B"]]
    assert column[0] == "Stakes (6)"
    assert column[1:] == [None if number is None else int(number) for number in phases.series[0].values]


async def test_in_grey_the_curves_of_a_chart_are_told_apart(workshops: Workshops) -> None:
    _alt, chart = charts_of(await plenary(workshops))[0]
    assert len({series.format.line.dash_style for series in chart.series}) == len(chart.series) == 4
    assert len({curve_look(place, ENGLISH.branding.palette) for place in range(20)}) == 20


async def test_the_charts_of_the_workbook_have_the_same_alternative_texts(workshops: Workshops) -> None:
    whole = await workshops.read()
    with ZipFile(io.BytesIO(write_book(whole, ENGLISH, folder=False))) as file:
        drawing = file.read("xl/drawings/drawing1.xml").decode()
    assert re.findall('descr="([^"]*)"', drawing) == [alt for alt, _chart in charts_of(await plenary(workshops))]


async def test_many_curves_with_long_names_leave_the_chart_its_place(workshops: Workshops) -> None:
    whole = await workshops.read()
    whole.themes = {f"t{place}": {"en": f"{place} " + "a title of a theme " * 9} for place in range(20)}
    for place, idea in enumerate(whole.counted_ideas):
        idea.theme = f"t{place % 20}"
    content = write_plenary_slides(whole, ENGLISH, lambda _attachment: None, most=None)
    _alt, chart = charts_of(Presentation(io.BytesIO(content)))[1]
    names = [series.name for series in chart.series]
    assert len(names) == 20
    assert names[0] == "0 a title of a theme a title of a… (2)"
    plot, legend = chart._chartSpace.xpath(".//c:plotArea/c:layout//c:w/@val | .//c:legend/c:layout//c:w/@val")
    assert (float(plot), float(legend)) == (0.6, 0.32)


async def test_the_key_has_room_for_names_that_take_two_lines(workshops: Workshops) -> None:
    whole = await workshops.read()

    def height(title: str) -> float:
        whole.themes = {key: {"en": title} for key in whole.themes}
        content = write_plenary_slides(whole, ENGLISH, lambda _attachment: None, most=None)
        _alt, chart = charts_of(Presentation(io.BytesIO(content)))[1]
        return float(chart._chartSpace.xpath(".//c:legend/c:layout//c:h/@val")[0])

    assert height("Innovation in the schools of today") == pytest.approx(2 * height("Schools"))


async def test_the_texts_of_a_chart_have_a_language_and_its_curves_have_corners(workshops: Workshops) -> None:
    whole = await workshops.read()
    german = replace(ENGLISH, locale="de")
    content = write_plenary_slides(whole, german, lambda _attachment: None, most=None)
    with ZipFile(io.BytesIO(content)) as file:
        xml = file.read("ppt/charts/chart1.xml").decode()
    assert set(re.findall('lang(?: val)?="([^"]*)"', xml)) == {"de-DE"}
    assert xml.count('<c:smooth val="0"/>') == xml.count("</c:ser>") == 4
