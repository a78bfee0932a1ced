"""Answers people's typed questions about what is known about them."""

from __future__ import annotations

from bot.content.texts import _
from bot.conversation.topics import Topic, show
from handlers.privacy.participant import show_privacy

DATA = Topic(
    "data",
    # L10N: long
    _(
        "my data, data, delete my, delete everything, delete, erase, erase my, remove my data/messages, wipe, forget"
        " me, know about me, about me, on me in system, written on me, me off system, store about, stored about, you"
        " store, do you store/keep, keep my messages, keep all, who reads, who can read/see, who sees, read my"
        " messages, see my messages/name/answers, anonymous, is this anonymous, privacy, private, gdpr, confidential,"
        " save my, my account, personal data/info, my info, share my, shared with, is this saved, recorded, who has"
        " access"
    ),
    _("My data"),
    show(show_privacy),
)
