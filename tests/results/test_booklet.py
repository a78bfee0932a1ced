"""The booklet: contents and index lead to the right pages, and every word can be searched for."""

from __future__ import annotations

from bot.database.engine import Transaction
from handlers.results.drawing.booklet import write_booklet
from handlers.results.drawing.charts import draw_charts
from handlers.results.jobs import attachment_reader
from tests.pdf import pages, words
from tests.results.builders import give_idea, write_down
from tests.results.conftest import ENGLISH, Workshops


async def booklet(workshops: Workshops) -> bytes:
    """Without its pictures, through which a search for words takes long."""
    return write_booklet(await workshops.read(), ENGLISH, [], lambda _file: None, most=None)


async def test_charts_and_photos_are_in_it(workshops: Workshops) -> None:
    whole = await workshops.read()
    read = attachment_reader(workshops.files.path("0" * 64).parents[1])
    pdf = write_booklet(whole, ENGLISH, draw_charts(whole, ENGLISH), read, most=None)
    assert pdf.count(b"/Subtype /Image") == 3 + 2


async def test_contents_lead_to_each_group_and_to_the_index(workshops: Workshops) -> None:
    pdf = await booklet(workshops)
    said = words(pdf)
    begin = said.index("Contents")
    listed = [line for line in said[begin + 1 : begin + 7] if not line.startswith("Rencontres")]
    assert listed[0::2] == ["Culture · group 1", "Education · group 1", "By territory"]
    numbers = [int(number) for number in listed[1::2]]
    assert numbers == sorted(numbers)
    assert numbers[-1] == pages(pdf)


async def test_the_index_lists_the_groups_of_each_territory(workshops: Workshops) -> None:
    said = words(await booklet(workshops))
    index = said[max(place for place, line in enumerate(said) if line == "By territory") :]
    assert "Quebec" in index
    after = index[index.index("Quebec") + 1 : index.index("Quebec") + 5]
    assert after[0::2] == ["Culture · group 1", "Education · group 1"]


async def test_a_group_reads_as_it_wrote(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][1]

    async def unit(tx: Transaction) -> None:
        await write_down(tx, group, "challenge", writer, {"sentence": "Et si on dansait ?"}, rival=True)
        for number in range(12):
            await give_idea(tx, group, "solutions", writer, f"Solution numéro {number} 🎉", anonymous=True)

    await workshops.change(unit)
    said = words(await booklet(workshops))
    assert "Comment cuisiner ensemble ?" in said
    assert said[said.index("Another version") + 1] == "Et si on dansait ?"
    assert "What exists already: Des cantines" in said
    assert "Who could carry it: still open" in said
    assert "And 7 other ideas, in the workbook." in said
    assert any(line == "- Solution numéro 0 (anonymous)" for line in said)


async def test_texts_of_any_length_go_on_on_the_next_page(workshops: Workshops) -> None:
    before = pages(await booklet(workshops))
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][0]
    long = " ".join(f"mot{number}" for number in range(2500))
    await workshops.change(lambda tx: give_idea(tx, group, "stakes", writer, long + " " + "W" * 300))
    pdf = await booklet(workshops)
    assert pages(pdf) >= before + 2
    said = " ".join(words(pdf))
    assert all(f"mot{number}" in said for number in (0, 1234, 2499))


async def test_without_anything_written_there_is_still_a_booklet(bare_workshops: Workshops) -> None:
    assert "No group has written of a territory yet." in words(await booklet(bare_workshops))
