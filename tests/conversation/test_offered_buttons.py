"""A button that is offered is accepted, and no message offers too many at once, whoever is shown it, at any stage.

What is behind «More…» is not behind another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.content import folding
from bot.content.texts import plain
from tests.walking import STAGES, Walk, walks

WALKED: Mapping[str, Sequence[str]] = {
    "sqlite": STAGES,
    "postgresql": ("phase 1 revealed",),
}
"""After which stages that capabilities prepare everything is pressed, by engine."""


def too_many(walk: Walk) -> Sequence[str]:
    """The messages of a walk with more buttons in sight than their reader is to have, and which."""
    most = folding.MOST_FOR_LEADERS if walk.role in ("facilitator", "organiser") else folding.MOST
    return [
        f"{walk.stage}, {walk.role}, {screen}: {[plain(button.label, walk.chat.reader) for button in view.buttons]}"
        for screen, view in walk.shown
        if folding.in_sight(view) > most
    ]


async def test_whatever_is_offered_is_accepted_and_never_too_much(store_url: str, tmp_path: Path) -> None:
    pressed: Counter[str] = Counter()
    refused: list[str] = []
    crowded: list[str] = []
    hidden_twice: list[str] = []
    stages = WALKED[store_url.partition(":")[0].partition("+")[0]]
    async for walk in walks(store_url, tmp_path, stages):
        pressed += walk.pressed
        refused += [f"{walk.stage}, {walk.role}: {line}" for line in walk.refused]
        crowded += too_many(walk)
        hidden_twice += [f"{walk.stage}, {walk.role}: {screen}" for screen in walk.hidden_twice]
    assert refused == []
    assert crowded == []
    assert hidden_twice == [], "behind «More…» is no other «More…»"
    assert pressed.total() > 350 * len(stages)
    assert len(pressed) > 230
