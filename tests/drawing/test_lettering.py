import unicodedata

import pytest
from PIL import Image

from bot.drawing.lettering import Lettering

WHITE, BLACK = "white", "black"


def drawn(text: str, size: int = 60, *, bold: bool = False) -> Image.Image:
    page = Image.new("L", (900, 200), WHITE)
    Lettering(size, bold=bold).draw(page, 50, 120, text, BLACK)
    return page


def ink(page: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is drawn on a white page."""
    box = page.point(lambda level: 255 - level).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("accented", "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸàâäçéèêëîïôöùûüÿñåãśșžő")
def test_an_accent_is_drawn_on_its_letter_and_takes_no_more_room(accented: str) -> None:
    letter = unicodedata.normalize("NFD", accented)[0]
    assert Lettering(60).width(accented) == Lettering(60).width(letter)
    assert drawn(accented).tobytes() != drawn(letter).tobytes()
    if letter != "i":  # whose accent takes the place of its dot
        _, top, _, bottom = ink(drawn(accented))
        _, plain_top, _, plain_bottom = ink(drawn(letter))
        assert (min(top, plain_top), max(bottom, plain_bottom)) == (top, bottom)
        assert bottom - top > plain_bottom - plain_top


def test_no_two_accents_look_alike() -> None:
    pages = [drawn(letter).tobytes() for letter in "eéèêëēěẽ"]
    assert len(set(pages)) == len(pages)


def test_the_dot_of_an_i_gives_way_to_the_accent() -> None:
    left, top, right, _ = ink(drawn("i"))
    middle_of_dot = ((left + right) // 2, top + 3)
    assert drawn("i").getpixel(middle_of_dot) == 0
    assert drawn("ï").getpixel(middle_of_dot) == 255  # between its two dots


@pytest.mark.parametrize(
    ("text", "plain"), [("cœur", "coeur"), ("Œuvre", "OEuvre"), ("groß", "gross"), ("Łódź", "Lódź"), ("a–b", "a-b")]
)
def test_what_no_accent_makes_is_written_out(text: str, plain: str) -> None:
    assert drawn(text).tobytes() == drawn(plain).tobytes()


def test_composed_and_decomposed_letters_are_drawn_alike() -> None:
    assert drawn("é").tobytes() == drawn("e\u0301").tobytes()


@pytest.mark.parametrize("text", ["", " ", "\U000f0000", "\u200d", "\x00", "\u0301"])
def test_what_nothing_can_draw_leaves_no_mark(text: str) -> None:
    assert set(drawn(text).tobytes()) == {255}


def test_bold_is_heavier_and_as_wide() -> None:
    assert Lettering(60, bold=True).width("Élise") == Lettering(60).width("Élise")
    assert sum(drawn("Élise", bold=True).tobytes()) < sum(drawn("Élise").tobytes())


def test_larger_is_wider() -> None:
    assert Lettering(30).width("Élise") < Lettering(60).width("Élise")
