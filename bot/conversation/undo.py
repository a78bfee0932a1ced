"""Taking back: every change an organiser makes leaves a journal row with its inverse, good for ten minutes.

An inverse is an action with the values before and after the change, and is declared beside the change it takes back:

    @inverses.declare(RestoreDeadline)
    async def restore_deadline(request: Request, action: RestoreDeadline, values: Values) -> None: ...

It compares what is stored with the values after, and raises `changed_since` where someone else was there meanwhile. It
may return `Undone`: how things are again, and the way back to where one was.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.names import display_name
from bot.content.roles import Who
from bot.content.signatures import check_call
from bot.content.stored_texts import decode, encode
from bot.content.texts import Name, Span, _
from bot.content.views import Button
from bot.content.ways import Way, buttons_to
from bot.conversation import journal_store
from bot.conversation.journal_store import JournalEntry
from bot.conversation.routes import ORGANISER, Request
from bot.people.participants import refusal

WINDOW = timedelta(minutes=10)
"""How long a change can be taken back."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Undone:
    """The result of taking a change back: how things are now, in words, and the buttons that lead on."""

    said: tuple[Span, ...] = ()
    buttons: tuple[Button, ...] = ()


Inverse = Callable[..., Awaitable[Undone | None]]


@dataclass(frozen=True, slots=True)
class Undo(Action):
    """The button that takes a change back."""

    code: ClassVar[str] = "un"
    lasts: ClassVar[timedelta | None] = WINDOW
    entry: int


async def note(request: Request, subject: str, what: Span, inverse: Action, values: Values) -> Button:
    """Store a change to `subject` («person:12») and return the button that takes it back.

    `what` describes the change to everyone who may look; `values` are JSON.
    """
    stored = json.dumps([inverse.encode(), dict(values)], ensure_ascii=False)
    description = json.dumps(encode(what), ensure_ascii=False)
    entry = await journal_store.add(request.tx, request.participant.id, subject, description, stored, request.now)
    return Button(_("Undo this change"), Undo(entry))


def what(entry: JournalEntry) -> Span:
    """Return the description of a change."""
    return decode(json.loads(entry.what))


def author(entry: JournalEntry) -> Name:
    """Return the name of who made a change."""
    return Name(display_name(entry.author_given_name, entry.author_family_name))


def is_open(entry: JournalEntry, request: Request) -> bool:
    """Return whether a change can still be taken back, as far as time goes."""
    return not entry.undone and request.now < entry.done_at + WINDOW


def ways_back(request: Request) -> tuple[Button, ...]:
    """Return the buttons with which the author of a change goes on."""
    return buttons_to(Way.ORGANISE if request.participant.organises else Way.FACILITATE)


def changed_since() -> UserError:
    """Return the refusal for values that are no longer what the change left."""
    return UserError(_("This was changed again since, so nothing was undone. Look at it first."))


class Inverses:
    """The functions that take changes back, by kind."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[type[Action], Inverse, Who]] = {}

    def declare(self, action: type[Action], *, who: Who = ORGANISER) -> Callable[[Inverse], Inverse]:
        """Declare what an inverse action does: it gets the request, the action and the values of the change.

        Only people who are among `who` when they press may take the change back. An inverse for facilitators checks
        itself whether the groups are theirs. Raises ValueError for a function that cannot take these arguments.
        """

        def keep(inverse: Inverse) -> Inverse:
            check_call(inverse, "request", "action", "values")
            if action.code in self._known:
                raise ValueError(f"two inverses have the code {action.code!r}")
            self._known[action.code] = (action, inverse, who)
            return inverse

        return keep

    async def undo(self, request: Request, entry_id: int) -> tuple[JournalEntry, Undone]:
        """Take a change back; return its entry and the result. Raises UserError with the reason where it cannot be.

        The author may take it back, and so may every organiser, as long as they could make the change now.
        """
        entry = await journal_store.find(request.tx, entry_id)
        if entry is None:
            raise Stale
        back = ways_back(request)
        if not request.participant.organises and entry.author_id != request.participant.id:
            raise UserError(
                _("{name} made this change: they can undo it, or the organisers.", name=author(entry)), buttons=back
            )
        payload, values = json.loads(entry.inverse)
        code, *parts = payload.split("-")
        if code not in self._known:  # kept by a version that took this back by an action that is gone since
            raise Stale
        action, inverse, who = self._known[code]
        if not request.participant.may(who):
            raise refusal(who)
        if entry.undone:
            raise UserError(_("Already undone."), buttons=back)
        if not is_open(entry, request):
            raise UserError(
                _("A change can be undone for ten minutes only. You can still correct it by hand."), buttons=back
            )
        if later := await journal_store.later(request.tx, entry):
            raise UserError(
                _("Not undone, because {name} changed this since: {what}", name=author(later), what=what(later)),
                buttons=back,
            )
        try:
            inverse_action = action.decode(parts)
        except ValueError:  # kept by a version whose action had other fields
            raise Stale from None
        undone = await inverse(request, inverse_action, values)
        await journal_store.mark_undone(request.tx, entry.id, request.now)
        return entry, undone or Undone()
