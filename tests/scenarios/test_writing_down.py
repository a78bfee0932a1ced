"""What a group keeps of its phases, wherever its members are: written, commented, filled in by halves, drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.rehearsal.hands import Chat
from tests.handlers.grouped import group
from tests.handlers.workshops import PHASES, started
from tests.scenarios.conftest import Stage, open_stage
from tests.scenarios.gestures import wants_to_be_told, words


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES) as stage:
        yield stage


async def two_in(stage: Stage, phase: str) -> tuple[Chat, Chat]:
    """Zoé and Ali in one group, in a phase."""
    zoe, ali = await stage.join("Zoé"), await stage.join("Ali", territory="FR")
    for each in (zoe, ali):
        await wants_to_be_told(each)
    await started(stage.world, await group(stage.world, ["Zoé", "Ali"]), phase)
    await stage.delivered(zoe, ali)
    for each in (zoe, ali):
        await each.command("phase")
    return zoe, ali


async def test_one_writes_the_other_reads_comments_and_approves(stage: Stage) -> None:
    zoe, ali = await two_in(stage, "stakes")
    await zoe.press("What we keep")
    await zoe.press("I write it")
    await zoe.press("Write")
    await zoe.fill("Schools close at four.\nNobody pays for the evening.")
    assert "Saved. Your group is told." in zoe.text
    await stage.delivered(ali)
    assert "Zoé wrote it down. Read it, then approve or comment." in words(ali.pushed[-1])
    await ali.command("phase")
    await ali.press("What we keep")
    assert "Nobody pays for the evening." in words(ali.text)
    await ali.press("Comment")
    await ali.fill("Say which schools.")
    await stage.delivered(zoe)
    assert "Ali comments: Say which schools." in words(zoe.pushed[-1])
    await zoe.command("phase")
    await zoe.press("What we keep")
    await zoe.press("Change it")
    await zoe.fill("High schools close at four.")
    await ali.command("phase")
    await ali.press("What we keep")
    assert "High schools close at four." in words(ali.text)
    await ali.press("I approve")
    assert "approved by 2 of 2" in ali.text


async def test_a_canvas_is_filled_in_by_two_who_see_what_is_missing(stage: Stage) -> None:
    zoe, ali = await two_in(stage, "solutions")
    await zoe.press("Our solution")
    await zoe.press("For whom, what, how")
    await zoe.fill("Children", "Books", "By bus")
    assert "Still missing: With whom, First step, and Measure of success" in words(zoe.text)
    await ali.press("Our solution")
    await ali.press("With whom, first step, measure")
    await ali.fill("The library", "Find a bus", "")
    assert "Books" in words(ali.text)
    assert "Still missing: Measure of success" in words(ali.text)


async def test_everyone_writes_their_own_country_and_the_grid_is_drawn(stage: Stage) -> None:
    zoe, ali = await two_in(stage, "territories")
    await zoe.press("My territory")
    await zoe.press("Write my card")
    await zoe.fill("Cégeps", "Money", "The law", "OFQJ")
    assert "Saved. It is in your group's grid." in zoe.text
    await ali.press("Our territories")
    assert "What exists already: Cégeps" in words(ali.text)
    assert "Empty: What exists already, What blocks, What must change, and Who could carry it" in words(ali.text)
    await ali.press("As a picture")
    await stage.delivered(ali)
    assert "Your territories as a picture." in ali.pushed[-1]
