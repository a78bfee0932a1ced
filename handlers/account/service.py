"""The rules for typed codes: how many wrong ones an account may type, and who owns a link code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.content.texts import _n
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.membership import browsers
from bot.people import attempt_store, participant_store, secret_store
from bot.people.participants import Account, Participant

PAUSE_MINUTES = attempt_store.PAUSE // timedelta(minutes=1)
_CROWD = "codes"
"""The key of messages that notify organisers of many wrong codes."""


async def pause_before_a_code(tx: Transaction, account: Account, now: datetime) -> timedelta | None:
    """Return how long an account must still wait before another code may be typed; None if it need not wait.

    An account must wait after several wrong codes. While many accounts type wrong codes, it must wait after fewer, but
    never before its first wrong code.
    """
    waiting = await attempt_store.pause(
        tx, account.platform, account.native_id, now, tries=attempt_store.TRIES_IN_A_CROWD
    )
    if waiting is None or await _are_many(tx, now):
        return waiting
    return await attempt_store.pause(tx, account.platform, account.native_id, now)


async def count_wrong_code(tx: Transaction, account: Account, now: datetime) -> None:
    """Count a wrong code that was typed on an account.

    If there are many wrong codes from all accounts, organisers are notified, at most once an hour.
    """
    await attempt_store.count(tx, account.platform, account.native_id, now)
    if not await _are_many(tx, now):
        return
    last = await outbox.last_notified_at(tx, _CROWD)
    if last is not None and now - last < timedelta(hours=1):
        return
    guesses, accounts = await attempt_store.wrong_codes(tx, now)
    many = _n(
        "Many wrong codes: {codes} in {minutes} minutes, from {count} account. Somebody may be guessing.",
        "Many wrong codes: {codes} in {minutes} minutes, from {count} accounts. Somebody may be guessing.",
        accounts,
        codes=guesses,
        minutes=PAUSE_MINUTES,
    )
    still = _n(
        "Codes are too long to be guessed, and a right one still lets in whoever has it. Until this ends each account"
        " has {count} try every {minutes} minutes.",
        "Codes are too long to be guessed, and a right one still lets in whoever has it. Until this ends each account"
        " has {count} tries every {minutes} minutes.",
        attempt_store.TRIES_IN_A_CROWD,
        minutes=PAUSE_MINUTES,
    )
    await outbox.notify_organisers(tx, View((many, still)), now, outbox.Telling.NEWS, subject=_CROWD)


async def _are_many(tx: Transaction, now: datetime) -> bool:
    guesses, _accounts = await attempt_store.wrong_codes(tx, now)
    return guesses >= attempt_store.CROWD


async def find_invitation(tx: Transaction, code: str, now: datetime) -> secret_store.Secret | None:
    """Return the invitation for its code, or for the secret in the link of its page; None if there is none.

    The link of a page that was made without such a code is no invitation: it is for a new organiser.
    """
    invitation = await secret_store.find(tx, "invitation", code, now)
    if invitation is not None:
        return invitation
    page = await secret_store.find(tx, "page", code, now)
    return page if page and await secret_store.issued(tx, page.participant_id, "invitation") else None


async def ways_to_ask(tx: Transaction, invitation: secret_store.Secret) -> Sequence[Account]:
    """Return the accounts on which an invitation's owner is asked whether the account that typed its code is theirs.

    The owner is asked because anybody who saw the invitation could type the code. The result is empty if the owner
    has neither joined nor opened their page since the invitation was issued, or has no account on which to ask.
    """
    came_in = await secret_store.came_in_since(tx, invitation)
    return await browsers.ways_beside(tx, invitation.participant_id, None) if came_in else ()


async def owner_of_link_code(tx: Transaction, code: str, now: datetime) -> Participant | None:
    """Return the person whose account shows the link code `code`; None if the code is wrong, used or expired.

    Wrong codes are not counted here: the caller does that.
    """
    secret = await secret_store.find(tx, "link", code, now)
    if secret is None or secret.used or secret.expired:
        return None
    owner = await participant_store.find(tx, secret.participant_id)
    assert owner is not None  # secrets go with their person
    return owner
