"""Answers people's typed questions about reminders."""

from __future__ import annotations

from bot.content.texts import _
from bot.conversation.topics import Topic, show
from handlers.reminders.participant import REMINDERS, show_reminders

MY_REMINDERS = Topic(
    "reminders",
    # L10N: long
    _(
        "reminder/reminders, remind me, remind, stop reminders, no more reminders, no reminders, notification, stop"
        " notification, stop messages, stop messaging, stop texting, stop pinging, stop sending, too many messages,"
        " ping me, ping, alert/alerts, wake me, alarm, mute, do not disturb, minutes before, before the next, before"
        " my session, spam, turn off notification, nudge, let me know before, tell me before"
    ),
    REMINDERS.label,
    show(show_reminders),
)
