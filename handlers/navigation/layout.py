"""Elements that screens share: pages of lists, people as buttons, and replies when two people edit the same thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.content.actions import Action
from bot.content.texts import Span, _
from bot.content.views import Button
from bot.conversation.routes import Request
from bot.people.naming import called_with_ref
from handlers.navigation.actions import BACK
from handlers.navigation.people_store import ListedPerson

T = TypeVar("T")

PER_PAGE = 10
"""How many entries a page of a list shows, unless its screen says otherwise."""
EARLIER_AND_LATER = (_("◀ Previous"), _("Next ▶"))
"""What the buttons to the page before and the page after say."""

SMALLER_FILE = _("Send a smaller file: only what is to be imported, without pictures, formatting or blank lines.")
"""The advice to somebody whose file took too long to read."""


class OpenPerson(Action, code="op"):
    """The organisers' button that shows everything about a person; `person` is an id."""

    person: int


def if_over(request: Request) -> tuple[Span, ...]:
    """Return the line «The gathering is over.»; nothing before its end."""
    return (_("The gathering is over."),) if request.gathering_is_over else ()


def paged(
    items: Sequence[T],
    page: int,
    here: Callable[[int], Action],
    *,
    per_page: int = PER_PAGE,
    labels: tuple[Span, Span] = EARLIER_AND_LATER,
) -> tuple[Sequence[T], tuple[Button, ...]]:
    """Return the items of one page of a list, and the buttons to the page before and the page after, where there are.

    Pages count from 0; in place of a page that the list does not have, its last one is shown. `here` returns the action
    that shows a page of this list. Where the store reads page by page, `items` is the range of all ranks.
    """
    last = max(0, len(items) - 1) // per_page
    start = min(max(0, page), last) * per_page
    return paged_from(items, start, lambda index: here(index // per_page), per_page=per_page, labels=labels)


def paged_from(
    items: Sequence[T],
    start: int,
    here: Callable[[int], Action],
    *,
    per_page: int = PER_PAGE,
    labels: tuple[Span, Span] = EARLIER_AND_LATER,
) -> tuple[Sequence[T], tuple[Button, ...]]:
    """Return the same as `paged` for a page that is told by the index of its first item, for `here` too.

    So it begins with the same item after some before it are gone.
    """
    start = max(0, min(start, len(items) - 1))
    shown = items[start : start + per_page]
    return shown, around(start, len(shown), len(items), here, per_page=per_page, labels=labels)


def around(
    start: int,
    shown: int,
    total: int,
    here: Callable[[int], Action],
    *,
    per_page: int = PER_PAGE,
    labels: tuple[Span, Span] = EARLIER_AND_LATER,
) -> tuple[Button, ...]:
    """Return the buttons to what comes before and after the part of a list that is shown, as far as there is more.

    `start` is the index of the first of the `shown` items out of `total`. `here` returns the action that shows the list
    from an index on. Lists whose pages end where a message is full ask for this; others ask for `paged`.
    """
    before = (Button(labels[0], here(max(0, start - per_page))),) if start else ()
    after = (Button(labels[1], here(start + shown)),) if start + shown < total else ()
    return (*before, *after)


def as_buttons(people: Sequence[ListedPerson]) -> tuple[Button, ...]:
    """Return for each person a button that opens their card.

    The label is the name and the reference, because two people may have the same name.
    """
    return tuple(Button(called_with_ref(person), OpenPerson(person.id)) for person in people)


def back_to(participant_id: int) -> tuple[Button, ...]:
    """Return the buttons shown after a person was changed: to the person's card and to the organisers' screen."""
    return Button(_("See the person"), OpenPerson(participant_id)), BACK
