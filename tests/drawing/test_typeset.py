"""Templates set as pictures and on paper: the same everywhere, whatever people typed, without a network."""

from __future__ import annotations

import base64
import io
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from pathlib import Path

import pytest
from PIL import Image

from bot.content.branding import Branding, Logo
from bot.drawing.typeset import logo_png, typeset_pdf, typeset_png
from tests.names import HOSTILE
from tests.pdf import words
from tests.pictures import drawn, png

BRANDING = Branding("Rencontres francophones")
ROOT = Path(__file__).parents[2]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d 1"><rect width="9" height="1"/></svg>'
TEMPLATE = """
#import "house.typ": *
#show: house
#set page(width: 400pt, height: auto, margin: 20pt)
#fitted(data.text, 360pt, 60pt, 40pt, 28pt)
#shortened(data.text, 360pt)
#text(data.text)
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    file = tmp_path / "template.typ"
    file.write_text(TEMPLATE, "utf-8")
    return file


def test_nothing_is_looked_for_in_the_working_directory(template: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    with chdir(gone), ThreadPoolExecutor(1) as another:  # each thread has a compiler of its own
        gone.rmdir()
        [page] = another.submit(typeset_png, template, {"text": "Élise"}, BRANDING, "fr").result()
    assert page == typeset_png(template, {"text": "Élise"}, BRANDING, "fr")[0]


def test_the_same_input_gives_the_same_bytes(template: Path) -> None:
    assert len({typeset_png(template, {"text": "Élise"}, BRANDING, "fr")[0] for _time in range(2)}) == 1
    assert len({typeset_pdf(template, {"text": "Élise"}, BRANDING, "fr") for _time in range(2)}) == 1


def test_a_picture_has_a_pixel_to_a_point(template: Path) -> None:
    [picture] = typeset_png(template, {"text": "Élise"}, BRANDING, "fr")
    with Image.open(io.BytesIO(picture)) as opened:
        assert (opened.format, opened.width) == ("PNG", 400)


def test_paper_can_be_read_aloud(template: Path) -> None:
    pdf = typeset_pdf(template, {"text": "Élise"}, BRANDING, "fr")
    assert b"pdfuaid:part" in pdf
    assert b"/Lang" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"Rencontres francophones" in pdf  # its title


def test_paper_that_misses_the_standard_is_made_all_the_same(tmp_path: Path) -> None:
    template = tmp_path / "no_alternative.typ"
    template.write_text('#import "house.typ": *\n#show: house\n#image("dot.png")\n#data.text', "utf-8")
    dot = io.BytesIO()
    Image.new("RGB", (1, 1)).save(dot, "PNG")
    pdf = typeset_pdf(template, {"text": "Élise"}, BRANDING, "fr", files={"dot.png": dot.getvalue()})
    assert b"pdfuaid:part" not in pdf
    assert words(pdf) == ["Élise"]


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x") $x$ *bold* _it_ @all <label> \\ // /* `raw` = Title',
        '#eval("1") #import "@preview/cetz:0.3.0" #read("/etc/passwd")',
        '"], "lang": "xx", {"}',
    ],
)
def test_what_people_type_is_never_markup(tmp_path: Path, text: str) -> None:
    template = tmp_path / "one_line.typ"
    template.write_text('#import "house.typ": *\n#show: house\n#set page(width: 2000pt)\n#data.text', "utf-8")
    assert words(typeset_pdf(template, {"text": text}, BRANDING, "en")) == [text]


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, "\u202e" * 500 + "abc", "مريم " * 2_000, "🎉" * 3_000, "\ud800\x00\ufffe"],
    ids=lambda text: ascii(text[:9]),
)
def test_hostile_texts_are_drawn(template: Path, text: str) -> None:
    [picture] = typeset_png(template, {"text": text}, BRANDING, "fr")
    with Image.open(io.BytesIO(picture)) as opened:
        assert opened.width == 400


def test_no_template_asks_the_network() -> None:
    templates = [file for folder in ("bot", "handlers") for file in (ROOT / folder).rglob("*.typ")]
    assert len(templates) > 3
    imported = {name for file in templates for name in re.findall(r'#(?:import|include) "([^"]*)"', file.read_text())}
    assert imported <= {file.name for file in templates}
    assert not any("@" in name for name in imported)


def test_the_logo_stands_where_a_template_has_room_for_it(tmp_path: Path) -> None:
    template = tmp_path / "logo.typ"
    template.write_text('#import "house.typ": *\n#show: house\n#logo(40pt, 80pt) #data.text', "utf-8")
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>')
    broken = tmp_path / "broken.svg"
    broken.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0" width="0" height="0"></svg>')
    without, shown, unusable = (
        typeset_png(template, {"text": "Élise"}, Branding("Rencontres", logo=path), "fr")[0]
        for path in ("", str(logo), str(broken))
    )
    assert shown != without
    assert unusable == without


@pytest.mark.parametrize("name", ["שלום.", "ليلى ب."])
def test_the_stop_after_a_name_from_the_right_stands_at_its_left(tmp_path: Path, name: str) -> None:
    template = tmp_path / "name.typ"
    template.write_text(
        '#import "house.typ": *\n#show: house\n#set page(width: 400pt, height: 100pt, margin: 20pt)\n'
        "#fitted(data.name, 360pt, 60pt, 40pt, 28pt)",
        "utf-8",
    )
    [picture] = typeset_png(template, {"name": name}, BRANDING, "fr")
    with Image.open(io.BytesIO(picture)) as opened:
        ink = opened.convert("L").point(lambda level: 255 * (level < 128))
    left, top, _right, bottom = ink.getbbox() or (0, 0, 0, 0)
    _left, first, _right, last = ink.crop((left, 0, left + 6, 100)).getbbox() or (0, 0, 0, 0)
    assert (last - first) * 3 < bottom - top  # as low as a point is


@pytest.mark.parametrize(
    ("logo", "size"),
    [
        (Logo(SVG % 3, "image/svg+xml"), (1200, 400)),
        (Logo(SVG % 9, "image/svg+xml"), (1600, 178)),
        (Logo(drawn("PNG", size=(20, 40)), "image/png"), (200, 400)),
        (Logo(drawn("JPEG", size=(20, 20)), "image/jpeg"), (400, 400)),
    ],
)
def test_a_logo_is_a_picture_of_at_most_1600_by_400(logo: Logo, size: tuple[int, int]) -> None:
    png = logo_png(logo)
    assert png is not None
    with Image.open(io.BytesIO(png)) as opened:
        assert opened.size == size
        assert opened.convert("RGBA").getchannel("A").getpixel((9, 9)) == 255


@pytest.mark.parametrize(
    ("inside", "size"),
    [
        (
            '<filter id="f"><feTurbulence numOctaves="9999999"/></filter><rect width="9" height="9" filter="url(#f)"/>',
            9,
        ),
        ('<image width="9" height="9" xlink:href="data:image/png;base64,{bomb}"/>', 9),
        ('<rect width="9" height="9"/>', 9 * 51),
        ('<rect width="9" height="9"/>', 999_999_999),
    ],
    ids=["a filter without end", "a picture of 400 million pixels", "too high", "as high as a mountain"],
)
def test_a_logo_that_would_take_minutes_or_all_memory_is_left_out(inside: str, size: int) -> None:
    inside = inside.replace("{bomb}", base64.b64encode(png(20_000, 20_000)).decode())
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    drawing = f'<svg {spaces} width="9" height="{size}">{inside}</svg>'
    plain = f'<svg {spaces} width="9" height="9"><rect width="9" height="9"/></svg>'
    logos = [Logo(content.encode(), "image/svg+xml") for content in (drawing, plain)]
    assert [logo_png(logo) is None for logo in logos] == [True, False]
