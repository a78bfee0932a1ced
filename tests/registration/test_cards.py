"""Invitation cards: a phone reads the code, every text has its place, and the sheets can be cut."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from bot.content.branding import Branding
from handlers.registration.drawing import InvitationCard, draw_card, print_cards
from tests.names import NAMES
from tests.pdf import page_words, picture_of_page, sizes_of_lines, words

SIZE = (1050, 600)
LINK = "https://t.me/RencontresBot?start=j-7Qx2mPz4KtVb9sRw3YhN6c"
BRANDING = Branding("Rencontres francophones de l’innovation sociale")
CARD = InvitationCard(
    lang="fr",
    name="Élise Côté",
    instructions=["Scanne ce code avec ton téléphone : ta page s'ouvre.", "Sur Discord, donne le code ci-dessous."],
    link=LINK,
    code="K7MQ-2F9X",
    code_label="Ton code sur Discord",
)
RIGHT_OF_TEXT = 640  # where the QR code and the link have the page for themselves
QR = (RIGHT_OF_TEXT, 108, 1040, 484)


def draw(branding: Branding = BRANDING, **changes: Any) -> Image.Image:
    return Image.open(io.BytesIO(draw_card(replace(CARD, **changes), branding))).convert("RGB")


def test_a_card_is_a_business_card_in_print_resolution() -> None:
    picture = Image.open(io.BytesIO(draw_card(CARD, BRANDING)))
    assert (picture.format, picture.size) == ("PNG", SIZE)
    assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("link", [LINK, "https://rencontres.example.org/p/" + "k3JmQx" * 8])
def test_a_phone_reads_the_link_from_squares_of_whole_pixels(link: str) -> None:
    card = draw(link=link)
    [code] = zxingcpp.read_barcodes(card)
    assert code.text == link
    colours = card.crop(QR).getcolors()
    assert colours is not None
    assert sorted(colour for _count, colour in colours) == [(0, 0, 0), (255, 255, 255)]  # no grey


def test_the_code_of_the_link_stands_on_its_own_line() -> None:
    sheet = words(print_cards([CARD], BRANDING))
    assert [line.split()[-1] for line in sheet if "start=" in line or "3YhN6c" in line] == [
        *("t.me/RencontresBot?start=", "j-7Qx2mPz4KtVb9sRw3YhN6c"),
    ]


def differs(one: Image.Image, other: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return one.crop(box).tobytes() != other.crop(box).tobytes()


def test_every_text_is_drawn_in_its_own_place() -> None:
    card = draw()
    places = {
        "gathering": (0, 0, SIZE[0], 104),
        "name": (0, 104, RIGHT_OF_TEXT, 230),
        "instructions": (0, 230, RIGHT_OF_TEXT, 428),
        "code_label": (0, 428, RIGHT_OF_TEXT, 474),
        "code": (0, 474, RIGHT_OF_TEXT, SIZE[1]),
        "link": (RIGHT_OF_TEXT, 104, *SIZE),
    }
    for changed in places:
        text: Any = ["Bonjour"] if changed == "instructions" else "Zoé"
        other = draw(Branding(text)) if changed == "gathering" else draw(**{changed: text})
        assert [name for name, box in places.items() if differs(card, other, box)] == [changed]


def test_instructions_take_a_second_line_rather_than_smaller_letters() -> None:
    short = replace(CARD, instructions=["Scan this."])
    long = replace(CARD, instructions=["Scan this with your phone: your own page opens.", "It is for you alone."])
    small, large = (sizes_of_lines(print_cards([card], BRANDING)) for card in (long, short))
    assert small["It is for you alone."] == large["Scan this."]


def test_without_a_code_its_panel_is_left_out() -> None:
    assert draw(code="").crop((0, 480, RIGHT_OF_TEXT, SIZE[1])).getcolors() == [(RIGHT_OF_TEXT * 120, (255, 255, 255))]


def test_the_gatherings_colour_is_that_of_the_band() -> None:
    assert draw(Branding("Rencontres", "#8a1538")).getpixel((1040, 50)) == (0x8A, 0x15, 0x38)


def test_long_texts_stay_inside_the_card() -> None:
    card = draw(
        Branding("Rencontres francophones " * 12),
        name="Marie-Thérèse-Éléonore Andriantsimitoviaminandriandehibe " * 2,
        instructions=["Scanne ce code avec ton téléphone. " * 4] * 4,
        code="ABCDEFGH" * 5,
        code_label="Ton code sur Discord " * 9,
        link="https://example.org/" + "x" * 300,
    )
    margins = [(0, 110, 44, SIZE[1]), (606, 110, 640, SIZE[1]), (1034, 110, *SIZE), (0, 576, 640, SIZE[1])]
    assert all(set(card.crop(box).tobytes()) == {255} for box in margins)


def test_eight_cards_fill_a_sheet_and_can_be_cut_along_its_marks() -> None:
    names = [f"Personne {number}" for number in range(1, 18)]
    pdf = print_cards([replace(CARD, name=name) for name in names], BRANDING)
    sheets = page_words(pdf)
    assert [[name for name in names if name in sheet] for sheet in sheets] == [names[:8], names[8:16], names[16:]]
    sheet = picture_of_page(pdf, scale=300 / 72)
    assert [code.text for code in zxingcpp.read_barcodes(sheet)] == [LINK] * 8
    above = sheet.convert("L").crop((0, 500, sheet.width, 545)).point(lambda level: 255 * (level < 200))
    dark = [x for x in range(sheet.width) if above.crop((x, 0, x + 1, above.height)).getbbox()]
    edges = [sheet.width / 2 + side * SIZE[0] for side in (-1, 0, 1)]
    assert [any(abs(edge - x) < 3 for x in dark) for edge in edges] == [True, True, True]
    assert [x for x in dark if all(abs(edge - x) >= 3 for edge in edges)] == []


def test_every_name_keeps_its_letters_in_print() -> None:
    pdf = print_cards([replace(CARD, name=name) for name in NAMES], BRANDING)
    shown = "".join("".join(words(pdf)).split())  # a long name stands on two lines
    assert [name for name in NAMES if "".join(name.split()) not in shown] == []
    assert b"pdfuaid:part" in pdf  # which forbids a letter that no font has


@pytest.mark.parametrize("name", ["O", "D'Aoust-O’Neil", "ليلى بن يوسف", "Chloé 👩‍🌾", "🌱", "", "<b>@everyone</b>"])
def test_every_name_can_stand_on_a_card(name: str) -> None:
    assert draw(name=name).size == SIZE
