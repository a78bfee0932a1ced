"""Replaces the HTTP client of python-telegram-bot by aiohttp, which takes a fraction of the CPU time."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp.payload import BytesPayload
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.clock import Clock
from bot.metrics import FLOODS
from bot.platforms.telegram.floods import Floods
from bot.platforms.telegram.reading import PLATFORM
from bot.platforms.untrusted import patience

# The library's coming type for durations: without it every 429 would bring a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_encode = json.JSONEncoder(separators=(",", ":")).encode


_DONE = re.compile(rb'\s*\{\s*"ok"\s*:\s*true\b')
_UPDATE_ID = re.compile(rb'"update_id"\s*:\s*([0-9]{1,10})\b')


class Undecodable(TelegramError):
    """The error that the Bot API's answer to a call is broken or nested too deeply; the call itself was carried out.

    `first_update` is the id of the first update in the answer, None if the answer has none.
    """

    def __init__(self, first_update: int | None) -> None:
        super().__init__("The answer cannot be decoded")
        self.first_update = first_update


class AiohttpRequest(BaseRequest):
    """One session with a pool of persistent connections to the Bot API, Telegram's interface for bots.

    Timeouts are seconds, None for «wait for ever». `pool_timeout` and `connect_timeout` together limit the wait for a
    connection; `read_timeout` limits each silence of the server. Writing is limited for uploads only
    (`media_write_timeout`, or the caller's `write_timeout`): other bodies fit into the socket's buffer, and a timer for
    each would cost more than it protects. `warm` connects to the address `api_base`. If a `clock` is given, calls that
    write to a chat are held back while Telegram wants a pause in that chat. A long poll occupies its connection: give
    `get_updates_request` an instance of its own.
    """

    __slots__ = ("_api_base", "_connect", "_floods", "_media_write", "_pool", "_pool_size", "_read", "_session")

    def __init__(
        self,
        *,
        api_base: str = "https://api.telegram.org",
        pool_size: int = 64,
        read_timeout: float | None = 10.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 5.0,
        media_write_timeout: float | None = 20.0,
        clock: Clock | None = None,
    ) -> None:
        self._api_base, self._pool_size = api_base, pool_size
        self._read, self._connect = read_timeout, connect_timeout
        self._pool, self._media_write = pool_timeout, media_write_timeout
        self._floods = Floods(clock) if clock else None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """For how many seconds the server may be silent, unless a call has another limit; None for no limit."""
        return self._read

    async def initialize(self) -> None:
        """Create the HTTP session; call this inside the running event loop. A second call changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Under the 75 s after which nginx drops an idle connection, so that no call meets a dead one.
                connector=aiohttp.TCPConnector(limit=self._pool_size, keepalive_timeout=60, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                skip_auto_headers=("Accept", "Accept-Encoding"),  # answers are small: inflating costs more
            )

    async def shutdown(self) -> None:
        """Close every connection; `initialize` can create the session again."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def warm(self, count: int) -> None:
        """Open `count` connections to Telegram in advance, so that many calls at once need no new ones.

        Failures are ignored.
        """

        async def connect() -> None:
            with contextlib.suppress(NetworkError):
                await self.do_request(self._api_base, "HEAD")

        await asyncio.gather(*(connect() for _ in range(count)))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the decoded answer of the Bot API, without logging the answer.

        Raises TelegramError for anything that is no such answer.
        """
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            if _DONE.match(payload):
                first = _UPDATE_ID.search(payload)
                raise Undecodable(int(first[1]) if first else None) from None
            raise TelegramError("The answer is no JSON") from None
        if not isinstance(answer, dict) or not ("result" in answer or answer.get("ok") is False):
            raise TelegramError("The answer is none of the Bot API's")
        return answer if "result" in answer else _refusal(answer)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call of the Bot API. Returns the HTTP status and the body of the answer.

        `request_data` has the parameters of the call; None for none. The `timeout` arguments are in seconds. Raises
        TimedOut or NetworkError if there is no answer, and HeldBack during a pause that Telegram asked for. The texts
        of these errors never contain the URL, because the token is in it.
        """
        if self._session is None:
            raise RuntimeError("initialize() comes before the first request")
        api_method, parameters = url.rpartition("/")[2], request_data.parameters if request_data else {}
        if self._floods:
            self._floods.check(api_method, parameters)
        uploads = request_data is not None and request_data.contains_files
        timeout = _timeout(
            _seconds(read_timeout, self._read),
            _seconds(connect_timeout, self._connect),
            _seconds(pool_timeout, self._pool),
            _seconds(write_timeout, self._media_write) if uploads else None,
        )
        fault: NetworkError
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout, allow_redirects=False
            ) as response:
                status, answer = response.status, await response.read()
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                FLOODS.count(PLATFORM)
                if self._floods and (seconds := _asked_to_wait(answer)):
                    self._floods.note(api_method, parameters, seconds)
            if status < 500 or answer.startswith(b"{"):
                return status, answer
            fault = NetworkError(f"HTTP {status}, and not from the Bot API itself")
        except aiohttp.ConnectionTimeoutError:
            fault = TimedOut("No connection in time: nothing was sent")
        except TimeoutError:
            fault = TimedOut("No answer in time: the call may have been done all the same")
        except (aiohttp.ClientError, OSError) as error:
            reason = getattr(error, "strerror", None)
            fault = NetworkError(type(error).__name__ + (f": {reason}" if reason else ""))
        # aiohttp's errors can hold the URL, and thus the token. Raised outside the handler, this error does not have
        # them as its context.
        raise fault


def _refusal(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a refusal with fields of the types that the library expects, whatever the server or a proxy sent."""
    received = answer.get("parameters")
    parameters: dict[str, Any] = {}
    if isinstance(received, dict):
        if "retry_after" in received:
            parameters["retry_after"] = patience(received["retry_after"])
        if type(received.get("migrate_to_chat_id")) is int:
            parameters["migrate_to_chat_id"] = received["migrate_to_chat_id"]
    return {**answer, "description": str(answer.get("description") or ""), "parameters": parameters}


def _asked_to_wait(answer: bytes) -> float | None:
    """Return the seconds for which a refusal asks to wait; None where it does not say."""
    try:
        seconds: float | None = AiohttpRequest.parse_json_payload(answer).get("parameters", {}).get("retry_after")
    except TelegramError:
        return None
    return seconds


def _body(request_data: RequestData | None) -> BytesPayload | aiohttp.FormData | None:
    """Return the body of a call: JSON, which takes a sixth of the time of urlencoding, or a form if there are files."""
    if request_data is None:
        return None
    if not request_data.contains_files:
        return BytesPayload(_encode(request_data.parameters).encode(), content_type="application/json")
    form = aiohttp.FormData(quote_fields=False)  # quoted, an accent in a file name would arrive as %C3%A9
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime_type) in request_data.multipart_data.items():
        readable = io.BytesIO(content) if isinstance(content, bytes) else content  # sent in pieces, not all at once
        form.add_field(name, readable, filename=file_name, content_type=mime_type)
    return form


def _seconds(timeout: object, default: float | None) -> float | None:
    """Return a timeout in seconds, or the default: python-telegram-bot passes an object for «not specified»."""
    return timeout if timeout is None or isinstance(timeout, int | float) else default


@lru_cache
def _timeout(
    read: float | None, connect: float | None, pool: float | None, write: float | None
) -> aiohttp.ClientTimeout:
    both = None if connect is None or pool is None else connect + pool
    total = None if write is None or both is None or read is None else both + write + read
    return aiohttp.ClientTimeout(total=total, connect=both, sock_connect=connect, sock_read=read)
