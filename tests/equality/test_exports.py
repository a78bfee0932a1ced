"""What is published about women and men in the files of the results: a sheet of the workbook, slides of the plenary."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from bot.content.branding import Branding
from bot.content.texts import Localised, _
from handlers.equality import store
from handlers.equality.model.steps import PublishedStep
from handlers.results.drawing.slides import write_plenary_slides
from handlers.results.files import write_book
from handlers.results.messages import Wording
from handlers.results.model import WorkshopResults, decode_snapshot
from handlers.results.store.snapshots import read_snapshot
from tests.engines import on_one_engine
from tests.equality.builders import settings
from tests.results.chats import workshops
from tests.world import World, open_world

ENGLISH, FRENCH = (Wording(locale, "Europe/Paris", Branding("Rencontres")) for locale in ("en", "fr"))
PHASE = Localised({"fr": "Comprendre les enjeux", "en": "Understand the stakes"})
STEPS = (
    PublishedStep("ideas:1:stakes", _("Ideas, {phase}", phase=PHASE), 96, 240, 50, 35, 40, 60, "below", 5, False),
    PublishedStep("votes:1", _("Votes received"), 80, 200, 50, 50, 40, 61, "within", 5, True),
)


@pytest.fixture
async def results(store_url: str) -> AsyncIterator[WorkshopResults]:
    async with open_world(store_url, settings()) as world:
        yield await read(world)


async def read(world: World) -> WorkshopResults:
    """The results of two groups, with two steps published."""
    await workshops(world)
    await world.change(store.put_published, STEPS, world.clock.now())
    return decode_snapshot(await world.read(read_snapshot))


@on_one_engine
async def test_the_workbook_has_a_sheet_of_equality(results: WorkshopResults) -> None:
    sheet = load_workbook(io.BytesIO(write_book(results, ENGLISH, folder=False)))["Equality"]
    assert list(sheet.iter_rows(values_only=True)) == [
        (
            "Step",
            "People who could",
            "Women among them, in %",
            "How often it was done",
            "Done by women, in %",
            "Chance: at least, in %",
            "Chance: at most, in %",
            "Remark",
            "Rounded to points",
        ),
        (
            "Ideas, Understand the stakes",
            96,
            50,
            240,
            35,
            40,
            60,
            "The share of women is lower than chance would explain.",
            5,
        ),
        ("Votes received", 80, 50, 200, 50, 40, 61, "Read with care: the gender of many is unknown.", 5),
    ]


@on_one_engine
async def test_the_plenary_has_a_slide_of_equality_in_its_language(results: WorkshopResults) -> None:
    deck = Presentation(io.BytesIO(write_plenary_slides(results, FRENCH, lambda _file: None, most=None)))
    [slide] = [slide for slide in deck.slides if slide.shapes.title.text.startswith("Égalité")]
    [table] = [shape.table for shape in slide.shapes if shape.has_table]
    assert [[cell.text.replace("\u202f", " ").replace("\xa0", " ") for cell in row.cells] for row in table.rows][
        1:
    ] == [
        [
            "Idées, Comprendre les enjeux",
            "50 %",
            "35 %",
            "40–60 %",
            "La part des femmes est plus basse que ce que le hasard expliquerait.",
        ],
        [
            "Voix reçues",
            "50 %",
            "50 %",
            "40–61 %",
            "À lire avec prudence : on ne connaît pas le genre de beaucoup de personnes.",
        ],
    ]


@on_one_engine
async def test_many_steps_go_on_on_another_slide(results: WorkshopResults) -> None:
    results.equality = STEPS * 9
    deck = Presentation(io.BytesIO(write_plenary_slides(results, FRENCH, lambda _file: None, most=None)))
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    counts = [len(table.rows) - 1 for table in tables if table.cell(0, 0).text == "Étape"]
    assert len(counts) > 1
    assert sum(counts) == 18


@on_one_engine
async def test_without_anything_published_there_is_neither(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        await workshops(world)
        results = decode_snapshot(await world.read(read_snapshot))
    assert results.equality == []
    names = load_workbook(io.BytesIO(write_book(results, ENGLISH, folder=False))).sheetnames
    assert names[-2:] == ["Files", "Charts"]
