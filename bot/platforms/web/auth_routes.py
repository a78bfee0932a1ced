"""Serves everything that needs no session: personal links, which open a session, and static files."""

from __future__ import annotations

import asyncio
import secrets as random
from dataclasses import replace

from aiohttp import web

from bot.clock import Clock
from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.texts import _
from bot.conversation.dispatch import Dispatcher
from bot.conversation.displays import ENTRY, LINK
from bot.conversation.incoming import Called, Content, Incoming, Pressed
from bot.database.engine import Store, Transaction
from bot.membership import letters
from bot.membership.inviting import telegram_link
from bot.people import limits, participant_store, secret_store
from bot.people.browser_store import Browser
from bot.people.participants import Account, Participant
from bot.platforms.web import sessions
from bot.platforms.web.bodies import read_fields
from bot.platforms.web.conversation import PageConversation
from bot.platforms.web.faults import PostRefused, html
from bot.platforms.web.gestures import word
from bot.platforms.web.guard import STATIC, from_here
from bot.platforms.web.pages import Pages
from bot.platforms.web.push.devices import browser_name
from bot.platforms.web.sessions import language_of, reader_of

GREETING = "hi"
"""The payload of the first visit of a person to their page; a handler answers it with a greeting."""

_TOO_MANY = _(
    "Your page is open in too many browsers that nobody confirmed. Press «It was not me» elsewhere, or ask the team for"
    " a new code."
)

_LONGEST = 10_000
"""The most bytes of a form that somebody posts without a session."""


async def read_word(request: web.Request, field: str, patience: float) -> str:
    """Return one field of a form that was posted by somebody without a session.

    Reading takes at most `patience` seconds. Raises HTTPBadRequest for anything that no browser sends for such a form.
    """
    length = request.content_length
    if length is None or length > _LONGEST or request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPBadRequest
    try:
        async with asyncio.timeout(patience):
            return word(await read_fields(request), field)
    except (TimeoutError, ConnectionError):  # the latter: the browser hung up, or had to give way
        raise web.HTTPBadRequest from None


LINKED = LINK.removeprefix(ENTRY).rstrip("/")
"""The word that stands in an address in place of a display's code, and leads to the door without such a code."""


class AuthRoutes:
    """The addresses of the web server that need no session: personal links, static files, and a page's manifest.

    The manifest tells a browser how to install the page as an app.
    """

    def __init__(
        self,
        settings: Settings,
        dispatcher: Dispatcher,
        store: Store,
        clock: Clock,
        pages: Pages,
        conversation: PageConversation,
    ) -> None:
        self._settings = settings
        self._dispatcher = dispatcher
        self._store = store
        self._clock = clock
        self._pages = pages
        self._conversation = conversation

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that need no session, for the web server."""
        return [
            web.get("/", self._outside),
            web.get("/p/{link}", self._show_door),
            web.post("/p/{link}", self._open_door),
            web.post("/c/{person:[0-9]{1,15}}/enter", self._enter),
            web.get(f"{STATIC}{{name}}", self._pages.serve_static),
            web.get("/c/{person:[0-9]{1,15}}/manifest", self._manifest),
        ]

    async def admit(
        self, request: web.Request, person_id: int, *, confirmed: bool = False, by: Account | None = None
    ) -> web.Response:
        """Open a session for a person, and greet them on their page, unless the page ends with the greeting.

        A browser that has a session for this page keeps it. With `confirmed`, it is certain that the browser is the
        person's. `by` is the person's account in the chat app that opens the page inside itself, None in a browser.
        Returns the redirect to the page, with the session's cookie. Raises HTTPNotFound for a person who was erased,
        and PostRefused if their page is open in too many browsers that nobody confirmed.
        """
        language = language_of(request)
        name = browser_name(request.headers.get("User-Agent", ""))

        async def open_session(tx: Transaction) -> tuple[Participant, str, Browser | None]:
            now, session = self._clock.now(), request.cookies.get(sessions.COOKIE, "")
            found = await participant_store.find(tx, person_id)  # another browser may have been admitted meanwhile
            if found is None:
                raise web.HTTPNotFound
            if by:
                session = await sessions.begin_inside(tx, found, by, language, now)
            elif not (session and await sessions.go_on(tx, found.id, session, now)):
                at_most = limits.most(self._settings.limits.sessions, found)
                begun = await sessions.begin(tx, found, language, now, at_most, browser=name, confirmed=confirmed)
                if begun is None:
                    raise PostRefused(_TOO_MANY, web.HTTPTooManyRequests.status_code, *self._pages.whom_to_call)
                session = begun
            opened = await sessions.recognise(tx, found.id, session, now, inside=by is not None)
            return found, session, opened[1] if opened else None

        person, session, browser = await self._store.transact(open_session)
        self._conversation.wake(person.id)  # this may have ended an older session, whose page shows the end
        newcomer = person.status == "invited" and person.attends
        content: Content = Pressed(GREETING) if newcomer else Called("start")
        update_id = f"{person.id}.in.{random.token_urlsafe(12)}"
        sender = replace(sessions.sender_of(person, language), browser=browser)
        answered = await self._dispatcher.handle(Incoming(sessions.PLATFORM, update_id, sender, content, greeting=True))
        if answered.reply and not answered.too_fast:
            here = browser.id if browser and not browser.confirmed else ""
            shown = await self._conversation.greet(person.id, answered.reply.view, answered.reader, answered_in=here)
            self._dispatcher.sent(answered, "" if shown is None else str(shown), withholds=True)
        path = self._pages.path_of(person.id, inside=by is not None)
        response = web.Response(status=303, headers={"Location": f"{path}#latest"})
        if by:  # in a frame of the app's own site; the library knows «Partitioned» from Python 3.14 on
            flags = "HttpOnly; Secure; SameSite=None; Partitioned"
            response.headers["Set-Cookie"] = f"{sessions.COOKIE}={session}; Path={path}; {flags}"
            return response
        response.set_cookie(
            sessions.COOKIE,
            session,
            path=path,
            max_age=int(sessions.KEPT.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=self._settings.web.encrypted,
        )
        return response

    async def _outside(self, request: web.Request) -> web.Response:
        reader = reader_of(None, language_of(request), self._settings)
        return html(self._pages.entry(reader, LINKED, "", lines=self._pages.whom_to_call))

    async def _manifest(self, request: web.Request) -> web.Response:
        manifest = self._pages.manifest(int(request.match_info["person"]))
        return web.json_response(manifest, content_type="application/manifest+json")

    async def _show_door(self, request: web.Request) -> web.Response:
        person, link = await self._owner(request), request.match_info["link"]
        reader = reader_of(person, language_of(request), self._settings)
        telegram, discord = await self._store.read(lambda tx: self._elsewhere(tx, person, link))
        return html(self._pages.door(reader, person.id, link, telegram=telegram, discord=discord))

    async def _elsewhere(self, tx: Transaction, person: Participant, link: str) -> tuple[str, str]:
        """Return where the owner of a link who has not joined can do so, on Telegram and Discord; '' for nowhere."""
        if person.status != "invited" or not await secret_store.issued(tx, person.id, "invitation"):
            return "", ""
        username, discord = await setting_store.telegram_username(tx), self._settings.discord
        return (
            telegram_link(username, f"j-{link}") if username and self._settings.telegram.token else "",
            discord.welcome_link if discord.token else "",
        )

    async def _open_door(self, request: web.Request) -> web.Response:
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        return await self._come_in(request, request.match_info["link"])

    async def _enter(self, request: web.Request) -> web.Response:
        """Open the page of a personal link, from its door or pasted where no page opened.

        A browser that has a session already sends it to this address, and not to the door's.
        """
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        return await self._come_in(request, await self.read_link(request))

    async def _come_in(self, request: web.Request, link: str) -> web.Response:
        """Open the page of whoever pressed behind a personal link, which proves the address to which it was sent."""
        person = await self._owner_of(link)
        response = await self.admit(request, person.id)
        await self._store.transact(lambda tx: letters.prove_by_link(tx, person, link, self._clock.now()))
        return response

    async def read_link(self, request: web.Request) -> str:
        """Return the secret of a personal link, or the code, that somebody typed into a form.

        Raises HTTPBadRequest for anything that no browser sends for such a form.
        """
        typed = await read_word(request, "link", self._settings.limits.headers)
        return typed.strip().rstrip("/").rpartition("/")[2]

    async def _owner(self, request: web.Request) -> Participant:
        return await self._owner_of(request.match_info["link"])

    async def _owner_of(self, link: str) -> Participant:
        """Return the person whose page a link opens. Raises HTTPNotFound for a link that opens none."""
        person = await self._store.read(lambda tx: sessions.owner(tx, link, self._clock.now()))
        if person is None:
            raise web.HTTPNotFound
        return person
