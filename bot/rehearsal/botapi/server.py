"""A Telegram Bot API server on this machine for one bot, with simulated people, and with faults that tests inject."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any, Self
from weakref import WeakSet

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.rehearsal.botapi import edits, forums, intake, messages, profile
from bot.rehearsal.botapi.faults import InjectedFault
from bot.rehearsal.botapi.pace import RateLimits
from bot.rehearsal.botapi.updates import Update
from bot.rehearsal.botapi.wire import ApiError, MethodCall, read_call, success
from bot.rehearsal.botapi.world import T, World

TOKEN = "123456789:AA-a-token-for-rehearsals-only"  # noqa: S105 - opens nothing but this server
_METHODS = messages.METHODS | edits.METHODS | profile.METHODS | forums.METHODS
_LARGEST_BODY = 64 << 20
_JOURNAL = 10_000
_HANDSHAKE_TRIPS = 2
PATIENCE = 5.0
"""How many seconds a wait lasts at most if its call gives no other number."""


class BotApi:
    """A simulated Telegram server (Bot API) on this machine for one bot; used by `async with`.

    `latency` is a round trip in seconds (a new connection takes two more round trips, as TCP and TLS do). `pace` are
    the rate limits to enforce, None for none. `webhook_repeat` is the pause in seconds before a failed post to the
    webhook is repeated. `clock` tells how old things are, by default the machine's clock. Port 0 means any free port.
    `refused` is called for every call that breaks a rule of Telegram.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        username: str = "rencontres_bot",
        clock: Clock | None = None,
        pace: RateLimits | None = None,
        latency: float = 0.0,
        webhook_repeat: float = 1.0,
    ) -> None:
        self.token = token
        self.port = port
        self.latency = latency
        self.world = World(username, clock or SystemClock(), pace, webhook_repeat)
        self.calls: Counter[str] = Counter()
        self.refusals: Counter[int] = Counter()
        self.journal: deque[MethodCall] = deque(maxlen=_JOURNAL)
        self.faults: list[InjectedFault] = []
        self.refused: Callable[[MethodCall, ApiError], object] | None = None
        self.control: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]] = _nowhere
        self._prefix, self._file_prefix = f"/bot{token}/", f"/file/bot{token}/"
        self._greeted: WeakSet[asyncio.BaseTransport] = WeakSet()
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        server = web.Server(self._serve, request_factory=_request, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.world.webhook is not None:
            await self.world.webhook.stop()
        self.world.updates.end_poll("the server stops")
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def root(self) -> str:
        """Return the server's address, which is the value of the setting `api_base`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Return the address for the argument `base_url` of `telegram.Bot`."""
        return f"{self.root}/bot"

    @property
    def base_file_url(self) -> str:
        """Return the address for the argument `base_file_url` of `telegram.Bot`."""
        return f"{self.root}/file/bot"

    @property
    def connections(self) -> int:
        """Return the number of open connections, including the one on which a long poll waits."""
        server = self._runner.server if self._runner is not None else None
        return len(server.connections) if isinstance(server, web.Server) else 0

    def push(self, kind: str, payload: object, chat: int = 0) -> Update | None:
        """Send the bot any update, even a malformed one, and return it.

        `kind` is the name of the update's field and `payload` the content of this field; `chat` is the id of the
        update's chat. Returns None if the bot did not ask for updates of this kind.
        """
        return self.world.updates.push(kind, payload, chat)

    def fail(
        self,
        method: str = "*",
        *,
        status: int | None = None,
        reset: bool = False,
        delay: float = 0.0,
        after_effect: bool = False,
        times: int = 1,
        chat: int | None = None,
        retry_after: int | None = None,
        description: str = "",
        parameters: dict[str, int] | None = None,
    ) -> InjectedFault:
        """Make the next `times` calls of a method of the Bot API fail; if `chat` is given, only calls in this chat.

        `method` is the name of the method, «*» for every method. The calls get the HTTP `status` (429 if only
        `retry_after` is given; above 500 with the HTML page of a proxy) or, with `reset`, a reset connection.
        `description` and `parameters` are the text and the fields of the refusal. With `after_effect`, the server
        carries out the call and loses only the answer. `delay` is a pause in seconds before the answer; if nothing else
        is given, the calls succeed. Returns the fault, which counts the calls that it affects.
        """
        extra = dict(parameters or {})
        if retry_after is not None:
            status, extra["retry_after"] = status or 429, retry_after
        fault = InjectedFault(method, status, reset, delay, after_effect, chat, description, extra, times)
        self.faults.append(fault)
        return fault

    def asked(self, method: str) -> list[MethodCall]:
        """Return the bot's calls of a method of the Bot API, oldest first, but only from its last 10,000 calls."""
        return [call for call in self.journal if call.method == method]

    async def until(
        self, condition: Callable[[], T | None], what: str | Callable[[], str] = "", timeout: float = PATIENCE
    ) -> T:
        """Wait until `condition` returns something true, and return its result.

        `condition` is called whenever the bot acts. After `timeout` seconds, raises AssertionError with the text
        `what`.
        """
        story = what if callable(what) else lambda: what or "what was awaited did not happen"
        return await self.world.bell.until(condition, timeout, story)

    async def settled(self, timeout: float = PATIENCE) -> None:
        """Wait until the bot has received everything that people did so far, and answered every press of a button.

        The bot may still be sending a reply: use `next` of a chat to wait for that. Raises AssertionError after
        `timeout` seconds.
        """
        last, presses = self.world.updates.last_id, list(self.world.registry.unanswered.values())

        def done() -> bool:
            return self.world.updates.confirmed(last) and all(press.answered for press in presses)

        def story() -> str:
            late = [update.kind for update in self.world.updates.pending.values() if update.id <= last]
            silent = sum(not press.answered for press in presses)
            return f"not confirmed: {late or 'none'}; presses without an answer: {silent}"

        await self.until(done, story, timeout)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path
        if path.startswith("/control/"):
            return await self.control(request)
        if self.latency:
            await self._travel(request.transport)
        if path.startswith(self._prefix):
            return await self._serve_call(request, path[len(self._prefix) :])
        if path.startswith(self._file_prefix):
            return self._download(path[len(self._file_prefix) :])
        if path.startswith("/bot"):
            return _response(*_refused(ApiError(401, "Unauthorized")))
        return await _nowhere(request)

    async def _serve_call(self, request: web.BaseRequest, target: str) -> web.StreamResponse:
        method, _, query = target.partition("?")
        try:
            call = await read_call(request, method, query)
        except ApiError as error:
            return _response(*_refused(error))
        status, body = await self._answer(call)
        if self.latency:
            await asyncio.sleep(self.latency / 2)
        if not status and request.transport is not None:
            request.transport.abort()
        return _response(status, body)

    async def _travel(self, connection: asyncio.BaseTransport | None) -> None:
        """Wait half a round trip, after the handshake if the connection is new."""
        trips = 0.5
        if connection is not None and connection not in self._greeted:
            self._greeted.add(connection)
            trips += _HANDSHAKE_TRIPS
        await asyncio.sleep(self.latency * trips)

    async def _answer(self, call: MethodCall) -> tuple[int, bytes]:
        """Return HTTP status and body of the answer to a call; status 0 stands for a cut connection."""
        self.calls[call.method] += 1
        self.journal.append(call)
        fault = next((fault for fault in self.faults if fault.matches(call)), None) if self.faults else None
        if fault is None:
            return await self._execute(call)
        self.world.bell.ring()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if not fault.breaks:
            return await self._execute(call)
        if fault.after_effect:
            await self._execute(call)
        if fault.reset:
            return 0, b""
        status, body = fault.answer()
        self.refusals[status] += 1
        return status, body

    async def _execute(self, call: MethodCall) -> tuple[int, bytes]:
        try:
            if method := _METHODS.get(call.method):
                return 200, success(method(self.world, call))
            if waiting := intake.METHODS.get(call.method):
                return 200, await waiting(self.world, call)
            raise ApiError(404, "Not Found: method not found")
        except ApiError as error:
            return self._refuse(call, error)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # A structure without a field it needs, or with one of the wrong shape.
            return self._refuse(call, ApiError(400, f"Bad Request: can't parse {call.method}: {error!r}"))

    def _refuse(self, call: MethodCall, error: ApiError) -> tuple[int, bytes]:
        self.refusals[error.status] += 1
        if self.refused is not None:
            self.refused(call, error)
        return _refused(error)

    def _download(self, path: str) -> web.Response:
        file = self.world.registry.files.get(path.rpartition("/")[2])
        if file is None or file.path != path:
            return _response(*_refused(ApiError(404, "Not Found")))
        return web.Response(body=file.content, content_type="application/octet-stream")


def _refused(error: ApiError) -> tuple[int, bytes]:
    return error.status, error.body()


def _response(status: int, body: bytes) -> web.Response:
    kind = "application/json" if body.startswith(b"{") else "text/html"
    return web.Response(status=status or 500, body=body, content_type=kind)


async def _nowhere(_request: web.BaseRequest) -> web.StreamResponse:
    return _response(*_refused(ApiError(404, "Not Found")))


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]) -> web.BaseRequest:
    return web.BaseRequest(
        message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=_LARGEST_BODY
    )
