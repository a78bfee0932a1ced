"""Registers buttons that open screens of capabilities, for messages of the engine, which does not know these screens.

A capability is a part of the program under `handlers`; the engine is everything else. A capability declares the button
for such a screen in its `Capability`, as `entry_points={EntryPoint.HOME: HOME}`; `bot.capability.load` calls
`make_known` with all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto

from bot.content.views import Button


class EntryPoint(Enum):
    """A screen that buttons of the engine's messages open, although the screen belongs to a capability.

    The engine is the program without `handlers`; a capability is a part of the program under `handlers`.
    """

    HOME = auto()
    """The screen from which a participant reaches all others."""
    ASK = auto()
    """The screen on which a person asks the team a question."""
    ORGANISE = auto()
    """The screen from which organisers reach their other screens."""
    FACILITATE = auto()
    """The screen on which a facilitator runs workshops."""
    RESULTS = auto()
    """The screen on which organisers download the results."""
    REGISTER = auto()
    """The screen on which a stranger registers, if strangers may register."""
    ENTER_CODE = auto()
    """The screen on which a stranger types the code of their invitation."""


_ways: Mapping[EntryPoint, Button] | None = None
"""The declared buttons; None before capabilities are loaded into this process."""


def make_known(declared: Iterable[Mapping[EntryPoint, Button]]) -> None:
    """Register the button that opens each entry point's screen, in place of all buttons registered before.

    `declared` has the buttons of each capability, a part of the program under `handlers`. Raises ValueError if two
    capabilities declare the same entry point.
    """
    global _ways
    ways: dict[EntryPoint, Button] = {}
    for mapping in declared:
        if twice := ways.keys() & mapping.keys():
            raise ValueError(f"two capabilities declare the way {min(way.name for way in twice)}")
        ways.update(mapping)
    _ways = ways


def buttons_to(*wanted: EntryPoint) -> tuple[Button, ...]:
    """Return the buttons that open the screens `wanted`, in that order; screens that do not exist are left out.

    Raises RuntimeError before the capabilities, the parts of the program with these screens, are loaded.
    """
    if _ways is None:
        raise RuntimeError("the ways to screens are not known: bot.capability.load was not called")
    return tuple(_ways[way] for way in wanted if way in _ways)
