"""Answers people's typed questions about their badge."""

from __future__ import annotations

from bot.content.texts import _
from bot.conversation.topics import Topic, show
from handlers.attendance.participant import BADGE, show_badge

MY_BADGE = Topic(
    "badge",
    # L10N: long
    _(
        "badge, my badge, lost badge, forgot badge, QR, QR code, my code, name tag, nametag, lanyard, entry pass, my"
        " pass, name wrong, name spelled, scan code"
    ),
    BADGE.label,
    show(show_badge),
)
