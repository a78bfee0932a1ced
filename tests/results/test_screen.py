"""The picture of a group for a screen: what it proposes, in letters that are read from the last row."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from bot.content.branding import Branding
from bot.content.views import Picture
from handlers.results.drawing.screen import draw_for_screen
from handlers.results.messages import Wording
from tests.names import NAMES
from tests.results.builders import write_down
from tests.results.conftest import ENGLISH, Workshops

BOTTOM = (0, 970, 1920, 1080)
BESIDE = ((0, 192, 86, 968), (1834, 192, 1920, 968))


async def drawn(workshops: Workshops, wording: Wording = ENGLISH) -> Picture | None:
    results = await workshops.read()
    return draw_for_screen(results, results.groups[0], wording, "screen.png")


async def picture(workshops: Workshops, wording: Wording = ENGLISH) -> Image.Image:
    screen = await drawn(workshops, wording)
    assert screen is not None
    return Image.open(io.BytesIO(screen.content)).convert("RGB")


async def write(workshops: Workshops, phase: str, **content: str) -> None:
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][0]
    await workshops.change(lambda tx: write_down(tx, group, phase, writer, content))


async def test_it_fills_a_screen_in_the_gatherings_colour(workshops: Workshops) -> None:
    screen = await picture(workshops, replace(ENGLISH, branding=Branding("Rencontres", "#8a1538")))
    assert screen.size == (1920, 1080)
    assert screen.getpixel((1900, 20)) == (0x8A, 0x15, 0x38)


async def test_each_text_is_drawn_and_said(workshops: Workshops) -> None:
    before = await picture(workshops)
    await write(workshops, "challenge", sentence="Comment danser ?")
    await write(workshops, "solutions", idea="Un bal")
    after, screen = await picture(workshops), await drawn(workshops)
    halves = ((0, 190, 1920, 570), (0, 590, 1920, 968))
    assert [before.crop(box).tobytes() != after.crop(box).tobytes() for box in halves] == [True, True]
    assert before.crop(BOTTOM).tobytes() == after.crop(BOTTOM).tobytes()
    assert screen is not None
    assert screen.alt == "Culture 1\nOur challenge: Comment danser ?\nOur solution: Un bal"


async def test_what_is_not_written_leaves_its_room_to_the_rest(bare_workshops: Workshops) -> None:
    assert await drawn(bare_workshops) is None
    await write(bare_workshops, "challenge", sentence="Comment danser ?")
    screen = await drawn(bare_workshops)
    assert screen is not None
    assert screen.alt == "Culture 1\nOur challenge: Comment danser ?"


@pytest.mark.parametrize("word", ["vraiment ", "Ω", "#set text(1pt)\n", "مطبخ "])
async def test_long_texts_end_with_an_ellipsis_within_their_card(workshops: Workshops, word: str) -> None:
    await write(workshops, "challenge", sentence=word * 200)
    shorter = await picture(workshops)
    await write(workshops, "challenge", sentence=word * 300)
    longer = await picture(workshops)
    assert shorter.tobytes() == longer.tobytes(), "both are cut at the same place"
    assert all(longer.crop(box).getcolors() == [(86 * 776, (255, 255, 255))] for box in BESIDE)


async def test_every_name_is_drawn(workshops: Workshops) -> None:
    results = await workshops.read()
    group = results.groups[0]
    pictures = set()
    for name in NAMES:
        group.name = name
        screen = draw_for_screen(results, group, ENGLISH, "screen.png")
        assert screen is not None
        assert str(screen.alt).startswith(f"Culture 1 · {name}\n")
        pictures.add(screen.content)
    assert len(pictures) == len(NAMES)
