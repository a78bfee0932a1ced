"""What people read of codes they type, and the ways to what they may choose of their accounts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from bot.content.actions import Action
from bot.content.texts import Name, Strong, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Go
from bot.people import attempts, codes
from bot.people.participants import Account, Participant
from handlers.account.actions import Claim, PushPrivately
from handlers.navigation.actions import ASK, HOME

_PAUSE_MINUTES = attempts.PAUSE // timedelta(minutes=1)


def offer_private_pushes(accounts: Sequence[Account]) -> tuple[Button, ...]:
    """The opt-in, for who has an account where it is asked for and did not agree there yet."""
    if any(account.needs_consent and not account.private_pushes for account in accounts):
        return (Button(_("Tell me in private"), PushPrivately(True)),)
    return ()


def ask_whether_owner(owner: Participant, code: str) -> Reply:
    """The question to who typed a link code: whether they are the person on whose other account it was shown."""
    return reply(
        _("You are {name}?", name=Strong(Name(owner.name))),
        buttons=(
            Button(_("Yes, that is me"), Claim(codes.normalise(code)), style="primary"),
            Button(_("No"), Go("moi")),
        ),
        fresh=True,
    )


def paused(left: timedelta, again: Action) -> Reply:
    """The refusal after too many wrong codes: when the next can be tried comes first."""
    minutes = max(1, math.ceil(left.total_seconds() / 60))
    when = (
        _("In ten minutes you can try again: these were too many codes for now.")
        if minutes == _PAUSE_MINUTES
        else _n(
            "In {count} minute you can try again: these were too many codes for now.",
            "In {count} minutes you can try again: these were too many codes for now.",
            minutes,
        )
    )
    return reply(
        when,
        _("Until then no code is looked at, not even the right one. Nothing else changed."),
        buttons=(Button(_("Try again"), again, style="primary"), ASK, HOME),
        fresh=True,
    )
