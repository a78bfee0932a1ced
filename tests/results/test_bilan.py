"""`/bilan`: numbers, charts and files for organisers, their groups for facilitators, one's group's in words."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from bot.background import job_store
from bot.content.texts import Reader, file_name
from bot.content.views import File, JobRequest, Picture
from bot.conversation.routes import ORGANISER
from bot.people import participant_store
from handlers.ideas.store.ideas import ideas_of_group, set_idea_state
from handlers.results.service import file_payload
from tests.drivers.menus import menu_of
from tests.outbox import pushed, views
from tests.participants import number
from tests.results.chats import member, work, workshops
from tests.workshops.builders import facilitator
from tests.world import World


async def test_organisers_read_numbers(world: World) -> None:
    team = await world.organiser()
    await workshops(world)
    await team.command("bilan")
    lines = team.text.splitlines()
    assert lines[0] == "What came out of the workshops so far"
    assert lines[1].startswith("24 ideas from ")
    assert lines[2] == "Photos and documents: 2. Territories described: 6."
    files = "Workbook (XLSX)", "Plenary (PPTX)", "Booklet (PDF)"
    assert team.buttons == ("The charts", *files, "Organise", "More…")


async def test_before_any_group_there_are_no_results(world: World) -> None:
    team = await world.organiser()
    await team.command("summary")
    assert team.text == "No groups are published yet, so there are no results."


@pytest.mark.parametrize(
    ("label", "name", "in_german", "begins"),
    [
        ("Workbook", "workshops.xlsx", "workshops.xlsx", b"PK"),
        ("Plenary", "plenary.pptx", "plenum.pptx", b"PK"),
        ("Booklet", "booklet.pdf", "heft.pdf", b"%PDF"),
    ],
)
async def test_a_file_is_made_and_handed_over(
    world: World, label: str, name: str, in_german: str, begins: bytes
) -> None:
    team = await world.organiser()
    await workshops(world)
    await team.command("bilan")
    await team.press(label)
    assert team.text == "I am making the file. It will be here in a moment."
    await work(world)
    [view] = await views(world, team)
    [file] = view.attachments
    assert isinstance(file, File)
    assert [file_name(file.name, Reader(locale, "UTC")) for locale in ("en", "de")] == [name, in_german]
    assert file.content.startswith(begins)
    if name.endswith("xlsx"):
        assert load_workbook(io.BytesIO(file.content))["Ideas"].max_row == 25
    if name.endswith("pptx"):
        assert len(Presentation(io.BytesIO(file.content)).slides) == 13


async def test_a_file_asked_for_before_gatherings_had_a_colour_is_made(world: World) -> None:
    team = await world.organiser()
    await workshops(world)
    old = {key: value for key, value in file_payload(world.settings, "en").items() if key != "branding"}
    job = JobRequest("bilan-pdf", {**old, "gathering": "Rencontres", "what": "pdf"})
    await world.change(job_store.add, job, await number(world, "Inès"), None, world.clock.now(), who=ORGANISER)
    await work(world)
    [view] = await views(world, team)
    assert len(view.attachments) == 1


async def test_charts_come_with_words(world: World) -> None:
    team = await world.organiser()
    await workshops(world)
    await team.command("bilan")
    await team.press("The charts")
    await work(world)
    [view] = await views(world, team)
    assert len(view.attachments) == 3
    assert all(
        isinstance(attachment, Picture) and "ideas" in str(attachment.alt) for attachment in view.attachments[:2]
    )


async def test_who_organises_no_more_gets_no_file(world: World) -> None:
    team = await world.organiser()
    await workshops(world)
    await team.command("bilan")
    await team.press("Workbook")
    await world.change(participant_store.set_organises, await number(world, "Inès"), False)
    await work(world)
    [told] = await pushed(world, team)
    assert told.startswith("This is for the organisers.")


async def test_participants_read_what_their_group_made(world: World) -> None:
    made = await workshops(world)
    ana = await member(world, made.groups[0])
    await ana.command("bilan")
    lines = ana.text.replace("\u2068", "").replace("\u2069", "").splitlines()
    assert lines[0] == "Culture 1"
    assert any(line.startswith("Challenge: 3 ideas (") for line in lines)
    assert "Challenge: Comment cuisiner ensemble\u00a0?" in lines
    assert "Solution: Une cuisine partagée" in lines
    assert ana.buttons == ("Our slides", "My group", "Home")
    assert "XLSX" not in str(ana.buttons)
    for idea in await world.read(ideas_of_group, made.groups[0], "territories"):
        await world.change(set_idea_state, idea.id, "withdrawn")
    await ana.command("bilan")
    lines = ana.text.splitlines()
    assert lines[lines.index("Territories: 15 of 24 boxes") - 1] == "Territories", "no «0 ideas»: none are asked for"


async def test_once_the_gathering_is_over_the_results_are_the_first_thing_on_ones_own_screen(world: World) -> None:
    made = await workshops(world)
    ana, zoe = await member(world, made.groups[0]), await world.join("Zoé", "1")
    await ana.command("moi")
    assert "The results" not in ana.buttons
    last = datetime(2027, 6, 12, 21, 59, tzinfo=UTC)  # the last minute of the last day in Paris
    await world.clock.advance(last - world.clock.now())
    await ana.command("moi")
    assert "The results" not in ana.buttons
    await world.clock.advance(timedelta(minutes=1))
    await ana.command("moi")
    assert ana.buttons[0] == "The results"
    assert {"Our slides", "The results"} < {*(await menu_of(ana))["Workshops"]}
    await zoe.command("moi")
    assert "The results" not in zoe.buttons, "who had no group has none"
    assert "Workshops" not in await menu_of(zoe)


async def test_who_has_no_group_is_told_so(world: World) -> None:
    ana = await world.join("Ana", "100")
    await ana.command("bilan")
    assert ana.text == "You have no group yet, so there are no results."


async def test_facilitators_see_their_groups(world: World) -> None:
    made = await workshops(world)
    maya = await facilitator(world, audiences=(f"group:{made.groups[1]}",))
    await maya.command("bilan")
    assert maya.text.splitlines() == ["1 group of yours", "Education 1: 12 ideas"]
    await maya.press("Education")
    assert maya.text.startswith("Education 1\nChallenge: ")
