"""A phase from the start to the end, wherever the facilitator and the members are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.phase_clock import PhaseClock
from bot.scheduling import Ticker
from bot.storage import groups
from tests.handlers.grouped import group
from tests.handlers.workshops import PHASES
from tests.scenarios.conftest import Stage, open_stage
from tests.scenarios.gestures import wants_to_be_told, words


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES, gathering={"starts": "2027-03-01"}) as stage:
        yield stage


async def passes(stage: Stage, *, minutes: float) -> None:
    """Time goes by, and what is due is told."""
    await stage.world.clock.advance(timedelta(minutes=minutes))
    await Ticker(stage.world.store, stage.world.clock, (PhaseClock(),)).look()


async def test_from_the_start_to_the_end(stage: Stage) -> None:
    zoe, ali = await stage.join("Zoé"), await stage.join("Ali", territory="FR")
    for each in (zoe, ali):
        await wants_to_be_told(each)
    await group(stage.world, ["Zoé", "Ali"])
    await stage.world.store.transact(partial(groups.mark_published, number=1, now=stage.world.clock.now()))
    ines = await stage.organiser()

    await ines.command("animer")
    await ines.press("Start: Understand the stakes")
    assert "Nobody is missing." in ines.text
    await ines.press("Start")
    assert "Understand the stakes begins in 1 group." in words(ines.text)
    await stage.delivered(zoe, ali)
    for each in (zoe, ali):
        assert "Instruction: Understand the stakes" in each.pushed[-1]

    await zoe.command("phase")
    assert "For example: Such as Understand the stakes" in zoe.text
    assert {"Give an idea", "Help!"} <= set(zoe.buttons)

    await ines.press("+5 min")
    await stage.delivered(zoe)
    assert "Understand the stakes: 5 minutes more." in zoe.pushed[-1]
    await ines.press("Undo")
    await stage.delivered(zoe)
    assert "after all" in zoe.pushed[-1]

    await passes(stage, minutes=35)
    await stage.delivered(zoe)
    assert "Is there something you have not said yet?" in zoe.pushed[-1]

    await ines.press("Back to the phase")
    await ines.press("Break")
    await stage.delivered(ali)
    assert "5 minutes are left after it" in ali.pushed[-1]
    await passes(stage, minutes=20)
    await ines.press("Go on")
    await passes(stage, minutes=5)
    await stage.delivered(zoe, ali)
    for each in (zoe, ali):
        assert "Understand the stakes is finished." in each.pushed[-1]
        assert "Next: Formulate a challenge." in each.pushed[-1]
    await ines.press("Close the phase")
    assert "This changed meanwhile" in ines.text
