"""Invites people by e-mail, and links an e-mail address to its owner once they proved that they read it.

These e-mails are called letters: they are written only when they are sent. A person proves an address by a press behind
the link in a letter, or by typing a code of six digits that was sent to the address. Opening the link proves nothing,
because programs that look for harmful links open it too.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.config.settings import Settings
from bot.content.delivery_kinds import LETTER, URGENT, USUAL
from bot.content.errors import UserError
from bot.content.features import platforms
from bot.content.texts import Span
from bot.database.engine import Transaction
from bot.delivery import letter_store
from bot.delivery.outgoing import ClaimedDelivery
from bot.membership import accounts, invitation_store
from bot.membership.inviting import invite_by_letter
from bot.people import participant_store, secret_store
from bot.people.invitations import Invitation
from bot.people.participants import Account, Participant

INVITATION, ADDRESS = "invitation", "address"
"""The kinds of letters: one with an invitation, and one with a code that proves an address."""
CODE_VALID = timedelta(minutes=10)
"""How long the code that proves an address can be typed."""

BY = next(name for name, features in platforms().items() if features.takes_letters)
"""The platform that sends letters."""


async def post_invitations(
    tx: Transaction, participant_ids: Collection[int], now: datetime, *, due: datetime, subject: str = ""
) -> int:
    """Send each of these people an e-mail with an invitation at the instant `due`; return the number of e-mails.

    `subject` is the key by which the e-mails can be called back until then.
    """
    return await letter_store.add(
        tx, INVITATION, participant_ids, now, platform=BY, due=due, rank=USUAL, subject=subject
    )


async def without_letter(tx: Transaction) -> tuple[Sequence[int], Sequence[int]]:
    """Return the ids of the invited people who have an address and got no e-mail with an invitation.

    The second value has the ids of the invited people who have neither an address nor any invitation.
    """
    return await invitation_store.without_letter(tx, LETTER + INVITATION)


async def came_back(tx: Transaction) -> int:
    """Return how many invited people got no e-mail with an invitation, as the last one to them did not arrive."""
    return await invitation_store.came_back(tx, LETTER + INVITATION)


async def make_invitation(
    tx: Transaction, settings: Settings, letter: ClaimedDelivery, now: datetime
) -> Invitation | None:
    """Make the invitation in an e-mail that is about to be sent; None if its reader has joined or is not invited.

    If an earlier attempt to send the e-mail certainly failed, the invitation made for that attempt is deleted.
    """
    person = letter.recipient.participant_id and await participant_store.find(tx, letter.recipient.participant_id)
    if not (person and person.attends and person.status == "invited"):
        return None
    if not letter.repeated:
        await secret_store.forget_letter(tx, letter.id)
    proves = secret_store.hash_address(letter.recipient.chat)
    try:
        return await invite_by_letter(tx, settings, person, now, letter=letter.id, proves=proves)
    except UserError:  # taking part is over: whoever joined now would be erased at once
        return None


async def prove_by_link(tx: Transaction, person: Participant, link: str, now: datetime) -> None:
    """Link an e-mail address to a person, because they pressed the button behind the personal link that was sent there.

    Nothing happens if the link was not sent by e-mail, or if the person has another address by now.
    """
    _letter, proves = await secret_store.proved_by(tx, "page", link)
    address = await participant_store.email_of(tx, person.id)
    if proves and proves == secret_store.hash_address(address):
        await _link(tx, person.id, address, now)


def offer_address(settings: Settings, linked: Iterable[Account]) -> Span | None:
    """Return the label of the button by which a person adds their e-mail address as an account.

    Returns None if the person has one already, or if the program sends no e-mails. `linked` are the person's accounts.
    """
    if not settings.sends_letters or any(account.platform == BY for account in linked):
        return None
    return platforms()[BY].add_address


async def ask_to_prove(tx: Transaction, participant_id: int, address: str, now: datetime) -> None:
    """Send a code of six digits to the e-mail address that a person gave as theirs; earlier codes stop working."""
    await secret_store.revoke(tx, participant_id, "address")
    await letter_store.cancel(tx, ADDRESS, participant_id, now)
    await letter_store.add(tx, ADDRESS, [participant_id], now, platform=BY, due=now, rank=URGENT, place=address)


async def make_code(tx: Transaction, letter: ClaimedDelivery, now: datetime) -> str | None:
    """Return the new code in an e-mail that is about to be sent; None if its reader has been erased.

    The code proves that the person reads what arrives at the address.
    """
    if (participant_id := letter.recipient.participant_id) is None:
        return None
    await secret_store.revoke(tx, participant_id, "address")
    digits = f"{random.randbelow(1_000_000):06}"
    await secret_store.issue(
        tx,
        "address",
        participant_id,
        now,
        expires=now + CODE_VALID,
        code=_own(participant_id, digits),
        letter=letter.id,
        proves=secret_store.hash_address(letter.recipient.chat),
    )
    return digits


async def prove_by_code(tx: Transaction, participant_id: int, digits: str, now: datetime) -> Account | None:
    """Link the e-mail address to which a code was sent to the person who typed the code; return the new account.

    Returns None if the code is wrong, was used before, or is older than ten minutes.
    """
    code = _own(participant_id, digits)
    secret = await secret_store.find(tx, "address", code, now)
    if secret is None or secret.expired or not await secret_store.use(tx, secret, None, now):
        return None
    letter, _proves = await secret_store.proved_by(tx, "address", code)
    address = await letter_store.address_of(tx, letter) if letter else None
    return await _link(tx, participant_id, address, now) if address else None


def _own(participant_id: int, digits: str) -> str:
    """Return a person's code as it is stored: two people may have the same six digits."""
    return f"address{participant_id}x{digits}"


async def _link(tx: Transaction, participant_id: int, address: str, now: datetime) -> Account | None:
    """Link an address, which its owner has proven, to a person; what they did not ask for may be sent there too.

    Returns None, and changes nothing, if the address is somebody else's already: two people may read the same mailbox.
    """
    native_id = address.strip().casefold()
    known, owner = await participant_store.identify(tx, BY, native_id)
    if owner is not None:
        return known if owner.id == participant_id else None
    account = Account(BY, native_id, address.strip(), address.strip(), None)
    linked = await accounts.attach(tx, account, participant_id, now, told=False)
    assert linked.id is not None
    await letter_store.subscribe(tx, linked.id)
    return linked
