"""Wrong codes: how many an account may type, fewer where many accounts do at once; the team is told of a crowd."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from bot.content.actions import Action
from bot.content.texts import _, _n
from bot.content.views import Button, Reply, View, reply
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import attempts
from bot.people.participants import Account
from handlers.navigation.actions import ASK, HOME

_PAUSE_MINUTES = attempts.PAUSE // timedelta(minutes=1)
_CROWD = "codes"
"""What messages to the team about many wrong codes are known by."""


async def pause(tx: Transaction, account: Account, now: datetime) -> timedelta | None:
    """How long an account must wait before a code is looked at; None where it is looked at now.

    Where many accounts type wrong codes each has fewer tries, and still one for a slip: nobody can keep others out.
    """
    waiting = await attempts.pause(tx, account.platform, account.native_id, now, tries=attempts.TRIES_IN_A_CROWD)
    if waiting is None or await _are_many(tx, now):
        return waiting
    return await attempts.pause(tx, account.platform, account.native_id, now)


async def count(tx: Transaction, account: Account, now: datetime) -> None:
    """Count a wrong code that an account typed; the organisers are told when there are many, once an hour."""
    await attempts.count(tx, account.platform, account.native_id, now)
    if not await _are_many(tx, now):
        return
    last = await outbox.last_about(tx, _CROWD)
    if last is not None and now - last < timedelta(hours=1):
        return
    guesses, accounts = await attempts.wrong_codes(tx, now)
    many = _n(
        "Many wrong codes: {codes} in ten minutes, from {count} account. Somebody may be guessing.",
        "Many wrong codes: {codes} in ten minutes, from {count} accounts. Somebody may be guessing.",
        accounts,
        codes=guesses,
    )
    still = _(
        "Codes are too long to be guessed, and a right one still lets in whoever has it. Until this ends each account"
        " has two tries every ten minutes."
    )
    await outbox.notify_organisers(tx, View((many, still)), now, subject=_CROWD)


async def _are_many(tx: Transaction, now: datetime) -> bool:
    guesses, _accounts = await attempts.wrong_codes(tx, now)
    return guesses >= attempts.CROWD


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
