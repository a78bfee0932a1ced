"""Someone's page over HTTP: every gesture is a form that works without a script; the script asks for JSON instead."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from io import SEEK_END, BytesIO
from typing import BinaryIO
from urllib.parse import urlencode

from aiohttp import web

from bot.clock import Clock
from bot.config.settings import Settings
from bot.conversation.dispatch import Dispatcher
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.files.folder import Files
from bot.people import limits
from bot.platforms.web import page_store, sessions
from bot.platforms.web.bodies import Posted
from bot.platforms.web.faults import READER, html, told, wants_json
from bot.platforms.web.gestures import (
    FormOpened,
    GestureHandler,
    GestureRefused,
    GestureTaken,
    Outcome,
    number,
    read,
    word,
)
from bot.platforms.web.guard import attachment_headers, from_here
from bot.platforms.web.page_store import PageMessage, Stretch
from bot.platforms.web.pages import Pages
from bot.platforms.web.posts import Posts
from bot.platforms.web.sending import PIECE, send, send_file, send_piece
from bot.platforms.web.sessions import Visit, language_of, reader_of
from bot.platforms.web.streams import Streams, beat
from bot.platforms.web.turns import Turns

_MINE = "/c/{person:[0-9]{1,15}}/"
_ATTACHMENT = "{kind:file|picture}/{message:[0-9]{1,15}}/{position:[0-9]{1,2}}"

_Handler = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]

_AGAIN = b"retry: 2000\n\n"
_LATER = b"retry: 15000\nevent: later\ndata:\n\n"
_CLOSED = b"event: closed\ndata:\n\n"
_ELSEWHERE = b"retry: 3600000\nevent: elsewhere\ndata:\n\n"
"""What a stream says of itself, with the milliseconds after which a browser may ask again: that it stays open; that
there is no room for it now; that nobody reads this page here any more; that newer tabs of the same person are live."""


class PageRoutes:
    """The routes of a page, for the person whose session opens it."""

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

    def routes(self) -> list[web.RouteDef]:
        """What to serve."""
        return [
            web.get(_MINE, self._in_turn(self._chat)),
            web.get(f"{_MINE}events", self._events, allow_head=False),
            web.get(f"{_MINE}menu", self._in_turn(self._menu)),
            web.get(f"{_MINE}form", self._in_turn(self._form)),
            web.get(f"{_MINE}{_ATTACHMENT}", self._in_turn(self._attachment)),
            web.post(f"{_MINE}seen", self._in_turn(self._seen)),
            web.post(f"{_MINE}leave", self._in_turn(self._leave)),
            web.post(f"{_MINE}{{gesture:say|press|pick|call|submit}}", self._in_turn(self._gesture)),
        ]

    def _in_turn(self, handler: _Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """What answers a request in the turn of whose page it is, until the answer is on its way whole."""

        async def answer(request: web.Request) -> web.StreamResponse:
            visit = await self._visit(request)
            request[READER] = visit.reader
            async with self._turns.of(visit.person):
                response = await handler(request, visit)
                if isinstance(response, web.Response):
                    await send(request, response)
                return response

        return answer

    # --- what is there to read

    async def _chat(self, request: web.Request, _visit: Visit) -> web.Response:
        if (before := number(request.query.get("before", ""))) is not None:
            return await self._older(request, before)
        visit, stretch, revision = await self._open(request)
        await self._mark_seen(visit, stretch.messages)
        takes_files, menu = await self._gestures.takes_files(visit), await self._gestures.menu(visit)
        return html(self._pages.chat(visit, stretch, revision, menu=menu, takes_files=takes_files))

    async def _menu(self, _request: web.Request, visit: Visit) -> web.Response:
        """What can be done at this moment, for the script to show when the menu is opened."""
        return html(self._pages.menu(visit, await self._gestures.menu(visit)))

    async def _older(self, request: web.Request, before: int) -> web.Response:
        """What was said before a message: as a page of its own, or for the script to put above the rest."""

        async def unit(tx: Transaction) -> tuple[Visit, Stretch]:
            visit = await self._recognise(tx, request)
            return visit, await page_store.before(tx, visit.person.id, before)

        visit, stretch = await self._store.read(unit)
        if not wants_json(request):
            return html(self._pages.older(visit, stretch))
        fragments = [self._fragment(visit, message) for message in stretch.messages]
        return web.json_response({"messages": fragments, "older": stretch.older})

    async def _form(self, request: web.Request, visit: Visit) -> web.Response:
        message = number(request.query.get("message", ""))
        opened = await self._gestures.reopen(visit, request.query.get("payload", ""), message)
        if opened is None:
            raise web.HTTPSeeOther(self._pages.here(visit.person.id))
        return html(self._pages.form(visit, opened))

    async def _attachment(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        message, position = int(request.match_info["message"]), int(request.match_info["position"])
        found = await self._store.read(lambda tx: page_store.attachment(tx, visit.person.id, message, position))
        if found is None:
            raise web.HTTPNotFound
        try:
            file, size, begun = await asyncio.to_thread(self._open_file, found)
        except FileNotFoundError:  # the folder was not restored with the database
            raise web.HTTPNotFound from None
        with file:
            shown = request.match_info["kind"] == "picture"
            return await send_file(request, attachment_headers(found.name, begun, shown=shown), file, size, begun)

    def _open_file(self, found: page_store.PageFile) -> tuple[BinaryIO, int, bytes]:
        """What hangs on a message, read to the end of its first piece, and how long it is. In a thread."""
        file: BinaryIO = self._files.path(found.digest).open("rb") if found.digest else BytesIO(found.content)
        size = file.seek(0, SEEK_END)
        file.seek(0)
        return file, size, file.read(PIECE)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """What changes, as it changes, from the revision the browser saw last."""
        visit = await self._visit(request)
        after = number(request.headers.get("Last-Event-ID", "") or request.query.get("after", "")) or 0
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        with contextlib.suppress(ConnectionResetError):
            await stream.prepare(request)
            if self._streams.full:  # what is new, and again in a while
                _after, lines = await self._news(request, visit, after)
                await self._write(request, stream, _LATER, *lines)
                return stream
            await self._keep_telling(request, stream, visit, after)
        return stream

    async def _keep_telling(
        self, request: web.Request, stream: web.StreamResponse, visit: Visit, after: int | None
    ) -> None:
        """Tell what is new until the page is closed, or enough newer streams of the same person are open."""
        at_most = limits.most(self._settings.limits.streams, visit.person)
        with self._streams.listening(visit.person.id, at_most, lambda: request.transport is None) as listener:
            await self._write(request, stream, _AGAIN)
            while after is not None and not (self._streams.ending or listener.displaced):
                listener.woken.clear()
                after, lines = await self._news(request, visit, after)
                await self._write(request, stream, *lines)
                if after is not None and len(lines) <= page_store.AT_ONCE:  # else there may be more at once
                    await beat(listener.woken)
            if listener.displaced:
                await self._write(request, stream, _ELSEWHERE)

    async def _news(self, request: web.Request, visit: Visit, after: int) -> tuple[int | None, Sequence[bytes]]:
        """What changed since a revision, as a stream says it, and up to which one; None when the page was closed."""
        messages: list[PageMessage] = []
        try:
            visit, messages = await self._look(request, after)
        except web.HTTPNotFound:
            return None, (_CLOSED,)
        except StoreUnavailable:
            pass
        takes_files = bool(messages) and await self._gestures.takes_files(visit)
        lines: list[bytes] = []
        for message in messages:
            after = message.revision
            data = json.dumps({**self._fragment(visit, message), "files": takes_files})
            lines.append(f"id: {after}\ndata: {data}\n\n".encode())
        lines.append(f"event: now\ndata: {self._clock.now().timestamp() * 1000:.0f}\n\n".encode())
        return after, lines

    @staticmethod
    async def _write(request: web.Request, stream: web.StreamResponse, *lines: bytes) -> None:
        """Write to a stream. Raises ConnectionResetError for a browser that is away, or leaves it all unread."""
        for line in lines:
            await send_piece(request, stream, line)

    # --- what is done

    async def _gesture(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._sealed(request, visit) as data:
            gesture = read(request.match_info["gesture"], data, self._dispatcher)
            outcome = await self._gestures.take(visit, gesture)
            if wants_json(request):
                return await self._as_json(request, visit, outcome, data)
            return await self._as_page(request, visit, outcome, data)

    async def _as_page(self, request: web.Request, visit: Visit, outcome: Outcome, data: Posted) -> web.Response:
        here = self._pages.here(visit.person.id)
        match outcome:
            case GestureTaken(_reader, message):
                raise web.HTTPSeeOther(f"{here}{await self._place(visit, message)}")
            case FormOpened() if outcome.wrong:
                return html(self._pages.form(visit, outcome), 422)
            case FormOpened():
                query = urlencode({"payload": outcome.form.action, "message": outcome.message or ""})
                raise web.HTTPSeeOther(f"{here}form?{query}")
            case GestureRefused(lines, 422):
                _visit, stretch, revision = await self._open(request)
                shown = self._pages.chat(
                    visit,
                    stretch,
                    revision,
                    menu=await self._gestures.menu(visit),
                    takes_files=await self._gestures.takes_files(visit),
                    notice=lines,
                    draft=word(data, "text"),
                )
                return html(shown, 422)
            case GestureRefused():
                return told(request, self._pages, outcome.reader, outcome.lines, outcome.status)

    async def _as_json(self, request: web.Request, visit: Visit, outcome: Outcome, data: Posted) -> web.Response:
        match outcome:
            case GestureRefused():
                return told(request, self._pages, outcome.reader, outcome.lines, outcome.status)
            case FormOpened():
                sheet = self._pages.sheet(visit, outcome)
                return web.json_response({"form": sheet}, status=422 if outcome.wrong else 200)
            case GestureTaken(reader, message):
                after = number(word(data, "after")) or 0
                messages: list[PageMessage] = []
                with contextlib.suppress(StoreUnavailable):  # it was taken: the stream shows it later
                    messages = (await self._look(request, after))[1]
                visit = replace(visit, reader=reader)
                return web.json_response(
                    {
                        "messages": [self._fragment(visit, changed) for changed in messages],
                        "focus": message,
                        "lang": reader.locale,
                    }
                )

    async def _seen(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._sealed(request, visit) as data:
            revision = number(word(data, "revision")) or 0
        await self._store.transact(lambda tx: page_store.mark_seen(tx, visit.person.id, revision, self._clock.now()))
        return web.Response(status=204)

    async def _leave(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._sealed(request, visit):
            pass
        await self._store.transact(lambda tx: sessions.end(tx, visit.session, self._clock.now()))
        self._streams.wake(visit.person.id)
        here = self._pages.here(visit.person.id)
        response = web.Response(status=303, headers={"Location": here})
        response.del_cookie(sessions.COOKIE, path=here)
        return response

    # --- who

    @asynccontextmanager
    async def _sealed(self, request: web.Request, visit: Visit) -> AsyncIterator[Posted]:
        """What someone posts, held until the block ends; the session is known before the body is read.

        Raises HTTPForbidden for a forged form, and as `Posts.reading`.
        """
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        gesture, payload = request.match_info.get("gesture", ""), request.query.get("payload")

        async def wanted() -> bool:
            return await self._gestures.wants_files(visit, gesture, payload or "")

        async with self._posts.reading(request, visit.person.id, wanted) as data:
            if not visit.sealed(word(data, "seal")):
                raise web.HTTPForbidden
            if payload is not None and payload != word(data, "payload"):
                raise web.HTTPBadRequest  # its files were read for another form
            yield data

    async def _visit(self, request: web.Request) -> Visit:
        """Who comes to which page. Raises HTTPNotFound when no session opens it."""
        return await self._store.read(lambda tx: self._recognise(tx, request))

    async def _open(self, request: web.Request) -> tuple[Visit, Stretch, int]:
        """Who comes, the end of their conversation, and its revision."""

        async def unit(tx: Transaction) -> tuple[Visit, Stretch, int]:
            visit = await self._recognise(tx, request)
            who = visit.person.id
            return visit, await page_store.latest(tx, who), await page_store.latest_revision(tx, who)

        return await self._store.read(unit)

    async def _place(self, visit: Visit, message: int | None) -> str:
        """Where a message is found below the address of the page: at its end, or paged back to."""
        if message is None:
            return "#latest"
        with contextlib.suppress(StoreUnavailable):
            if await self._store.read(lambda tx: page_store.is_further_up(tx, visit.person.id, message)):
                return f"?before={message + 1}#m{message}"
        return f"#m{message}"

    async def _look(self, request: web.Request, after: int) -> tuple[Visit, list[PageMessage]]:
        """Who comes, and what changed on their page since a revision."""

        async def unit(tx: Transaction) -> tuple[Visit, list[PageMessage]]:
            visit = await self._recognise(tx, request)
            return visit, await page_store.changes(tx, visit.person.id, after)

        return await self._store.read(unit)

    async def _recognise(self, tx: Transaction, request: web.Request) -> Visit:
        session = request.cookies.get(sessions.COOKIE, "")
        person = await sessions.recognise(tx, int(request.match_info["person"]), session, self._clock.now())
        if person is None:
            raise web.HTTPNotFound
        language = language_of(request)
        return Visit(person, reader_of(person, language, self._settings), language, session)

    async def _mark_seen(self, visit: Visit, messages: Sequence[PageMessage]) -> None:
        unseen = [message.revision for message in messages if not message.seen]
        if unseen:
            with contextlib.suppress(StoreUnavailable):
                await self._store.transact(
                    lambda tx: page_store.mark_seen(tx, visit.person.id, max(unseen), self._clock.now())
                )

    def _fragment(self, visit: Visit, message: PageMessage) -> dict[str, object]:
        return {"id": message.id, "revision": message.revision, "html": self._pages.message(visit, message)}
