"""Makes invitations: each person's ways in, made once, shown once and stored hashed.

Shared by the organisers' screen and the commands `rencontres invitations` and `rencontres organiser invite`.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import setting_store
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.names import Named
from bot.content.texts import Link, Reader, Span, Strong, _, plain
from bot.database.engine import Transaction
from bot.membership import accounts, invitation_store
from bot.people import codes, link_code_store, participant_store, secret_store
from bot.people.participants import Account, Participant

ORGANISER_LINK_KEPT = timedelta(days=7)
"""How long an organiser's link waits to be opened."""


@dataclass(frozen=True, slots=True)
class Invitation(Named):
    """A person's ways to join: a code (ABCD-EFGH-JKLM) and links to Telegram and to their page.

    A link is None where its platform is off or has never run.
    """

    participant_id: int
    ref: str
    given_name: str
    family_name: str
    email: str
    locale: str | None
    telegram_link: str | None
    code: str
    page_link: str | None


async def issue_invitations(
    tx: Transaction, settings: Settings, now: datetime, *, bot_username: str | None
) -> list[Invitation]:
    """Make an invitation for everyone invited who has none, and return them; secrets can be read only now.

    `bot_username` is the bot's name on Telegram, None where it never ran there.
    """
    people = [await participant_store.find(tx, account) for account in await invitation_store.without_invitation(tx)]
    return [await _invite(tx, person, settings, now, bot_username) for person in people if person]


async def remake_unused(
    tx: Transaction, settings: Settings, now: datetime, *, bot_username: str | None
) -> list[Invitation]:
    """Make a new invitation for everyone invited who has not joined, and return them; earlier ones stop working."""
    for participant_id in await invitation_store.invited(tx):
        await secret_store.revoke(tx, participant_id, "invitation", "page")
    return await issue_invitations(tx, settings, now, bot_username=bot_username)


@dataclass(frozen=True, slots=True)
class Renewed:
    """The result of renewing an invitation: the new one, the accounts that were detached, and those that stay."""

    invitation: Invitation
    detached: Sequence[Account]
    stay: Sequence[Account]


async def renew(
    tx: Transaction,
    settings: Settings,
    person: Participant,
    now: datetime,
    *,
    bot_username: str | None,
    keep: Collection[int] = (),
) -> Renewed:
    """Make a person's invitation anew. Earlier codes and links stop working, their pages close, and a ban ends.

    Their accounts are detached, except those with an id in `keep` and those that config.toml names.
    """
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
        await participant_store.set_status(tx, person.id, "invited")
    invitation = await _invite(tx, person, settings, now, bot_username)
    return Renewed(invitation, detached, await participant_store.accounts_of(tx, person.id))


async def invite_oneself(
    tx: Transaction, settings: Settings, person: Participant, account_id: int, now: datetime
) -> Invitation:
    """Make a new code and links for a person who asked for them from one of their accounts; earlier ones expire."""
    await secret_store.revoke_unused(tx, person.id)
    return await _invite(tx, person, settings, now, await setting_store.telegram_username(tx), account_id)


async def _invite(
    tx: Transaction,
    person: Participant,
    settings: Settings,
    now: datetime,
    bot_username: str | None,
    account_id: int | None = None,
) -> Invitation:
    code = await secret_store.issue(tx, "invitation", person.id, now, account_id=account_id)
    page = (
        await secret_store.issue(tx, "page", person.id, now, account_id=account_id) if settings.web.public_url else None
    )
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
    """A new organiser's ways in: the `code` and the link for Telegram make whoever takes one of them that person, or
    joins them to it; `page_link` opens their own page. What has no link is None.
    """

    person: Participant
    code: str
    telegram_link: str | None
    page_link: str | None


async def invite_organiser(
    tx: Transaction, settings: Settings, name: str, now: datetime, *, bot_username: str | None
) -> OrganiserInvitation:
    """Make an invitation for a new organiser, who does not attend. It works for a week."""
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
    """Return the lines that show the code and links of an invitation."""
    lines: list[Span] = [_("Code: {code}", code=Strong(invitation.code))]
    if invitation.telegram_link:
        lines.append(_("On Telegram: {link}", link=Link(invitation.telegram_link, invitation.telegram_link)))
    if invitation.page_link:
        lines.append(_("In a browser: {link}", link=Link(invitation.page_link, invitation.page_link)))
    return lines


def telegram_link(username: str, payload: str) -> str:
    """Return a link that opens the bot on Telegram and gives it a payload."""
    return f"https://t.me/{username}?start={payload}"


def page_link(settings: Settings, secret: str) -> str:
    """Return the address of a person's own page, which contains their secret."""
    return f"{settings.web.public_url.rstrip('/')}/p/{secret}"


HEADINGS = ("ref", "given_name", "name", "email", "language", "text", "telegram", "code", "page")
"""The headings over `rows`."""


def rows(invitations: Sequence[Invitation], settings: Settings) -> list[tuple[str | None, ...]]:
    """Return invitations as a table with HEADINGS: the person, their language, and a text that can be sent to them."""
    gathering = settings.gathering
    table: list[tuple[str | None, ...]] = []
    for invitation in invitations:
        locale = i18n.negotiate([invitation.locale], gathering.locales)
        table.append(
            (
                invitation.ref,
                invitation.given_name,
                invitation.full_name,
                invitation.email,
                locale,
                letter(invitation, settings, Reader(locale, gathering.zone)),
                invitation.telegram_link,
                invitation.code,
                invitation.page_link,
            )
        )
    return table


_WITHOUT_WAYS = 2


def letter(invitation: Invitation, settings: Settings, reader: Reader) -> str:
    """Return the text of an invitation for a person, in the language of `reader`."""
    lines: list[Span] = [
        _("Hello {name},", name=invitation.given_name or invitation.full_name),
        _("This is your personal invitation to: {gathering}.", gathering=settings.gathering.name),
    ]
    if invitation.page_link:
        lines.append(_("In a browser, open: {link}", link=invitation.page_link))
    if invitation.telegram_link:
        lines.append(_("On Telegram, open: {link}", link=invitation.telegram_link))
    if settings.discord.token.get_secret_value():
        lines.append(_("On Discord, press «Register» and enter this code: {code}", code=invitation.code))
    elif len(lines) == _WITHOUT_WAYS:
        lines.append(_("Your code: {code}", code=invitation.code))
    lines.append(_("It is for you alone: please do not pass it on. See you soon!"))
    return "\n".join(plain(line, reader) for line in lines)
