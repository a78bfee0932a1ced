"""Serves the page of a person, and what it requests.

Each gesture (a press, a choice, a message, a form) is an HTML form that works without script; the page's script sends
the same form, and gets JSON instead of a page.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from secrets import token_urlsafe
from typing import Literal
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from bot.clock import Clock
from bot.config.settings import Settings
from bot.content import confidential_views
from bot.content.texts import _
from bot.content.views import View
from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Pressed
from bot.conversation.menu import Menu
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.files.stored_files import Files
from bot.membership import browsers
from bot.people import limits
from bot.people.reference_store import pictured
from bot.platforms.web import page_store, sessions
from bot.platforms.web.bodies import Posted
from bot.platforms.web.faults import READER, PostRefused, html, notice_page, wants_json
from bot.platforms.web.gestures import (
    FormOpened,
    Gesture,
    GestureHandler,
    GestureRefused,
    GestureTaken,
    Outcome,
    number,
    read,
    word,
)
from bot.platforms.web.guard import from_here
from bot.platforms.web.page_store import Excerpt, PageMessage
from bot.platforms.web.pages import INSIDE, Bell, Pages
from bot.platforms.web.posts import Posts
from bot.platforms.web.push import devices
from bot.platforms.web.push.vapid import load_key
from bot.platforms.web.sending import send, send_piece, send_stored
from bot.platforms.web.sessions import Visit, language_of, reader_of
from bot.platforms.web.streams import PageStream, Streams
from bot.platforms.web.turns import Turns

BEAT = 15.0
"""The seconds after which a stream sends the time in any case, because proxies close connections without traffic.

If no other program notifies this one of changes, it also reads the store then.
"""

_PERSON = "/{person:[0-9]{1,15}}/"
_ATTACHMENT = "{kind:file|picture}/{message:[0-9]{1,15}}/{position:[0-9]{1,2}}"

_BESIDE = "beside/{kind:[a-z]{1,20}}-{number:[0-9]{1,15}}"
"""A picture beside an option, by its key."""
_KEPT = "private, max-age=600"
"""For how long a browser keeps the picture beside an option, which is about as long as people choose."""

_Handler = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]

_AGAIN = b"retry: 2000\n\n"
"""The beginning of a stream that stays open; `retry` is the time in ms after which a browser connects again."""
_LATER = b"retry: 15000\nevent: later\ndata:\n\n"
"""The event of a stream for which there is no room now."""
_CLOSED = b"event: closed\ndata:\n\n"
"""The event of a page whose session has ended."""
_ANEW = b"event: confirmed\ndata:\n\n"
"""The event after which a page is loaded again, because its browser was confirmed or a backup was restored."""
_ELSEWHERE = b"retry: 3600000\nevent: elsewhere\ndata:\n\n"
"""The event of a stream that ends because newer tabs of the same person are open."""


class PageRoutes:
    """The web server's addresses of a person's page, which work only in a session of this person."""

    def __init__(
        self,
        settings: Settings,
        dispatcher: Dispatcher,
        store: Store,
        files: Files,
        clock: Clock,
        pages: Pages,
        gestures: GestureHandler,
        streams: Streams,
        posts: Posts,
        turns: Turns,
    ) -> None:
        self._settings = settings
        self._dispatcher = dispatcher
        self._store = store
        self._files = files
        self._clock = clock
        self._pages = pages
        self._gestures = gestures
        self._streams = streams
        self._posts = posts
        self._turns = turns
        self._known_key = ""

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of people's pages for the web server."""
        return [*self._routes_below(f"/c{_PERSON}"), *self._routes_below(f"{INSIDE}{_PERSON}")]

    def _routes_below(self, mine: str) -> list[web.RouteDef]:
        return [
            web.get(mine, self.in_turn(self._chat)),
            web.get(f"{mine}events", self._events, allow_head=False),
            web.get(f"{mine}menu", self.in_turn(self._menu)),
            web.get(f"{mine}pocket", self.in_turn(self._pocket)),
            web.get(f"{mine}form", self.in_turn(self._form)),
            web.get(f"{mine}link", self.in_turn(self._link)),
            web.get(f"{mine}{_ATTACHMENT}", self.in_turn(self._attachment)),
            web.get(f"{mine}{_BESIDE}", self.in_turn(self._beside)),
            web.post(f"{mine}seen", self.in_turn(self._seen)),
            web.post(f"{mine}leave", self.in_turn(self._leave)),
            web.post(f"{mine}ring", self.in_turn(self._ring)),
            web.post(f"{mine}unring", self.in_turn(self._unring)),
            web.post(f"{mine}{{gesture:say|press|pick|call|submit|locate}}", self.in_turn(self._gesture)),
        ]

    def in_turn(self, handler: _Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return a handler that calls `handler` with the visit, once the person has few enough requests in progress.

        `Turns` decides how many requests of one person are answered at a time.
        """

        async def answer(request: web.Request) -> web.StreamResponse:
            visit = await self.find_visit(request)
            request[READER] = visit.reader
            async with self._turns.turn_of(visit.person, visit.counted_in):
                response = await handler(request, visit)
                if isinstance(response, web.Response):
                    await send(request, response)
                return response

        return answer

    # --- what is there to read

    async def _chat(self, request: web.Request, _visit: Visit) -> web.Response:
        if (before := number(request.query.get("before", ""))) is not None:
            return await self._older(request, before)
        visit, excerpt, revision = await self._read_page(request)
        await self._mark_seen(visit, excerpt.messages)
        takes_files, aim = await self._gestures.composing(visit)
        menu, bell = await self._gestures.menu(visit), await self._bell(visit)
        page = self._pages.chat(visit, excerpt, revision, menu=menu, takes_files=takes_files, bell=bell, aim=aim)
        response = html(page)
        if not visit.inside:
            response.set_cookie(
                sessions.NUMBER_COOKIE,
                str(visit.person.id),
                path=self._pages.path_of_entry(),
                max_age=int(sessions.KEPT.total_seconds()),
                httponly=True,
                samesite="Lax",
                secure=self._settings.web.encrypted,
            )
        return response

    async def _pocket(self, request: web.Request, _visit: Visit) -> web.Response:
        """Return the page as a device keeps it for the time without network: the last messages, and some screens.

        Nothing counts as seen by this, and nothing secret or confidential is in it.
        """
        visit, excerpt, revision = await self._read_page(request)
        public = [message for message in excerpt.messages if not (message.secret or message.view.confidential)]
        _takes_files, aim = await self._gestures.composing(visit)
        page = self._pages.chat(
            visit,
            Excerpt(public, None),
            revision,
            menu=Menu(),
            takes_files=False,
            bell=await self._bell(visit),
            aim=aim,
            screens=await self._gestures.screens(visit),
        )
        return html(page)

    async def _menu(self, _request: web.Request, visit: Visit) -> web.Response:
        """Return what the person can do at this moment; the script requests it when the menu is opened."""
        return html(self._pages.menu(visit, await self._gestures.menu(visit)))

    async def _older(self, request: web.Request, before: int) -> web.Response:
        """Return the messages before a message, as a page of its own, or as JSON for the script to insert."""

        async def read_page(tx: Transaction) -> tuple[Visit, Excerpt]:
            visit = await self._recognise(tx, request)
            excerpt = await page_store.before(tx, visit.person.id, before, here=visit.new_in)
            return visit, await self._excerpt_in(tx, visit, excerpt)

        visit, excerpt = await self._store.read(read_page)
        if not wants_json(request):
            return html(self._pages.older(visit, excerpt))
        fragments = [self._fragment(visit, message) for message in excerpt.messages]
        return web.json_response({"messages": fragments, "older": excerpt.older})

    async def _form(self, request: web.Request, visit: Visit) -> web.Response:
        message = number(request.query.get("message", ""))
        opened = await self._gestures.reopen(visit, request.query.get("payload", ""), message)
        if opened is None:
            raise web.HTTPSeeOther(self._pages.path_of_visit(visit))
        return html(self._pages.form(visit, opened))

    async def _attachment(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        message, position = int(request.match_info["message"]), int(request.match_info["position"])

        async def find(tx: Transaction) -> page_store.PageFile | None:
            shown = await page_store.find(tx, visit.person.id, message) if visit.unconfirmed else None
            if shown and visit.unconfirmed and shown.waits_in(visit.unconfirmed):
                return None
            return await page_store.find_file(tx, visit.person.id, message, position)

        page_file = await self._store.read(find)
        if page_file is None:
            raise web.HTTPNotFound
        shown = request.match_info["kind"] == "picture"
        return await send_stored(request, self._files, page_file.digest, page_file.name, page_file.content, shown=shown)

    async def _beside(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        """Send a picture beside an option, to whoever may see it now."""
        kind, key = request.match_info["kind"], int(request.match_info["number"])
        found = await self._store.read(lambda tx: pictured(tx, visit.person, kind, key))
        if not found:
            raise web.HTTPNotFound
        digest, name = found[0]
        return await send_stored(request, self._files, digest, name, shown=True, kept=_KEPT)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Stream the changes of a page, from the last revision that the browser has."""

        async def read_visit(tx: Transaction) -> tuple[Visit, int]:
            visit = await self._recognise(tx, request)
            return visit, await page_store.latest_revision(tx, visit.person.id)

        visit, latest = await self._store.read(read_visit)
        at_most = limits.most(self._settings.limits.streams, visit.person)
        after = number(request.headers.get("Last-Event-ID", "") or request.query.get("after", "")) or 0
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        with contextlib.suppress(ConnectionResetError):
            await stream.prepare(request)
            stream.headers.clear()  # they were sent, and thousands of streams are open
            if after > latest:  # a backup was restored: the page shows what was said since then
                await self._write(request, stream, _AGAIN, _ANEW)
                return stream
            if self._streams.full:  # send what is new, and let the browser ask again later
                await self._write(request, stream, _LATER)
                with contextlib.suppress(StoreUnavailable):
                    _after, lines = await self._news(request, after)
                    await self._write(request, stream, *lines)
                return stream
            await self._stream_changes(request, stream, visit, at_most, after)
        return stream

    async def _stream_changes(
        self, request: web.Request, stream: web.StreamResponse, visit: Visit, at_most: int, after: int | None
    ) -> None:
        """Send changes until the session ends, or `at_most` newer streams of the same person are open.

        Those in each new browser count apart. The first look takes a turn among the person's requests.
        """
        with self._streams.listening(
            visit.person.id, at_most, lambda: request.transport is None, browser=visit.counted_in
        ) as page_stream:
            await self._write(request, stream, _AGAIN)
            look: AbstractAsyncContextManager[None] = self._turns.turn_of(visit.person, visit.counted_in)
            while after is not None and not (self._streams.ending or page_stream.displaced):
                page_stream.woken = False
                look_within = self._store.pause(timedelta(seconds=BEAT))
                lines: Sequence[bytes]
                turn, look = look, contextlib.nullcontext()
                try:
                    async with turn:
                        after, lines = await self._news(request, after)
                except PostRefused:  # many streams are being opened at once, each of which may ask for the whole page
                    await self._write(request, stream, _LATER)
                    return
                except StoreUnavailable:  # the change that woke it is not announced again
                    lines, look_within = (self._time(),), timedelta(seconds=BEAT)
                await self._write(request, stream, *lines)
                if after is not None and len(lines) <= page_store.AT_ONCE:  # otherwise there may be more messages
                    await self._wait_for_news(request, stream, page_stream, look_within)
            if page_stream.displaced:
                await self._write(request, stream, _ELSEWHERE)

    async def _wait_for_news(
        self, request: web.Request, stream: web.StreamResponse, page_stream: PageStream, within: timedelta
    ) -> None:
        """Send the time at each beat until the page has changed, or so much time is over that it may have."""
        silent_beats = round(within.total_seconds() / BEAT) - 1
        while not await page_stream.woken_within(BEAT) and silent_beats > 0:
            silent_beats -= 1
            await self._write(request, stream, self._time())

    async def _news(self, request: web.Request, after: int) -> tuple[int | None, Sequence[bytes]]:
        """Return the last revision and the events of what changed since a revision; None when the session has ended.

        Raises StoreUnavailable.
        """

        async def read_news(tx: Transaction) -> tuple[Visit, list[PageMessage], bool, str]:
            visit, messages = await self._changes(tx, request, after)
            if not messages:
                return visit, messages, False, ""
            aim = await self._gestures.aim_now(tx, visit)
            return visit, messages, await self._gestures.takes_files_now(tx, visit), aim

        try:
            visit, messages, takes_files, aim = await self._store.read(read_news)
        except web.HTTPNotFound:
            return None, (_CLOSED,)
        lines: list[bytes] = []
        for message in messages:
            after = message.revision
            data = json.dumps({**self._fragment(visit, message), "files": takes_files, "aim": aim})
            lines.append(f"id: {after}\ndata: {data}\n\n".encode())
        if "waits" in request.query and visit.waits is None:
            lines.append(_ANEW)
        return after, [*lines, self._time()]

    def _time(self) -> bytes:
        """Return the event by which a page learns what time it is."""
        return f"event: now\ndata: {self._clock.now().timestamp() * 1000:.0f}\n\n".encode()

    @staticmethod
    async def _write(request: web.Request, stream: web.StreamResponse, *lines: bytes) -> None:
        """Write to a stream. Raises ConnectionResetError for a browser that hung up or leaves it unread."""
        await send_piece(request, stream, b"".join(lines))

    # --- what is done

    async def _gesture(self, request: web.Request, visit: Visit) -> web.Response:
        async with self.reading_sealed(request, visit) as (visit, data):
            gesture = read(request.match_info["gesture"], data, self._dispatcher)
            outcome = await self._gestures.take(visit, gesture)
            if wants_json(request):
                return await self._as_json(request, visit, outcome, data)
            return await self._as_page(request, visit, outcome, data)

    async def _link(self, request: web.Request, visit: Visit) -> web.Response:
        """Open the screen that a link leads to, such as a badge's, or the button of a letter, to be pressed there.

        On another site, a link to anything but such a button adds nothing to the page.
        """
        linked: Literal["page", "site"] = "page" if from_here(request, self._settings.web.public_url) else "site"
        pressed = Pressed(request.query.get("payload", ""), linked=linked)
        outcome = await self._gestures.take(visit, Gesture(pressed, token_urlsafe(12)))
        if isinstance(outcome, GestureTaken) and outcome.message is None:
            lines = (
                _("This link leads nowhere any more: nothing was changed."),
                _("Buttons of letters work for a month. Open your page, or ask the team for a new letter."),
                *self._pages.whom_to_call,
            )
            return html(self._pages.notice_page(outcome.reader, lines, self._pages.path_of_visit(visit)))
        return await self._as_page(request, visit, outcome, MultiDictProxy(MultiDict()))

    async def _as_page(self, request: web.Request, visit: Visit, outcome: Outcome, data: Posted) -> web.Response:
        here = self._pages.path_of_visit(visit)
        match outcome:
            case GestureTaken(_reader, message):
                raise web.HTTPSeeOther(f"{here}{await self._anchor_of(visit, message)}")
            case FormOpened() if outcome.wrong:
                return html(self._pages.form(visit, outcome), 422)
            case FormOpened():
                query = urlencode({"payload": outcome.form.action, "message": outcome.message or ""})
                raise web.HTTPSeeOther(f"{here}form?{query}")
            case GestureRefused(lines, (422 | 429) as status):
                _visit, excerpt, revision = await self._read_page(request)
                takes_files, aim = await self._gestures.composing(visit)
                page = self._pages.chat(
                    visit,
                    excerpt,
                    revision,
                    menu=await self._gestures.menu(visit),
                    takes_files=takes_files,
                    bell=await self._bell(visit),
                    aim=aim,
                    notice=lines,
                    draft=word(data, "text"),
                )
                return html(page, status)
            case GestureRefused():
                return notice_page(request, self._pages, outcome.reader, outcome.lines, outcome.status)

    async def _as_json(self, request: web.Request, visit: Visit, outcome: Outcome, data: Posted) -> web.Response:
        match outcome:
            case GestureRefused():
                return notice_page(request, self._pages, outcome.reader, outcome.lines, outcome.status)
            case FormOpened():
                sheet = self._pages.sheet(visit, outcome)
                return web.json_response({"form": sheet}, status=422 if outcome.wrong else 200)
            case GestureTaken(reader, message):
                after = number(word(data, "after")) or 0
                messages: list[PageMessage] = []
                aim = ""

                async def read_changes(tx: Transaction) -> tuple[list[PageMessage], str]:
                    _visit, changed = await self._changes(tx, request, after)
                    if not any(message.view.confidential for message in changed):
                        return changed, ""  # the stream soon tells where words typed now would go
                    return changed, await self._gestures.aim_now(tx, visit)

                with contextlib.suppress(StoreUnavailable):  # the gesture was handled: the stream shows it later
                    messages, aim = await self._store.read(read_changes)
                visit = replace(visit, reader=reader)
                return web.json_response(
                    {
                        "messages": [self._fragment(visit, changed) for changed in messages],
                        "focus": message,
                        "lang": reader.locale,
                        **({"aim": aim} if aim else {}),
                    }
                )

    async def _seen(self, request: web.Request, visit: Visit) -> web.Response:
        async with self.reading_sealed(request, visit) as (visit, data):
            revision = number(word(data, "revision")) or 0
        if not visit.unconfirmed:
            await self._store.transact(
                lambda tx: page_store.mark_seen(tx, visit.person.id, revision, self._clock.now())
            )
        return web.Response(status=204)

    async def _leave(self, request: web.Request, visit: Visit) -> web.Response:
        async with self.reading_sealed(request, visit):
            pass
        await self._store.transact(lambda tx: sessions.end(tx, visit.session, self._clock.now()))
        self._streams.wake(visit.person.id)
        here = self._pages.path_of_visit(visit)
        response = web.Response(status=303, headers={"Location": here})
        response.del_cookie(sessions.COOKIE, path=here)
        response.del_cookie(sessions.NUMBER_COOKIE, path=self._pages.path_of_entry())
        return response

    # --- ringing while the page is closed

    async def _bell(self, visit: Visit) -> Bell | None:
        """Return how the page rings in the browser of a visit; None where it cannot, as inside a chat app."""
        if visit.inside or not self._settings.web.rings:
            return None
        device = await self._store.read(lambda tx: sessions.device_of(tx, visit.session, self._clock.now()))
        if device is None:
            return Bell(await self._push_key(), "", shows_text=False)
        digest = devices.digest_of(device.subscription.endpoint)
        return Bell(await self._push_key(), digest, shows_text=device.shows_text)

    async def _push_key(self) -> str:
        """Return the public key by which browsers know this installation; made by the first program that needs it."""
        if not self._known_key:
            key = await self._store.transact(lambda tx: load_key(tx, self._settings.web.public_url))
            self._known_key = key.public
        return self._known_key

    async def _ring(self, request: web.Request, visit: Visit) -> web.Response:
        """Have the page ring in this browser, which has just subscribed at its push service."""
        if not self._settings.web.rings:
            raise web.HTTPNotFound
        async with self.reading_sealed(request, visit) as (visit, data):
            subscription = devices.read_subscription(data, self._settings.web.push_services)
            shows_text = word(data, "full") == "1"
        name = devices.browser_name(request.headers.get("User-Agent", ""))
        await self._store.transact(
            lambda tx: sessions.ring_in(tx, visit, subscription, name, self._clock.now(), shows_text=shows_text)
        )
        return web.json_response({"rings": devices.digest_of(subscription.endpoint)})

    async def _unring(self, request: web.Request, visit: Visit) -> web.Response:
        async with self.reading_sealed(request, visit):
            pass
        await self._store.transact(lambda tx: sessions.stop_ringing_in(tx, visit.session, self._clock.now()))
        return web.json_response({})

    # --- sessions and reading

    @asynccontextmanager
    async def reading_sealed(self, request: web.Request, visit: Visit) -> AsyncIterator[tuple[Visit, Posted]]:
        """Read the form that a person posts to their page, refuse it if it is forged, and yield the visit and the form.

        The form's files exist only inside the `async with` block. The visit is read again after the whole form has
        arrived, because the session may have ended. Raises HTTPForbidden for a forged form, HTTPNotFound for a session
        that has ended, and the errors of `Posts.reading`.
        """
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        gesture, payload = request.match_info.get("gesture", ""), request.query.get("payload")

        async def wanted() -> bool:
            return await self._gestures.wants_files(visit, gesture, payload or "")

        async with self._posts.reading(request, visit.person, wanted, browser=visit.counted_in) as data:
            if not visit.matches_seal(word(data, "seal")):
                raise web.HTTPForbidden
            if payload is not None and payload != word(data, "payload"):
                raise web.HTTPBadRequest  # its files were read for another form
            yield await self.find_visit(request), data

    async def find_visit(self, request: web.Request) -> Visit:
        """Return the visit (person, session and browser) to which a request belongs.

        Raises HTTPNotFound if the request has no session for this page.
        """
        return await self._store.read(lambda tx: self._recognise(tx, request))

    async def _read_page(self, request: web.Request) -> tuple[Visit, Excerpt, int]:
        """Return the visit of a request, the end of the conversation, and the page's revision."""

        async def read_page(tx: Transaction) -> tuple[Visit, Excerpt, int]:
            visit = await self._recognise(tx, request)
            person = visit.person.id
            excerpt = await page_store.latest(tx, person, beside_new=visit.waits is None, here=visit.new_in)
            return visit, await self._excerpt_in(tx, visit, excerpt), await page_store.latest_revision(tx, person)

        return await self._store.read(read_page)

    async def _anchor_of(self, visit: Visit, message: int | None) -> str:
        """Return what to append to the page's address to show a message: an anchor, and a query for an earlier one."""
        if message is None:
            return "#latest"
        with contextlib.suppress(StoreUnavailable):
            if await self._store.read(lambda tx: page_store.is_further_up(tx, visit.person.id, message)):
                return f"?before={message + 1}#m{message}"
        return f"#m{message}"

    async def _changes(self, tx: Transaction, request: web.Request, after: int) -> tuple[Visit, list[PageMessage]]:
        """Return the visit of a request, and the messages that changed after a revision."""
        visit = await self._recognise(tx, request)
        return visit, await self._shown_in(tx, visit, await page_store.changes(tx, visit.person.id, after))

    async def _excerpt_in(self, tx: Transaction, visit: Visit, excerpt: Excerpt) -> Excerpt:
        """Return an excerpt as the browser of a visit shows it; where nobody confirmed it, without what is hidden."""
        messages = await self._shown_in(tx, visit, excerpt.messages)
        return replace(excerpt, messages=[each for each in messages if not (visit.unconfirmed and each.gone)])

    async def _shown_in(self, tx: Transaction, visit: Visit, messages: list[PageMessage]) -> list[PageMessage]:
        """Return messages as the browser of a visit shows them.

        One that is new shows nothing that was confided, but for what was written there, nor what its owner is asked
        about it. One that opened by itself shows nothing meant for a role. That something waits in a browser is read in
        that one only: the others show everything, or know it.
        """
        here = visit.browser.id if visit.browser else ""
        messages = [
            _without_view(message)
            if message.answered_in not in (None, here) and browsers.says_it_waits(message.view)
            else message
            for message in messages
        ]
        browser = visit.unconfirmed
        if browser is None:
            return messages
        messages = [_without_view(each) if browsers.asks_about(each.view, browser) else each for each in messages]
        if not any(message.waits_in(browser) for message in messages):
            return messages
        instead = await browsers.waiting_view(tx, visit.person.id, browser)
        shown: list[PageMessage] = []
        told = False
        for message in reversed(messages):
            if not message.waits_in(browser):
                shown.append(message)
                continue
            name = message.view.drawn
            view = await confidential_views.draw(tx, visit.person.id, name, browser.id) if name else None
            if view is None and not told:  # only the newest of the waiting messages says so
                view, told = replace(instead, quiet=message.view.quiet), True
            shown.append(replace(_without_view(message), view=view or View((), quiet=message.view.quiet)))
        return shown[::-1]

    async def _recognise(self, tx: Transaction, request: web.Request) -> Visit:
        session = request.cookies.get(sessions.COOKIE, "")
        person_id, inside = int(request.match_info["person"]), self._pages.is_inside(request)
        found = await sessions.recognise(tx, person_id, session, self._clock.now(), inside=inside)
        if found is None:
            raise web.HTTPNotFound
        (person, browser), language = found, language_of(request)
        return Visit(person, reader_of(person, language, self._settings), language, session, browser)

    async def _mark_seen(self, visit: Visit, messages: Sequence[PageMessage]) -> None:
        """Note that the person has seen messages, but where nobody confirmed it: what they have not read rings on."""
        if visit.unconfirmed:
            return
        unseen = [message.revision for message in messages if not message.seen]
        if unseen:
            with contextlib.suppress(StoreUnavailable):
                await self._store.transact(
                    lambda tx: page_store.mark_seen(tx, visit.person.id, max(unseen), self._clock.now())
                )

    def _fragment(self, visit: Visit, message: PageMessage) -> dict[str, object]:
        return {"id": message.id, "revision": message.revision, "html": self._pages.message(visit, message)}


def _without_view(message: PageMessage) -> PageMessage:
    """Return a message as if it had been deleted."""
    return replace(message, view=View((), quiet=message.view.quiet), toast=None, attached=(), appearance=None)
