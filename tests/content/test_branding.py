"""The palette: whatever colour a gathering has, what is written in its shades and on them can be read."""

from __future__ import annotations

import random

import pytest

from bot.content.branding import COLOUR, CURVES, INK, MUTED, NIGHT, PAPER, Branding, Palette, contrast

DRAWN = random.Random(15)
NAMED = ("#ffffff", "#000000", "#ffd400", "#767676", "#777777", "#808080", "#8a1538", "#0000FF", "#00ff00", "#fffdf9")
COLOURS = (COLOUR, *NAMED, *(f"#{DRAWN.randrange(1 << 24):06x}" for _ in range(200)))
GROUND, NIGHT_INK, NIGHT_MUTED = "#f6f3ec", "#e9efed", "#a3b1af"
"""The page's own, which do not change with the colour."""


@pytest.mark.parametrize("colour", COLOURS)
def test_text_can_be_read_in_every_colour_and_on_every_shade_of_it(colour: str) -> None:
    palette = Branding("Rencontres", colour).palette
    least = {
        (palette.accent, PAPER): 5.5,
        (palette.accent, GROUND): 4.5,
        (palette.accent, palette.tint): 4.5,
        (palette.accent, palette.strong_tint): 4.5,
        (INK, palette.tint): 7,
        (INK, palette.strong_tint): 7,
        (MUTED, palette.strong_tint): 4.5,
        (palette.night_accent, NIGHT): 7,
        (palette.night_accent, palette.night_tint): 4.5,
        (palette.night_accent, palette.night_strong_tint): 4.5,
        (palette.night_ink, palette.night_accent): 7,
        (PAPER, palette.far): 7,
        (palette.far, palette.tint): 7,
        (palette.night_far, palette.night_tint): 7,
        (NIGHT_INK, palette.night_strong_tint): 7,
        (NIGHT_MUTED, palette.night_strong_tint): 4.5,
    }
    for pair, enough in least.items():
        assert contrast(*pair) >= enough, pair


def test_the_usual_colour_has_the_shades_that_its_page_always_had() -> None:
    assert Branding("Rencontres").palette == Palette(
        accent="#0f6b62",
        tint="#e3efee",
        strong_tint="#dbebe9",
        night_accent="#6bc9c0",
        night_ink="#071b19",
        night_tint="#1b3b38",
        night_strong_tint="#214743",
        far="#0c544d",
        night_far="#8ed6cf",
    )


def test_a_colour_that_can_be_read_is_used_as_it_is_and_a_light_one_darkened() -> None:
    assert Branding("Rencontres", "#8a1538").palette.accent == "#8a1538"
    assert Branding("Rencontres", "#ffd400").palette.accent == "#7a6500"


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#808080"])
def test_a_grey_has_grey_shades(colour: str) -> None:
    for shade in vars(Branding("Rencontres", colour).palette).values():
        assert shade[1:3] == shade[3:5] == shade[5:7]


@pytest.mark.parametrize(
    ("colour", "last"), [("#b3541e", "#b3541e"), ("#8a1538", "#a61e4d"), ("#ffd400", "#8a6d00"), (COLOUR, "#3f7d20")]
)
def test_the_curve_most_like_the_accent_comes_last(colour: str, last: str) -> None:
    palette = Branding("Rencontres", colour).palette
    assert palette.curves == (palette.accent, *(curve for curve in CURVES if curve != last), last)


def test_curves_can_be_read_on_paper() -> None:
    assert min(contrast(curve, PAPER) for curve in CURVES) >= 4.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#ffffff", "#000000") == contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
