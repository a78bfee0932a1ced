"""Charts: what they show is also said, and no colour is the only sign."""

from __future__ import annotations

import io
from datetime import timedelta

from PIL import Image

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.results.drawing.charts import Chart, draw_charts
from handlers.results.messages import Wording
from handlers.results.store import decode_snapshot, read_snapshot
from tests.results.builders import add_idea
from tests.results.conftest import ENGLISH, NOW, Workshops
from tests.stored_rows import empty


async def charts(workshops: Workshops) -> dict[str, Chart]:
    return {chart.name: chart for chart in draw_charts(await workshops.read(), ENGLISH)}


async def test_ideas_by_phase_by_theme_and_territories(workshops: Workshops) -> None:
    drawn = await charts(workshops)
    assert list(drawn) == ["phases", "themes", "territories"]
    for chart in drawn.values():
        with Image.open(io.BytesIO(chart.content)) as picture:
            assert picture.format == "PNG"
            assert picture.size == (chart.width, chart.height)


async def test_who_cannot_see_them_reads_the_same_numbers(workshops: Workshops) -> None:
    drawn = await charts(workshops)
    assert drawn["phases"].alt.startswith("Ideas over time, by phase. From Thursday 10 June, 10:")
    assert "Stakes: 6 ideas, Challenge: 6 ideas, Solutions: 6 ideas, Territories: 6 ideas." in drawn["phases"].alt
    assert "Culture: 12 ideas, Education: 12 ideas." in drawn["themes"].alt
    assert "Quebec: 6 of 8" in drawn["territories"].alt


async def test_in_grey_the_curves_are_told_apart_by_their_dashes(workshops: Workshops) -> None:
    chart = (await charts(workshops))["phases"]
    with Image.open(io.BytesIO(chart.content)) as picture:
        grey = picture.convert("L")
        legend = grey.crop((1200, 100, 1264, 420))
        lines = {
            bytes(value < 200 for value in legend.crop((0, row, 64, row + 1)).tobytes())
            for row in range(legend.height)
            if min(legend.crop((0, row, 64, row + 1)).tobytes()) < 200
        }
    assert len(lines) >= 4


async def test_before_any_idea_there_is_nothing_to_draw(workshops: Workshops) -> None:
    await workshops.change(lambda tx: empty(tx, "ideas", "territory_cards"))
    assert await charts(workshops) == {}


async def test_a_single_idea_and_three_days_can_be_drawn(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        await empty(tx, "ideas")
        await add_idea(tx, group, "stakes", author, "seule", created_at=to_micros(NOW), theme="culture")

    await workshops.change(unit)
    assert "Culture: 1 idea." in (await charts(workshops))["themes"].alt
    late = to_micros(NOW + timedelta(days=2))
    await workshops.change(
        lambda tx: add_idea(tx, group, "challenge", author, "plus tard", created_at=late, theme="culture")
    )
    assert "to Saturday 12 June" in (await charts(workshops))["phases"].alt


async def test_they_speak_the_language_asked_for(workshops: Workshops) -> None:
    whole = decode_snapshot(await workshops.store.read(read_snapshot))
    territories = draw_charts(whole, Wording("fr", "Europe/Paris", "Rencontres"))[-1]
    assert "Allemagne" in territories.alt
