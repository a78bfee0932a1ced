"""The ways from messages of the engine to screens of capabilities, none of which it knows by name.

A capability declares the button that leads to such a screen of its own in its `Capability`, as
`ways={Way.HOME: HOME}`; `bot.capability.load` makes them known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto

from bot.content.views import Button


class Way(Enum):
    """A screen that messages of the engine lead to."""

    HOME = auto()
    """One's own screen."""
    ASK = auto()
    """Where someone asks the team."""
    ORGANISE = auto()
    """The organisers' screen."""
    FACILITATE = auto()
    """Where who runs workshops does so."""
    RESULTS = auto()
    """What organisers can take along of the gathering."""
    REGISTER = auto()
    """Where someone whom we do not know registers, if anyone may."""
    ENTER_CODE = auto()
    """Where someone whom we do not know types the code of their invitation."""


_ways: Mapping[Way, Button] | None = None
"""The declared buttons; None before capabilities are loaded into this process."""


def make_known(declared: Iterable[Mapping[Way, Button]]) -> None:
    """Let these buttons lead where the engine points to, and no others. Raises ValueError for a way declared twice."""
    global _ways
    ways: dict[Way, Button] = {}
    for mapping in declared:
        if twice := ways.keys() & mapping.keys():
            raise ValueError(f"two capabilities declare the way {min(way.name for way in twice)}")
        ways.update(mapping)
    _ways = ways


def buttons_to(*wanted: Way) -> tuple[Button, ...]:
    """The buttons of these ways, without those that no capability declares.

    Raises RuntimeError before capabilities are loaded.
    """
    if _ways is None:
        raise RuntimeError("the ways to screens are not known: bot.capability.load was not called")
    return tuple(_ways[way] for way in wanted if way in _ways)
