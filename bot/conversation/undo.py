"""Stores each change by an organiser or facilitator with its inverse, by which it can be undone for ten minutes.

An inverse is the action that undoes the change, with the values before and after it. It is declared beside the change:

    @inverses.declare("odz")
    async def restore_deadline(request: Request, values: Values) -> None: ...

    values = {"before": before, "after": after}
    await record_change(request, "deadline", _("The deadline"), restore_deadline.to(), values)

The function compares what is stored with the values after the change, and raises `changed_since` if someone changed
them again. It may return `Undone`: the present values in words, and buttons to go on.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.content.actions import Action
from bot.content.entry_points import EntryPoint, buttons_to
from bot.content.errors import Stale, UserError, existing
from bot.content.names import display_name
from bot.content.roles import Who
from bot.content.stored_texts import decode, encode
from bot.content.texts import Person, Span, _
from bot.content.views import Button
from bot.conversation import journal_store
from bot.conversation.journal_store import JournalEntry
from bot.conversation.routes import ORGANISER, Request
from bot.conversation.screens import Screen

WINDOW = timedelta(minutes=10)
"""How long a change can be undone."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Undone:
    """The result of undoing a change: lines that say how things are now, and buttons to continue."""

    said: tuple[Span, ...] = ()
    buttons: tuple[Button, ...] = ()


Inverse = Callable[..., Awaitable[Any]]
P = ParamSpec("P")
T = TypeVar("T", Undone, None)


class Undo(Action, code="un", lasts=WINDOW):
    """The button that undoes a change; `entry` is the id of the change in the journal."""

    entry: int


async def record_change(request: Request, subject: str, what: Span, inverse: Action, values: Values) -> Button:
    """Store a change to `subject` («person:12») in the journal, and return the button that undoes the change.

    `what` describes the change, for all organisers. `inverse` is the action that undoes the change; it needs `values`,
    the JSON values before and after the change.
    """
    stored = json.dumps([inverse.encode(), dict(values)], ensure_ascii=False)
    description = json.dumps(encode(what), ensure_ascii=False)
    entry = await journal_store.add(request.tx, request.participant.id, subject, description, stored, request.now)
    return Button(_("Undo this change"), Undo(entry))


def what(entry: JournalEntry) -> Span:
    """Return the description of a stored change, which people read."""
    return decode(json.loads(entry.what))


def author(entry: JournalEntry) -> Person:
    """Return the name of the person who made a stored change."""
    return Person(entry.author_id, "short", display_name(entry.author_given_name, entry.author_family_name))


def is_open(entry: JournalEntry, request: Request) -> bool:
    """Return whether a stored change can still be undone: it was not undone yet, and is recent enough."""
    return not entry.undone and request.now < entry.done_at + WINDOW


def ways_back(request: Request) -> tuple[Button, ...]:
    """Return the buttons by which the author of a change gets back to their main screen."""
    return buttons_to(EntryPoint.ORGANISE if request.participant.organises else EntryPoint.FACILITATE)


def changed_since() -> UserError:
    """Return the refusal to undo a change, because its values were changed again afterwards."""
    return UserError(_("This was changed again since, so nothing was undone. Look at it first."))


def _too_late(back: tuple[Button, ...]) -> UserError:
    return UserError(_("A change can be undone for ten minutes only. You can still correct it by hand."), buttons=back)


class Inverses:
    """The functions that undo changes of organisers and facilitators, one function for each kind of change."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[type[Action], Inverse, Who]] = {}
        """The action and the function of each inverse, and who may use it, by the code with which it is stored."""

    def declare(
        self, code: str | type[Action], *, who: Who = ORGANISER
    ) -> Callable[
        [Callable[Concatenate[Request, Values, P], Awaitable[T]]], Screen[P, Concatenate[Request, Values, P], T]
    ]:
        """Declare, as a decorator, the function that undoes a kind of change.

        The function gets the request, the values before and after the change, and the values of its action. `code`
        begins the action's payload, or is the Action class. Only people who have the role `who` when they press may
        undo the change. A function for facilitators must itself check that they lead the groups. Raises ValueError for
        a function that cannot take these arguments.
        """

        def keep(
            inverse: Callable[Concatenate[Request, Values, P], Awaitable[T]],
        ) -> Screen[P, Concatenate[Request, Values, P], T]:
            declared: Screen[P, Concatenate[Request, Values, P], T] = Screen(code, inverse, given=("request", "values"))
            action = declared.action
            if action.code in self.codes:
                raise ValueError(f"two inverses have the code {action.code!r}")
            self.codes[action.code] = (action, inverse, who)
            return declared

        return keep

    async def undo(self, request: Request, entry_id: int) -> tuple[JournalEntry, Undone]:
        """Undo the change with the id `entry_id` in the journal; return the journal's entry and the result.

        The person who made the change and every organiser may undo it, if their role still allows such a change. Raises
        UserError with the reason if the change cannot be undone: for instance, it is too old, it was undone already, or
        its values were changed again. Raises Stale if the journal has no such entry.
        """
        entry = existing(await journal_store.find(request.tx, entry_id))
        back = ways_back(request)
        if not request.participant.organises and entry.author_id != request.participant.id:
            raise UserError(
                _("{name} made this change: they can undo it, or the organisers.", name=author(entry)), buttons=back
            )
        if not entry.inverse:
            raise _too_late(back)
        payload, values = json.loads(entry.inverse)
        code, *parts = payload.split("-")
        if code not in self.codes:  # kept by a version that took this back by an action that is gone since
            raise Stale
        action, inverse, who = self.codes[code]
        request.require(who)
        if entry.undone:
            raise UserError(_("Already undone."), buttons=back)
        if not is_open(entry, request):
            raise _too_late(back)
        if later := await journal_store.later(request.tx, entry):
            raise UserError(
                _("Not undone, because {name} changed this since: {what}", name=author(later), what=what(later)),
                buttons=back,
            )
        try:
            inverse_action = action.decode(parts)
        except ValueError:  # kept by a version whose action had other fields
            raise Stale from None
        undone = await inverse(request, values, *inverse_action.values)
        await journal_store.mark_undone(request.tx, entry.id, request.now)
        return entry, undone or Undone()
