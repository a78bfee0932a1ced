"""The grid of a solution as pictures: everything is there, nothing leaves its square, a phone can show it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image

from bot.content.branding import Branding
from bot.content.views import Picture
from bot.drawing.typeset import typeset_pdf
from handlers.syntheses import drawing
from handlers.syntheses.drawing import GridRow, Travels, draw_grid
from tests.names import HOSTILE, NAMES
from tests.pdf import words

COLUMNS = ("Ce qui existe", "Ce qui bloque", "Ce qui doit changer", "Qui peut porter")
LONG = "Les maisons de jeunes ouvrent déjà le soir, mais personne ne paie le chauffage ni le gardien. " * 3
QUEBEC: GridRow = ("Québec", (["Des cégeps"], ["L’argent"], [], ["OFQJ"]))


def drawn(rows: Sequence[GridRow], **changes: Any) -> list[Picture]:
    given: dict[str, Any] = {
        "title": "Culture 3",
        "solution": "Un bus qui est une bibliothèque",
        "columns": COLUMNS,
        "rows": rows,
        "empty": "rien encore",
        "branding": Branding("Rencontres"),
        "locale": "fr",
    }
    return draw_grid(**{**given, **changes})


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.content))
    assert image.format == "PNG"
    return image.convert("RGB")


def test_each_territory_has_its_picture_and_who_cannot_see_it_reads_the_same() -> None:
    suisse: GridRow = ("Suisse", (["Des trains"], [], [], []))
    assert [picture.alt for picture in drawn([QUEBEC, suisse])] == [
        (
            "Culture 3\nUn bus qui est une bibliothèque\nQuébec — Ce qui existe: Des cégeps;"
            " Ce qui bloque: L’argent; Ce qui doit changer: rien encore; Qui peut porter: OFQJ"
        ),
        (
            "Culture 3\nUn bus qui est une bibliothèque\nSuisse — Ce qui existe: Des trains;"
            " Ce qui bloque: rien encore; Ce qui doit changer: rien encore; Qui peut porter: rien encore"
        ),
    ]


def test_every_text_is_drawn() -> None:
    [shown] = drawn([QUEBEC])
    others = [
        drawn([("Suisse", QUEBEC[1])]),
        drawn([("Québec", (["Des trains"], ["L’argent"], [], ["OFQJ"]))]),
        drawn([("Québec", (["Des cégeps"], ["L’argent"], ["La loi"], ["OFQJ"]))]),
        drawn([("Québec", (["Des cégeps", "Des bus"], ["L’argent"], [], ["OFQJ"]))]),
        drawn([QUEBEC], title="Culture 4"),
        drawn([QUEBEC], solution="Une école de nuit"),
        drawn([QUEBEC], empty="nothing yet"),
        drawn([QUEBEC], columns=("Was es gibt", *COLUMNS[1:])),
    ]
    assert len({shown.content, *(picture.content for [picture] in others)}) == 9


def test_a_last_picture_shows_where_the_solution_could_travel() -> None:
    belgium: Travels = ("Belgique", ["Zoé R. pourrait aider : une salle"])
    france: Travels = ("France", [])
    first, last = drawn([QUEBEC], travel="Où la solution pourrait voyager :", travels=[belgium, france])
    assert first.content == drawn([QUEBEC])[0].content
    assert last.alt == (
        "Culture 3\nUn bus qui est une bibliothèque\nOù la solution pourrait voyager :"
        "\nBelgique\nZoé R. pourrait aider : une salle\nFrance"
    )
    assert last.content != drawn([QUEBEC], travel="Où la solution pourrait voyager :", travels=[belgium])[1].content


def test_very_many_offers_are_a_picture_that_platforms_take_and_all_are_in_its_words() -> None:
    offers = [(f"Territoire {place}", [f"{place} " + "W" * 138] * 3) for place in range(40)]
    pictures = drawn([QUEBEC] * 14, travel="Ailleurs", travels=offers)
    assert len(pictures) == 10
    width, height = opened(pictures[-1]).size
    assert width + height <= 10_000
    assert str(pictures[-1].alt).count("W" * 138) == 120


@pytest.mark.parametrize(("territories", "pictures"), [(1, 1), (3, 3), (14, 10)])
def test_a_grid_full_of_long_texts_is_pictures_that_platforms_take(territories: int, pictures: int) -> None:
    full: GridRow = ("République démocratique du Congo", [[LONG, LONG]] * 4)
    shown = drawn([full] * territories)
    assert len(shown) == pictures
    assert sum(str(picture.alt).count(full[0]) for picture in shown) == territories
    for picture in shown:
        width, height = opened(picture).size
        assert width == 1080
        assert width + height <= 10_000  # what Telegram takes for a photo


@pytest.mark.parametrize(("members", "territories"), [(1, 1), (7, 1), (80, 1), (2, 4)])
def test_texts_of_one_letter_a_line_are_a_picture_that_platforms_take(
    members: int, territories: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "_MOST_PICTURES", 1)  # as of forty territories, without nine pictures like the first
    lines = "\n".join("x" * 125)
    [picture] = drawn([("Québec", [[lines] * members] * 4)] * territories)
    width, height = opened(picture).size
    assert width + height <= 10_000
    assert isinstance(picture.alt, str)
    assert picture.alt.count("Québec") == territories
    assert lines in picture.alt  # whole, wherever the picture has no room for it


def test_nothing_is_drawn_between_the_squares() -> None:
    [shown] = drawn([("Québec", [[LONG, "Mot" * 60]] * 4)])
    picture = opened(shown)
    top = 220  # below the name of the territory
    for left, right in ((0, 38), (532, 548), (1042, 1080)):
        gap = picture.crop((left, top, right, picture.height))
        assert gap.getcolors() == [((right - left) * (picture.height - top), (255, 255, 255))]


def test_every_name_keeps_its_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[bytes] = []

    def on_paper(*template: Any) -> list[bytes]:
        """The same template as paper, whose text can be read, instead of as pictures."""
        printed.append(typeset_pdf(*template))
        return [b""] * 10

    monkeypatch.setattr(drawing, "typeset_png", on_paper)
    drawn([(f"Territoire {place}", [[name] for name in NAMES[place : place + 4]]) for place in range(0, 40, 4)])
    [paper] = printed
    shown = words(paper)
    assert [name for name in NAMES if name not in shown] == []
    assert b"pdfuaid:part" in paper


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:9]))
def test_whatever_was_typed_is_drawn_as_text(text: str) -> None:
    [shown] = drawn([(text[:250], [[text[:250]]] * 4)], title=text[:120], solution=text[:300])
    assert opened(shown).width == 1080
