"""Serves displays, pages without a login that follow something live, and what these pages request.

The secret in the path is all that opens a display. It is never logged: requests are logged by their route, and links on
these pages do not tell other sites from where they were followed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from aiohttp import web
from markupsafe import escape

from bot.clock import Clock
from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.forms import form_fields
from bot.content.texts import Reader, Span, Text, _, plain
from bot.conversation import display_store
from bot.conversation.dispatch import Dispatcher
from bot.conversation.display_store import DisplayLink
from bot.conversation.displays import PATH, Display
from bot.conversation.incoming import Typed
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.files.stored_files import Files
from bot.membership import erasure_store
from bot.people import participant_store
from bot.people.participants import Participant
from bot.platforms.web.display_pictures import DisplayPictures
from bot.platforms.web.display_watch import DisplayWatches, Full, ShownScene, Watched
from bot.platforms.web.faults import READER, html, notice_page, wants_json
from bot.platforms.web.gestures import whom_to_call
from bot.platforms.web.guard import from_here
from bot.platforms.web.pages import DISPLAY_CLOCK, DISPLAY_PATH, Pages
from bot.platforms.web.posts import Posts
from bot.platforms.web.sending import send_piece, send_stored
from bot.platforms.web.sessions import language_of, reader_of
from bot.platforms.web.turns import Turns

BEAT = 2.0
"""The seconds after which a stream sends the time in any case: screens notice within 5 s that they are disconnected."""
_LONGEST_WORD = 64
"""How many characters are used of the random word that identifies a screen."""
_ONE = f"{PATH}{{link}}"
_AGAIN = b"retry: 1000\n\n"
_CLOSED = b"retry: 60000\nevent: closed\ndata:\n\n"
"""The event that tells a screen that its link was closed."""

_TOO_MANY = _("Too many screens show this at the moment. Close another one: this one then goes on by itself.")
_TOO_MANY_OF_LINK = _("This link is open on too many screens. Close another one: this one then goes on by itself.")
# L10N: a page: somebody sent a cry for help where the whole room would read it
_NOT_SHOWN = _("This was shown to nobody. On your own page you can choose who reads it.")
# L10N: a page: the link to a screen for the wall was closed
_CLOSED_LINE = _("This link no longer shows anything.")


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a link opens: the link, whose it is (None for a wall), the kind of display, and for whom it is drawn."""

    link: DisplayLink
    person: Participant | None
    display: Display
    reader: Reader

    @property
    def closed_lines(self) -> tuple[Text, ...]:
        """The lines that the display shows after its link was closed."""
        return _CLOSED_LINE, self.display.reopened

    def full_event(self, full: Full) -> bytes:
        """Return the event that tells a screen that there is no room for it, and when to ask again."""
        words = plain(_TOO_MANY if full == "screens" else _TOO_MANY_OF_LINK, self.reader)
        if full == "link" and self.person is None:  # a new link of one's own takes the place of this one
            words += f" {plain(self.display.reopened, self.reader)}"
        return f"retry: 15000\nevent: full\ndata: {words}\n\n".encode()

    @property
    def watched(self) -> Watched:
        """The display that the screen shows, with the reader's language."""
        return Watched(self.link.kind, self.link.subject, self.reader)


async def _wants_no_files() -> bool:
    return False


def _word_of(request: web.Request) -> str:
    """Return the word by which a screen is known again when it comes back, '' for none."""
    return request.query.get("screen", "")[:_LONGEST_WORD]


class DisplayRoutes:
    """The web server's addresses of displays, which are live pages for everybody who has a link, without a login."""

    def __init__(
        self,
        settings: Settings,
        dispatcher: Dispatcher,
        store: Store,
        files: Files,
        clock: Clock,
        pages: Pages,
        displays: Mapping[str, Display],
        watches: DisplayWatches,
        pictures: DisplayPictures,
        posts: Posts,
        turns: Turns,
    ) -> None:
        self._settings = settings
        self._dispatcher = dispatcher
        self._store = store
        self._files = files
        self._clock = clock
        self._pages = pages
        self._displays = displays
        self._watches = watches
        self._pictures = pictures
        self._posts = posts
        self._turns = turns

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of displays (live pages without a login), for the web server."""
        return [
            web.get(_ONE, self._page),
            web.get(f"{_ONE}/events", self._events, allow_head=False),
            web.get(f"{_ONE}/picture/{{key}}/{{shape:wide|narrow}}", self._picture),
            web.get(f"{_ONE}/photo/{{digest:[0-9a-f]{{1,64}}}}", self._photo),
            web.post(f"{_ONE}/ask", self._ask),
        ]

    # --- what is shown

    async def _page(self, request: web.Request) -> web.Response:
        opened = await self._open(request)
        shown = ShownScene(gone=True) if opened.link.closed else await self._watches.present(opened.watched)
        if shown.gone:
            return self._gone(request, opened)
        return html(self._whole(request, opened, shown))

    def _whole(
        self,
        request: web.Request,
        opened: _Opened,
        shown: ShownScene,
        notice: Span = "",
        problem: Span = "",
        draft: str = "",
    ) -> str:
        """Return the page of a display; after a question was sent, with whether it arrived."""
        form = opened.display.form if opened.person is not None else None
        return self._pages.display(
            opened.reader,
            self._scene_of(request, opened, shown),
            here=self._here(request),
            now=self._clock.now(),
            about=shown.scene.about if shown.scene else "",
            form=form,
            closed=opened.closed_lines,
            notice=notice,
            problem=problem,
            draft=draft,
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Stream the scenes of a display, and the time, until the link is closed."""
        opened = await self._open(request)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        with contextlib.suppress(ConnectionResetError):
            await stream.prepare(request)
            if opened.link.closed:
                await send_piece(request, stream, _CLOSED)
            elif full := self._watches.full(opened.watched, opened.link, _word_of(request)):
                with contextlib.suppress(StoreUnavailable):
                    shown = await self._watches.present(opened.watched)
                    await send_piece(request, stream, self._time() + self._event(request, opened, shown))
                await send_piece(request, stream, opened.full_event(full))
            else:
                await send_piece(request, stream, _AGAIN + self._time())
                following: _Opened | None = opened
                while following:
                    following = await self._follow(request, stream, following)
        return stream

    async def _follow(self, request: web.Request, stream: web.StreamResponse, opened: _Opened) -> _Opened | None:
        """Stream the scenes of one display until the link shows another, which is returned, or shows nothing: None."""
        sent = ShownScene()
        gone, word = (lambda: request.transport is None), _word_of(request)
        following = self._watches.following(opened.watched, opened.link, gone, word)
        with following as (page_stream, present):
            while not page_stream.displaced:
                page_stream.woken = False
                shown = present()
                if not shown.opened_by(opened.link.hash):
                    now_shown = await self._shown_instead(request, opened)
                    if now_shown and now_shown.watched != opened.watched:
                        return now_shown
                    if shown.gone or now_shown is None:
                        await send_piece(request, stream, _CLOSED)
                        return None
                if shown.scene and shown.appearance != sent.appearance:
                    sent = shown
                    await send_piece(request, stream, self._event(request, opened, shown))
                if not await page_stream.woken_within(BEAT):
                    await send_piece(request, stream, self._time())
        return None

    async def _shown_instead(self, request: web.Request, opened: _Opened) -> _Opened | None:
        """Return what the link of a request opens now, as it may be younger than the last look at what it shows.

        Returns None if the link was closed or replaced, and `opened` while the store does not answer.
        """
        try:
            now = await self._open(request)
        except web.HTTPNotFound:
            return None
        except StoreUnavailable:
            return opened
        return None if now.link.closed else now

    async def _picture(self, request: web.Request) -> web.Response:
        opened = await self._open(request)
        if opened.link.closed:
            return self._gone(request, opened)
        self._pictures.keep_since(await self._store.read(erasure_store.latest))  # whoever looks at no screen
        png = self._pictures.fetch(request.match_info["key"], request.match_info["shape"])
        if png is None:
            raise web.HTTPNotFound
        response = web.Response(body=png, content_type="image/png")
        response.headers["Cache-Control"] = "private, max-age=86400, immutable"  # its key names what it shows
        return response

    async def _photo(self, request: web.Request) -> web.StreamResponse:
        """Send a photo of a card, as long as the card is shown."""
        opened, digest = await self._open(request), request.match_info["digest"]
        async with self._turn(opened):
            shown = ShownScene(gone=True) if opened.link.closed else await self._watches.present(opened.watched)
            if shown.gone:
                return self._gone(request, opened)
            if shown.scene is None or digest not in [card.photo for card in shown.scene.cards]:
                raise web.HTTPNotFound
            return await send_stored(request, self._files, digest, "photo", shown=True, kept="private, max-age=600")

    def _turn(self, opened: _Opened) -> AbstractAsyncContextManager[None]:
        """Return the wait for a turn among the requests from a participant's own link; walls do not wait."""
        if opened.person is None:
            return contextlib.nullcontext()
        return self._turns.turn_of(opened.person, opened.link.hash)

    def _event(self, request: web.Request, opened: _Opened, shown: ShownScene) -> bytes:
        data = json.dumps({"html": self._scene_of(request, opened, shown)}, ensure_ascii=False)
        return f"event: scene\ndata: {data}\n\n".encode()

    def _time(self) -> bytes:
        return f"event: now\ndata: {self._clock.now().timestamp() * 1000:.0f}\n\n".encode()

    def _scene_of(self, request: web.Request, opened: _Opened, shown: ShownScene) -> str:
        """Return the HTML of a scene with its clock as it is now, and its pictures below the path of this link."""
        clock = shown.scene.clock if shown.scene else None
        drawn = self._pages.clock(clock, opened.reader, self._clock.now()) if clock else ""
        return shown.html.replace(DISPLAY_CLOCK, drawn).replace(DISPLAY_PATH, str(escape(self._here(request))))

    def _gone(self, request: web.Request, opened: _Opened) -> web.Response:
        """Return the response for a link that is closed, with whom to call if words were sent to it."""
        urgent = self._pages.whom_to_call if request.method == "POST" else ()  # nobody read what they say
        lines = (*opened.closed_lines, *urgent)
        return notice_page(request, self._pages, opened.reader, lines, web.HTTPGone.status_code)

    def _here(self, request: web.Request) -> str:
        return self._pages.path_of_display(request.match_info["link"])

    # --- what is asked

    async def _ask(self, request: web.Request) -> web.Response:
        """Store what a participant sends from a link of their own. A link on a wall is read only."""
        if not from_here(request, self._settings.web.public_url):
            raise web.HTTPForbidden
        opened = await self._open(request)
        display, person = opened.display, opened.person
        if opened.link.closed:
            return self._gone(request, opened)
        if person is None or display.form is None or display.take is None:
            raise web.HTTPForbidden
        async with self._turn(opened), self._posts.reading(request, person, _wants_no_files) as fields:
            posted = {name: value for name, value in fields.items() if isinstance(value, str)}
        notice: Span = ""
        problem: Span = ""
        form, take, locale = display.form, display.take, opened.reader.locale
        reader = replace(opened.reader, now=self._clock.now())
        try:
            problem = self._instead_of_cry(posted, reader)  # first: what else is wrong with it matters less
            if not problem:
                answers = form.read({name: posted.get(name, "") for name in form_fields(form)}, reader)
                about, now = posted.get("about", ""), self._clock.now()

                async def unit(tx: Transaction) -> Span | None:
                    link = await display_store.find(tx, request.match_info["link"])  # closed while the words came in?
                    if link is None or link.closed:
                        return None
                    return await take(tx, person, opened.link.subject, about, answers, locale, now)

                taken = await self._store.transact(unit)
                if taken is None:
                    return self._gone(request, opened)
                notice = taken
                self._dispatcher.committed()
                self._watches.wake()
        except UserError as refusal:
            problem = refusal.text
        status = 422 if problem else 200
        if wants_json(request):
            words = plain(problem or notice, opened.reader)
            return web.json_response({"problem" if problem else "notice": words}, status=status)
        draft = next((posted.get(name, "") for name in form_fields(form)), "") if problem else ""
        shown = await self._watches.look(opened.watched)
        return html(self._whole(request, opened, shown, notice, problem, draft), status)

    def _instead_of_cry(self, posted: Mapping[str, str], reader: Reader) -> str:
        """Return what is said instead of storing words that are certainly a cry for help; '' for any other words.

        Others would read them. The chat asks what to do with them; here its writer is told whom to call.
        """
        heard = next((said for words in posted.values() if (said := whom_to_call(self._dispatcher, Typed(words)))), ())
        lines = (*heard, _NOT_SHOWN) if heard else ()
        return "\n".join(plain(line, reader) for line in lines)

    # ---

    async def _open(self, request: web.Request) -> _Opened:
        """Return what the link of a request opens, closed or not. Raises HTTPNotFound for a link that never was."""
        secret = request.match_info["link"]

        async def read(tx: Transaction) -> tuple[DisplayLink | None, Participant | None]:
            link = await display_store.find(tx, secret)
            if link is None or link.participant_id is None:
                return link, None
            return link, await participant_store.find(tx, link.participant_id)

        link, person = await self._store.read(read)
        if link is None or link.kind not in self._displays:
            raise web.HTTPNotFound
        language = language_of(request) if link.participant_id is not None else None
        reader = request[READER] = reader_of(person, language, self._settings)
        return _Opened(link, person, self._displays[link.kind], reader)
