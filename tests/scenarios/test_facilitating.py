"""Facilitating, wherever people are: the panel follows the groups, and a call crosses platforms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.audiences import Audience
from bot.rehearsal.hands import Chat
from bot.storage import facilitators
from tests.handlers.grouped import group, number
from tests.handlers.workshops import PHASES, started
from tests.scenarios.conftest import Stage, open_stage
from tests.scenarios.gestures import wants_to_be_told, words


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES) as stage:
        yield stage


async def at_work(stage: Stage) -> Chat:
    """Zoé, whose group is in a phase, in a room."""
    zoe = await stage.join("Zoé")
    await wants_to_be_told(zoe)
    made = await group(stage.world, ["Zoé"], room="B12")
    await stage.world.store.transact(lambda tx: tx.run("UPDATE rounds SET published_at = 1"))
    await started(stage.world, made)
    await stage.delivered(zoe)
    return zoe


async def maya_of(stage: Stage) -> Chat:
    """Maya, who runs every workshop."""
    maya = await stage.join("Maya", attends=False)
    person = await number(stage.world, "Maya")
    await stage.world.store.transact(lambda tx: facilitators.give(tx, person, [Audience()]))
    return maya


async def test_a_call_for_help_crosses_platforms(stage: Stage, beside: Stage) -> None:
    zoe, maya = await at_work(stage), await maya_of(beside)
    await zoe.command("alaide")
    assert words(zoe.text) == "Called: your facilitator is told.\nRoom: B12"
    await stage.delivered(maya)
    assert words(maya.text) == "Education · group 1 calls for help.\nRoom: B12"
    await maya.press("I am going there")
    assert words(maya.text) == "You are going to Education · group 1.\nRoom: B12\nThey read that you are coming."
    await stage.delivered(zoe)
    assert words(zoe.pushed[-1]) == "Maya is coming."
    await maya.press("It is done")
    assert maya.text == "Thank you. The call is closed."


async def test_the_panel_follows_what_the_group_does_in_its_place(stage: Stage) -> None:
    zoe, maya = await at_work(stage), await maya_of(stage)
    await maya.command("panneau")
    await stage.delivered(maya)
    before = len(maya.pushed)
    assert "0 ideas · 0/1" in words(maya.text)
    await zoe.send("A bus that is a library")
    await stage.world.clock.advance(timedelta(seconds=3))
    await stage.delivered(maya)
    assert words(maya.text).startswith("The workshops: Understand the stakes\n")
    assert "1 idea · 1/1" in words(maya.text)
    assert len(maya.pushed) == before


async def test_what_is_opened_from_the_panel_comes_below_it(stage: Stage) -> None:
    zoe, maya = await at_work(stage), await maya_of(stage)
    await maya.command("panneau")
    await stage.delivered(maya)
    await maya.press("Nudge the silent")
    assert "In which group?" in maya.text
    await maya.press("Education 1")
    assert maya.text == "1 person is asked in private."
    await stage.delivered(zoe)
    assert zoe.pushed[-1] == "Your group would like to hear you: one sentence is enough."
    await zoe.send("A bus that is a library")
    await stage.world.clock.advance(timedelta(seconds=3))
    await stage.delivered(maya)
    assert any("1 idea · 1/1" in words(text) for text in (maya.text, *maya.pushed))  # it is still there, and follows
