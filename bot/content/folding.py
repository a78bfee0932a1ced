"""Keeps a message short: a few of its buttons stay in sight, the others are behind a button «More…».

    reply(*lines, buttons=(…eight…), again=show_person.to(12))   # «More…» opens the same screen with the other buttons

The order of the buttons decides: the first stay in sight, so what is pressed most comes first. The next step (a
`primary` button) always stays in sight. A button can ask to stay too (`bot.content.views.Button.stays`): on every page,
such as one for help, or where two others have room beside it, such as one that leads back.

The button «More…» carries the action that opened the screen, and a page number. So nothing is stored, and whoever
presses it is shown the screen as it is then, with the buttons that they may use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bot.content.actions import Action, beginning
from bot.content.texts import _
from bot.content.views import Button, Raw, Staying, View

MOST = 4
"""How many buttons of a message are in sight."""
MOST_FOR_LEADERS = 6
"""How many are for facilitators and organisers, and on screens that are for a role."""

_OTHERS = 2
"""How many others a page has at least beside what stays only where there is room."""

CODE = "mo-"
"""How the payload begins of a button that shows more buttons of the same screen, or the first ones again."""

MORE = _("More…")
_BACK = _("Back")


def opened(payload: str) -> tuple[str, int | None]:
    """Return which screen a button opens, as an encoded action, and which page of the screen's buttons; 0 is the first.

    `payload` is what the button carries. The buttons «More…» and «Back» name a screen and a page of its buttons. For
    any other button `payload` is returned unchanged, and the page is None.
    """
    if not payload.startswith(CODE):
        return payload, None
    page, _dash, screen = payload.removeprefix(CODE).partition("-")
    return screen, int(page) if page.isdecimal() and len(page) < 4 else 0  # longer ones are forged


def _opens(page: int, screen: Action) -> Action:
    return Raw(f"{CODE}{page}-{screen.encode()}")


def units(buttons: Sequence[Button]) -> Sequence[tuple[Button, ...]]:
    """Return the buttons of a message in groups that count as one button each; most groups have a single button.

    Neighbouring buttons that do the same thing with different values are one group: a list to choose from, such as
    people, a row of days, or ◀ and ▶.
    """
    keyed = [(beginning(b.action.encode()) if b.action else f"{n}", b) for n, b in enumerate(buttons)]
    return [tuple(button for _key, button in alike) for _key, alike in groupby(keyed, key=lambda each: each[0])]


def in_sight(view: View) -> int:
    """Return how many buttons a message shows. A list of buttons to choose from counts as one, and so does a choice."""
    return len(units(view.buttons)) + (view.choice is not None)


def folded(view: View, most: int, page: int = 0) -> View:
    """Return a message with at most `most` buttons; if it has others, the last button is «More…», which shows them.

    A message without `View.again`, the action that shows it again, keeps all its buttons. `page` is the number of the
    page of buttons, 0 for the first. A later page has the next buttons and «Back», without the message's choice. In
    place of a page that does not exist, the first is returned.
    """
    if view.again is None or in_sight(view) <= most:
        return view
    every = units(view.buttons)
    always, back = _places(every, "always"), _places(every, "with room")
    steps = [place for place, unit in enumerate(every) if any(button.style == "primary" for button in unit)]
    kept = {*always, *steps, *_places(every, "at first")}
    room = most - 1 - (view.choice is not None)
    kept |= {*back[: max(room - _OTHERS - len(kept), 0)]}
    others = [place for place in range(len(every)) if place not in kept]
    beside = max(room - len(kept), 0)
    if not others[beside:]:
        return view
    later = list(_later(others[beside:], always, [*steps, *back], most))
    if not 0 < page <= len(later):
        return replace(view, buttons=_flat(every, [*kept, *others[:beside]], Button(MORE, _opens(1, view.again))))
    ways = [Button(MORE, _opens(page + 1, view.again))] if page < len(later) else []
    if len(later[page - 1]) + len(ways) < most:
        ways.append(Button(_BACK, _opens(0, view.again)))
    return replace(view, buttons=_flat(every, later[page - 1], *ways), choice=None)


def _places(every: Sequence[Sequence[Button]], stays: Staying) -> Sequence[int]:
    return [place for place, unit in enumerate(every) if any(button.stays == stays for button in unit)]


def _later(left: Sequence[int], always: Sequence[int], with_room: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    """Yield the places of what is on each page after the first, of those that are `left`: one of them at least.

    A page between leaves room for «More…», and for «Back» if there are two others then.
    """
    always = always[: most - 3]
    while left:
        last = len(always) + len(left) < most
        room = most - 1 if last or most - len(always) < _OTHERS + 2 else most - 2
        others = len(left) if last else _OTHERS
        kept = [*always, *with_room[: max(room - others - len(always), 0)]]
        shown = left[: room - len(kept)]
        yield [*kept, *shown]
        left = left[len(shown) :]


def _flat(every: Sequence[Sequence[Button]], places: Sequence[int], *last: Button) -> tuple[Button, ...]:
    return (*(button for place in sorted({*places}) for button in every[place]), *last)
