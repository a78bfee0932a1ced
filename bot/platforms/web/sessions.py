"""Who looks at a page: a personal link opens a session, a cookie keeps it.

A page lives at /c/<participant>, and its cookie is sent there only: two people on one computer, or the two views of
the demo, each keep their own. The number in the address proves nothing, the session does.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.config.settings import Settings
from bot.content import i18n
from bot.content.texts import Reader
from bot.conversation.incoming import Actor
from bot.database.engine import Transaction
from bot.membership import accounts
from bot.people import participant_store, secret_store
from bot.people.participants import Account, Participant
from bot.platforms.web.features import FEATURES

PLATFORM = FEATURES.name
COOKIE = "session"
KEPT = timedelta(days=180)
"""From weeks before the gathering to months after; the link opens another session at any time."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone known who looks at their own page, for one request."""

    person: Participant
    reader: Reader
    language: str | None
    session: str

    @property
    def seal(self) -> str:
        """What every form of this session holds, and a forged one cannot."""
        return hashlib.sha256(f"seal {self.session}".encode()).hexdigest()[:32]

    def sealed(self, seal: str) -> bool:
        """Whether a form came from this session."""
        return hmac.compare_digest(seal.encode(), self.seal.encode())

    @property
    def sender(self) -> Actor:
        """The person as the way in knows them."""
        return sender_of(self.person, self.language)


def sender_of(person: Participant, language: str | None) -> Actor:
    """A participant's page as account and chat: both are the participant."""
    return Actor(str(person.id), person.name, language, str(person.id))


def language_of(request: web.Request) -> str | None:
    """The first language the browser asks for that the house speaks."""
    for tag in request.headers.get("Accept-Language", "").split(","):
        language = tag.split(";")[0].strip().split("-")[0].lower()
        if language in i18n.LOCALES:
            return language
    return None


def reader_of(person: Participant | None, language: str | None, settings: Settings) -> Reader:
    """How someone reads: as they chose, else as their browser asks."""
    gathering = settings.gathering
    wanted = (person.locale if person else None, language)
    return Reader(i18n.negotiate(wanted, gathering.locales), gathering.zone)


async def owner(tx: Transaction, link: str, now: datetime) -> Participant | None:
    """Whose page a personal link opens; None for one that was never given out, or no longer holds."""
    secret = await secret_store.find(tx, "page", link, now)
    if secret is None or secret.expired:
        return None
    return await participant_store.find(tx, secret.participant_id)


async def begin(tx: Transaction, person: Participant, language: str | None, now: datetime, at_most: int) -> str:
    """A session for someone, who is taken in if they were only invited so far; its secret.

    Of one person `at_most` are open: the oldest end.
    """
    sender = sender_of(person, language)
    account = Account(PLATFORM, sender.native_id, sender.chat, sender.name, language)
    account = await accounts.attach(tx, account, person.id, now)
    if person.status == "invited":
        await accounts.come_in_by_page(tx, person, now)
    await secret_store.revoke_oldest(tx, person.id, "session", keep=at_most - 1)
    return await secret_store.issue(tx, "session", person.id, now, expires=now + KEPT, account_id=account.id)


async def recognise(tx: Transaction, participant_id: int, session: str, now: datetime) -> Participant | None:
    """The person behind a session, if it opens this page."""
    secret = await secret_store.find(tx, "session", session, now)
    if secret is None or secret.expired or secret.participant_id != participant_id:
        return None
    return await participant_store.find(tx, participant_id)


async def end(tx: Transaction, session: str, now: datetime) -> None:
    """Close the page on one device; the link opens it again."""
    secret = await secret_store.find(tx, "session", session, now)
    if secret:
        await secret_store.forget(tx, secret)
