"""What jobs make of a snapshot: files that platforms take, and each group's slides with its picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.texts import source_name
from bot.files.folder import Folder
from handlers.results import jobs
from handlers.results.drawing.photos import attachment_reader, bytes_of_each
from tests.results.conftest import ENGLISH, Workshops


@pytest.mark.parametrize(("limit", "size"), [(5_000_000, 5_000_000), (4_999_999, 2_000_000), (1_000_000, 0)])
@pytest.mark.parametrize(("what", "write"), [("pptx", "write_plenary_slides"), ("pdf", "write_booklet")])
async def test_photos_get_smaller_until_a_file_can_be_sent(
    bare_workshops: Workshops, monkeypatch: pytest.MonkeyPatch, what: str, write: str, limit: int, size: int
) -> None:
    monkeypatch.setattr(jobs, "MOST_BYTES", limit)
    monkeypatch.setattr(jobs, write, lambda *_what, most: bytes(9_000_000 if most is None else most))
    results, read = await bare_workshops.read(), attachment_reader(Folder(Path("none")))
    sizes = [len(jobs.write_file(what, results, ENGLISH, read, small=small)) for small in (True, False)]
    assert sizes == [size, 9_000_000]


async def test_a_group_that_wrote_nothing_has_slides_and_no_picture(workshops: Workshops) -> None:
    results, read = await workshops.read(), attachment_reader(Folder(Path("none")))
    results.groups[1].versions.clear()
    decks = jobs.group_decks(results, ENGLISH, read)
    assert [[source_name(file.name) for file in files] for _group, files in decks] == [
        ["culture-group-1.pptx", "culture-group-1.png"],
        ["education-group-1.pptx"],
    ]


@pytest.mark.parametrize(
    ("most", "count", "each"), [(None, 3, 400_000), (300_000, 3, 100_000), (9_000_000, 3, 400_000), (5, 0, 5)]
)
def test_photos_share_the_bytes_and_none_takes_more_than_usual(most: int | None, count: int, each: int) -> None:
    assert bytes_of_each(most, count) == each
