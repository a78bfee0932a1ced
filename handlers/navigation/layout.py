"""Elements that screens share: pages of people, names as buttons, the end, and two who write at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from bot.content.actions import Action
from bot.content.texts import Name, Span, _
from bot.content.views import Button, Reply, reply
from bot.conversation import dialogue_store, journal_store
from bot.conversation.routes import Request
from bot.conversation.undo import author
from handlers.navigation.actions import BACK
from handlers.navigation.people_store import ListedPerson

T = TypeVar("T")

PER_PAGE = 10
_LONGEST_LABEL = 60

SMALLER_FILE = _("Send a smaller file: only what is to be imported, without pictures, formatting or blank lines.")
"""What people are advised to do where reading a file takes too long."""


@dataclass(frozen=True, slots=True)
class OpenPerson(Action):
    """The button that shows everything about someone."""

    code: ClassVar[str] = "op"
    person: int


def if_over(request: Request) -> tuple[Span, ...]:
    """Return the line that the gathering is over; no line before that."""
    return (_("The gathering is over."),) if request.gathering_is_over else ()


def page_of(items: Sequence[T], page: int) -> Sequence[T]:
    """Return the items of one page; pages count from 0."""
    return items[page * PER_PAGE : (page + 1) * PER_PAGE]


def turn(make: Callable[[int], Action], page: int, items: int) -> tuple[Button, ...]:
    """Return the buttons to the page before and the page after, where there are such; `make` makes a page's action."""
    before = (Button(_("◀ Previous"), make(page - 1)),) if page else ()
    after = (Button(_("Next ▶"), make(page + 1)),) if (page + 1) * PER_PAGE < items else ()
    return (*before, *after)


def as_buttons(people: Sequence[ListedPerson]) -> tuple[Button, ...]:
    """Return a button for each of these people, with name and reference, because two people may share a name."""
    return tuple(Button(Name(_cut(f"{person.full_name} ({person.ref})")), OpenPerson(person.id)) for person in people)


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"


def back_to(participant_id: int) -> tuple[Button, ...]:
    """Return the buttons shown after a change to a person: to the person's card and to the organisers' screen."""
    return Button(_("See the person"), OpenPerson(participant_id)), BACK


def mark(*seen: object) -> str:
    """Return a digest of values that a person was shown, to notice later that one of them changed meanwhile."""
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:8]


async def conflict(
    request: Request, subject: str, again: Action, *, typed: Mapping[str, str], stored: Span, written: Span
) -> Reply:
    """Return the reply when somebody else changed `subject` while the person was writing: both versions.

    `typed` is kept as the draft of the form that `again` opens; `stored` and `written` are the two versions. Call it
    before anything is written.
    """
    account = request.account
    await dialogue_store.keep_draft(request.tx, account.platform, account.chat, again.encode(), typed, request.now)
    return reply(
        await who_was_faster(request, subject),
        _("Now: {value}", value=stored),
        _("You wrote: {value}", value=written),
        buttons=(Button(_("Open the form again"), again, style="primary"), BACK),
        fresh=True,
    )


async def who_was_faster(request: Request, subject: str) -> Span:
    """Return the sentence that nothing was saved because another organiser, named, changed `subject` before."""
    entry = await journal_store.last(request.tx, subject)
    if entry is None:
        return _("This was changed meanwhile, so nothing was saved.")
    return _("{name} changed this meanwhile, so nothing was saved.", name=author(entry))
