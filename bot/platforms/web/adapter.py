"""Contains the adapter for personal pages: an HTTP server, and what adds messages to the pages.

Other routes can be served too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.background.side_process import SideProcess
from bot.background.wakeups import Wakeups
from bot.clock import Clock
from bot.config import appearance_store
from bot.config.settings import Settings
from bot.content.branding import Branding
from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.scenes import Scene
from bot.content.texts import Name, Reader, Text
from bot.content.views import View
from bot.conversation.dispatch import Dispatcher
from bot.conversation.displays import ENTRY, PATH, Display
from bot.conversation.incoming import Content
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery.platform import Address, Membership
from bot.drawing.qr import qr_path
from bot.logs import under_reference
from bot.monitoring.health import Health
from bot.people import participant_store
from bot.people.participants import Account
from bot.platforms.duties import in_one_program
from bot.platforms.web.auth_routes import AuthRoutes
from bot.platforms.web.bodies import SMALL
from bot.platforms.web.conversation import PageConversation
from bot.platforms.web.desk_routes import DeskRoutes
from bot.platforms.web.display_pictures import DisplayPictures
from bot.platforms.web.display_routes import DisplayRoutes
from bot.platforms.web.display_watch import DisplayWatches
from bot.platforms.web.entry_routes import EntryRoutes
from bot.platforms.web.faults import Handler, error_middleware
from bot.platforms.web.gestures import Gesture, GestureHandler
from bot.platforms.web.guard import security_headers
from bot.platforms.web.page_routes import PageRoutes
from bot.platforms.web.pages import Pages
from bot.platforms.web.posts import Posts
from bot.platforms.web.push.sender import PushSender
from bot.platforms.web.server import HttpServer
from bot.platforms.web.sessions import PLATFORM, Visit, reader_of
from bot.platforms.web.streams import Streams
from bot.platforms.web.turns import Turns

log = structlog.get_logger()

FRAMER = "https://web.telegram.org"
"""The site that may show in a frame what Telegram opens inside itself; Telegram's apps need no permission."""
_LOOK_EVERY = timedelta(seconds=5)
"""The shortest time between two looks whether organisers changed the colour or a logo."""
_PAGES = ("/p/", "/c/", ENTRY, PATH)
"""How the paths of pages begin."""
_CHANGED_PAGES = "pages"
"""The topic under which programs tell each other whose page changed."""


class Web:
    """The adapter for personal pages.

    `run` serves the pages until cancelled; delivery calls the other methods to send messages.
    """

    name = PLATFORM
    channels = None
    calendar = None
    single_intake = False

    def __init__(
        self,
        settings: Settings,
        dispatcher: Dispatcher,
        store: Store,
        clock: Clock,
        wakeups: Wakeups,
        health: Health | None = None,
        *,
        framed: bool = False,
        displays: Sequence[Display] = (),
        lock_screen: Mapping[str, Text] = MappingProxyType({}),
        new_process: Callable[[], SideProcess] = SideProcess,
    ) -> None:
        """`wakeups` notifies the pages that other programs serve of changes.

        `health` is what the server reports at `/health`; None for the health of the pages alone. `framed` says whether
        other pages of the same origin may show these pages in a frame, as the demo does. `displays` are the displays of
        capabilities, whose pictures are drawn in a process of `new_process`. `lock_screen` has, by kind of delivery,
        what a notification shows on a locked phone.
        """
        self._settings = settings
        self._dispatcher = dispatcher
        self._store = store
        self._clock = clock
        prefix = urlsplit(settings.web.public_url).path.rstrip("/")
        pages = Pages(settings, dispatcher.router, clock, prefix)
        self.server = HttpServer(settings, [error_middleware(settings, pages), self._dress], SMALL)
        """The server, on which other routes may be mounted before `run`."""
        connections = self.server.connections
        self._streams = Streams(connections.most_streams, partial(wakeups.tell, _CHANGED_PAGES))
        wakeups.on(_CHANGED_PAGES, self._streams.wake_here)
        files = dispatcher.files
        self.pushes = PushSender(store, settings, clock, lock_screen) if settings.web.rings else None
        """The sender of push notifications, in the program that delivers; None if pages send none."""
        if self.pushes:
            pushes = self.pushes
            wakeups.on("pushes", lambda _ids: pushes.wake())
        self._conversation = PageConversation(store, files, clock, self._streams, self.pushes)
        self._gestures = gestures = GestureHandler(dispatcher, store, self._conversation, clock)
        self._auth_routes = AuthRoutes(settings, dispatcher, store, clock, pages, self._conversation)
        self.mount(self._auth_routes.routes())
        self.mount((health or Health(store, clock)).routes())
        posts, turns = Posts(settings.limits), Turns(settings.limits.requests, connections.most)
        page_routes = PageRoutes(
            settings, dispatcher, store, files, clock, pages, gestures, self._streams, posts, turns
        )
        self.mount(page_routes.routes())
        most_desks = max(connections.most // 4, 1)
        self._desk = DeskRoutes(settings, dispatcher, store, pages, page_routes, wakeups, most_desks)
        self.mount(self._desk.routes())
        self.pages = pages
        """The renderer of the pages."""
        self._worn = 0
        self._looked_at: datetime | None = None
        by_kind = {display.kind: display for display in displays}
        self._pictures = DisplayPictures(settings, store, self._wake_displays, new_process)
        self._watches = DisplayWatches(store, clock, by_kind, self._render_scene, max(connections.most // 4, 1))
        for table in frozenset().union(*(display.tables for display in displays)):
            wakeups.on(table, lambda _ids: self._wake_displays())
        for table in frozenset().union(*(display.busy_tables for display in displays)):
            wakeups.on(table, lambda _ids: self._watches.wake_soon())
        display_routes = DisplayRoutes(
            settings, dispatcher, store, files, clock, pages, by_kind, self._watches, self._pictures, posts, turns
        )
        self.mount(display_routes.routes())
        entry_routes = EntryRoutes(settings, store, clock, pages, by_kind, self._watches, self._auth_routes)
        self.mount(entry_routes.routes())

        async def protect(request: web.Request, response: web.StreamResponse) -> None:
            locates = pages.is_path_of_page(request)
            framers = (
                FRAMER if settings.web.encrypted and pages.is_inside(request) else "'self'" if framed else "'none'"
            )
            headers = security_headers(request, settings.web.public_url, framers=framers, locates=locates)
            for name, value in headers.items():
                response.headers.setdefault(name, value)

        self.server.app.on_response_prepare.append(protect)

    def _wake_displays(self) -> None:
        self._watches.wake()

    async def _render_scene(self, scene: Scene, reader: Reader, erasure: str) -> str:
        """Return the HTML of a scene, with its pictures if they are drawn; those that are needed soon are drawn now.

        `erasure` is the word of the latest erasure.
        """
        self._pictures.keep_since(erasure)
        if scene.entry:  # its picture is remembered: the first time it takes a while
            await asyncio.to_thread(qr_path, self.pages.entry_address(scene.entry))
        picture = self._pictures.find(scene.drawing, reader) if scene.drawing else None
        for drawing in scene.soon:
            self._pictures.find(drawing, reader)
        return self.pages.scene(scene, reader, picture)

    def mount(self, routes: Iterable[web.AbstractRouteDef]) -> None:
        """Serve these routes, such as Telegram's webhook, on the same server. Call this before `run`."""
        self.server.app.add_routes(routes)

    async def admit(self, request: web.Request, participant_id: int, *, by: Account | None = None) -> web.Response:
        """Open a participant's page for a request without a personal link, as the demo and chat apps do.

        `by` is the person's account in the chat app inside which the page is opened; None if it is opened in a browser.
        Returns the redirect to the page, with the session's cookie. Raises HTTPNotFound if there is no such
        participant, and PostRefused if the page is open in too many browsers that nobody confirmed.
        """
        return await self._auth_routes.admit(request, participant_id, confirmed=True, by=by)

    async def act(self, participant_id: int, content: Content, token: str, text: str = "") -> None:
        """Handle something that a participant does on their page, for the demo's invented people.

        `content` is what they do. `token` must be new for each act: a second call with the same token changes nothing.
        `text` is what the conversation shows as said by the person, '' for nothing.
        """
        person = await self._store.read(lambda tx: participant_store.find(tx, participant_id))
        if person is not None:
            visit = Visit(person, reader_of(person, None, self._settings), None, "")
            await self._gestures.take(visit, Gesture(content, token, words=(Name(text),) if text else ()))

    async def prepare(self) -> None:
        """Do nothing, because pages need no login, and any number of programs can serve them."""

    async def run(self) -> None:
        """Serve pages until cancelled. Raises ConfigError if the server cannot listen on the configured address."""
        self._streams.start()
        self._desk.start()
        await self._answer_leftovers()
        async with self.server.serving():
            try:
                if self._store.program is not None:
                    answer = self._answer_leftovers
                    await in_one_program(self._store, self._clock, f"{PLATFORM}:leftovers", answer, answer)
                await asyncio.Event().wait()
            finally:
                self._streams.end()
                self._desk.end()
                await self._watches.close()
                await self._pictures.close()

    @web.middleware
    async def _dress(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request; of pages, in the colour and with the logos that organisers chose a few seconds ago."""
        now = self._clock.now()
        if request.path.startswith(_PAGES) and (self._looked_at is None or now - self._looked_at >= _LOOK_EVERY):
            self._looked_at = now
            await self._put_on()
        return await handler(request)

    async def _put_on(self) -> None:

        async def unit(tx: Transaction) -> tuple[int, Branding | None]:
            version = await appearance_store.version(tx)
            changed = version != self._worn
            return version, await appearance_store.present(tx, self._settings.gathering.branding) if changed else None

        try:
            self._worn, branding = await self._store.read(unit)
        except StoreUnavailable:
            return
        if branding and branding != self.pages.branding:
            self.pages.wear(branding)

    async def _answer_leftovers(self) -> None:
        try:
            for left in await self._dispatcher.leftovers(PLATFORM):
                answered = left.answered
                with under_reference(answered.reference):
                    try:
                        if answered.reply:
                            await self._conversation.greet(int(left.chat), answered.reply.view, answered.reader)
                            self._dispatcher.sent(answered)
                    except StoreUnavailable:
                        raise
                    except Exception:  # a failed answer must not prevent serving, and would fail again
                        log.exception("web.leftover_failed")
                        self._dispatcher.sent(answered)
        except StoreUnavailable:
            log.warning("web.leftovers_waiting")

    def count_messages(
        self, _address: Address, _view: View, _reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        """Return 1, because for the pace of deliveries each message to a page counts once."""
        return 1

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Add a message to a person's page, and return the message's id.

        A second call with the same `delivery_id` adds nothing. Raises Unreachable if the person was erased, and
        RetryLater if the database or the files do not answer.
        """
        try:
            message = await self._conversation.push(int(address.chat), view, reader, delivery_id)
        except StoreUnavailable:
            raise RetryLater("the store does not answer", whole_platform=True) from None
        except OSError as error:
            raise RetryLater(f"a file cannot be stored: {error.strerror}") from None
        return _native_id(message)

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Edit the message with the id `native_id` on a person's page, and return the message's id.

        If the page does not have the message any more, it is added again and has a new id. Raises Unreachable if the
        person was erased, and RetryLater if the database or the files do not answer.
        """
        try:
            message = await self._conversation.revise(int(address.chat), int(native_id), view, reader)
        except StoreUnavailable:
            raise RetryLater("the store does not answer", whole_platform=True) from None
        except OSError as error:
            raise RetryLater(f"a file cannot be stored: {error.strerror}") from None
        return _native_id(message)

    async def delete(self, address: Address, native_id: str) -> bool:
        """Delete a message from a person's page; return True, because pages always allow that.

        Raises RetryLater if the database does not answer.
        """
        try:
            await self._conversation.remove(int(address.chat), int(native_id))
        except StoreUnavailable:
            raise RetryLater("the store does not answer", whole_platform=True) from None
        return True

    async def pin(self, address: Address, native_id: str) -> None:
        """Pin a message at the top of a person's page.

        Raises Rejected if the page has no such message, RetryLater if the store does not answer.
        """
        try:
            pinned = await self._conversation.pin(int(address.chat), int(native_id))
        except StoreUnavailable:
            raise RetryLater("the store does not answer", whole_platform=True) from None
        if not pinned:
            raise Rejected("the page does not show this any more")

    async def unpin(self, address: Address, native_id: str) -> None:
        """Do nothing, because a message that was pinned is deleted from the page instead."""

    async def show_membership(self, membership: Membership) -> None:
        """Refresh a person's open pages after their role changed, so that they show what the person may see now."""
        self._streams.wake(int(membership.native_id))

    async def close(self) -> None:
        """Do nothing, because `run` closes what it opened, and deliveries only use the database."""


def _native_id(message: int | None) -> str:
    """Return a message's id as text. Raises Unreachable for None."""
    if message is None:
        raise Unreachable("nobody has this page any more")
    return str(message)
