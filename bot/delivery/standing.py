"""Messages that stand in chats when what they told of has changed or is over: they say so, and offer nothing any more.

await standing.settle(tx, "question:7", _("Anna answered."), now)  # what was sent with that `subject`
await standing.outdate(tx, [participant.id], ["moi"], now)  # answers that show a command's screen
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType

from bot.content.stored_views import pack
from bot.content.texts import Span, _
from bot.content.views import View
from bot.conversation import shown_screen_store
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.delivery import outbox

_A_MOMENT = timedelta(seconds=3)
"""So long an answer may take to its chat: what is about to be put into a message is not written over."""


async def settle(
    tx: Transaction, subject: str, said: Span, now: datetime, *, participant_id: int | None = None
) -> None:
    """What a subject asked for is done, or over: every message that asks for it says so, once, and asks no more.

    `participant_id`: every one that this person got.
    """
    await outbox.follow(tx, subject, lambda view: _settled(view, said), now, participant_id=participant_id)


async def remark(tx: Transaction, subject: str, said: Span, now: datetime, participant_id: int) -> None:
    """What someone was told of a subject is not quite so any more: it says so, and leads on as before."""
    await outbox.follow(tx, subject, lambda view: _remarked(view, said), now, participant_id=participant_id)


def _remarked(view: View, said: Span) -> View:
    return view if view.lines[-1] == said else replace(view, lines=(*view.lines, said))


def _settled(view: View, said: Span) -> View:
    return replace(view, lines=(*view.lines, said), buttons=(), choice=None) if view.buttons or view.choice else view


async def outdate(
    tx: Transaction,
    people: Collection[int],
    commands: Collection[str],
    now: datetime,
    *,
    over: Mapping[str, View] = MappingProxyType({}),
) -> None:
    """What the screens of commands showed these people is no longer so: older copies lead to how it is now.

    `over` are other screens, by what a reply calls its `screen`, and what is to be read in their place.
    """
    contents = dict(map(_outdated, commands))
    contents |= {screen: pack(replace(view, quiet=True))[0] for screen, view in over.items()}
    await shown_screen_store.replace(tx, people, contents, now + _A_MOMENT)


@cache
def _outdated(command: str) -> tuple[str, str]:
    """The screen of a command, and what an older copy of it says, as the outbox stores it."""
    changed = View((_("This has changed since: /{command}", command=command),), quiet=True)
    return Go(command).encode(), pack(changed)[0]
