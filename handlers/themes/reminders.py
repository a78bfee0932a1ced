"""The reminders to people without a theme that the deadline for choosing one is near."""

from __future__ import annotations

from datetime import datetime

from bot.background.reminder_store import Reminder, call_back
from bot.background.reminding import Notice, Subject, configured, schedule, unschedule
from bot.config import setting_store
from bot.content.texts import Moment, Span, Strong, _
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.people.audiences import Audience
from handlers.navigation.actions import Mute, RemindLater
from handlers.themes import store
from handlers.themes.model import THEMES

_PLANNED_FOR = "reminders_planned_for"
"""The name of the setting that holds the deadline for which reminders were planned last."""


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """Return the notice of a reminder, for all people without a theme.

    Returns None if the deadline was moved since the reminder was planned, or is past.
    """
    deadline = await store.theme_deadline(tx)
    if deadline is None or deadline != reminder.about or deadline <= now:
        return None
    line = _("You have no theme yet. Choose one until {deadline}.", deadline=Strong(Moment(deadline)))
    choose = Button(_("Choose a theme"), Go("theme"), style="primary")
    view = View((line,), (choose, Button(_("Later"), RemindLater(0)), Button(_("Mute"), Mute(0))))
    return Notice(Audience("unchosen"), view)


async def _name(_tx: Transaction, reminder: Reminder) -> Span:
    return _("{time}: the deadline for themes", time=Moment(reminder.about))


async def _plan(tx: Transaction, now: datetime) -> None:
    """Plan the reminders for the present deadline, in place of those planned before."""
    deadline = await store.theme_deadline(tx)
    if await _has_moved(tx):
        await call_back(tx, THEMES)
    if deadline is None:
        await unschedule(tx, THEMES)
    else:
        reminders = await configured(tx)
        await schedule(tx, THEMES, deadline, reminders.zone, reminders.leads_of(THEMES), now)
    await setting_store.put(tx, _PLANNED_FOR, await setting_store.get(tx, store.DEADLINE) or "")


async def _has_moved(tx: Transaction) -> bool:
    """Return whether the deadline has changed since reminders were planned."""
    return (await setting_store.get(tx, store.DEADLINE) or "") != (await setting_store.get(tx, _PLANNED_FOR) or "")


DEADLINE = Subject(kind=THEMES, compose=_notice, name=_name, plan=_plan, has_moved=_has_moved)
