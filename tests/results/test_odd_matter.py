"""What people send as it comes: names of files that lead elsewhere, scripts of every kind, phases of one's own."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from bot.content.branding import Branding
from bot.content.texts import source_name
from bot.database.engine import Transaction
from bot.files.folder import Folder
from bot.files.stored_files import Files
from bot.people import participant_store
from handlers.groups.store.groups import find_group, remove_group, rename_group, set_room
from handlers.groups.store.members import take_out_of_group
from handlers.ideas.store.moderation import merge_into
from handlers.results import jobs as work
from handlers.results.drawing.photos import attachment_reader
from handlers.results.files import named_files
from handlers.results.messages import RESULT_FILES, Wording, group_files
from handlers.results.model import WorkshopResults, decode_snapshot
from handlers.results.store.snapshots import read_snapshot
from handlers.themes.store import put_choice
from handlers.workshops.store.phases import put_phase
from tests.groups.builders import crowd, group, mark_published
from tests.participants import rewrite_facts
from tests.pdf import pages, words
from tests.results.builders import add_member, attach, give_idea, make_phase, photo, write_card, write_down
from tests.results.conftest import ENGLISH, NOW, Workshops, open_workshops
from tests.world import open_world

SAFE = re.compile(r"[a-z0-9-]{1,100}\.[a-z0-9]{1,5}")
NAMED = (
    "..\\..\\windows\\x.exe",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0.jpg",
    "CON",
    "aux.PDF",
    "x" * 300 + ".jpg",
    "\u202egpj.exe",
    "",
    "été.ἄ",
)
SCRIPTS = (
    "👩🏽‍🌾🏳️‍🌈 jardin",
    "共同厨房与图书馆",
    "مطبخ مشترك في كل حي",
    "Straßenfest für alle",
    "Wort" * 200,
    "\u202eabc",
    "a\x0b\x00b",
)


def files_of(whole: WorkshopResults, files: Files, wording: Wording = ENGLISH) -> dict[str, bytes]:
    """Everything that can be made, by name."""
    read = attachment_reader(files)
    made = {
        wording.say(name): work.write_file(what, whole, wording, read, small=False)
        for what, name in RESULT_FILES.items()
    }
    decks = [files[0] for _group, files in work.group_decks(whole, wording, read)]
    return {**made, **{source_name(deck.name): deck.content for deck in decks}}


def sheet(files: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    """A sheet of the workbook, a row by its headings each."""
    heads, *rows = load_workbook(io.BytesIO(files["workshops.xlsx"]))[name].iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


def slides(content: bytes) -> str:
    """All that is said on slides."""
    said = []
    for slide in Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                said.append(shape.text_frame.text)
            if shape.has_table:
                said += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


async def test_a_file_has_a_name_that_is_safe_anywhere_whatever_its_sender_called_it(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        for place, name in enumerate(NAMED):
            idea = await give_idea(tx, group, "stakes", author, f"file {place}")
            await attach(tx, workshops.files, idea, b"%d" % place, name, "application/octet-stream")

    await workshops.change(unit)
    whole = await workshops.read()
    names = list(named_files(whole, ENGLISH).values())
    assert len(names) == len(set(names)) == len(NAMED) + 2
    assert all(SAFE.fullmatch(name) for name in names)
    rows = sheet(files_of(whole, workshops.files), "Files")
    assert sorted(row["File"] for row in rows) == sorted(names)


async def test_groups_have_files_of_their_own_whatever_their_themes_are_called(workshops: Workshops) -> None:
    whole = await workshops.read()
    whole.themes = {key: {"en": "A theme with one title " * 9} for key in whole.themes}
    ids = [group.id for group in whole.groups]
    assert group_files(whole, ENGLISH) == dict(zip(ids, ("culture-group-1", "school-group-1"), strict=True))
    whole.themes = {**whole.themes, "culture": {"en": "Kultur und Bildung " * 9}}
    names = list(group_files(whole, ENGLISH).values())
    assert names == ["kultur-und-bildung-kultur-und-bildung-kultur-und-b-group-1", *names[1:]]
    assert names[1].startswith("a-theme-with-one-title-")


async def test_photos_that_are_none_or_gone_leave_their_place_empty(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        for content in (b"GIF89a no more", photo("#112233")[:700], photo("#010203")):
            idea = await give_idea(tx, group, "solutions", author, "a sheet")
            digest = await attach(tx, workshops.files, idea, content)
        workshops.files.drop(digest)

    await workshops.change(unit)
    files = files_of(await workshops.read(), workshops.files)
    assert len(sheet(files, "Files")) == 5
    assert pages(files["booklet.pdf"]) > 3


async def test_every_script_is_exported_and_nothing_of_it_is_lost(sqlite_url: str, tmp_path: Path) -> None:
    async with open_workshops(sqlite_url, tmp_path / "files", groups=len(SCRIPTS), ideas=1) as workshops:

        async def unit(tx: Transaction) -> None:
            for (group, (writer, *_others)), said in zip(workshops.made.members.items(), SCRIPTS, strict=True):
                await give_idea(tx, group, "stakes", writer, said)
                await write_down(tx, group, "challenge", writer, {"sentence": f"How {said}?", "runners_up": said})
                await write_down(tx, group, "solutions", writer, {"idea": said, "for_whom": said, "what": said})
                await rename_group(tx, group, said[:60])
                await set_room(tx, group, said[:60])
                await write_card(tx, group, writer, present=said)
                await rewrite_facts(tx, writer, given_name=said[:60])

        await workshops.change(unit)
        files = files_of(await workshops.read(), workshops.files)
    ideas = {row["Idea"] for row in sheet(files, "Ideas")}
    shown = "".join(slides(files["plenary.pptx"]).split())
    for said in SCRIPTS:
        left = re.sub(r"[\x00-\x08\x0b\x0c]", "", said)
        assert left in ideas
        assert "".join(left.split()) in shown
    assert pages(files["booklet.pdf"]) > len(SCRIPTS)


async def test_nine_phases_of_ones_own(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    writer = workshops.made.members[group][0]

    async def nine(tx: Transaction) -> None:
        for place in range(5):
            await put_phase(tx, make_phase(f"own{place}", 4 + place))
            await give_idea(tx, group, f"own{place}", writer, f"own idea {place}")
            await write_down(tx, group, f"own{place}", writer, {"text": f"own text {place}"})

    await workshops.change(nine)
    files = files_of(await workshops.read(), workshops.files)
    assert {f"own idea {place}" for place in range(5)} <= {row["Idea"] for row in sheet(files, "Ideas")}
    assert {f"own text {place}" for place in range(5)} <= {row["Synthesis"] for row in sheet(files, "Syntheses")}
    book = "\n".join(words(files["booklet.pdf"]))
    assert all(f"own text {place}" in book and f"own idea {place}" in book for place in range(5))


@pytest.mark.parametrize("name", ["Q & A " * 60, "Ren\x0bcontres\x00", '<Rencontres> & "co"', "=1+1", "#panic()"])
async def test_whatever_a_gathering_is_called_its_files_are_made(bare_workshops: Workshops, name: str) -> None:
    wording = replace(ENGLISH, branding=Branding(name))
    files = files_of(await bare_workshops.read(), bare_workshops.files, wording)
    shown = re.sub(r"[\x00\x0b]", "", name)
    assert Presentation(io.BytesIO(files["plenary.pptx"])).core_properties.title == shown[:255]
    page = load_workbook(io.BytesIO(files["workshops.xlsx"])).worksheets[0]
    assert page.oddHeader is not None
    assert page.oddHeader.left.text == shown[:120].replace("&", "&&")
    assert pages(files["booklet.pdf"]) > 3


async def test_groups_of_a_gathering_without_phases(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await crowd(world, "Ana", "Bo")
        await group(world, ["Ana"], theme="school")
        await group(world, ["Bo"], theme="civic")
        await mark_published(world)
        whole = decode_snapshot(await world.read(read_snapshot))
    assert whole.phases == []
    assert [row["Theme"] for row in sheet(files_of(whole, Folder(Path("there-is-none"))), "Groups")] == [
        "Education",
        "CivicTech",
    ]


async def test_forty_six_members_and_a_group_with_nothing(bare_workshops: Workshops) -> None:
    first, second = bare_workshops.made.groups

    async def unit(tx: Transaction) -> None:
        large = await find_group(tx, first)
        assert large is not None
        for place in range(40):
            facts = {"ref": f"Z-{place}", "given_name": f"Anne{place}", "family_name": "Öztürk", "territory": "GB"}
            await add_member(tx, large, NOW, **facts)
        for person in bare_workshops.made.members[second]:
            await take_out_of_group(tx, person, 1)

    await bare_workshops.change(unit)
    files = files_of(await bare_workshops.read(), bare_workshops.files)
    said = slides(files["plenary.pptx"])
    assert all(f"Anne{place} Ö." in said for place in range(40))
    assert sheet(files, "Groups")[1]["Ideas"] == 0
    assert "Not written down yet." in slides(files["education-group-1.pptx"])


async def test_what_waits_for_a_group_or_a_facilitator_is_kept_aside(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    author = workshops.made.members[group][0]

    async def unit(tx: Transaction) -> None:
        await put_choice(tx, author, "culture", None, NOW)
        waiting = await give_idea(tx, None, "stakes", author, "=homeless", state="homeless")
        await give_idea(tx, group, "stakes", author, "offered", state="offered", anonymous=True)
        await give_idea(tx, group, "stakes", author, "hidden", state="offered", hidden=True)
        await give_idea(tx, group, "stakes", author, "late", state="late")
        await attach(tx, workshops.files, waiting, photo("#998877"))

    await workshops.change(unit)
    whole = await workshops.read()
    files = files_of(whole, workshops.files)
    aside = sheet(files, "Kept aside")
    assert [(row["Idea"], row["Why"], row["Group"], row["Theme"]) for row in aside] == [
        ("=homeless", "had no group yet", None, "Culture"),
        ("offered", "arrived after the end", "Culture 1", "Culture"),
    ]
    assert [row["From"] for row in aside] == ["Zoé F.", "anonymous"]
    assert isinstance(aside[0]["When"], datetime)
    assert len(sheet(files, "Ideas")) == 24, "it counts for no group"
    assert any(row["Idea"] == whole.aside[0].id for row in sheet(files, "Files"))
    assert len(named_files(whole, ENGLISH)) == 3


async def test_an_idea_that_was_merged_still_leads_to_what_builds_on_it(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    kept, gone = workshops.made.ideas[group][:2]
    author = workshops.made.members[group][-1]

    async def unit(tx: Transaction) -> None:
        await merge_into(tx, [gone], kept)
        await give_idea(tx, group, "stakes", author, "further", parent_id=gone)
        await participant_store.remove(tx, [author])

    await workshops.change(unit)
    files = files_of(await workshops.read(), workshops.files)
    [further] = [row for row in sheet(files, "Ideas") if row["Idea"] == "further"]
    assert further["Builds on"] == kept
    assert further["From"] is None, "its author is forgotten"


async def test_votes_of_a_dissolved_group_count(workshops: Workshops) -> None:
    group = workshops.made.groups[0]
    before = {voice.id: voice.votes for voice in (await workshops.read()).groups[0].ideas}
    await workshops.change(lambda tx: remove_group(tx, group))
    assert {voice.id: voice.votes for voice in (await workshops.read()).strays} == before
