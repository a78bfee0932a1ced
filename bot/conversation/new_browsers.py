"""Declares what may be changed from a browser in which somebody's page is new, by the decorator `in_new_browser`.

Whoever has a personal link can open the page. So until its owner confirms the browser, people can only read there: the
first statement that changes anything but a form under way is refused as Unconfirmed, and all is undone. Declarations of
screens need not mention it. Declared is only what cannot wait, or stands apart from what was written elsewhere and is
counted apart:

    calls for help      «I need help», where somebody is, a number to call; words that may be a cry, until their writer
                        chose; what is written to a trusted person; a group that calls its facilitator
    new words           a question to the team, which reads that the browser is new; an idea
    ways in and out     closing this browser; codes, whose wrong ones are counted; the greeting
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, cast

from bot.content.errors import Unconfirmed
from bot.database.engine import Restriction

C = TypeVar("C", bound=Callable[..., Awaitable[Any]])

READS = Restriction(frozenset({"albums", "dialogues", "inbox"}), Unconfirmed)
"""What the conversation itself keeps of a new browser: that something came, and the forms that were begun there."""
_DECLARED = "in_new_browser"


def in_new_browser(change: C) -> C:
    """Declare, as a decorator, that a function may change the store also from a new browser.

    A new browser is one that the owner of the page has not confirmed. The function is a coroutine function whose first
    argument is the request.
    """

    @wraps(change)
    async def changes(request: Any, *args: Any, **named: Any) -> Any:
        with request.tx.restricted(None):
            return await change(request, *args, **named)

    vars(changes)[_DECLARED] = True
    return cast("C", changes)


def may_change(handler: Callable[..., Any]) -> bool:
    """Return whether a function was declared to change the store also from a browser that nobody has confirmed."""
    return _DECLARED in vars(handler)
