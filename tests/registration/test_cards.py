import io
from typing import Any

import pytest
import segno
from PIL import Image

from handlers.registration.drawing import SIZE, draw_card

LINK = "https://t.me/RencontresBot?start=j-7Qx2mPz4KtVb9sRw3YhN6c"
CARD: dict[str, Any] = {
    "name": "Élise Côté",
    "gathering": "Rencontres francophones de l'innovation sociale",
    "instructions": ["Scanne ce code avec ton téléphone.", "Sur Discord, donne le code ci-dessous."],
    "link": LINK,
    "code": "K7MQ-2F9X",
    "code_label": "Ton code sur Discord",
}
RIGHT_OF_TEXT = 640  # where the QR code and the link have the page for themselves


def draw(**changes: Any) -> Image.Image:
    return Image.open(io.BytesIO(draw_card(**{**CARD, **changes}))).convert("RGB")


def test_a_card_is_a_business_card_in_print_resolution() -> None:
    picture = Image.open(io.BytesIO(draw_card(**CARD)))
    assert (picture.format, picture.size) == ("PNG", SIZE)
    assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("link", [LINK, "https://rencontres.example.org/p/" + "k3JmQx" * 8])
def test_the_qr_code_says_the_link(link: str) -> None:
    wanted = [[bool(module) for module in row] for row in segno.make(link, error="m", micro=False).matrix]
    black = draw(link=link).crop((RIGHT_OF_TEXT, 110, *SIZE)).convert("L").point(lambda level: 255 * (level == 0))
    box = black.getbbox()
    assert box is not None
    scale = (box[2] - box[0]) // len(wanted)
    assert scale >= 6  # half a millimetre a module
    middles = [place * scale + scale // 2 for place in range(len(wanted))]
    read = [[black.getpixel((box[0] + x, box[1] + y)) == 255 for x in middles] for y in middles]
    assert read == wanted


def differs(one: Image.Image, other: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return one.crop(box).tobytes() != other.crop(box).tobytes()


def test_every_text_is_drawn_in_its_own_place() -> None:
    card = draw()
    places = {
        "gathering": (0, 0, SIZE[0], 104),
        "name": (0, 104, RIGHT_OF_TEXT, 230),
        "instructions": (0, 230, RIGHT_OF_TEXT, 428),
        "code_label": (0, 428, RIGHT_OF_TEXT, 476),
        "code": (0, 476, RIGHT_OF_TEXT, SIZE[1]),
        "link": (RIGHT_OF_TEXT, 104, *SIZE),
    }
    for changed in places:
        other = draw(**{changed: ["Bonjour"] if changed == "instructions" else "Zoé"})
        assert [name for name, box in places.items() if differs(card, other, box)] == [changed]


def test_without_a_code_its_panel_is_left_out() -> None:
    card = draw(code="")
    assert set(card.crop((0, 430, RIGHT_OF_TEXT, SIZE[1])).tobytes()) == {255}


def test_long_texts_stay_inside_the_card() -> None:
    card = draw(
        name="Marie-Thérèse-Éléonore Andriantsimitoviaminandriandehibe " * 2,
        gathering="Rencontres francophones " * 12,
        instructions=["Scanne ce code avec ton téléphone. " * 4] * 4,
        code="ABCDEFGH" * 5,
        code_label="Ton code sur Discord " * 9,
        link="https://example.org/" + "x" * 300,
    )
    margins = [(0, 110, 40, SIZE[1]), (606, 110, 640, SIZE[1]), (1030, 110, *SIZE), (0, 570, 640, SIZE[1])]
    assert all(set(card.crop(box).tobytes()) == {255} for box in margins)
    gaps = [(48, 222, 600, 234), (48, 418, 600, 430)]
    assert all(sum(card.crop(box).convert("L").point(lambda level: 255 * (level < 90)).tobytes()) == 0 for box in gaps)


@pytest.mark.parametrize("name", ["O", "D'Aoust-O’Neil", "ليلى بن يوسف", "Chloé 👩‍🌾", "🌱", "", "<b>@everyone</b>"])
def test_every_name_can_stand_on_a_card(name: str) -> None:
    assert draw(name=name).size == SIZE
