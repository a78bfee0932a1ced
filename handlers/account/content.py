"""The words of the e-mail with the code that proves an address, which are written when the e-mail is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.config.settings import Settings
from bot.content.texts import Strong, _, _n
from bot.content.views import View
from bot.conversation.routes import Transaction
from bot.delivery.outgoing import ClaimedDelivery
from bot.membership import letters

MINUTES = letters.CODE_VALID // timedelta(minutes=1)
"""How many minutes the code is valid."""


async def write_code(tx: Transaction, settings: Settings, letter: ClaimedDelivery, now: datetime) -> View | None:
    """Return the e-mail with the code that proves the address to which it is sent.

    Returns None if the person who gave the address has been erased.
    """
    code = await letters.make_code(tx, letter, now)
    if code is None:
        return None
    return View(
        (
            Strong(_("Your code: {code}", code=code)),
            _("Enter it where you asked for it, at «{gathering}».", gathering=settings.gathering.name),
            _n("It works once, for {count} minute.", "It works once, for {count} minutes.", MINUTES),
            _("It was not you? Then there is nothing to do."),
        ),
        secret=True,
    )
