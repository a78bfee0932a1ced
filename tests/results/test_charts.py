"""Charts: what they show is also said, and no colour is the only sign."""

from __future__ import annotations

import io
from datetime import timedelta
from itertools import pairwise

import pytest
from PIL import Image

import bot.drawing.charts as charts_module
from bot.content.branding import Branding
from bot.content.texts import source_name
from bot.content.views import Picture
from bot.drawing.charts import Curve, LineChart, draw_chart
from bot.drawing.typeset import typeset_pdf
from handlers.results.drawing.figures import chart_data
from handlers.results.jobs import draw_charts
from handlers.results.messages import Wording
from handlers.results.model import decode_snapshot
from handlers.results.store.snapshots import read_snapshot
from tests.pdf import words
from tests.results.builders import give_idea
from tests.results.conftest import ENGLISH, NOW, Workshops


async def charts(workshops: Workshops) -> dict[str, Picture]:
    """The charts by the names of their files."""
    return {source_name(chart.name): chart for chart in draw_charts(await workshops.read(), ENGLISH)}


async def alts(workshops: Workshops) -> dict[str, str]:
    return {name: ENGLISH.say(chart.alt) for name, chart in (await charts(workshops)).items()}


async def test_ideas_by_phase_by_theme_and_territories(workshops: Workshops) -> None:
    drawn = await charts(workshops)
    assert list(drawn) == ["ideas-by-phase.png", "ideas-by-theme.png", "territories.png"]
    for chart in drawn.values():
        with Image.open(io.BytesIO(chart.content)) as picture:
            assert picture.format == "PNG"
            assert picture.width == 1080


async def test_who_cannot_see_them_reads_the_same_numbers(workshops: Workshops) -> None:
    said = await alts(workshops)
    assert said["ideas-by-phase.png"].startswith("Ideas over time, by phase. From Thursday 10 June, 10:")
    assert (
        "Stakes: 6 ideas, Challenge: 6 ideas, Solutions: 6 ideas, Territories: 6 ideas." in said["ideas-by-phase.png"]
    )
    assert "Culture: 12 ideas, Education: 12 ideas." in said["ideas-by-theme.png"]
    assert "Quebec: 6 of 8" in said["territories.png"]


async def test_in_grey_the_curves_are_told_apart_by_their_dashes(workshops: Workshops) -> None:
    chart = (await charts(workshops))["ideas-by-phase.png"]
    with Image.open(io.BytesIO(chart.content)) as picture:
        grey = picture.convert("L")
        legend = grey.crop((692, 80, 748, 780))
        lines = {
            bytes(value < 200 for value in legend.crop((0, row, 56, row + 1)).tobytes())
            for row in range(legend.height)
            if min(legend.crop((0, row, 56, row + 1)).tobytes()) < 200
        }
    assert len(lines) >= 4


def test_names_of_many_curves_stand_below_the_title() -> None:
    curves = [Curve(f"Theme {number} with a long name indeed", [0, number + 1]) for number in range(14)]
    content = draw_chart(LineChart("themes", "Ideas", "", ["9:00", "10:00"], 1, curves), ENGLISH.branding, "en")
    with Image.open(io.BytesIO(content)) as picture:
        grey = picture.convert("L")
    assert set(grey.crop((690, 0, 1080, 84)).tobytes()) == {255}
    marks = grey.crop((692, 84, 748, grey.height - 120))  # above the hours
    inked = [min(marks.crop((0, row, 56, row + 1)).tobytes()) < 200 for row in range(marks.height)]
    assert sum(here and not above for above, here in pairwise([False, *inked])) == 14


def test_no_number_stands_alone_below_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts_module, "typeset_png", lambda *what: [typeset_pdf(*what)])
    curves = [Curve("Comprendre les enjeux", [0, 170]), Curve("Imaginer des solutions", [0, 170])]
    pdf = draw_chart(LineChart("phases", "Idées", "", ["9:00", "10:00"], 1, curves), ENGLISH.branding, "fr")
    assert [line for line in words(pdf) if "(170)" in line] == ["enjeux (170)", "solutions (170)"]


async def test_before_any_idea_there_is_nothing_to_draw(bare_workshops: Workshops) -> None:
    assert len((await bare_workshops.read()).groups) == 2
    assert await charts(bare_workshops) == {}


async def test_a_single_idea_and_three_days_can_be_drawn(bare_workshops: Workshops) -> None:
    group = bare_workshops.made.groups[0]
    author = bare_workshops.made.members[group][0]
    await bare_workshops.change(lambda tx: give_idea(tx, group, "stakes", author, "seule", at=NOW))
    assert "Culture: 1 idea." in (await alts(bare_workshops))["ideas-by-theme.png"]
    late = NOW + timedelta(days=2)
    await bare_workshops.change(lambda tx: give_idea(tx, group, "challenge", author, "plus tard", at=late))
    assert "to Saturday 12 June" in (await alts(bare_workshops))["ideas-by-phase.png"]


async def test_they_speak_the_language_asked_for(workshops: Workshops) -> None:
    whole = decode_snapshot(await workshops.store.read(read_snapshot))
    territories = draw_charts(whole, Wording("fr", "Europe/Paris", Branding("Rencontres")))[-1]
    assert "Allemagne" in ENGLISH.say(territories.alt)


async def test_curves_are_labelled_at_full_hours(workshops: Workshops) -> None:
    chart, by_theme, _territories = chart_data(await workshops.read(), ENGLISH)
    assert isinstance(chart, LineChart)
    assert isinstance(by_theme, LineChart)
    assert chart.moments[:: chart.labelled] == ["10:00", "11:00", "12:00", "13:00"]
    stakes, *_others = chart.curves
    assert (stakes.name, stakes.total, stakes.counts[-1]) == ("Stakes", 6, None)  # a phase is over
    assert [curve.counts[-1] for curve in by_theme.curves] == [12, 12]
