"""Keeps a message short: it shows a few of its buttons, and the button «More…» shows the others.

    reply(*lines, buttons=(…eight…), again=show_person.to(12))   # «More…» opens the same screen with the other buttons

The first buttons are shown, so the ones that are pressed most come first. The next step (a `primary` button) is always
shown. A button can also ask to stay (`bot.content.views.Button.stays`): on every page, such as a button for help, or
where there is room for two others, such as a button that leads back. A list to choose from, such as the people of a
group, is often what its screen is for, so it is shown whole, and leaves less room for other buttons.

The button «More…» carries the action that opened the screen, and a page number. So nothing is stored, and a person who
presses it is shown the present screen, with the buttons that they may use. What it shows has pages if there is much of
it, never a «More…» again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile

from bot.content.actions import Action, beginning
from bot.content.roles import Who, stored
from bot.content.texts import _
from bot.content.views import Button, Choice, Raw, Staying, View

MOST = 4
"""How many buttons a message shows at once."""
MOST_FOR_LEADERS = 6
"""How many buttons a message shows at once to facilitators and organisers, and on screens for a role."""

_ROW = 5
"""How many buttons of a list, or options of a choice, count as one button; more take several rows, and count as two."""

_OTHERS = 2
"""How many other buttons a page must at least have room for, before a button that stays «with room» is shown."""

CODE = "mo-"
"""The beginning of the payload of «More…», «Next» and «Back», which show other buttons of the same screen."""

MORE = _("More…")
NEXT = _("Next ▶")
_BACK = _("Back")


def most_for(view: View, *, leads: bool) -> int:
    """Return how many buttons a message shows at once; `leads` is True if its reader is a facilitator or organiser."""
    return MOST_FOR_LEADERS if leads or stored(view.who)[0] >= Who.FACILITATOR else MOST


def opened(payload: str) -> tuple[str, int | None]:
    """Return the encoded action of the screen that a button opens, and which page of the screen's buttons.

    `payload` is the encoded action that the button carries. The buttons «More…», «Next» and «Back» contain the encoded
    action of a screen and the number of a page, 0 for the first. For any other button `payload` is returned unchanged,
    with None for the page.
    """
    if not payload.startswith(CODE):
        return payload, None
    page, _dash, screen = payload.removeprefix(CODE).partition("-")
    return screen, int(page) if page.isdecimal() and len(page) < 4 else 0  # longer ones are forged


def _opens(page: int, screen: Action) -> Action:
    return Raw(f"{CODE}{page}-{screen.encode()}")


def code_of(action: Action) -> str:
    """Return the code that says what an action does, without the values that say on what."""
    return beginning(action.encode())


def units(buttons: Sequence[Button], deed: Callable[[Action], str] = code_of) -> Sequence[tuple[Button, ...]]:
    """Return the buttons of a message in groups; most groups have a single button.

    Neighbouring buttons that do the same thing with different values are one group: a list to choose from, such as
    people, a row of days, or ◀ and ▶. deed(action) returns what an action does, without its values.
    """
    keyed = [(deed(button.action) if button.action else f"{n}", button) for n, button in enumerate(buttons)]
    return [tuple(button for _key, button in alike) for _key, alike in groupby(keyed, key=lambda each: each[0])]


def _counted_alone(action: Action) -> str:
    """Return what an action does; two of one code that differ in `what` they do are no list, such as a break."""
    return f"{code_of(action)} {getattr(action, 'what', '')}"


def _weight(alike: Sequence[object]) -> int:
    """Return as how many buttons a list, or the options of a choice, count."""
    return 1 if len(alike) <= _ROW else 2


def _of_choice(choice: Choice | None) -> int:
    """Return as how many buttons a choice counts.

    A `listed` one counts as one: the message is read for it, and buttons of long options have only their first words.
    """
    return 0 if choice is None else 1 if choice.listed else _weight(choice.options)


def in_sight(view: View) -> int:
    """Return how many buttons a message shows; a list to choose from counts as one, or as two if it has many rows.

    A choice counts like a list.
    """
    return _of_choice(view.choice) + sum(map(_weight, units(view.buttons, _counted_alone)))


def folded(view: View, most: int, page: int = 0) -> View:
    """Return a message with at most `most` buttons; if it has more, the last button is «More…», which shows the others.

    All buttons are kept if the message has no `View.again`, the action that shows it again. `page` is the number of the
    page of buttons, 0 for the first. A later page has the next buttons and «Back», without the message's choice, and
    «Next» if there are still others. If the page does not exist, the first is returned.
    """
    if view.again is None or in_sight(view) <= most:
        return view
    shown = _Units(units(view.buttons, _counted_alone))
    always, back = shown.places("always"), shown.places("with room")
    steps = [place for place, unit in enumerate(shown.every) if any(button.style == "primary" for button in unit)]
    kept = {*always, *steps, *shown.places("at first")}
    room = most - 1 - _of_choice(view.choice)
    kept |= {*back[: max(room - _OTHERS - shown.weight(kept), 0)]}
    others = [place for place in range(len(shown.every)) if place not in kept]
    beside = shown.fitting(others, room - shown.weight(kept))
    if len(beside) == len(others):
        return view
    later = list(_later(shown, others[len(beside) :], always, [*steps, *back], most))
    if not 0 < page <= len(later):
        return replace(view, buttons=shown.flat([*kept, *beside], Button(MORE, _opens(1, view.again))))
    ways = [Button(_BACK, _opens(0, view.again))]  # the two count as one
    if page < len(later):
        ways.append(Button(NEXT, _opens(page + 1, view.again)))
    return replace(view, buttons=shown.flat(later[page - 1], *ways), choice=None)


@dataclass(frozen=True)
class _Units:
    """The buttons of a view; a place is the index of one button, or of one list of buttons."""

    every: Sequence[tuple[Button, ...]]

    def places(self, stays: Staying) -> Sequence[int]:
        return [place for place, unit in enumerate(self.every) if any(button.stays == stays for button in unit)]

    def weight(self, places: Iterable[int]) -> int:
        return sum(_weight(self.every[place]) for place in places)

    def fitting(self, places: Sequence[int], room: int) -> Sequence[int]:
        """Return the first of these places, as many as fit in rows with room for `room` buttons."""
        return [*takewhile(lambda place: self.weight(places[: places.index(place) + 1]) <= room, places)]

    def flat(self, places: Iterable[int], *last: Button) -> tuple[Button, ...]:
        return (*(button for place in sorted({*places}) for button in self.every[place]), *last)


def _later(
    shown: _Units, left: Sequence[int], always: Sequence[int], with_room: Sequence[int], most: int
) -> Iterator[Sequence[int]]:
    """Yield the places of what is on each page after the first, of those that are `left`: one of them at least.

    What stays where there is room is on the last page alone: the fewer pages, the better.
    """
    always = always[: most - 3]
    room = most - 1
    while left:
        last = len(always) + shown.weight(left) <= room
        others = shown.weight(left) if last else room
        kept = [*always, *with_room[: max(room - others - len(always), 0)]]
        now = shown.fitting(left, room - len(kept)) or left[:1]
        yield [*kept, *now]
        left = left[len(now) :]
