"""Payloads stay valid: what stands in messages that people were sent long ago opens the same screen."""

from __future__ import annotations

from pathlib import Path

from bot.content.roles import Required, Role
from handlers.navigation.changes import inverses
from tests.world import EVERY_ROUTE

GOLDEN = Path(__file__).parent / "payloads.tsv"
"""A line for each code: what it begins, who may use it, and what it carries; then where the answer may be read."""


def declared() -> list[str]:
    """Every code as a line of the golden list."""

    def name_of(who: Required) -> str:
        return who.key if isinstance(who, Role) else who.name.lower()

    lines = []
    for code, (action, route) in EVERY_ROUTE._codes.items():
        kind = "choice" if route.picked is not None else "form" if route.form else "press"
        may = {
            "linkable": route.linkable,
            "confirmed": route.confirmed,
            "hears": route.hears is not None,
            "sent with a press": route.sent_with_press,
            "timed": action.lasts is not None,
        }
        carried = " ".join(kind.__name__ for kind in action.kinds())
        flags = ", ".join(flag for flag, is_set in may.items() if is_set)
        lines.append("\t".join((code, kind, name_of(route.who), carried, flags)))
    for code, (action, _inverse, who) in inverses._known.items():
        carried = " ".join(kind.__name__ for kind in action.kinds())
        lines.append("\t".join((code, "undo", name_of(who), carried, "")))
    return sorted(lines)


def test_no_code_changes_what_it_carries() -> None:
    """A new code gets a new line; a line that is changed or gone is a button in people's chats that no longer works."""
    golden = GOLDEN.read_text().splitlines()
    assert declared() == golden
