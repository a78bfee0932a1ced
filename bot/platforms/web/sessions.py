"""Opens, recognises and ends sessions of personal pages: a personal link opens one, whose secret is in a cookie.

The address of a page is /c/<participant>, and the cookie is sent there only, so that two people on one computer, or the
two views of the demo, have separate sessions. The number in the address proves nothing, the session does.

Inside a chat app that says who uses it, the address is /tg/<participant>: a short session of its own opens that, and
nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiohttp import web

from bot.config.settings import Settings
from bot.content import i18n
from bot.content.features import features_of
from bot.content.platforms.web import FEATURES
from bot.content.texts import Reader, source_name
from bot.conversation.incoming import Actor
from bot.database.engine import Transaction
from bot.membership import accounts, browsers
from bot.people import browser_store, device_store, participant_store, secret_store
from bot.people.browser_store import Browser
from bot.people.device_store import Device, Subscription
from bot.people.participants import Account, Participant

PLATFORM = FEATURES.name
COOKIE = "session"
NUMBER_COOKIE = "page"
"""The cookie with the number of the page that was last opened in this browser; the number proves nothing."""
KEPT = timedelta(days=180)
"""How long a session lasts: from weeks before the gathering to months after it. The personal link can open others."""

KEPT_INSIDE = timedelta(minutes=30)
"""How long a session inside a chat app lasts; the button in the chat opens another one."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a person to their own page, after the program recognised their session.

    `language` is the language that the browser asks for, None if the program has no translation into it. `session` is
    the session's secret. `browser` is the session's browser, None for a person whom the demo invented.
    """

    person: Participant
    reader: Reader
    language: str | None
    session: str
    browser: Browser | None = None

    @property
    def inside(self) -> bool:
        """Whether a chat app opened the page inside itself."""
        return self.browser is not None and self.browser.inside

    @property
    def waits(self) -> Browser | None:
        """The browser of the request if it is new and unconfirmed, so that it shows nothing confidential; or None."""
        return self.browser if self.browser and self.browser.waits else None

    @property
    def unconfirmed(self) -> Browser | None:
        """The browser of the request if its owner has not confirmed it; otherwise None.

        This includes a browser that opened by itself, because its owner had no other way to confirm it.
        """
        return self.browser if self.browser and not self.browser.confirmed else None

    @property
    def new_in(self) -> str:
        """The id of the browser of the request if it is new and unconfirmed, and shows nothing confidential; or ''."""
        return self.waits.id if self.waits else ""

    @property
    def counted_in(self) -> str:
        """The id of the browser of the request if its owner has not confirmed it; otherwise ''.

        Limits count what is sent from such a browser separately, even after it has opened by itself.
        """
        return self.unconfirmed.id if self.unconfirmed else ""

    @property
    def seal(self) -> str:
        """The secret token in every form of this session, which a forged form cannot contain."""
        return hashlib.sha256(f"seal {self.session}".encode()).hexdigest()[:32]

    def matches_seal(self, seal: str) -> bool:
        """Return whether a form was made for this session; `seal` is the token in the form."""
        return hmac.compare_digest(seal.encode(), self.seal.encode())

    @property
    def sender(self) -> Actor:
        """The person as an Actor, the sender of what they do on their page."""
        return replace(sender_of(self.person, self.language), browser=self.browser)


def sender_of(person: Participant, language: str | None) -> Actor:
    """Return a participant as an Actor, the sender of what they do on their page.

    The Actor's account and chat are the participant's id. `language` is the language that the browser asks for, None if
    the program has no translation into it.
    """
    return Actor(str(person.id), person.name, language, str(person.id))


def language_of(request: web.Request) -> str | None:
    """Return the first language that the browser asks for and the program has; None if there is none."""
    for tag in request.headers.get("Accept-Language", "").split(","):
        language = tag.split(";")[0].strip().split("-")[0].lower()
        if language in i18n.LOCALES:
            return language
    return None


def reader_of(person: Participant | None, language: str | None, settings: Settings) -> Reader:
    """Return the reader of a page, which is the locale and the time zone in which its texts are written.

    The locale is the first of these that exists and that the gathering offers: the locale that `person` chose, the
    `language` that the browser asks for, and the gathering's first locale.
    """
    gathering = settings.gathering
    wanted = (person.locale if person else None, language)
    return Reader(i18n.negotiate(wanted, gathering.locales), gathering.zone)


async def owner(tx: Transaction, link: str, now: datetime) -> Participant | None:
    """Return the person whose page a personal link opens; None if the link does not exist or is not valid at `now`."""
    secret = await secret_store.find(tx, "page", link, now)
    if secret is None or secret.expired:
        return None
    return await participant_store.find(tx, secret.participant_id)


async def begin(
    tx: Transaction,
    person: Participant,
    language: str | None,
    now: datetime,
    at_most: int,
    *,
    browser: str = "",
    confirmed: bool = False,
) -> str | None:
    """Open a session of a personal page, which makes an invited person join the gathering.

    Returns the session's secret. Returns None, and opens no session, if `at_most` browsers that the person has not
    confirmed already have one. `language` is the language that the browser asks for, None if the program has no
    translation into it; `browser` is the browser's name. The person is asked on their other accounts whether it was
    they, unless the browser is `confirmed` or the person has only now joined. `person` must be read in this
    transaction, so that only one of several browsers at the same time counts as the first.
    """
    confirmed = confirmed or person.status == "invited"
    if not await secret_store.make_room(tx, person.id, now, at_most=at_most, confirmed=confirmed):
        return None
    had_page = any(each.is_page for each in await participant_store.accounts_of(tx, person.id))
    account = await _with_page(tx, person, language, now, told=confirmed)
    if person.status == "invited":
        await accounts.come_in_by_page(tx, person, now)
    session = await secret_store.issue(
        tx,
        "session",
        person.id,
        now,
        expires=now + KEPT,
        account_id=account.id,
        browser=browser,
        confirmed=confirmed,
    )
    opened = await secret_store.find(tx, "session", session, now)
    if opened and not confirmed:
        await browsers.tell_of(tx, person.id, opened.browser, now, added=None if had_page else account)
    return session


async def _with_page(
    tx: Transaction, person: Participant, language: str | None, now: datetime, *, told: bool
) -> Account:
    """Return the account of a person's page, which is added if they had none; see `accounts.attach`."""
    sender = sender_of(person, language)
    account = Account(PLATFORM, sender.native_id, sender.chat, sender.name, language)
    return await accounts.attach(tx, account, person.id, now, told=told)


async def begin_inside(tx: Transaction, person: Participant, by: Account, language: str | None, now: datetime) -> str:
    """Open a short session for a person's page inside a chat app. Returns the session's secret.

    `by` is the account that uses the app, as the app has just proved; its earlier session ends. `language` is the
    language that the browser asks for, None if the program has no translation into it.
    """
    assert by.id is not None
    await secret_store.end_sessions_of(tx, by.id)
    await _with_page(tx, person, language, now, told=False)
    name, expires = source_name(features_of(by.platform).title), now + KEPT_INSIDE
    return await secret_store.issue(
        tx, "session", person.id, now, expires=expires, account_id=by.id, browser=name, confirmed=True
    )


async def go_on(tx: Transaction, participant_id: int, session: str, now: datetime) -> bool:
    """Prolong a session of a participant's page, so that it lasts as long as a new one.

    `session` is the secret of the session. Returns False, and prolongs nothing, if it does not open this participant's
    page.
    """
    found = await recognise(tx, participant_id, session, now, inside=False)
    if found:
        await browser_store.prolong(tx, participant_id, found[1].id, now + KEPT)
        if found[1].told is None and found[1].waits:  # too many were opened at a time to tell of this one
            await browsers.tell_of(tx, participant_id, found[1], now)
    return found is not None


async def recognise(
    tx: Transaction, participant_id: int, session: str, now: datetime, *, inside: bool | None = None
) -> tuple[Participant, Browser] | None:
    """Return the person to whom a session belongs, and their browser.

    `session` is the secret of the session. Returns None if it does not open the page of the participant. `inside` says
    whether it must be a session inside a chat app (True) or in a browser (False); None for either. In a browser that
    nobody confirmed, the person has no role.
    """
    secret = await secret_store.find(tx, "session", session, now)
    if secret is None or secret.expired or secret.participant_id != participant_id:
        return None
    if inside not in (None, secret.browser.inside):
        return None
    person = await participant_store.find(tx, participant_id)
    if person is None:
        return None
    return person if secret.browser.confirmed else person.without_role, secret.browser


async def device_of(tx: Transaction, session: str, now: datetime) -> Device | None:
    """Return the device (the browser) of a session if notifications are on in it; otherwise None.

    `session` is the secret of the session.
    """
    secret = await secret_store.find(tx, "session", session, now)
    return await device_store.of_session(tx, secret.hash) if secret else None


async def ring_in(
    tx: Transaction,
    visit: Visit,
    subscription: Subscription,
    name: str,
    now: datetime,
    *,
    shows_text: bool,
) -> None:
    """Turn on notifications in the browser of a visit.

    `subscription` is the browser's address and keys for pushes; `name` is the browser's name, for its owner. With
    `shows_text`, a notification shows the message's text.
    """
    secret = await secret_store.find(tx, "session", visit.session, now)
    if secret:  # else the session has just ended
        await device_store.put(tx, visit.person.id, secret.hash, subscription, name, now, shows_text=shows_text)


async def stop_ringing_in(tx: Transaction, session: str, now: datetime) -> None:
    """Turn off notifications in the browser of a session; `session` is the session's secret."""
    secret = await secret_store.find(tx, "session", session, now)
    if secret:
        await device_store.end_of_session(tx, secret.hash)


async def end(tx: Transaction, session: str, now: datetime) -> None:
    """End a session, so that the page is closed in one browser; the personal link can open another session.

    `session` is the secret of the session.
    """
    secret = await secret_store.find(tx, "session", session, now)
    if secret:
        await secret_store.forget(tx, secret)
