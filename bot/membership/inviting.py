"""Makes invitations: a code and links with which a person joins. They are shown once; only their hashes are stored.

The organisers' screen and the commands `rencontres invitations` and `rencontres organiser invite` use this module.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.config import purpose_store, setting_store
from bot.config.settings import Settings
from bot.content.roles import known
from bot.content.texts import Link, Span, Strong, _
from bot.conversation import display_store
from bot.conversation.displays import LINK
from bot.database.engine import Transaction
from bot.delivery import delivery_store
from bot.membership import accounts, invitation_store, revoking, rights
from bot.people import codes, link_code_store, participant_store, role_store, secret_store
from bot.people.declared import Declared
from bot.people.invitations import Invitation
from bot.people.participants import Account, Participant

MOST_INVITATIONS = 5
"""How many unused invitations of a person work at the same time; a further one ends the oldest."""
ORGANISER_LINK_KEPT = timedelta(days=7)
"""How long the link in an organiser's invitation can be opened."""


async def issue_invitations(
    tx: Transaction, settings: Settings, now: datetime, *, bot_username: str | None
) -> list[Invitation]:
    """Make an invitation for every invited person who has none, and return the new invitations.

    Their codes and links can only be read from the result, because only hashes are stored. `bot_username` is the bot's
    name on Telegram, None if the bot never ran there. Raises UserError once taking part is over, because people who
    join then would be erased at once.
    """
    people = [await participant_store.find(tx, account) for account in await invitation_store.without_invitation(tx)]
    return [await _invite(tx, person, settings, now, bot_username) for person in people if person]


async def remake_unused(
    tx: Transaction, settings: Settings, now: datetime, *, bot_username: str | None
) -> list[Invitation]:
    """Make new invitations for all invited people who have not joined, and return these; earlier ones stop working.

    `bot_username` is the bot's name on Telegram, None if the bot never ran there.
    """
    for participant_id in await invitation_store.invited(tx):
        await secret_store.revoke(tx, participant_id, "invitation", "page")
    return await issue_invitations(tx, settings, now, bot_username=bot_username)


async def invite_anew(
    tx: Transaction, settings: Settings, now: datetime, *, bot_username: str | None
) -> list[Invitation]:
    """Make another invitation for all invited people who have not joined, and return the new invitations.

    Each person's newest MOST_INVITATIONS invitations stay valid until one of them is used. `bot_username` is the bot's
    name on Telegram, None if the bot never ran there. Raises UserError once taking part is over, because people who
    join then would be erased at once.
    """
    people = [await participant_store.find(tx, person_id) for person_id in await invitation_store.invited(tx)]
    made = [await _invite(tx, person, settings, now, bot_username) for person in people if person]
    await secret_store.keep_newest(tx, MOST_INVITATIONS)
    return made


async def keep_invitations(tx: Transaction, made: Iterable[tuple[int, str, str]], now: datetime) -> None:
    """Store invitations that are already printed.

    `made` has triples: a person's id, the code, and the secret of the link to the person's page ('' for no link).
    """
    for person_id, code, page in made:
        await secret_store.issue(tx, "invitation", person_id, now, code=code)
        if page:
            await secret_store.issue(tx, "page", person_id, now, code=page)
    await secret_store.keep_newest(tx, MOST_INVITATIONS)


@dataclass(frozen=True, slots=True)
class Renewed:
    """The result of giving a person a new invitation.

    `invitation` is the new one; `detached` are the accounts that were unlinked, `stay` the accounts that are still
    linked.
    """

    invitation: Invitation
    detached: Sequence[Account]
    stay: Sequence[Account]


async def renew(
    tx: Transaction,
    declared: Declared,
    settings: Settings,
    person: Participant,
    now: datetime,
    *,
    bot_username: str | None,
    keep: Collection[int] = (),
) -> Renewed:
    """Make a new invitation for a person, so that their earlier codes, links and open web pages stop working.

    The person's roles end, except roles that every organiser has. Their accounts are unlinked, except accounts with an
    id in `keep` and accounts that config.toml names. If the person was banned, they are invited again. `bot_username`
    is the bot's name on Telegram, None if the bot never ran there.
    """
    await declared.renewed(tx, person, now)
    for key, scope in await role_store.of_person(tx, person.id):
        if (role := known().get(key)) and not role.organisers_too:  # its maker might be an organiser, and come in
            await rights.take_role(tx, declared, person, role, scope, now)
    await delivery_store.cancel_confidential(tx, person.id, now)
    await display_store.close_own(tx, person.id, now)
    before = await participant_store.accounts_of(tx, person.id)
    leave = [
        account.id
        for account in before
        if account.id not in (None, *keep) and not accounts.is_first_organisers(settings, account)
    ]
    detached = await accounts.detach(tx, person.id, [account for account in leave if account is not None], now)
    await link_code_store.forget_claims(tx, person.id)
    await secret_store.revoke(tx, person.id, "invitation", "page", "session", "organiser")
    if person.status == "revoked":
        await revoking.invite_again(tx, person)
    invitation = await _invite(tx, person, settings, now, bot_username)
    return Renewed(invitation, detached, await participant_store.accounts_of(tx, person.id))


async def invite_oneself(
    tx: Transaction, settings: Settings, person: Participant, account_id: int, now: datetime
) -> Invitation:
    """Make a new invitation code and links for a person who asked for them on the account with the id `account_id`.

    Their earlier codes and links stop working. This includes used ones, because a code can confirm several browsers.
    """
    await secret_store.revoke_unused(tx, person.id)
    await secret_store.revoke(tx, person.id, "invitation", "page")
    return await _invite(tx, person, settings, now, await setting_store.telegram_username(tx), account_id)


async def invite_by_letter(
    tx: Transaction, settings: Settings, person: Participant, now: datetime, *, letter: int, proves: str
) -> Invitation:
    """Make another invitation for a person, to be sent by e-mail; earlier invitations stay valid until one is used.

    `letter` is the id of the e-mail in the outbox; `proves` is the hash of the address to which it is sent. Raises
    UserError once taking part is over, because people who join then would be erased at once.
    """
    username = await setting_store.telegram_username(tx)
    return await _invite(tx, person, settings, now, username, letter=letter, proves=proves)


async def _invite(
    tx: Transaction,
    person: Participant,
    settings: Settings,
    now: datetime,
    bot_username: str | None,
    account_id: int | None = None,
    *,
    letter: int | None = None,
    proves: str = "",
) -> Invitation:
    await purpose_store.must_stay(tx, settings, now, person.id)
    issue = partial(secret_store.issue, tx, participant_id=person.id, now=now, account_id=account_id, letter=letter)
    code = await issue(purpose="invitation", proves=proves)
    page = await issue(purpose="page", proves=proves) if settings.web.public_url else None
    return Invitation(
        person.id,
        person.ref,
        person.given_name,
        person.family_name,
        await participant_store.email_of(tx, person.id),
        person.locale,
        telegram_link(bot_username, f"j-{code}") if bot_username else None,
        codes.spell(code),
        page_link(settings, page) if page else None,
    )


@dataclass(frozen=True, slots=True)
class OrganiserInvitation:
    """An invitation for a new organiser; its code and links work for a week.

    An account that uses the code or the Telegram link is linked to `person`; `page_link` opens the person's web page. A
    link is None if its platform is off or has never run.
    """

    person: Participant
    code: str
    telegram_link: str | None
    page_link: str | None


async def invite_organiser(
    tx: Transaction, settings: Settings, name: str, now: datetime, *, bot_username: str | None
) -> OrganiserInvitation:
    """Add an organiser with this name, who does not attend the gathering, and return an invitation for them.

    The invitation works for a week. `bot_username` is the bot's name on Telegram, None if the bot never ran there.
    """
    await purpose_store.must_stay(tx, settings, now)
    person = await participant_store.add(
        tx,
        ref=f"O-{random.token_hex(4).upper()}",
        given_name=name,
        family_name="",
        now=now,
        attends=False,
    )
    expires = now + ORGANISER_LINK_KEPT
    code = await secret_store.issue(tx, "organiser", person.id, now, expires=expires)
    page = await secret_store.issue(tx, "page", person.id, now, expires=expires) if settings.web.public_url else None
    return OrganiserInvitation(
        person,
        code,
        telegram_link(bot_username, f"o-{code}") if bot_username else None,
        page_link(settings, page) if page else None,
    )


def ways_in(invitation: Invitation) -> list[Span]:
    """Return the lines of text that show the code and links of an invitation."""
    lines: list[Span] = [_("Code: {code}", code=Strong(invitation.code))]
    if invitation.telegram_link:
        lines.append(_("On Telegram: {link}", link=Link(invitation.telegram_link, invitation.telegram_link)))
    if invitation.page_link:
        lines.append(_("In a browser: {link}", link=Link(invitation.page_link, invitation.page_link)))
    return lines


def telegram_link(username: str, payload: str) -> str:
    """Return a link that opens the chat with the bot on Telegram and sends the bot a payload."""
    return f"https://t.me/{username}?start={payload}"


def screen_link(settings: Settings, username: str | None, payload: str) -> str | None:
    """Return a link that opens a screen: on the person's web page if there are pages, otherwise on Telegram.

    `payload` is the encoded action of the screen, which must be `linkable`. `username` is the bot's name on Telegram,
    None if the bot never ran there. Returns None if there are no pages and no name on Telegram.
    """
    if settings.web.public_url:
        return f"{settings.web.public_url.rstrip('/')}{LINK}{payload}"
    return telegram_link(username, payload) if username else None


def page_link(settings: Settings, secret: str) -> str:
    """Return the address that opens a person's web page; `secret` is the code in it."""
    return f"{settings.web.public_url.rstrip('/')}/p/{secret}"
