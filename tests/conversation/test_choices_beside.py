"""What is chosen on a page and not sent yet goes with the button pressed beside it; what must not go along does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.conversation.incoming import Picked, Pressed
from handlers.announcements.store.announcements import find_announcement
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.rounds import mark_round_published
from handlers.themes.store import choice_of
from handlers.workshops.store.runs import open_run_of
from tests.announcements.copies import write
from tests.drivers.neutral import NeutralChat
from tests.drivers.web import open_web
from tests.groups.builders import crowd, group
from tests.participants import number
from tests.workshops.builders import PHASES, facilitator, started
from tests.world import START, World, make_settings, open_world

SETTINGS = make_settings(phases=PHASES, organisers={"telegram": [900]}, gathering={"starts": "2027-03-01"})


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def press(chat: NeutralChat, label: str, *chosen: str) -> None:
    """Press a button beside a choice of which these values are ticked, and not sent."""
    assert chat.view
    assert chat.view.choice
    await chat.act(Pressed(chat.payload(label), beside=Picked(chat.view.choice.action.encode(), chosen)))


async def running(world: World) -> list[str]:
    """The themes of the groups that are in a phase."""
    found = await world.store.read(partial(groups_of_round, round_number=1))
    open_ = [await world.store.read(partial(open_run_of, group_id=each.id)) for each in found]
    return [each.theme for each, run in zip(found, open_, strict=True) if run]


async def two_themes(world: World) -> NeutralChat:
    """A facilitator of two groups, a theme each, about to start a phase for both."""
    await crowd(world, "Zoé", "Bo")
    await group(world, ["Zoé"])
    await group(world, ["Bo"], theme="civic")
    await world.store.transact(partial(mark_round_published, number=1, now=START))
    maya = await facilitator(world)
    await maya.command("facilitate")
    await maya.press("Start: Understand the stakes")
    return maya


async def test_the_phase_starts_for_the_theme_that_is_ticked(world: World) -> None:
    maya = await two_themes(world)
    await press(maya, "Start in 2 groups", "t_civic")
    assert await running(world) == ["civic"]
    assert maya.text.splitlines()[0] == "“Understand the stakes” has begun in 1 group."


async def test_where_nothing_can_start_for_what_is_ticked_nothing_does(world: World) -> None:
    maya = await two_themes(world)
    ready = maya.view
    await started(world, (await world.store.read(partial(groups_of_round, round_number=1)))[1], "challenge")
    maya.view = ready
    await press(maya, "Start in 2 groups", "t_civic")
    assert await running(world) == ["civic"]
    assert "1 group is in another phase." in maya.text


async def test_a_choice_that_is_refused_presses_nothing(world: World) -> None:
    maya = await two_themes(world)
    await press(maya, "Start in 2 groups", "t_nowhere")
    assert await running(world) == []
    assert maya.text.startswith("That button has aged.")


async def test_an_announcement_goes_to_whom_is_ticked(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines, "Lunch is at noon")
    await ines.press("Change audience")
    await press(ines, "See the announcement", "organisers")
    assert "For: the team" in ines.text
    found = await world.store.read(lambda tx: find_announcement(tx, 1))
    assert found
    assert found.audience.kind == "organisers"


async def test_what_is_done_to_others_is_done_by_its_own_button_only(world: World) -> None:
    await world.join("Zoé", "1")
    zoe = await number(world, "Zoé")
    ines = await world.organiser()
    await ines.follow(f"op-{zoe}")
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill("Zoé")
    await ines.press("\u2068Zoé")
    await ines.press("Theme")
    await press(ines, "Back", "civic")
    assert "Zoé" in ines.text
    assert (await world.store.read(partial(choice_of, participant_id=zoe))).theme is None


async def test_a_form_opens_once_the_choice_beside_its_button_is_taken(world: World) -> None:
    async with open_web(world) as harness:
        zoe = await harness.joined("Zoé")
        await started(world, await group(world, ["Zoé"]))
        await world.store.transact(partial(mark_round_published, number=1, now=START))
        await zoe.send("A bus that is a library")
        await zoe.command("phase")
        await zoe.press("My idea")
        await zoe.pick("A bus that is a library")
        await zoe.tick("A need")
        await zoe.press("Change it")
        assert zoe.sheet
        row = await world.store.read(lambda tx: tx.one("SELECT category FROM ideas"))
        assert row
        assert row["category"] == "need"
