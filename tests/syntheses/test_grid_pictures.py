"""The grid of a solution as a picture: everything is there, nothing leaves its square, a phone can show it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image

from handlers.syntheses.drawing import GridRow, draw_grid

COLUMNS = ("Ce qui existe", "Ce qui bloque", "Ce qui doit changer", "Qui peut porter")
LONG = "Les maisons de jeunes ouvrent déjà le soir, mais personne ne paie le chauffage ni le gardien. " * 3


def drawn(rows: Sequence[GridRow], **how: Any) -> Image.Image:
    made = draw_grid(
        title=how.get("title", "Culture · groupe 3"),
        lines=how.get("lines", ["Un bus qui est une bibliothèque"]),
        columns=COLUMNS,
        rows=rows,
        empty=how.get("empty", "rien encore"),
    )
    picture = Image.open(io.BytesIO(made))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def row(name: str, *squares: Sequence[str]) -> GridRow:
    return GridRow(name, squares or ([], [], [], []))


def test_every_text_is_drawn() -> None:
    base = row("Québec", ["Des cégeps"], ["L’argent"], [], ["OFQJ"])
    shown = drawn([base]).tobytes()
    for other in (
        drawn([row("Suisse", *base.squares)]),
        drawn([row("Québec", ["Des trains"], ["L’argent"], [], ["OFQJ"])]),
        drawn([row("Québec", ["Des cégeps"], ["L’argent"], ["La loi"], ["OFQJ"])]),
        drawn([base], title="Culture · groupe 4"),
        drawn([base], lines=["Une école de nuit"]),
        drawn([base], empty="nothing yet"),
        drawn([row("Québec", ["Des cégeps", "Des bus"], ["L’argent"], [], ["OFQJ"])]),
    ):
        assert other.tobytes() != shown


@pytest.mark.parametrize("territories", [1, 7, 14])
def test_a_grid_full_of_long_texts_is_a_picture_that_platforms_take(territories: int) -> None:
    full = row("République démocratique du Congo", *([[LONG, LONG]] * 4))
    width, height = drawn([full] * territories).size
    assert width + height <= 10_000  # what Telegram takes for a photo
    assert height <= 20 * width


def test_nothing_is_drawn_between_the_squares() -> None:
    picture = drawn([row("Québec", *([[LONG, "Mot" * 60]] * 4))] * 2, lines=[])
    width, height = picture.size
    for place in range(3):  # the gap on the right of each square but the last
        left = 40 + 250 + 12 + place * 362 + 350
        gap = picture.crop((left + 2, 200, left + 10, height))
        assert gap.getcolors() == [((8) * (height - 200), (255, 255, 255))]
    assert picture.crop((width - 38, 200, width, height)).getcolors() == [(38 * (height - 200), (255, 255, 255))]
