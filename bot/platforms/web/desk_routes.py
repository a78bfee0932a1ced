"""Serves the desk, a wide page on which organisers see and edit tables of the gathering (`bot.conversation.grids`).

Its address is below the person's own page, and the same session opens it. A stream sends the tables and later changes
to the browser; what organisers type is passed to the dispatcher like any press. Both the stream and the dispatcher
check each time whether the person may do this.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from aiohttp import web

from bot.background.wakeups import Wakeups
from bot.config.settings import Settings
from bot.content.errors import Stale, UserError, existing
from bot.content.texts import ISOLATES, Reader, Span, _, plain
from bot.content.views import Reply
from bot.conversation import amending, inbox_store
from bot.conversation.amending import GridTable
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.grids import Board, Grid, GridColumn
from bot.conversation.incoming import Amended, Called, Cell, Content, Incoming, Pressed
from bot.conversation.routes import Request
from bot.conversation.undo import Undo
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.logs import under_reference
from bot.people import limits
from bot.platforms.web.bodies import Posted
from bot.platforms.web.faults import html
from bot.platforms.web.gestures import number, read_token, word
from bot.platforms.web.page_routes import PageRoutes
from bot.platforms.web.pages import Pages
from bot.platforms.web.sending import send_piece
from bot.platforms.web.sessions import PLATFORM, Visit
from bot.platforms.web.streams import PageStream, Streams

_LOOK_EVERY = 0.2
"""The seconds after which the database is asked for new commits if the program is not notified of them."""
_BEAT = 15.0
"""The seconds after which a stream sends something in any case, and changes without a notice are read."""
_BETWEEN_LOOKS = 0.15
"""The fewest seconds between two looks, where one commit follows the other."""
_ROWS_AT_ONCE = 200
_NOT_SAVED = _("Nothing of this was saved. Look at the table, then try again.")
_AGAIN, _READY, _CLOSED, _ELSEWHERE, _STILL = (
    b"retry: 2000\n\n",
    b"event: ready\ndata:\n\n",
    b"event: closed\ndata:\n\n",
    b"retry: 3600000\nevent: elsewhere\ndata:\n\n",
    b": still here\n\n",
)


class DeskRoutes:
    """The addresses of the desk, the organisers' tables on a wide page, on the web server."""

    def __init__(
        self,
        settings: Settings,
        dispatcher: Dispatcher,
        store: Store,
        pages: Pages,
        page_routes: PageRoutes,
        wakeups: Wakeups,
        most_streams: int,
    ) -> None:
        """`most_streams` is how many desks of this program can be live at a time."""
        self._settings = settings
        self._dispatcher = dispatcher
        self._store = store
        self._pages = pages
        self._page_routes = page_routes
        self._streams = Streams(most_streams)
        for table in frozenset().union(*(grid.tables for grid in dispatcher.router.shared.grids.values())):
            wakeups.on(table, lambda _ids: self._streams.wake_here(None))

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the desk. Chat apps cannot open it inside themselves: their windows are too narrow."""
        mine, in_turn = "/c/{person:[0-9]{1,15}}/desk", self._page_routes.in_turn
        return [
            web.get(mine, in_turn(self._page)),
            web.get(f"{mine}/events", self._events, allow_head=False),
            web.post(f"{mine}/preview", in_turn(self._preview)),
            web.post(f"{mine}/amend", in_turn(self._amend)),
            web.post(f"{mine}/undo", in_turn(self._undo)),
        ]

    def start(self) -> None:
        """Allow event streams to open desks again, after `end`."""
        self._streams.start()

    def end(self) -> None:
        """End every event stream to open desks, because open streams would delay the server's shutdown."""
        self._streams.end()

    # --- what is shown

    async def _page(self, _request: web.Request, visit: Visit) -> web.Response:
        grids = await self._dispatcher.look(_incoming(visit), _theirs)
        if not grids:
            raise web.HTTPSeeOther(self._pages.path_of_visit(visit))
        return html(self._pages.desk(visit, grids))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Stream a grid: its columns and rows, then whatever changes in it, as long as the person may see it."""
        visit = await self._page_routes.find_visit(request)
        if self._streams.full:  # the browser asks again
            raise web.HTTPServiceUnavailable
        at_most = limits.most(self._settings.limits.streams, visit.person)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        with (
            contextlib.suppress(ConnectionResetError),
            self._streams.listening(
                visit.person.id, at_most, lambda: request.transport is None, browser=visit.counted_in
            ) as woken,
        ):
            await stream.prepare(request)
            await send_piece(request, stream, _AGAIN)
            await self._follow(request, stream, woken)
        return stream

    async def _follow(self, request: web.Request, stream: web.StreamResponse, woken: PageStream) -> None:
        shown = _Shown()
        silent = 0.0
        while not (self._streams.ending or woken.displaced):
            woken.woken = False
            pieces: Sequence[bytes] = ()
            commits = await self._commits()
            with contextlib.suppress(StoreUnavailable):  # it is read again before long
                try:
                    visit = await self._page_routes.find_visit(request)
                    key = request.query.get("grid", "")
                    grid, table = await self._dispatcher.look(_incoming(visit), partial(_table, key=key))
                except (web.HTTPNotFound, Stale, UserError):
                    await send_piece(request, stream, _CLOSED)
                    return
                pieces = [*shown.changes(grid, table, visit.reader)]
            silent = 0.0 if pieces else silent
            for piece in pieces or ((_STILL,) if silent >= _BEAT else ()):
                await send_piece(request, stream, piece)
                silent = 0.0
            await asyncio.sleep(_BETWEEN_LOOKS)
            silent += _BETWEEN_LOOKS + await self._until_changed(woken, commits)
        if woken.displaced:
            await send_piece(request, stream, _ELSEWHERE)

    async def _until_changed(self, woken: PageStream, commits: int | None) -> float:
        """Wait until a stream is woken, or something was committed since there were so many `commits`; at most a beat.

        Returns the seconds that passed.
        """
        step, waited = min(self._store.pause(timedelta(seconds=_LOOK_EVERY)).total_seconds(), _BEAT), 0.0
        while waited < _BEAT:
            waited += step
            if await woken.woken_within(step) or commits is None or await self._commits() != commits:
                break
        return waited

    async def _commits(self) -> int | None:
        try:
            return await self._store.commits()
        except StoreUnavailable:
            return None

    # --- what is done

    async def _preview(self, request: web.Request, visit: Visit) -> web.Response:
        """Return what cells that are to be changed would do: lines, and the digest that goes with the change."""
        async with self._page_routes.reading_sealed(request, visit) as (visit, data):
            amended = _amended(data)

            async def look(asked: Request) -> tuple[Sequence[Span], str]:
                grid = existing(asked.shared.grids.get(amended.grid))
                return await amending.preview(asked, grid, amended.cells)

            try:
                lines, digest = await self._dispatcher.look(_incoming(visit), look)
            except UserError as refusal:
                return web.json_response({"lines": _words((refusal.text,), visit.reader), "done": False})
            except Stale:
                raise web.HTTPForbidden from None
            return web.json_response({"lines": _words(lines, visit.reader), "shown": digest, "done": True})

    async def _amend(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._page_routes.reading_sealed(request, visit) as (visit, data):
            amended = _amended(data)
            answer = await self._do(visit, data, amended)
            return web.json_response({**answer, "rows": await self._rows(visit, amended)})

    async def _rows(self, visit: Visit, amended: Amended) -> Sequence[Sequence[int | str]]:
        """Return the rows of which cells were changed, as they read now; none when they cannot be read any more."""
        with contextlib.suppress(StoreUnavailable, Stale, UserError):
            _grid, table = await self._dispatcher.look(_incoming(visit), partial(_table, key=amended.grid))
            changed = {cell.row for cell in amended.cells}
            return [[row.id, *row.cells] for row in table.rows if row.id in changed]
        return []

    async def _undo(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._page_routes.reading_sealed(request, visit) as (visit, data):
            undo = Pressed(Undo(number(word(data, "entry")) or 0).encode())
            return web.json_response(await self._do(visit, data, undo))

    async def _do(self, visit: Visit, data: Posted, content: Content) -> Mapping[str, Any]:
        """Carry something out as if it had been pressed on the page, and return its answer, which stays on the desk."""
        incoming = _incoming(visit, content, f"{visit.person.id}.{read_token(data)}")
        with under_reference(incoming.reference):
            answered = await self._dispatcher.handle(incoming)
            self._dispatcher.sent(answered)
        self._streams.wake_here(None)
        if answered.repeated or answered.reply is None:  # the first answer got lost: say whether it was done
            done = await self._store.read(partial(_took_effect, update_id=incoming.update_id))
            return {"lines": [] if done else _words((_NOT_SAVED,), visit.reader), "done": done}
        return _outcome(answered, answered.reply)


class _Shown:
    """What a desk was sent, so that it is sent what differs."""

    def __init__(self) -> None:
        self._head: Mapping[str, Any] | None = None
        self._rows: dict[int, Sequence[str]] = {}

    def changes(self, grid: Grid, table: GridTable, reader: Reader) -> Iterator[bytes]:
        """Yield the events with which a browser shows the present state of a grid, which is a table for organisers.

        Only changed rows are sent, or all rows if the columns changed.
        """
        head = _head(grid, table.columns, reader)
        whole = head != self._head
        if whole:
            self._head, self._rows = head, {}
            yield _event(head, "table")
        rows = {row.id: row.cells for row in table.rows}
        changed = [[number, *cells] for number, cells in rows.items() if self._rows.get(number) != cells]
        gone = [number for number in self._rows if number not in rows]
        self._rows = rows
        for start in range(0, len(changed), _ROWS_AT_ONCE):
            yield _event({"rows": changed[start : start + _ROWS_AT_ONCE]})
        if gone:
            yield _event({"gone": gone})
        if whole:
            yield _READY


def _incoming(visit: Visit, content: Content = Called(""), update_id: str = "") -> Incoming:  # noqa: B008 - frozen
    return Incoming(PLATFORM, update_id, visit.sender, content)


async def _theirs(request: Request) -> Sequence[Grid]:
    """Return the grids that the person who asks may see."""
    return [grid for grid in request.shared.grids.values() if request.may(grid.who)]


async def _table(request: Request, key: str) -> tuple[Grid, GridTable]:
    grid = existing(request.shared.grids.get(key))
    return grid, await amending.table_of(request, grid)


def _amended(data: Posted) -> Amended:
    """Return what a desk posts: the grid, and in JSON a list of cells [row, column, seen, typed].

    Raises HTTPBadRequest for what no desk posts.
    """
    try:
        posted = json.loads(word(data, "cells"))
        cells = tuple(Cell(*cell) for cell in posted)
        if type(posted) is not list or not all(
            [*map(type, (c.row, c.column, c.seen, c.typed))] == [int, str, str, str] and abs(c.row) < 2**63
            for c in cells
        ):
            raise TypeError
    except (ValueError, TypeError, RecursionError):
        raise web.HTTPBadRequest from None
    return Amended(word(data, "grid"), cells, word(data, "shown"))


async def _took_effect(tx: Transaction, update_id: str) -> bool:
    return await inbox_store.took_effect(tx, PLATFORM, update_id)


def _outcome(answered: Answered, reply: Reply) -> Mapping[str, Any]:
    """Return what a desk is told: lines, whether it was done, and the change in the journal, by which it is undone."""
    entries = [button.action.entry for button in reply.view.buttons if isinstance(button.action, Undo)]
    lines = _words(reply.view.lines, answered.reader)
    return {"lines": lines, "done": reply.toast is not None, "undo": entries[0] if entries else None}


def _head(grid: Grid, columns: Sequence[GridColumn], reader: Reader) -> Mapping[str, Any]:
    """Return what a desk must know of a grid beside its rows."""
    return {
        "columns": [
            {
                "key": column.key,
                "title": _plain(column.title, reader),
                "options": [[value, _plain(label, reader)] for value, label in column.options.items()],
                "typed": column.read is not None or not column.options,
                "number": column.number,
                "editable": column.editable and grid.edit is not None,
            }
            for column in columns
        ],
        "boards": [_board(column.key, column.board, reader) for column in columns if column.board],
        "applied": grid.preview is not None,
    }


def _board(across: str, board: Board, reader: Reader) -> Mapping[str, Any]:
    title = _plain(board.title, reader)
    return {"title": title, "across": across, "down": board.down, "shown": [*board.shown]}


def _words(lines: Sequence[Span], reader: Reader) -> Sequence[str]:
    return [_plain(line, reader) for line in lines]


def _plain(words: Span, reader: Reader) -> str:
    """Return words without marks of writing directions, which would be pasted elsewhere."""
    return plain(words, reader).translate(ISOLATES)


def _event(data: Mapping[str, Any], name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()
