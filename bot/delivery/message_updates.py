"""Marks messages in chats as outdated when their subject has changed or is over: they say so and lose their buttons.

await message_updates.close_messages(tx, "question:7", _("Anna answered."), now)  # what was sent with that `subject`
await message_updates.expire_screens(tx, [participant.id], ["moi"], now)  # answers that show a command's screen
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType

from bot.content.delivery_kinds import Telling
from bot.content.stored_views import pack
from bot.content.texts import Span, _
from bot.content.views import View
from bot.conversation import shown_screen_store
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.delivery import outbox

_A_MOMENT = timedelta(seconds=3)
"""How long an answer may take to arrive in its chat. A message is edited only after that: an answer may replace it."""


async def close_messages(
    tx: Transaction, subject: str, line: Span, now: datetime, *, people: Collection[int] | None = None
) -> None:
    """Add `line` to every message about a `subject` that still has buttons, and remove the buttons.

    Call this once people can no longer do anything about the subject, such as «session:12». With `people`, only the
    messages to these participants are changed.
    """
    await outbox.follow(tx, subject, lambda view: _settled(view, line), now, people=people)


async def add_line(
    tx: Transaction, subject: str, line: Span, now: datetime, *, people: Collection[int] | None = None
) -> None:
    """Add `line` to the messages about a `subject`, such as «session:12», because it changed; their buttons are kept.

    With `people`, only the messages to these participants are changed.
    """
    await outbox.follow(tx, subject, lambda view: _remarked(view, line), now, people=people)


def _remarked(view: View, line: Span) -> View:
    return view if view.lines[-1] == line else replace(view, lines=(*view.lines, line))


def _settled(view: View, line: Span) -> View:
    return replace(view, lines=(*view.lines, line), buttons=(), choice=None) if view.buttons or view.choice else view


async def notify_of_result(
    tx: Transaction,
    participant_id: int,
    view: View,
    now: datetime,
    telling: Telling,
    *,
    account_id: int | None = None,
) -> bool:
    """Enqueue the result of a job, and delete the message which said that the job was running.

    The job has the reference of this transaction. For the arguments and the returned value see `outbox.notify`.
    """
    await shown_screen_store.end_job_screen(tx, account_id or 0, tx.reference, now)
    return await outbox.notify(tx, participant_id, view, now, telling, account_id=account_id)


async def expire_screens(
    tx: Transaction,
    people: Collection[int],
    commands: Collection[str],
    now: datetime,
    *,
    over: Mapping[str, View] = MappingProxyType({}),
) -> None:
    """Replace outdated screens in participants' chats by a link to the present screen.

    `people` are the ids of the participants. `commands` are the commands whose screens are outdated. `over` has, for
    other outdated screens, the view to show instead, by the name of the screen.
    """
    contents = dict(map(_outdated, commands))
    contents |= {screen: pack(replace(view, quiet=True))[0] for screen, view in over.items()}
    await shown_screen_store.replace(tx, people, contents, now + _A_MOMENT)


@cache
def _outdated(command: str) -> tuple[str, str]:
    """Return the name of a command's screen, and the stored view by which an outdated one is replaced."""
    # L10N: replaces an outdated screen; {command} is the command that shows the present one, such as «moi».
    changed = View((_("This has changed since: /{command}", command=command),), quiet=True)
    return Go(command).encode(), pack(changed)[0]
