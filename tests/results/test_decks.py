"""Decks: what they show of a group, and that no text leaves its place, whatever people typed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image, ImageFont
from pptx import Presentation
from pptx.enum.dml import MSO_FILL
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Length

from bot.background.side_process import SideProcess
from bot.content import i18n
from bot.content.branding import Branding
from bot.database.engine import Transaction
from bot.drawing.typeset import font_folders
from bot.files.folder import Folder
from bot.files.stored_files import Files
from handlers.groups.store.groups import rename_group
from handlers.results.drawing.deck import BOTTOM, READABLE, TOP
from handlers.results.drawing.measuring import SlideLetters
from handlers.results.drawing.photos import attachment_reader, read_photos, reduce_photo
from handlers.results.drawing.slides import FRONT, write_group_slides, write_plenary_slides
from handlers.results.model import Attachment, WorkshopResults
from tests.participants import rewrite_facts
from tests.pictures import drawn
from tests.results.builders import CANVAS, attach, give_idea, photo, write_card, write_down
from tests.results.conftest import ENGLISH, Workshops

LONG = " ".join(f"mot{number}" for number in range(700))
NASTY = {
    "5,000 characters": LONG[:5000],
    "one word of 300 letters": "W" * 300,
    "emoji": "🎉👩‍🌾🏳️‍🌈 " * 120,
    "Chinese": "我们想要一个共享的厨房" * 60,
    "Arabic": "نريد مطبخا مشتركا في الحي " * 40,
    "lines": "\n".join(f"ligne {number}" for number in range(90)),
    "controls": "a\x0bb\x00c & <b> " * 30,
    "wide letters": "MWMW @@@ " * 150,
}
each_text = pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())


def frames(deck: Any) -> Iterator[tuple[Any, float, float]]:
    """Every text frame with the width and height that it leaves for its text, in points."""
    for slide in deck.slides:
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= deck.slide_width + 100
            assert 0 <= shape.top <= shape.top + shape.height <= deck.slide_height + 100
            if shape.has_table:
                table = shape.table
                assert sum(row.height for row in table.rows) <= shape.height + 100
                for row in table.rows:
                    for place, cell in enumerate(row.cells):
                        width = table.columns[place].width - cell.margin_left - cell.margin_right
                        yield (
                            cell.text_frame,
                            width / 12700,
                            (row.height - cell.margin_top - cell.margin_bottom) / 12700,
                        )
            elif shape.has_text_frame and shape.text_frame.text:
                frame = shape.text_frame
                assert frame.word_wrap
                width = shape.width - frame.margin_left - frame.margin_right
                yield frame, width / 12700, (shape.height - frame.margin_top - frame.margin_bottom) / 12700


def height_of(frame: Any, width: float) -> float:
    """The height of a text in the widest typeface that may replace the slides', in points."""
    high = 0.0
    for paragraph in frame.paragraphs:
        spacing = paragraph.line_spacing
        assert isinstance(spacing, Length)
        for run in paragraph.runs:
            assert run.font.size.pt >= READABLE
            assert run._r.rPr.get("lang") == "en-GB"
            lines = SlideLetters(run.font.size.pt, bold=bool(run.font.bold)).lines(run.text, width)
            high += len(lines) * spacing.pt
        high += 0 if paragraph.runs else spacing.pt
    return high


def assert_nothing_spills(content: bytes) -> Any:
    deck = Presentation(io.BytesIO(content))
    for frame, width, height in frames(deck):
        assert height_of(frame, width) <= height + 0.5, frame.text[:80]
    return deck


def filled(slide: Any) -> float:
    """The part of the height between title and foot that boxes with a ground of their own, tables, pictures and charts
    take, or texts without such a box."""
    taken: set[int] = set()
    for shape in slide.shapes:
        if shape == slide.shapes.title:
            continue
        high = shape.height
        if shape.has_text_frame and shape.fill.type != MSO_FILL.SOLID:
            high = height_of(shape.text_frame, shape.width / 12700) * 12700
        taken.update(range(round(shape.top / 12700), round((shape.top + high) / 12700)))
    return len(taken & set(range(round(TOP), round(BOTTOM)))) / (BOTTOM - TOP)


def titles(deck: Any) -> list[str]:
    return [slide.shapes.title.text for slide in deck.slides]


def words(deck: Any) -> str:
    """Everything that slides say below their titles, blanks aside."""
    headings = {slide.shapes.title.text for slide in deck.slides}
    return "".join("".join(frame.text.split()) for frame, _width, _height in frames(deck) if frame.text not in headings)


def none(_attachment: Attachment) -> bytes | None:
    return None


async def first(workshops: Workshops) -> tuple[WorkshopResults, bytes]:
    whole = await workshops.read()
    return whole, write_group_slides(whole, whole.groups[0], ENGLISH, none)


async def fill(workshops: Workshops, text: str) -> None:
    """The same text wherever people type one."""
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        await write_down(tx, group, "challenge", writer, {"sentence": text, "runners_up": text})
        await write_down(tx, group, "solutions", writer, dict.fromkeys(CANVAS, text))
        await rename_group(tx, group, text[:120])
        for person in workshops.made.members[group][:-1]:
            await write_card(tx, group, person, obstacle=text)
        await rewrite_facts(tx, writer, given_name=text[:80])

    await workshops.change(unit)


@each_text
async def test_nothing_spills_and_nothing_is_lost(workshops: Workshops, text: str) -> None:
    await fill(workshops, text)
    _whole, content = await first(workshops)
    said = words(assert_nothing_spills(content))
    kept = "".join(char for char in "".join(text.split()) if char not in "\x00\x0b")
    assert kept in said


async def test_short_texts_are_large_and_together(workshops: Workshops) -> None:
    _whole, content = await first(workshops)
    deck = assert_nothing_spills(content)
    assert titles(deck) == [
        "Culture 1",
        "How it works · Culture 1",
        "In our territories · Culture 1",
    ]
    _title, members, *panels = deck.slides[0].shapes
    assert members.text.startswith("Chloé F. (Senegal) · Émile F. (Switzerland)")
    assert [panel.text for panel in panels] == [
        "Our challenge\n\nComment cuisiner ensemble ?",
        "Our solution\n\nUne cuisine partagée",
        "Also proposed (votes)\n\nAutre (2)",
    ]
    assert [panel.text_frame.paragraphs[2].runs[0].font.size.pt for panel in panels] == [44, 44, 16]


async def test_the_grid_shows_its_empty_squares(workshops: Workshops) -> None:
    _whole, content = await first(workshops)
    slide = Presentation(io.BytesIO(content)).slides[2]
    [table] = [shape.table for shape in slide.shapes if shape.has_table]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == [
        "Territory",
        "What already exists",
        "What is in the way",
        "What must change",
        "Who could take it on",
    ]
    assert ["France", "Des cantines", "Les normes", "La loi", "still open"] in rows
    assert len(rows) == 7


async def test_long_texts_begin_and_stand_whole_behind(workshops: Workshops) -> None:
    await fill(workshops, LONG)
    _whole, content = await first(workshops)
    deck = assert_nothing_spills(content)
    solution = next(shape.text for shape in deck.slides[0].shapes if shape.text.startswith("Our solution"))
    assert solution.startswith("Our solution\n\nmot0 mot1 mot2")
    assert solution.endswith("…\nWhole text further on")
    pages = [slide.shapes[1].text for slide in deck.slides if slide.shapes.title.text.startswith("Our solution (")]
    assert " ".join(pages) == LONG
    lengths = [len(page) for page in pages]
    assert max(lengths) < 1.3 * min(lengths)


async def test_a_text_of_a_letter_a_line_takes_five_slides_and_leads_to_the_workbook(workshops: Workshops) -> None:
    await fill(workshops, "\n".join("abcdefghij" * 100))
    _whole, content = await first(workshops)
    deck = assert_nothing_spills(content)
    pages = [slide.shapes[1].text for slide in deck.slides if slide.shapes.title.text.startswith("Our solution (")]
    assert len(pages) == 5
    lines = "\n".join(pages).split("\n")
    assert "".join(lines[:90]) == "abcdefghij" * 9
    assert [page.endswith("The rest is in the workbook.") for page in pages] == [False] * 4 + [True]


@each_text
async def test_no_slide_is_under_half_full(workshops: Workshops, tmp_path: Any, text: str) -> None:
    await fill(workshops, text)
    whole = await workshops.read()
    read = attachment_reader(Folder(tmp_path / "files"))
    deck = Presentation(io.BytesIO(write_plenary_slides(whole, ENGLISH, read, most=None)))
    full = {slide.shapes.title.text: filled(slide) for slide in deck.slides if slide.slide_layout.name == "Title Only"}
    assert len(full) > 10
    assert min(full.values()) >= 0.5, min(full, key=lambda title: full[title])


async def test_arabic_runs_from_right_to_left(workshops: Workshops) -> None:
    await fill(workshops, NASTY["Arabic"])
    _whole, content = await first(workshops)
    slide = Presentation(io.BytesIO(content)).slides[0]
    assert 'rtl="1"' in slide.shapes[2].text_frame._txBody.xml


async def test_the_sheet_of_paper_is_shown_upright_with_words_for_it(bare_workshops: Workshops, tmp_path: Any) -> None:
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright, stored lying
    Image.new("RGB", (400, 300), "#ffffff").save(turned, "JPEG", exif=exif)
    group = bare_workshops.made.groups[1]
    author = bare_workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        for content in (turned.getvalue(), b"no picture at all"):
            idea = await give_idea(tx, group, "solutions", author, "on paper")
            await attach(tx, bare_workshops.files, idea, content)

    await bare_workshops.change(unit)
    whole = await bare_workshops.read()
    without, deck = (
        assert_nothing_spills(write_group_slides(whole, whole.groups[1], ENGLISH, read))
        for read in (none, attachment_reader(Folder(tmp_path / "files")))
    )
    assert titles(deck)[:2] == ["Education 1", "Solutions · Education 1"]
    shape = deck.slides[1].shapes[-1]
    assert shape.width < shape.height
    assert shape._element.nvPicPr.cNvPr.get("descr").startswith("A photo of the group's sheet of paper")
    assert len(deck.slides) == len(without.slides) + 1


async def test_the_plenary_shows_three_slides_of_a_group_and_the_others_behind(
    workshops: Workshops, tmp_path: Any
) -> None:
    whole = await workshops.read()
    read = attachment_reader(Folder(tmp_path / "files"))
    deck = assert_nothing_spills(write_plenary_slides(whole, ENGLISH, read, most=None))
    assert titles(deck) == [
        "Rencontres",
        "Ideas over time, by phase",
        "Ideas over time, by theme",
        "Territories: boxes filled, of all boxes",
        *("Culture 1", "Stakes · Culture 1", "How it works · Culture 1"),
        *("Education 1", "Stakes · Education 1", "How it works · Education 1"),
        "Appendix",
        *("In our territories · Culture 1", "In our territories · Education 1"),
    ]
    assert [shape.text for shape in deck.slides[0].shapes][1:] == ["What the groups came up with\n2 groups · 24 ideas"]


async def test_long_texts_push_no_slide_of_a_group_into_the_plenary(workshops: Workshops) -> None:
    await fill(workshops, LONG)
    whole = await workshops.read()
    deck = assert_nothing_spills(write_plenary_slides(whole, ENGLISH, none, most=None))
    shown, behind = titles(deck)[: titles(deck).index("Appendix")], titles(deck)[titles(deck).index("Appendix") + 1 :]
    assert len(shown) == 1 + 3 + 2 * FRONT  # a title, charts, groups
    assert len(behind) > 20


async def test_slides_have_the_colour_of_the_gathering(workshops: Workshops) -> None:
    whole = await workshops.read()
    purple = replace(ENGLISH, branding=Branding("Rencontres", "#7a3e9d"))
    colours = []
    for wording in (ENGLISH, purple):
        content = write_plenary_slides(whole, wording, none, most=None)
        with ZipFile(io.BytesIO(content)) as file:
            xml = b"".join(file.read(name) for name in file.namelist() if name.endswith(".xml")).decode()
        colours.append({colour: xml.count(f'srgbClr val="{colour}"') > 9 for colour in ("0F6B62", "7A3E9D")})
        assert xml.count('<a:latin typeface="Source Sans 3"') == 2  # of the theme: headings, and all else
    assert colours == [{"0F6B62": True, "7A3E9D": False}, {"0F6B62": False, "7A3E9D": True}]


@pytest.mark.parametrize(("name", "shown"), [("logo.png", True), ("logo.svg", True), ("gone.png", False)])
async def test_the_first_slide_shows_the_logo_if_slides_can(
    bare_workshops: Workshops, tmp_path: Any, name: str, shown: bool
) -> None:
    (tmp_path / "logo.png").write_bytes(drawn("PNG", size=(300, 100)))
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='20'><circle r='9'/></svg>"
    (tmp_path / "logo.svg").write_text(svg)
    wording = replace(ENGLISH, branding=Branding("Rencontres", logo=str(tmp_path / name)))
    deck = assert_nothing_spills(write_plenary_slides(await bare_workshops.read(), wording, none, most=None))
    pictures = [shape for shape in deck.slides[0].shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert [round(picture.width / picture.height, 1) for picture in pictures] == [3.0] * shown
    assert titles(deck)[0] == "Rencontres"


async def test_photos_share_the_bytes_there_are(workshops: Workshops, tmp_path: Any) -> None:
    noise = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(noise, "JPEG", quality=95)
    files: Files = workshops.files
    for group in workshops.made.groups:
        idea = workshops.made.ideas[group][2]
        await workshops.change(lambda tx, idea=idea: attach(tx, files, idea, noise.getvalue() + bytes([idea])))  # type: ignore[misc]
    whole = await workshops.read()
    read = attachment_reader(Folder(tmp_path / "files"))
    sizes = [len(write_plenary_slides(whole, ENGLISH, read, most=most)) for most in (None, 200_000, 0)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[1] < 400_000


async def test_a_group_that_wrote_nothing_has_a_deck_that_says_so(bare_workshops: Workshops) -> None:
    whole, content = await first(bare_workshops)
    assert whole.is_empty(whole.groups[0])
    assert "Notwrittendownyet." in words(assert_nothing_spills(content))


def test_a_photo_as_a_phone_sends_it_is_made_small() -> None:
    made = reduce_photo(photo(size=(4000, 3000)), 50_000)
    assert made
    assert (made.width, made.height) == (1600, 1200)
    large = io.BytesIO()
    Image.new("1", (6_000, 5_001)).save(large, "PNG")
    assert reduce_photo(large.getvalue(), 50_000) is None
    assert reduce_photo(b"GIF89a", 50_000) is None


def test_a_photo_is_as_large_as_the_bytes_allow_however_dense_its_file_is() -> None:
    grain = Image.effect_noise((4032, 3024), 30).convert("RGB")
    for quality in (40, 95):  # the denser the file, the smaller one would think that the photo has to be
        whole = io.BytesIO()
        grain.save(whole, "JPEG", quality=quality)
        made = [reduce_photo(whole.getvalue(), most) for most in (600_000, 125_000, 60_000)]
        assert [made and round(made.width, -1) for made in made] == [1600, 1000, 760], quality


async def test_a_photo_of_many_megapixels_is_made_small_in_little_memory() -> None:
    process = SideProcess(memory=430 * 1024 * 1024)  # what it took before was 200 MB more
    for mode in ("RGBA", "P"):
        made = await process.do(make_small, {"content": taken_upside_down(mode)}, 60)
        assert made["size"] == (1000, 1600), mode
    process.close()


def make_small(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """In the other process."""
    made = reduce_photo(payload["content"])
    return {"size": made and (made.width, made.height)}


def taken_upside_down(mode: str) -> bytes:
    """A picture of 25 megapixels, to be turned by a quarter."""
    target, turned = io.BytesIO(), Image.Exif()
    turned[0x0112] = 6
    Image.new(mode, (6_250, 3_906)).save(target, "PNG", exif=turned, compress_level=1)
    return target.getvalue()


async def test_progressive_photos_of_many_megapixels_fit_into_the_memory_one_after_the_other() -> None:
    target = io.BytesIO()
    Image.new("CMYK", (6_200, 4_800), "#c0ffee").save(target, "JPEG", progressive=True)
    process = SideProcess()
    made = await process.do(make_several_small, {"content": target.getvalue(), "count": 2}, 60)
    assert made["digests"] == ["0", "1"]
    process.close()


def make_several_small(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """In the other process, several at a time."""
    attachments = [Attachment(1, "see", str(n), "", "image/jpeg", True, 1) for n in range(payload["count"])]
    return {"digests": [*read_photos(lambda _attachment: payload["content"], attachments, 50_000)]}


def test_a_scan_of_sixteen_bits_keeps_its_greys() -> None:
    target = io.BytesIO()
    Image.new("I;16", (2_000, 1_000), 30_000).save(target, "PNG")
    made = reduce_photo(target.getvalue())
    assert made
    assert Image.open(io.BytesIO(made.content)).getpixel((0, 0)) == (117, 117, 117)


async def test_french_signs_stay_with_the_word_before(workshops: Workshops) -> None:
    whole = await workshops.read()
    french = replace(ENGLISH, locale="fr")
    deck = Presentation(io.BytesIO(write_group_slides(whole, whole.groups[0], french, none)))
    assert deck.slides[0].shapes[2].text.endswith("Comment cuisiner ensemble\u202f?")


@pytest.mark.parametrize(("bold", "weight"), [(False, 400), (True, 700)])
def test_a_line_is_no_wider_in_another_typeface_than_it_was_measured(bold: bool, weight: int) -> None:
    noto = next(folder / "NotoSans[wght].ttf" for folder in font_folders() if (folder / "NotoSans[wght].ttf").exists())
    other = ImageFont.truetype(noto, 1000, layout_engine=ImageFont.Layout.BASIC)
    other.set_variation_by_axes([weight])
    letters = SlideLetters(1000, bold=bold)
    catalogue = (line for locale in ("fr", "de") for line in i18n.catalogue(locale)._catalog.values())  # type: ignore[attr-defined]
    lines = [line for text in catalogue for line in text.splitlines() if len(line) > 30]
    assert len(lines) > 1000
    assert [line for line in lines if other.getlength(line) > letters.width(line)] == []
