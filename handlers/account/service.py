"""The rules for typed codes: how many wrong ones an account may type, and to whom a link code belongs."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.content.errors import existing
from bot.content.texts import Strong, _, _n
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.membership import accounts, browsers
from bot.people import attempt_store, link_code_store, participant_store, secret_store
from bot.people.naming import account_label
from bot.people.participants import Account, Participant
from handlers.account.actions import LinkAccount, RefuseAccount

PAUSE_MINUTES = attempt_store.PAUSE // timedelta(minutes=1)
_ASKED = attempt_store.counted_action("asked by code")
_CROWD = "codes"
"""The key of messages that notify organisers of many wrong codes."""


async def pause_before_a_code(tx: Transaction, account: Account, now: datetime) -> timedelta | None:
    """Return how long an account must still wait before it may type another code; None if it need not wait.

    An account must wait after several wrong codes, and after fewer while many accounts type wrong codes, but never
    before its first mistake.
    """
    waiting = await attempt_store.pause(
        tx, account.platform, account.native_id, now, tries=attempt_store.TRIES_IN_A_CROWD
    )
    if waiting is None or await _are_many(tx, now):
        return waiting
    return await attempt_store.pause(tx, account.platform, account.native_id, now)


async def count_wrong_code(tx: Transaction, account: Account, now: datetime) -> None:
    """Count a wrong code of an account. If there are many from all accounts, notify the organisers, at most hourly."""
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


async def claim(tx: Transaction, secret: secret_store.Secret, account: Account, now: datetime) -> View:
    """Store that an account asks to be linked to the owner of a link code, and return the question for the owner.

    Raises Stale if the account has become somebody's.
    """
    claimed = existing(await link_code_store.claim(tx, secret, account, now))
    asked = _(
        "Is this account yours: {account}? Someone typed your code there.", account=Strong(account_label(account))
    )
    return View(
        (asked,),
        (
            Button(_("Yes, link it"), LinkAccount(claimed), style="primary"),
            Button(_("No, it is not mine"), RefuseAccount(claimed), style="danger"),
        ),
    )


async def claim_by_code(tx: Transaction, invitation: secret_store.Secret, account: Account, now: datetime) -> bool:
    """Have somebody who came in since they were invited say elsewhere whether an account is theirs.

    Code and link stand together on an invitation: whoever has seen it may type the code. Returns False for somebody who
    has not come in, or can be asked nowhere: for them the code is the way in. Who was asked often is asked no more for
    a while.
    """
    owner = invitation.participant_id
    ways = await browsers.ways_beside(tx, owner, None, now)
    if not ways or not await secret_store.came_in_since(tx, invitation):
        return False
    waits = account.id is not None and await link_code_store.claimed(tx, owner, account.id) is not None
    if not waits and not await attempt_store.pause(tx, _ASKED, str(owner), now):
        await attempt_store.count(tx, _ASKED, str(owner), now)
        code = await link_code_store.issue(tx, owner, None, now)
        issued = existing(await secret_store.find(tx, "link", code, now))
        await accounts.tell_accounts(tx, owner, ways, await claim(tx, issued, account, now), now)
    return True


async def owner_of_link_code(tx: Transaction, code: str, now: datetime) -> Participant | None:
    """Return the person whose account shows this link code; None if the code is wrong, used or expired.

    The caller counts wrong codes (`count_wrong_code`).
    """
    secret = await secret_store.find(tx, "link", code, now)
    if secret is None or secret.used or secret.expired:
        return None
    owner = await participant_store.find(tx, secret.participant_id)
    assert owner is not None  # secrets go with their person
    return owner
