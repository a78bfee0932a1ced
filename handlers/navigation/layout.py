"""Elements that screens share: pages of lists, rows of days, and replies when two people edit the same thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from bot.content.actions import Action
from bot.content.button_rows import MOST as MOST_IN_A_ROW
from bot.content.errors import Stale
from bot.content.features import features_of
from bot.content.texts import Joined, Moment, Span, _
from bot.content.views import Button
from bot.conversation.routes import Request
from bot.people.naming import called_with_ref
from handlers.navigation.actions import BACK
from handlers.navigation.people_store import ListedPerson

T = TypeVar("T")

PER_PAGE = 10
"""How many entries a page of a list shows, unless its screen says otherwise."""
EARLIER_AND_LATER = (_("◀ Previous"), _("Next ▶"))
"""The labels of the buttons to the page before and the page after."""

SMALLER_FILE = _("Send a smaller file: only what is to be imported, without pictures, formatting or blank lines.")
"""The advice to somebody whose file took too long to read."""


class OpenPerson(Action, code="op"):
    """The organisers' button that shows everything about a person; `person` is the person's id."""

    person: int


def if_over(request: Request) -> tuple[Span, ...]:
    """Return the line «The gathering is over.» in a tuple; () before the end of the gathering."""
    return (_("The gathering is over."),) if request.gathering_is_over else ()


def paged(
    items: Sequence[T],
    page: int,
    here: Callable[[int], Action],
    *,
    per_page: int = PER_PAGE,
    labels: tuple[Span, Span] = EARLIER_AND_LATER,
) -> tuple[Sequence[T], tuple[Button, ...]]:
    """Return the items of one page of a list, and the buttons to the previous and the next page, if these exist.

    Pages count from 0; if the list has no such page, the last page is returned. `here` returns the action that shows a
    page, given the number of the page. `labels` are the labels of the two buttons. If the store reads page by page,
    `items` is the range of all positions.
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
    """Return the items of a page that begins at the index `start`, and the buttons to the pages before and after it.

    A page given in this way still begins with the same item after some of its items were deleted. `here` returns the
    action that shows a page, given the index of its first item. `labels` are the labels of the two buttons.
    """
    start = max(0, min(start, len(items) - 1))
    shown = items[start : start + per_page]
    return shown, around(start, len(shown), len(items), here, per_page=per_page, labels=labels)


_NAMED_IN_FULL = 3
"""Up to how many days a row has room for the name of the marked one, which is the longest; of more, for its number."""


def day_buttons(
    request: Request, days: Sequence[date], shown: date, here: Callable[[int], Action]
) -> tuple[Button, ...]:
    """Return a row with a button for each of `days` or, if these are many, for the days around `shown`, with ◀ and ▶.

    `here` returns the action that shows a day, given as a number such as 20270610. The day `shown` is marked. For a
    single day the result is ().
    """
    if len(days) <= 1:
        return ()

    def open_day(day: date) -> Action:
        return here(int(f"{day:%Y%m%d}"))

    first, last = 0, len(days)
    if len(days) > MOST_IN_A_ROW:
        most = MOST_IN_A_ROW - 2
        first = max(0, min(days.index(shown) - most // 2, len(days) - most))
        last = first + most
    earlier = (Button("◀", open_day(days[first - 1])),) if first else ()
    later = (Button("▶", open_day(days[last])),) if last < len(days) else ()

    def name(day: date) -> Span:
        if day == shown:
            return Joined(("• ", Moment.of_day(day, "day"))) if len(days) <= _NAMED_IN_FULL else f"• {day.day}"
        # L10N: a short button, in a row of days: «Mon 28», «Today»
        return _("Today") if day == request.today else Moment.of_day(day, "day")

    return (*earlier, *(Button(name(day), open_day(day)) for day in days[first:last]), *later)


def day_of_number(number: int) -> date:
    """Return the day that a number such as 20270610 stands for. Raises Stale if the number stands for no day."""
    try:
        return date.fromisoformat(str(number))
    except ValueError:
        raise Stale from None


def around(
    start: int,
    shown: int,
    total: int,
    here: Callable[[int], Action],
    *,
    per_page: int = PER_PAGE,
    labels: tuple[Span, Span] = EARLIER_AND_LATER,
) -> tuple[Button, ...]:
    """Return the buttons to the items before and after the visible items of a list, if there are such items.

    Of `total` items, `shown` are visible, the first at the index `start`; a page has at most `per_page`. `here` returns
    the action that shows a page, given the index of its first item. `labels` are the labels of the two buttons. This is
    for lists whose pages end when a message is full.
    """
    before = (Button(labels[0], here(max(0, start - per_page))),) if start else ()
    after = (Button(labels[1], here(start + shown)),) if start + shown < total else ()
    return (*before, *after)


def as_buttons(people: Sequence[ListedPerson]) -> tuple[Button, ...]:
    """Return a button for each person, which shows an organiser everything about that person.

    The label is the name and the reference, because two people may have the same name.
    """
    return tuple(Button(called_with_ref(person), OpenPerson(person.id)) for person in people)


def back_to(participant_id: int) -> tuple[Button, ...]:
    """Return the buttons shown after a person was changed: to everything about them, and to the organisers' screen."""
    return Button(_("See their profile"), OpenPerson(participant_id)), BACK


def page_inside(request: Request) -> tuple[Button, ...]:
    """Return the button that opens the person's own page inside the chat app.

    The result is () if the app cannot show pages, or if pages have no https address.
    """
    path, web = features_of(request.account.platform).page_inside, request.settings.web
    url = f"{web.public_url.rstrip('/')}{path}"
    return (Button(_("Open my page"), url=url, inside=True),) if path and web.encrypted else ()
