"""Messages that may change later: a progress bar, a panel.

    @routes.live_screen("announcement", who=ORGANISER)  # read-only: subject → what is shown now; None: it goes
    async def progress(tx: Transaction, subject: str, now: datetime) -> View | None: ...

    await screens.show(tx, "announcement:12", account)  # a message, kept up to date from now on
    await screens.touch(tx, "announcement:12")  # whatever changed it, in the same transaction

Delivery edits each to its latest state only, every three seconds at most.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.content.roles import Who
from bot.content.views import View
from bot.conversation import live_screen_store
from bot.database.engine import Transaction
from bot.people.participants import Account

Renderer = Callable[[Transaction, str, datetime], Awaitable[View | None]]
"""Reads what a screen shows now: renderer(tx, subject, now). It writes nothing."""


@dataclass(frozen=True, slots=True)
class LiveScreen:
    """A kind of screen: for whom it is, and what reads what it shows. Whoever is no longer among `who` loses it."""

    draw: Renderer
    who: Who = Who.ANYONE


LiveScreens = Mapping[str, LiveScreen]
"""The kinds of screens by what stands before the colon in their keys."""


async def show(tx: Transaction, key: str, account: Account, native_id: str = "", *, pinned: bool = False) -> None:
    """Keep someone shown what `key` («kind:subject») stands for, in a new message or in the one of that native id.

    It is kept in sight at the top of the chat if `pinned`, where the platform has such a thing.
    """
    await live_screen_store.show(tx, key, account.id or 0, native_id, pinned=pinned)


async def touch(tx: Transaction, key: str) -> None:
    """What a screen shows has changed: whoever is shown it sees that soon. Costs little where nobody is."""
    await live_screen_store.touch(tx, key)


async def leave(tx: Transaction, key: str, account: Account) -> None:
    """Someone opened something else, perhaps in the message that showed it: it must not come back over that."""
    await live_screen_store.leave(tx, key, account.id or 0)
