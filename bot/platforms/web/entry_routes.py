"""Serves the short addresses that displays show («/e/KX7P2M»): they lead people to their own page, or to a door.

A door is a page at which a person types the code or the link of their own invitation. A short address is for everybody
who sees the wall, so it opens nothing by itself: the browser says by a cookie whose page it is. Links to a screen
(«/e/link/…»), such as a badge, are led in the same way. Guesses are counted as in chats, but all together,
because a page has no account and nobody's network address is used. So a right code is let in however many wrong ones
were typed: there are too many codes to find one by trying.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.clock import Clock
from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.texts import Joined, Reader, Span, _
from bot.conversation import display_store
from bot.conversation.displays import ENTRY, LINK, Display
from bot.database.engine import Store, Transaction
from bot.membership.inviting import telegram_link
from bot.people import attempt_store, codes, secret_store
from bot.platforms.web import sessions
from bot.platforms.web.auth_routes import LINKED, AuthRoutes
from bot.platforms.web.display_watch import DisplayWatches, Watched
from bot.platforms.web.faults import html
from bot.platforms.web.guard import from_here
from bot.platforms.web.pages import Pages
from bot.platforms.web.sessions import language_of, reader_of

_ONE = f"{ENTRY}{{code}}"
_LINK = f"{LINK}{{payload}}"
_ADDRESS, _CODE = attempt_store.counted_action("address"), attempt_store.counted_action("door")
"""What is guessed: the addresses of sessions, and the codes of people at the door."""
_TRIES = attempt_store.CROWD
"""How many wrong guesses are answered before a pause."""

_UNKNOWN = _("This address leads nowhere: look at the screen again.")
# L10N: after a session, to whoever opens the short address that was on the wall
_OVER = _("This session is over. Thank you for coming!")
_WRONG = _("This code opens no page: check it. If it was used elsewhere, it only works there.")
_WAIT = _("Too many wrong codes were typed here. Try again in ten minutes, or open the link of your invitation.")


class EntryRoutes:
    """The short addresses on the web server that displays on walls show, and that lead people to their own pages."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        pages: Pages,
        displays: Mapping[str, Display],
        watches: DisplayWatches,
        auth: AuthRoutes,
    ) -> None:
        """`watches` reads what displays show, and `auth` opens a page."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._pages = pages
        self._displays = displays
        self._watches = watches
        self._auth = auth

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the short addresses, for the web server."""
        return [web.get(_ONE, self._enter), web.post(_ONE, self._open), web.get(_LINK, self._follow)]

    async def _enter(self, request: web.Request) -> web.Response:
        """Lead to the page that was opened in this browser, else to the door; say it if the session is over."""
        reader, page = self._reader(request), self._page(request)
        # After too many guesses no address is looked up: all of them look alike, and people still come in.
        found = "on" if await self._must_wait(_ADDRESS) else await self._state(request)
        if found == "unknown":
            await self._count(_ADDRESS)
            return html(self._pages.notice_page(reader, (_UNKNOWN,), page), web.HTTPNotFound.status_code)
        if found == "over":
            return html(self._pages.notice_page(reader, (_OVER,), page), web.HTTPGone.status_code)
        if page:
            raise web.HTTPSeeOther(f"{page}#latest")
        return await self._door(request, reader)

    async def _follow(self, request: web.Request) -> web.Response:
        """Lead to the screen of a link on the page that was opened in this browser, else to the door.

        So organisers scan a badge with the telephone on which their page is open.
        """
        page, payload = self._page(request), request.match_info["payload"]
        if page:
            raise web.HTTPSeeOther(f"{page}link?{urlencode({'payload': payload})}")
        return await self._door(request, self._reader(request))

    def _page(self, request: web.Request) -> str:
        """Return the path of the page that was opened in this browser; '' if none was."""
        number = request.cookies.get(sessions.NUMBER_COOKIE, "")
        return self._pages.path_of(int(number)) if number.isascii() and number.isdecimal() and len(number) < 16 else ""

    async def _open(self, request: web.Request) -> web.Response:
        """Open the page of whoever typed the code or the link of their invitation at the door."""
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        typed, now = await self._auth.read_link(request), self._clock.now()
        guessed = len(codes.normalise(typed)) <= codes.INVITATION

        async def owner(tx: Transaction) -> int | None:
            secret = await secret_store.find(tx, "invitation" if guessed else "page", typed, now)
            usable = secret is not None and not secret.expired and not (guessed and secret.used)
            return secret.participant_id if secret and usable else None

        person = await self._store.read(owner)
        if person is None:
            if guessed and await self._must_wait(_CODE):  # a right code is let in, whoever types wrong ones
                wait = Joined((_WAIT, *(part for line in self._pages.whom_to_call for part in (" ", line))))
                return await self._door(request, self._reader(request), wait, web.HTTPTooManyRequests.status_code)
            if guessed:  # a wrong link does not count as a guess
                await self._count(_CODE)
            status = web.HTTPUnprocessableEntity.status_code
            return await self._door(request, self._reader(request), _WRONG, status, typed)
        return await self._auth.admit(request, person)

    async def _state(self, request: web.Request) -> str:
        """Return «on», «over» or «unknown»: what becomes of the session whose address was opened."""
        code = request.match_info["code"]
        entry = await self._store.read(lambda tx: display_store.find_entry(tx, code))
        if entry is None or entry[0] not in self._displays:
            return "unknown"
        shown = await self._watches.present(Watched(*entry, reader_of(None, None, self._settings)))
        return "on" if shown.scene and shown.scene.entry else "over"

    async def _door(
        self, request: web.Request, reader: Reader, problem: Span = "", status: int = 200, typed: str = ""
    ) -> web.Response:
        username = await self._store.read(setting_store.telegram_username)
        telegram, payload = f"https://t.me/{username}" if username else "", request.match_info.get("payload")
        if username and payload:
            telegram = telegram_link(username, quote(payload, safe=""))
        code = request.match_info.get("code", LINKED)
        words = " " in typed and not codes.might_be(typed)
        # The words, or the link, may ask for help.
        numbers = self._pages.whom_to_call if words or code == LINKED else ()
        return html(self._pages.entry(reader, code, telegram, problem, numbers), status)

    def _reader(self, request: web.Request) -> Reader:
        return reader_of(None, language_of(request), self._settings)

    async def _must_wait(self, guessed: str) -> bool:
        now = self._clock.now()
        return await self._store.read(lambda tx: attempt_store.pause(tx, guessed, "", now, tries=_TRIES)) is not None

    async def _count(self, guessed: str) -> None:
        now = self._clock.now()
        await self._store.transact(lambda tx: attempt_store.count(tx, guessed, "", now))
