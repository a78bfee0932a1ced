"""The commonest acts are as near as they should be: a screen that buries one of them, or asks more, fails here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.first_month import TASKS
from tests.first_month import measured as measured_month
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
    "attendance of 13 groups, one absent": (7, 0),
    "mark a name safe, from the list": (2, 0),
    "start a phase": (3, 0),
    "make the booklet": (4, 0),
    "make the booklet, with an idea nobody saw": (5, 0),
}
"""By act: the taps and the lines written that it takes, from the first screen by its buttons."""


_MONTH = {
    "invite a hundred people, from nothing": (9, 385),
    "add a private field": (8, 270),
    "change the telephone on call": (3, 115),
    "write the text of invitations": (6, 380),
    "remind who has not come": (2, 170),
    "read the journal of a day": (2, 150),
}
"""By task of an organiser's first month: the most presses that it takes, and the most words in sight on the way."""


@pytest.mark.parametrize("task", TASKS)
async def test_an_organisers_first_month_takes_no_more_than_it_did(task: str, migrated_file: Path) -> None:
    ines = await measured_month(task, migrated_file)
    presses, words = _MONTH[task]
    assert ines.presses == presses
    assert ines.words <= words


@pytest.mark.first
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
async def test_the_commonest_acts_are_as_near_as_ever(act: Act, migrated_file: Path) -> None:
    way = await measured(act, migrated_file)
    assert (way.taps, way.lines) == _NEAR[act.name], " › ".join(way.labels)
