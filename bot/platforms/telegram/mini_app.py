"""Opens people's own pages inside Telegram, as a Mini App: Telegram tells who opens the page, and signs this.

The text with which Telegram tells this («initData») reaches only our script, after the # of the address, and is posted
back once. No script from Telegram is loaded. Neither this text nor an address is logged.
"""

from __future__ import annotations

import hmac
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from aiohttp import web

from bot.clock import Clock
from bot.config.settings import Settings
from bot.content.platforms.telegram import FEATURES
from bot.content.texts import Text, _
from bot.database.engine import Store, Transaction
from bot.people import attempt_store, participant_store
from bot.people.participants import Account, Participant
from bot.platforms.web.adapter import Web
from bot.platforms.web.auth_routes import read_word
from bot.platforms.web.faults import PostRefused, html
from bot.platforms.web.guard import from_here
from bot.platforms.web.sessions import language_of, reader_of

_VALID = timedelta(minutes=5)
"""For how long the program believes what Telegram tells about a person, after Telegram signed it."""
_AHEAD = timedelta(seconds=10)
"""How much Telegram's clock may be ahead of ours."""
_MOST_FIELDS = 50
_OPENED = attempt_store.counted_action("inside")
"""The action that is counted to believe each signature only once; a count lasts longer than the belief."""

_NOT_BELIEVED = _("Telegram does not say who you are. Close this, and press the button in our chat again.")
_UNKNOWN = _("This Telegram account takes no part here yet: open your invitation in our chat first.")


@dataclass(frozen=True, slots=True)
class Said:
    """What Telegram tells about the person who opens a page: the id of the Telegram user, and a signature.

    The signature is different each time a page is opened.
    """

    user: str
    signature: str


def read(said: str, token: str, now: datetime) -> Said | None:
    """Return what Telegram tells about the person who opens a page; None if it is too old or not signed for our bot.

    `said` is the signed query string from Telegram, and `token` the bot's token.
    """
    with suppress(ValueError, KeyError, TypeError, OverflowError, RecursionError):
        fields = parse_qsl(said, True, True, errors="strict", max_num_fields=_MOST_FIELDS)
        values = dict(fields)
        signature = values.pop("hash")
        signed = "\n".join(f"{name}={value}" for name, value in sorted(values.items()))
        right = hmac.digest(hmac.digest(b"WebAppData", token.encode(), "sha256"), signed.encode(), "sha256").hex()
        if len(fields) != len(values) + 1 or not hmac.compare_digest(right.encode(), signature.encode()):
            return None
        age = timedelta(seconds=now.timestamp() - int(values["auth_date"]))
        if -_AHEAD <= age <= _VALID:
            return Said(str(int(json.loads(values["user"])["id"])), signature)
    return None


class MiniApp:
    """The page that the Telegram app shows inside itself, and that leads a person to their own page."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, pages: Web) -> None:
        """`pages` serves people's pages."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the page that opens inside Telegram, for the web server."""
        return [web.get(FEATURES.page_inside, self._show), web.post(FEATURES.page_inside, self._open)]

    async def _show(self, request: web.Request) -> web.Response:
        reader = reader_of(None, language_of(request), self._settings)
        return html(self._pages.pages.opens_inside(reader))

    async def _open(self, request: web.Request) -> web.Response:
        """Open the page of who Telegram says that opens it. Raises PostRefused if it does not say that, or again."""
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        posted = await read_word(request, "said", self._settings.limits.headers)
        said = read(posted, self._settings.telegram.token.get_secret_value(), self._clock.now())
        if said is None:
            raise _refused(_NOT_BELIEVED)
        account, person = await self._store.transact(lambda tx: self._believe(tx, said))
        if account is None or person is None:
            raise _refused(_UNKNOWN)
        return await self._pages.admit(request, person.id, by=account)

    async def _believe(self, tx: Transaction, said: Said) -> tuple[Account | None, Participant | None]:
        """Return the account and its owner. Raises PostRefused if the same was said before."""
        now = self._clock.now()
        if await attempt_store.pause(tx, _OPENED, said.signature, now, tries=1):
            raise _refused(_NOT_BELIEVED)
        await attempt_store.count(tx, _OPENED, said.signature, now)
        return await participant_store.identify(tx, FEATURES.name, said.user)


def _refused(why: Text) -> PostRefused:
    return PostRefused(why, web.HTTPForbidden.status_code)
