"""Handles scheduled announcements when their author stops being an organiser, and after a backup is restored."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.content.roles import Required, Role
from bot.content.texts import _, _n
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people.declared import AfterMembership, Declared, Ending
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.announcements.service import changing
from handlers.announcements.store import announcements, unfinished


async def _loses_role(tx: Transaction, person: Participant, lost: Required, now: datetime) -> None:
    """Turn the announcements that a former organiser had scheduled into drafts, and notify the other organisers."""
    if not person.organises or isinstance(lost, Role):
        return
    planned = await announcements.announcements_planned_by(tx, person.id)
    for announcement in planned:
        await changing.cancel_announcement(tx, announcement, now)
    if planned:
        sentence = _n(
            "{name} is no longer an organiser: {count} announcement they had planned is a draft again. Send it"
            " if it is right.",
            "{name} is no longer an organiser: {count} announcements they had planned are drafts again. Send"
            " them if they are right.",
            len(planned),
            name=called(person),
        )
        view = View((sentence,), (Button(_("Announce"), Go("annoncer")),))
        await outbox.notify_organisers(tx, view, now, outbox.Telling.NEWS, but=person.id, about=person.id)


AFTER_MEMBERSHIP = AfterMembership(loses_role=_loses_role)


async def _again(tx: Transaction, _declared: Declared, whats: Collection[str], _now: datetime) -> int:
    """Cancel announcements that were sent or cancelled since the backup that was restored: nobody gets them again."""
    found = [await announcements.find_announcement(tx, int(what)) for what in whats]
    over = [announcement for announcement in found if announcement and announcement.state in ("waiting", "sending")]
    for announcement in over:
        await announcements.set_state(tx, announcement.id, "cancelled")
        await unfinished.begin_to_call_back(tx, announcement.id, "cancel")
    return len(over)


ENDINGS = (Ending(kind=announcements.ENDING, again=_again),)
