"""The booklet: contents and index lead to the right pages, and every word can be searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
from PIL import Image

from bot.content.branding import Branding
from bot.database.engine import Transaction
from bot.people import participant_store
from handlers.groups.store.groups import find_group
from handlers.results.drawing.booklet import write_booklet
from handlers.results.drawing.photos import attachment_reader
from handlers.results.messages import Wording
from tests.names import NAMES, RIGHT_TO_LEFT
from tests.pdf import alternative_texts, page_words, pages, picture_of_page, words
from tests.results.builders import add_member, give_idea, write_card, write_down
from tests.results.conftest import ENGLISH, NOW, Workshops

GERMAN = replace(ENGLISH, locale="de")


async def booklet(workshops: Workshops, wording: Wording = ENGLISH) -> bytes:
    read = attachment_reader(workshops.files)
    return write_booklet(await workshops.read(), wording, read, most=None)


def page_of(pdf: bytes, title: str) -> int:
    """The number of the page that begins with a title."""
    return next(number for number, lines in enumerate(page_words(pdf), start=1) if lines[:1] == [title])


def after(lines: Sequence[str], line: str) -> Sequence[str]:
    return lines[lines.index(line) + 1 :]


async def test_the_cover_says_what_it_is_and_how_much(workshops: Workshops) -> None:
    cover = page_words(await booklet(workshops))[0]
    assert cover == ["Rencontres", "What the groups came up with", "2 groups", "24 ideas", "10 June 2027"]
    gathered = replace(ENGLISH, gathered=(date(2027, 6, 10), date(2027, 6, 12)))
    assert page_words(await booklet(workshops, gathered))[0][-1] == "10–12 June 2027", "not the groups' days alone"


async def test_the_cover_has_the_colour_and_the_logo_of_the_gathering(workshops: Workshops, tmp_path: Path) -> None:
    logo, yellow = tmp_path / "logo.png", (0xFF, 0xCC, 0x00)
    Image.new("RGB", (60, 40), yellow).save(logo)
    branding = Branding("Rencontres", "#8a1538", str(logo))
    cover = picture_of_page(await booklet(workshops, replace(ENGLISH, branding=branding))).convert("RGB")
    colours = {colour for _count, colour in cover.getcolors(1 << 24) or []}
    assert {(0x8A, 0x15, 0x38), yellow} < colours


async def test_charts_and_photos_are_in_it(workshops: Workshops) -> None:
    pdf = await booklet(workshops)
    assert pdf.count(b"/Subtype/Image") == 2
    figures = " ".join(page_words(pdf)[page_of(pdf, "In figures") - 1])
    assert re.findall(r"Ideas over time, by \w+|Stakes \(6\)|Culture \(12\)", figures) == [
        *("Ideas over time, by phase", "Stakes (6)"),
        *("Ideas over time, by theme", "Culture (12)"),
    ]


async def test_whoever_does_not_see_it_can_have_it_read_aloud(workshops: Workshops) -> None:
    pdf = await booklet(workshops)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/Lang(de)" in await booklet(workshops, GERMAN)
    assert sorted(re.split("[:.]", text)[0] for text in alternative_texts(pdf)) == [
        *("Ideas over time, by phase", "Ideas over time, by theme"),
        *("Photo of a sheet of paper", "Photo of a sheet of paper", "Territories"),
    ]
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        assert document.get_metadata_value("Title") == "Rencontres · What the groups came up with"
        outline = [(item.get_title(), item.get_dest().get_index() + 1) for item in document.get_toc(max_depth=1)]
    titles = ["Contents", "In figures", "Culture 1", "Education 1", "By territory"]
    assert outline == [(title, page_of(pdf, title)) for title in titles]


async def test_contents_lead_to_each_group_and_to_the_index(workshops: Workshops) -> None:
    pdf = await booklet(workshops)
    culture, school = page_of(pdf, "Culture 1"), page_of(pdf, "Education 1")
    assert after(page_words(pdf)[1], "Contents") == [
        f"In figures {page_of(pdf, 'In figures')}",
        f"By territory {page_of(pdf, 'By territory')}",
        *("Culture", f"Group 1 {culture}", "Comment cuisiner ensemble ?"),
        *("Education", f"Group 1 {school}", "Comment cuisiner ensemble ?"),
        "Rencontres 2",
    ]
    references = sum(line.startswith("Group 1 · p.") for line in page_words(pdf)[-1])
    assert pdf.count(b"/Subtype/Link") == 4 + references, "each is a link"


async def test_of_a_group_that_wrote_no_challenge_the_contents_have_its_most_voted_idea(workshops: Workshops) -> None:
    results = await workshops.read()
    kept, groups = results.groups[1].versions, [replace(group, versions=[]) for group in results.groups]
    groups[0].ideas[0].text, groups[0].ideas[0].votes = "Un jardin partagé", 5
    for idea in groups[1].ideas:
        idea.votes = 0
    groups[1].versions = [replace(version, content={"text": "Ce que nous\nretenons"}) for version in kept[:1]]
    pdf = write_booklet(replace(results, groups=groups), ENGLISH, lambda _attachment: None, most=None)
    culture, school = page_of(pdf, "Culture 1"), page_of(pdf, "Education 1")
    assert after(page_words(pdf)[1], f"By territory {page_of(pdf, 'By territory')}") == [
        *("Culture", f"Group 1 {culture}", "According to your votes: Un jardin partagé"),
        *("Education", f"Group 1 {school}", "Ce que nous retenons"),
        "Rencontres 2",
    ]


async def test_the_index_lists_the_groups_of_each_territory(workshops: Workshops) -> None:
    pdf = await booklet(workshops)
    index = page_words(pdf)[page_of(pdf, "By territory") - 1]
    culture, school = page_of(pdf, "Culture 1"), page_of(pdf, "Education 1")
    assert " ".join(after(index, "Quebec")).split(" Switzerland ")[0] == (
        f"Culture Group 1 · p. {culture} Education Group 1 · p. {school}"
    )
    assert "Senegal" not in index, "nobody wrote about it"


async def test_each_column_of_the_index_begins_with_a_territory(workshops: Workshops) -> None:
    results = await workshops.read()
    groups = [
        replace(group, number=number, ideas=[], versions=[], files=[])
        for group in results.groups
        for number in range(1, 15)
    ]
    pdf = write_booklet(replace(results, groups=groups), ENGLISH, lambda _attachment: None, most=None)
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        index = document[page_of(pdf, "By territory") - 1].get_textpage()
        right = index.get_text_bounded(left=298).splitlines()
    assert right[0] in {"Germany", "Quebec", "Switzerland", "Wallonia-Brussels"}


async def test_a_group_reads_as_it_wrote(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][1]

    async def unit(tx: Transaction) -> None:
        await write_down(tx, group, "challenge", writer, {"sentence": "Et si on dansait ?"}, rival=True)
        for number in range(12):
            await give_idea(tx, group, "solutions", writer, f"Solution numéro {number} 🎉", anonymous=True)

    await workshops.change(unit)
    lines = words(await booklet(workshops))
    chapter = after(lines, "Culture 1")
    assert " ".join(chapter[: chapter.index("Stakes")]) == (
        "Chloé F. (Senegal) · Émile F. (Switzerland) · Inès F. (Wallonia-Brussels) · Léo F. (Quebec)"
        " · Nour F. (Germany) · Zoé F. (France)"
    )
    challenge = after(chapter, "Challenge")
    assert challenge[0] == "Comment cuisiner ensemble ?"
    assert "Autre (2)" not in challenge, "the ideas say it, with their authors"
    assert after(challenge, "Another version")[:2] == ["Et si on dansait ?", "Written by: Léo F."]
    assert after(after(chapter, "Solutions"), "For whom")[0] == "Les familles du quartier"
    grid = after(chapter, "Territories")
    assert grid[0] == "What already exists What is in the way What must change Who could take it on"
    assert after(grid, "Quebec")[0] == "Des cantines Les normes La loi still open"
    assert "And 7 other ideas, in the workbook." in chapter
    assert "Solution numéro 0 🎉 anonymous" in chapter


async def test_long_german_words_are_broken_at_their_syllables(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][0]
    law = "Datenschutzgrundverordnung der Nachbarn"
    await workshops.change(lambda tx: write_card(tx, group, writer, obstacle=law))
    grid = after(words(await booklet(workshops, GERMAN)), "Frankreich")
    # Whoever searches finds the word whole: the hyphen is no part of it.
    assert grid[0].startswith("Des cantines Datenschutzgrundverordnung ")


async def test_whoever_was_erased_has_no_name_in_it(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][5]

    async def unit(tx: Transaction) -> None:
        await give_idea(tx, group, "stakes", author, "Une fanfare")
        await participant_store.remove(tx, [author])

    await workshops.change(unit)
    chapter = after(words(await booklet(workshops)), "Culture 1")
    assert "Une fanfare" in chapter
    assert not any("Chloé" in line for line in chapter[: chapter.index("Education 1")])


async def test_names_are_read_as_they_were_written(bare_workshops: Workshops) -> None:
    first = bare_workshops.made.groups[0]

    async def unit(tx: Transaction) -> None:
        group = await find_group(tx, first)
        assert group is not None
        for number, name in enumerate(NAMES):
            await add_member(tx, group, NOW, ref=f"N-{number}", given_name=name, family_name="", territory="")
        writer = bare_workshops.made.members[first][0]
        await write_down(tx, first, "challenge", writer, {"sentence": "Qui ?", "runners_up": "\n".join(NAMES)})

    await bare_workshops.change(unit)
    lines = words(await booklet(bare_workshops))
    members = " ".join(after(lines, "Culture 1")).split(" Challenge ")[0].split(" · ")
    backwards = {" ".join(reversed(name.split())) for name in RIGHT_TO_LEFT}  # as they lie on the line
    assert {*NAMES} - {*RIGHT_TO_LEFT} | backwards < {*members}
    assert {*NAMES} < {*lines}, "on lines of their own"


async def test_the_same_results_make_the_same_file(workshops: Workshops) -> None:
    assert await booklet(workshops) == await booklet(workshops)


async def test_texts_of_any_length_go_on_on_the_next_page(workshops: Workshops) -> None:
    before = pages(await booklet(workshops))
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][0]
    long = " ".join(f"mot{number}" for number in range(2500))
    await workshops.change(lambda tx: give_idea(tx, group, "stakes", writer, long + " " + "W" * 300))
    pdf = await booklet(workshops)
    assert pages(pdf) >= before + 2
    lines = " ".join(words(pdf))
    assert all(f"mot{number}" in lines for number in (0, 1234, 2499))


async def test_without_anything_written_there_is_still_a_booklet(bare_workshops: Workshops) -> None:
    pdf = await booklet(bare_workshops)
    assert [lines[0] for lines in page_words(pdf)[1:]] == [
        "Contents",
        "Culture 1",
        "Education 1",
    ], "and no index of nothing"


async def test_cards_of_a_phase_that_was_removed_stand_at_the_end(workshops: Workshops) -> None:
    results = await workshops.read()
    results.phases = [phase for phase in results.phases if phase.collects != "territories"]
    lines = words(write_booklet(results, ENGLISH, lambda _file: None, most=None))
    assert after(after(lines, "Culture 1"), "In our territories")[:3] == [
        *("What already exists What is in the way What must change Who could take it on", "France"),
        "Des cantines Les normes La loi still open",
    ]
