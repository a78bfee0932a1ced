"""Decks: what they show of a group, and that no text leaves its place, whatever people typed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Length

from bot.background.side_process import SideProcess
from bot.database.engine import Transaction
from bot.files.folder import Files
from handlers.groups.store import rename_group
from handlers.results.drawing.charts import draw_charts
from handlers.results.drawing.slides import READABLE, SlideLetters, write_group_slides, write_plenary_slides
from handlers.results.jobs import attachment_reader
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
    """Every text frame with the width and height it has, in points."""
    for slide in deck.slides:
        for shape in slide.shapes:
            left, top = shape.left / 12700, shape.top / 12700
            width, height = shape.width / 12700, shape.height / 12700
            assert 0 <= left <= left + width <= 960.01
            assert 0 <= top <= top + height <= 540.01
            if shape.has_table:
                table = shape.table
                assert sum(row.height for row in table.rows) / 12700 <= height + 0.1
                for row in table.rows:
                    for place, cell in enumerate(row.cells):
                        inside = table.columns[place].width / 12700 - (cell.margin_left + cell.margin_right) / 12700
                        yield (
                            cell.text_frame,
                            inside,
                            row.height / 12700 - (cell.margin_top + cell.margin_bottom) / 12700,
                        )
            elif shape.has_text_frame:
                assert shape.text_frame.word_wrap
                yield shape.text_frame, width, height


def assert_nothing_spills(content: bytes) -> Any:
    deck = Presentation(io.BytesIO(content))
    for frame, width, height in frames(deck):
        high = 0.0
        for paragraph in frame.paragraphs:
            spacing = paragraph.line_spacing
            assert isinstance(spacing, Length)
            for run in paragraph.runs:
                assert run.font.size.pt >= READABLE
                lines = SlideLetters(run.font.size.pt, bold=bool(run.font.bold)).lines(run.text, width)
                high += len(lines) * spacing.pt
            high += 0 if paragraph.runs else spacing.pt
        assert high <= height + 0.5, frame.text[:80]
    return deck


def words(deck: Any) -> str:
    """Everything a deck says, blanks aside."""
    said = []
    for frame, _width, _height in frames(deck):
        said.append(frame.text)
    return "".join("".join(said).split())


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
    # The challenge, those also proposed, the idea, six fields, and a square of each of five members.
    assert said.count(kept[:40]) >= 1
    for start in range(0, len(kept) - 12, max(1, len(kept) // 40)):
        assert kept[start : start + 12] in said


async def test_short_texts_are_large_and_on_one_slide(workshops: Workshops) -> None:
    _whole, content = await first(workshops)
    deck = assert_nothing_spills(content)
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles == [
        "Culture · group 1",
        "Our challenge · Culture · group 1",
        "Our solution · Culture · group 1",
        "How it works · Culture · group 1",
        "In our territories · Culture · group 1",
    ]
    challenge = deck.slides[1].shapes[2].text_frame.paragraphs[0].runs[0]
    assert (challenge.text, challenge.font.size.pt) == ("Comment cuisiner ensemble ?", 40)


async def test_the_grid_shows_its_empty_squares(workshops: Workshops) -> None:
    _whole, content = await first(workshops)
    slide = Presentation(io.BytesIO(content)).slides[4]
    [table] = [shape.table for shape in slide.shapes if shape.has_table]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["Territory", "What exists already", "What blocks", "What must change", "Who could carry it"]
    assert ["France", "Des cantines", "Les normes", "La loi", "still open"] in rows
    assert len(rows) == 7


async def test_long_texts_say_that_they_go_on(workshops: Workshops) -> None:
    await fill(workshops, LONG)
    _whole, content = await first(workshops)
    titles = [slide.shapes.title.text for slide in Presentation(io.BytesIO(content)).slides]
    assert any(title.startswith("Our challenge") and title.endswith("(continued)") for title in titles)


async def test_arabic_runs_from_right_to_left(workshops: Workshops) -> None:
    await fill(workshops, NASTY["Arabic"])
    _whole, content = await first(workshops)
    slide = Presentation(io.BytesIO(content)).slides[2]
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
        for read in (none, attachment_reader(tmp_path / "files"))
    )
    shape = deck.slides[-1].shapes[-1]
    assert shape.width < shape.height
    assert shape._element.nvPicPr.cNvPr.get("descr").startswith("A photo of the group's sheet of paper")
    assert len(deck.slides) == len(without.slides) + 1


async def test_the_plenary_shows_charts_then_every_group(workshops: Workshops) -> None:
    whole = await workshops.read()
    charts = draw_charts(whole, ENGLISH)
    deck = assert_nothing_spills(write_plenary_slides(whole, ENGLISH, charts, none, most=None))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[:4] == ["Rencontres", *(chart.title for chart in charts)]
    assert titles[4::5] == ["Culture · group 1", "Education · group 1"]
    assert [shape.text for shape in deck.slides[0].shapes][1:] == ["What the groups made\n2 groups\n24 ideas"]


async def test_photos_share_the_bytes_there_are(workshops: Workshops, tmp_path: Any) -> None:
    noise = io.BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(noise, "JPEG", quality=95)
    files: Files = workshops.files
    for group in workshops.made.groups:
        idea = workshops.made.ideas[group][2]
        await workshops.change(lambda tx, idea=idea: attach(tx, files, idea, noise.getvalue() + bytes([idea])))  # type: ignore[misc]
    whole = await workshops.read()
    read = attachment_reader(tmp_path / "files")
    sizes = [len(write_plenary_slides(whole, ENGLISH, [], read, most=most)) for most in (None, 200_000, 0)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[1] < 400_000


async def test_a_group_that_wrote_nothing_has_a_deck_that_says_so(bare_workshops: Workshops) -> None:
    whole, content = await first(bare_workshops)
    assert whole.is_empty(whole.groups[0])
    assert "Notwrittendownyet." in words(assert_nothing_spills(content))


def test_a_photo_as_a_phone_sends_it_is_made_small() -> None:
    from handlers.results.drawing.photos import reduce_photo

    made = reduce_photo(photo(size=(4000, 3000)), 50_000)
    assert made
    assert (made.width, made.height) == (1600, 1200)
    assert reduce_photo(drawn("PNG", size=(6_000, 5_001)), 50_000) is None
    assert reduce_photo(b"GIF89a", 50_000) is None


async def test_a_photo_of_many_megapixels_is_made_small_in_little_memory() -> None:
    process = SideProcess(memory=430 * 1024 * 1024)  # what it took before was 200 MB more
    for mode in ("RGBA", "P"):
        made = await process.do(make_small, {"content": taken_upside_down(mode)}, 60)
        assert made["size"] == (1000, 1600), mode
    process.close()


def make_small(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """In the other process."""
    from handlers.results.drawing.photos import reduce_photo

    made = reduce_photo(payload["content"])
    return {"size": made and (made.width, made.height)}


def taken_upside_down(mode: str) -> bytes:
    """A picture of 25 megapixels, to be turned by a quarter."""
    target, turned = io.BytesIO(), Image.Exif()
    turned[0x0112] = 6
    Image.new(mode, (6_250, 3_906)).save(target, "PNG", exif=turned, compress_level=1)
    return target.getvalue()
