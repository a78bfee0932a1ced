"""Keeps a message short: a few of its buttons stay in sight, the others stand behind «More…».

    reply(*lines, buttons=(…eight…), again=show_person.to(12))   # «More…» opens the same screen with the other buttons

The order of the buttons decides: the first stay in sight, so what is pressed most comes first. The next step (a
`primary` button) always stays, as does a button that says so (`bot.content.views.Button.stays`), such as one for help.

What «More…» carries is what opened the screen, and a page number. So nothing is stored, and whoever presses it is shown
the screen as it is then, with the buttons that are theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from bot.content.actions import Action, beginning
from bot.content.texts import _
from bot.content.views import Button, Raw, View

MOST = 4
"""How many buttons of a message are in sight."""
MOST_FOR_LEADERS = 6
"""How many are for facilitators and organisers, and on screens that are for a role."""

CODE = "mo-"
"""How the payload begins of a button that shows more buttons of the same screen, or the first ones again."""

MORE = _("More…")
_BACK = _("Back")


def opened(payload: str) -> tuple[str, int | None]:
    """Return the payload of the screen that a payload opens, and which page of its buttons, 0 being the first.

    The page is None for a payload that is not of a button which shows other buttons of a screen.
    """
    if not payload.startswith(CODE):
        return payload, None
    page, _dash, screen = payload.removeprefix(CODE).partition("-")
    return screen, int(page) if page.isdecimal() else 0


def _opens(page: int, screen: Action) -> Action:
    return Raw(f"{CODE}{page}-{screen.encode()}")


def units(buttons: Sequence[Button]) -> Sequence[tuple[Button, ...]]:
    """Return the buttons of a message, those together that count as one.

    Buttons side by side that do the same, each with something else, are a list to choose from, such as people, a row
    of days, or ◀ and ▶.
    """
    keyed = [(beginning(b.action.encode()) if b.action else f"{n}", b) for n, b in enumerate(buttons)]
    return [tuple(button for _key, button in alike) for _key, alike in groupby(keyed, key=lambda each: each[0])]


def in_sight(view: View) -> int:
    """Return how many buttons a view shows, as they count: a list of buttons and a choice are one each."""
    return len(units(view.buttons)) + (view.choice is not None)


def folded(view: View, most: int, page: int = 0) -> View:
    """Return a view with `most` buttons at most, the last of them «More…» where there are others.

    A view that nothing opens `again` keeps all. On a page after the first there are the next buttons, without the
    choice, and the way back; in place of a page that the view does not have, the first is returned.
    """
    if view.again is None or in_sight(view) <= most:
        return view
    every = units(view.buttons)
    staying = [place for place, unit in enumerate(every) if any(b.stays or b.style == "primary" for b in unit)]
    room = most - 1 - (view.choice is not None) - len(staying)
    first = sorted([*staying, *[place for place in range(len(every)) if place not in staying][: max(room, 0)]])
    others = [unit for place, unit in enumerate(every) if place not in first]
    if not others:
        return view
    per_page = most - 1 if len(others) < most else most - 2
    shown = others[(page - 1) * per_page : page * per_page] if page else []
    if not shown:
        return replace(view, buttons=_flat([every[place] for place in first], Button(MORE, _opens(1, view.again))))
    more = [Button(MORE, _opens(page + 1, view.again))] if page * per_page < len(others) else []
    return replace(view, buttons=_flat(shown, *more, Button(_BACK, _opens(0, view.again))), choice=None)


def _flat(shown: Sequence[tuple[Button, ...]], *last: Button) -> tuple[Button, ...]:
    return (*(button for unit in shown for button in unit), *last)
