"""Declares, by two decorators, what may be changed from a browser that the owner of a page has not confirmed.

Anybody who has a personal link can open the page. So until its owner confirms the browser, people can only read in it:
the first statement that changes anything except a form being filled in is refused as Unconfirmed, and everything is
undone. Declarations of screens need not mention it. `in_new_browser` declares only what cannot wait, or what is kept
and counted apart from things written elsewhere:

    calls for help      «I need help», where somebody is, a number to call; words that may be a cry, until their writer
                        chose; what is written to a trusted person; a group that calls its facilitator
    new words           a question to the team, which reads that the browser is new; an idea
    ways in and out     closing this browser; codes, whose wrong ones are counted; the greeting

If there is no other account on which to ask the owner, a browser opens by itself, and then shows the owner's things.
The person who uses it may be the owner, who has no other way to prove it. `in_unconfirmed_browser` declares what people
need in such a browser to take part, and what takes nothing away from the owner:

    choices             a first theme, votes, applause, «At home too», questions to a group, the language
    ideas               one that was given in that browser may be changed
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, cast

from bot.content.errors import Unconfirmed
from bot.database.engine import Restriction

C = TypeVar("C", bound=Callable[..., Awaitable[Any]])

READS = Restriction(frozenset({"albums", "dialogues", "inbox"}), Unconfirmed)
"""The tables that may be changed from any browser: they have what was received, and the forms being filled in."""
_DECLARED = "changes_in_new_browser"


def in_new_browser(change: C) -> C:
    """Declare, as a decorator, that a function may change the database from any browser, confirmed or not.

    The function is a coroutine function whose first argument is the request.
    """
    return _declared(change, new=True)


def in_unconfirmed_browser(change: C) -> C:
    """Declare, as a decorator, that a function may change the database from a browser that opened by itself.

    A new browser whose owner has no other account, and so cannot confirm it, opens by itself after a day. The function
    is a coroutine function whose first argument is the request.
    """
    return _declared(change, new=False)


def _declared(change: C, *, new: bool) -> C:
    @wraps(change)
    async def changes(request: Any, *args: Any, **named: Any) -> Any:
        if request.waits and not new:
            return await change(request, *args, **named)
        with request.tx.restricted(None):
            return await change(request, *args, **named)

    vars(changes)[_DECLARED] = new
    return cast("C", changes)


def may_change(handler: Callable[..., Any], *, new: bool = True) -> bool:
    """Return whether a function was declared to change the database from a browser that its owner has not confirmed.

    If `new` is True, the browser still waits to be confirmed; otherwise it opened by itself after a day.
    """
    declared = vars(handler).get(_DECLARED)
    return declared is not None and (declared or not new)
