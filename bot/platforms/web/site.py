"""Someone's page over HTTP: every gesture is a form that works without a script; the script asks for JSON instead."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.clock import Clock
from bot.config import Settings
from bot.dispatch import Dispatcher
from bot.platforms.web import sessions
from bot.platforms.web.bodies import Posted, posted
from bot.platforms.web.faults import html, told, wants_json
from bot.platforms.web.gestures import Gestures, Opened, Outcome, Shown, Unsaid, number, read, word
from bot.platforms.web.guard import from_here
from bot.platforms.web.pages import Pages
from bot.platforms.web.sessions import Visit, language_of, reader_of
from bot.platforms.web.streams import Streams, beat
from bot.storage import page
from bot.storage.engine import Store, StoreUnavailable, Transaction
from bot.storage.page import Message

_MINE = "/c/{person:[0-9]{1,15}}/"
_ATTACHMENT = "{kind:file|picture}/{message:[0-9]{1,15}}/{position:[0-9]{1,2}}"


class Site:
    """The routes of a page, for the person whose session opens it."""

    def __init__(
        self,
        settings: Settings,
        dispatcher: Dispatcher,
        store: Store,
        clock: Clock,
        pages: Pages,
        gestures: Gestures,
        streams: Streams,
    ) -> None:
        self._settings = settings
        self._dispatcher = dispatcher
        self._store = store
        self._clock = clock
        self._pages = pages
        self._gestures = gestures
        self._streams = streams

    def routes(self) -> list[web.RouteDef]:
        """What to serve."""
        return [
            web.get(_MINE, self._chat),
            web.get(f"{_MINE}events", self._events),
            web.get(f"{_MINE}form", self._form),
            web.get(f"{_MINE}{_ATTACHMENT}", self._attachment),
            web.post(f"{_MINE}seen", self._seen),
            web.post(f"{_MINE}leave", self._leave),
            web.post(f"{_MINE}{{gesture:say|press|pick|call|submit}}", self._gesture),
        ]

    # --- what is there to read

    async def _chat(self, request: web.Request) -> web.Response:
        visit, messages = await self._look(request)
        await self._mark_seen(visit, messages)
        return html(self._pages.chat(visit, messages, takes_files=await self._gestures.takes_files(visit)))

    async def _form(self, request: web.Request) -> web.Response:
        visit = await self._visit(request)
        message = number(request.query.get("message", ""))
        opened = await self._gestures.reopen(visit, request.query.get("payload", ""), message)
        if opened is None:
            raise web.HTTPSeeOther(self._pages.here(visit.person.id))
        return html(self._pages.form(visit, opened))

    async def _attachment(self, request: web.Request) -> web.Response:
        visit = await self._visit(request)
        message, position = int(request.match_info["message"]), int(request.match_info["position"])
        found = await self._store.read(lambda tx: page.attachment(tx, visit.person.id, message, position))
        if found is None:
            raise web.HTTPNotFound
        headers = {"Content-Type": found.media_type}
        if request.match_info["kind"] == "file":
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
        return web.Response(body=found.content, headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """What changes, as it changes, from the revision the browser saw last."""
        visit = await self._visit(request)
        after = number(request.headers.get("Last-Event-ID", "") or request.query.get("after", "")) or 0
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        with self._streams.listening(visit.person.id) as woken, contextlib.suppress(ConnectionResetError):
            await stream.prepare(request)
            await stream.write(b"retry: 2000\n\n")
            while not self._streams.ending:
                woken.clear()
                try:
                    visit, messages = await self._look(request, after)
                except web.HTTPNotFound:
                    await stream.write(b"event: closed\ndata:\n\n")
                    break
                except StoreUnavailable:
                    messages = []
                takes_files = bool(messages) and await self._gestures.takes_files(visit)
                for message in sorted(messages, key=lambda changed: changed.revision):
                    after = message.revision
                    data = json.dumps({**self._fragment(visit, message), "files": takes_files})
                    await stream.write(f"id: {after}\ndata: {data}\n\n".encode())
                await stream.write(f"event: now\ndata: {self._clock.now().timestamp() * 1000:.0f}\n\n".encode())
                await beat(woken)
        return stream

    # --- what is done

    async def _gesture(self, request: web.Request) -> web.Response:
        visit, data = await self._sealed(request)
        gesture = read(request.match_info["gesture"], data, self._dispatcher)
        outcome = await self._gestures.take(visit, gesture)
        if wants_json(request):
            return await self._as_json(request, visit, outcome, data)
        return await self._as_page(request, visit, outcome, data)

    async def _as_page(self, request: web.Request, visit: Visit, outcome: Outcome, data: Posted) -> web.Response:
        here = self._pages.here(visit.person.id)
        match outcome:
            case Shown(_reader, message):
                raise web.HTTPSeeOther(f"{here}#{f'm{message}' if message else 'latest'}")
            case Opened() if outcome.wrong:
                return html(self._pages.form(visit, outcome), 422)
            case Opened():
                query = urlencode({"payload": outcome.form.action, "message": outcome.message or ""})
                raise web.HTTPSeeOther(f"{here}form?{query}")
            case Unsaid(lines, 422):
                _visit, messages = await self._look(request)
                shown = self._pages.chat(
                    visit,
                    messages,
                    takes_files=await self._gestures.takes_files(visit),
                    notice=lines,
                    draft=word(data, "text"),
                )
                return html(shown, 422)
            case Unsaid():
                return told(request, self._pages, outcome.reader, outcome.lines, outcome.status)

    async def _as_json(self, request: web.Request, visit: Visit, outcome: Outcome, data: Posted) -> web.Response:
        match outcome:
            case Unsaid():
                return told(request, self._pages, outcome.reader, outcome.lines, outcome.status)
            case Opened():
                sheet = self._pages.sheet(visit, outcome)
                return web.json_response({"form": sheet}, status=422 if outcome.wrong else 200)
            case Shown(reader, message):
                after = number(word(data, "after")) or 0
                messages: list[Message] = []
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

    async def _seen(self, request: web.Request) -> web.Response:
        visit, data = await self._sealed(request)
        revision = number(word(data, "revision")) or 0
        await self._store.transact(lambda tx: page.mark_seen(tx, visit.person.id, revision, self._clock.now()))
        return web.Response(status=204)

    async def _leave(self, request: web.Request) -> web.Response:
        visit, _data = await self._sealed(request)
        await self._store.transact(lambda tx: sessions.end(tx, visit.session, self._clock.now()))
        self._streams.wake(visit.person.id)
        here = self._pages.here(visit.person.id)
        response = web.Response(status=303, headers={"Location": here})
        response.del_cookie(sessions.COOKIE, path=here)
        return response

    # --- who

    async def _sealed(self, request: web.Request) -> tuple[Visit, Posted]:
        """Who posts, and what. The session is known before the body is read. Raises HTTPForbidden for a forged form."""
        visit = await self._visit(request)
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        data = await posted(request)
        if not visit.sealed(word(data, "seal")):
            raise web.HTTPForbidden
        return visit, data

    async def _visit(self, request: web.Request) -> Visit:
        """Who comes to which page. Raises HTTPNotFound when no session opens it."""
        return await self._store.read(lambda tx: self._recognise(tx, request))

    async def _look(self, request: web.Request, after: int = 0) -> tuple[Visit, list[Message]]:
        """Who comes, and what changed on their page since a revision."""

        async def unit(tx: Transaction) -> tuple[Visit, list[Message]]:
            visit = await self._recognise(tx, request)
            return visit, await page.changes(tx, visit.person.id, after)

        return await self._store.read(unit)

    async def _recognise(self, tx: Transaction, request: web.Request) -> Visit:
        session = request.cookies.get(sessions.COOKIE, "")
        person = await sessions.recognise(tx, int(request.match_info["person"]), session, self._clock.now())
        if person is None:
            raise web.HTTPNotFound
        language = language_of(request)
        return Visit(person, reader_of(person, language, self._settings), language, session)

    async def _mark_seen(self, visit: Visit, messages: Sequence[Message]) -> None:
        unseen = [message.revision for message in messages if not message.seen]
        if unseen:
            with contextlib.suppress(StoreUnavailable):
                await self._store.transact(
                    lambda tx: page.mark_seen(tx, visit.person.id, max(unseen), self._clock.now())
                )

    def _fragment(self, visit: Visit, message: Message) -> dict[str, object]:
        return {"id": message.id, "revision": message.revision, "html": self._pages.message(visit, message)}
