"""Keeps live screens up to date: messages whose content changes later, such as a progress bar or a panel.

    @routes.live_screen("announcement", who=ORGANISER)  # read-only: subject → what is shown now; None: it is over
    async def progress(tx: Transaction, subject: str, now: datetime) -> View | None: ...

    await request.show_below("announcement:12")  # a message, kept up to date from now on
    await live_screens.touch(tx, "announcement:12")  # whatever changed it, in the same transaction

Delivery edits each message to its latest state, by default at most every three seconds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.content.roles import Required, Who
from bot.content.views import View
from bot.conversation import live_screen_store
from bot.database.engine import Transaction
from bot.people.participants import Account

EVERY = timedelta(seconds=3)
"""The shortest time between two edits of one live screen, by default: a chat takes about one message a second."""

Renderer = Callable[[Transaction, str, datetime], Awaitable[View | None]]
"""A function that returns the present view of a screen, called as renderer(tx, subject, now).

It returns None for a screen that is over, and writes nothing.
"""


@dataclass(frozen=True, slots=True)
class LiveScreen:
    """A kind of live screen, a message that is kept up to date.

    `draw` makes the message. People who lose the role `who` lose the screen. `every` is the shortest time between two
    edits of one message.
    """

    draw: Renderer
    who: Required = Who.ANYONE
    every: timedelta = EVERY


LiveScreens = Mapping[str, LiveScreen]
"""The kinds of live screens, by the part of a screen's key before the colon."""


async def show(tx: Transaction, key: str, account: Account, native_id: str = "", *, pinned: bool = False) -> None:
    """Show a person the live screen `key` («kind:subject»), a message that is kept up to date from now on.

    The screen is shown in the message with the platform's id `native_id`, or in a new message if that is ''. If
    `pinned` is True, the message is pinned at the top of the chat, on platforms that can do that. Handlers call
    `bot.conversation.routes.Request.show_below` instead, so that their answer says where the screen is shown.
    """
    await live_screen_store.show(tx, key, account.id or 0, native_id, pinned=pinned)


async def touch(tx: Transaction, key: str) -> None:
    """Have the live screen `key` («kind:subject»), a message kept up to date, updated soon.

    It is updated for every person who sees it. The call costs little if nobody sees it.
    """
    await live_screen_store.touch(tx, key)


async def touch_each(tx: Transaction, keys: Iterable[str]) -> None:
    """Have the live screens `keys` («kind:subject»), messages kept up to date, updated soon.

    This is for a change that concerns several screens, for instance one for each person.
    """
    await live_screen_store.touch_each(tx, keys)


async def people_shown(tx: Transaction, key: str) -> frozenset[int]:
    """Return the ids of the participants who have the live screen `key` («kind:subject»), a message kept up to date."""
    return await live_screen_store.people_shown(tx, key)


async def leave(tx: Transaction, key: str, account: Account) -> None:
    """Stop updating a live screen (a message kept up to date) for a person who opened another screen.

    `key` is «kind:subject». The person may have opened the other screen in the same message.
    """
    await live_screen_store.leave(tx, key, account.id or 0)
