"""The commonest acts are as near as they should be: a screen that buries one of them, or asks more, fails here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ways import ACTS, Act, measured

_NEAR = {
    "choose a theme": (3, 0),
    "see one's group": (0, 0),
    "see what is next, and where": (0, 0),
    "give an idea while a phase is open": (1, 1),
    "ask the team": (1, 1),
    "change a reminder": (2, 0),
    "announce something to everybody": (4, 1),
    "find someone and see their card": (2, 1),
    "see who lacks a theme": (2, 0),
    "form the groups": (2, 0),
    "start a phase": (3, 0),
    "make the booklet": (4, 0),
    "make the booklet, with an idea nobody saw": (5, 0),
}
"""By act: the taps and the lines written that it takes, from the first screen by its buttons."""


@pytest.mark.first
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
async def test_the_commonest_acts_are_as_near_as_ever(act: Act, migrated_file: Path) -> None:
    way = await measured(act, migrated_file)
    assert (way.taps, way.lines) == _NEAR[act.name], " › ".join(way.labels)
