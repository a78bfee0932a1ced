"""Serves the page on which a reader ends announcements by e-mail, with one press there or in their mail program.

Only fetching the address changes nothing, because programs that look for harmful links fetch all of them.
"""

from __future__ import annotations

from aiohttp import web

from bot.config.settings import Settings
from bot.content.texts import Reader, _
from bot.database.engine import Store
from bot.delivery import letter_store
from bot.platforms.email.identity import Identities, LetterIdentity
from bot.platforms.web.faults import html
from bot.platforms.web.pages import Pages
from bot.platforms.web.sessions import language_of, reader_of

_PATH = "/u/"

_ASKED = _("No more announcements by e-mail? Answers, results and what concerns your safety still come.")
_DONE = _("Done: no more announcements come by e-mail. You can change that in the settings on your page.")


def unsubscribe_address(settings: Settings, identity: LetterIdentity) -> str:
    """Return the address of the page on which a letter's reader ends announcements; '' if there are no pages."""
    public = settings.web.public_url.rstrip("/")
    return f"{public}{_PATH}{identity.path}" if public else ""


class Unsubscribing:
    """Serves the pages on which readers of announcements by e-mail end such announcements."""

    def __init__(self, settings: Settings, store: Store, pages: Pages) -> None:
        self._settings = settings
        self._store = store
        self._pages = pages
        self._identities = Identities(store)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the pages for unsubscribing, for the web server."""
        return [web.get(f"{_PATH}{{letter}}", self._ask), web.post(f"{_PATH}{{letter}}", self._end)]

    async def _ask(self, request: web.Request) -> web.Response:
        await self._named(request)
        return html(self._pages.press_page(self._reader(request), (_ASKED,), _("No more announcements"), request.path))

    async def _end(self, request: web.Request) -> web.Response:
        """End announcements on the account that got the letter; mail programs post this without showing any page."""
        identity = await self._named(request)
        await self._store.transact(lambda tx: letter_store.unsubscribe(tx, identity.number))
        return html(self._pages.notice_page(self._reader(request), (_DONE,)))

    async def _named(self, request: web.Request) -> LetterIdentity:
        """Return the letter that the address names. Raises HTTPNotFound for another address."""
        identity = await self._identities.recognise(request.match_info["letter"], on_page=True)
        if identity is None:
            raise web.HTTPNotFound
        return identity

    def _reader(self, request: web.Request) -> Reader:
        return reader_of(None, language_of(request), self._settings)
