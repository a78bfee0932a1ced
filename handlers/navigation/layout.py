"""Elements that screens share: pages of lists, people as buttons, and replies when two people edit the same thing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.content.actions import Action
from bot.content.texts import Span, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation import dialogue_store, journal_store
from bot.conversation.routes import Request
from bot.conversation.undo import author
from bot.people.naming import called_with_ref
from handlers.navigation.actions import BACK
from handlers.navigation.people_store import ListedPerson

T = TypeVar("T")

PER_PAGE = 10

SMALLER_FILE = _("Send a smaller file: only what is to be imported, without pictures, formatting or blank lines.")
"""The advice to somebody whose file took too long to read."""


class OpenPerson(Action, code="op"):
    """The organisers' button that shows everything about a person; `person` is an id."""

    person: int


def if_over(request: Request) -> tuple[Span, ...]:
    """Return the line «The gathering is over.»; nothing before its end."""
    return (_("The gathering is over."),) if request.gathering_is_over else ()


def page_of(items: Sequence[T], page: int) -> Sequence[T]:
    """Return the items of one page of a list; pages count from 0. The result is empty after the last page."""
    return items[page * PER_PAGE : (page + 1) * PER_PAGE]


def turn(make: Callable[[int], Action], page: int, items: int) -> tuple[Button, ...]:
    """Return the buttons to the previous and the next page of a list, as far as there are such pages.

    `make` returns the action for a page number, `page` is the page shown (from 0), `items` the length of the list.
    """
    before = (Button(_("◀ Previous"), make(page - 1)),) if page else ()
    after = (Button(_("Next ▶"), make(page + 1)),) if (page + 1) * PER_PAGE < items else ()
    return (*before, *after)


def as_buttons(people: Sequence[ListedPerson]) -> tuple[Button, ...]:
    """Return for each person a button that opens their card.

    The label is the name and the reference, because two people may have the same name.
    """
    return tuple(Button(_named(person), OpenPerson(person.id)) for person in people)


def _named(person: ListedPerson) -> Text:
    return called_with_ref(person)


def back_to(participant_id: int) -> tuple[Button, ...]:
    """Return the buttons shown after a person was changed: to the person's card and to the organisers' screen."""
    return Button(_("See the person"), OpenPerson(participant_id)), BACK


def mark(*seen: object) -> str:
    """Return a short digest of values that a person is shown, to notice later whether one of them was changed."""
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:8]


async def conflict(
    request: Request,
    subject: str,
    again: Action,
    *,
    typed: Mapping[str, str],
    stored: Span,
    written: Span,
    about: int | None = None,
) -> Reply:
    """Return the reply to a form for something that somebody else changed meanwhile; it shows both versions.

    `subject` is the journal's key of what was changed, `stored` its present version, `written` the person's own.
    `typed` is kept as the draft of the form that `again` opens. Where all of it is `about` one person, the reply goes
    with them. Call it before anything is written.
    """
    account = request.account
    await dialogue_store.keep_draft(request.tx, account.platform, account.chat, again.encode(), typed, request.now)
    shown = reply(
        await who_was_faster(request, subject),
        _("Now: {value}", value=stored),
        _("You wrote: {value}", value=written),
        buttons=(Button(_("Open the form again"), again, style="primary"), BACK),
        fresh=True,
    )
    return replace(shown, view=replace(shown.view, all_about=about))


async def who_was_faster(request: Request, subject: str) -> Span:
    """Return the sentence that nothing was saved because somebody else, who is named, made a change meanwhile.

    `subject` is the journal's key of what was changed.
    """
    entry = await journal_store.last(request.tx, subject)
    if entry is None:
        return _("This was changed meanwhile, so nothing was saved.")
    return _("{name} changed this meanwhile, so nothing was saved.", name=author(entry))
