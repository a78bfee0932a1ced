"""The HTTP client under python-telegram-bot, over aiohttp: a fraction of the CPU that its own one takes."""

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
from bot.platforms.telegram.floods import Floods
from bot.platforms.untrusted import patience

# The library's coming type for durations: without it every 429 would bring a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_encode = json.JSONEncoder(separators=(",", ":")).encode


_DONE = re.compile(rb'\s*\{\s*"ok"\s*:\s*true\b')
_UPDATE_ID = re.compile(rb'"update_id"\s*:\s*([0-9]{1,10})\b')


class Undecodable(TelegramError):
    """The Bot API did what was asked, and says so in JSON that no decoder reads: nested too deeply, or broken.

    `first_update` is the number of the first update in it, None where it tells of none.
    """

    def __init__(self, first_update: int | None) -> None:
        super().__init__("The answer cannot be decoded")
        self.first_update = first_update


class AiohttpRequest(BaseRequest):
    """One session, and one pool of kept-alive connections, to the Bot API.

    Timeouts are seconds, None for «wait for ever». `pool_timeout` and `connect_timeout` together bound
    the wait for a connection, `read_timeout` each silence of the server, and what is written is bounded
    for uploads only (`media_write_timeout`, or the caller's `write_timeout`): other bodies fit in the
    socket's buffer, and a timer for each would cost more than it guards. `api_base` is where `warm` knocks.

    With a `clock`, a chat of which a call was answered «too many requests» is left alone by all others as long.

    A long poll occupies its connection: give `get_updates_request` an instance of its own.
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
        """The longest silence of the server, in seconds, where a call names no other."""
        return self._read

    async def initialize(self) -> None:
        """Make the session, inside the running loop; a second call changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Under the 75 s after which nginx drops an idle connection, so that no call meets a dead one.
                connector=aiohttp.TCPConnector(limit=self._pool_size, keepalive_timeout=60, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                skip_auto_headers=("Accept", "Accept-Encoding"),  # answers are small: inflating costs more
            )

    async def shutdown(self) -> None:
        """Close every connection; `initialize` may follow."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def warm(self, count: int) -> None:
        """Open connections until `count` are there, so that a rush pays no handshake; failures are silent."""

        async def knock() -> None:
            with contextlib.suppress(NetworkError):
                await self.do_request(self._api_base, "HEAD")

        await asyncio.gather(*(knock() for _ in range(count)))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """An answer of the Bot API. Raises TelegramError for anything else; unlike the library's, never logs it."""
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
        """Status and body of one call; TimedOut, NetworkError or HeldBack, whose text never holds the URL."""
        if self._session is None:
            raise RuntimeError("initialize() comes before the first request")
        called, given = url.rpartition("/")[2], request_data.parameters if request_data else {}
        if self._floods:
            self._floods.check(called, given)
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
            if status == HTTPStatus.TOO_MANY_REQUESTS and self._floods and (seconds := _asked_to_wait(answer)):
                self._floods.note(called, given, seconds)
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
        # aiohttp's errors can hold the URL, thus the token. Raised out here, this one does not even have them
        # as its context.
        raise fault


def _refusal(answer: dict[str, Any]) -> dict[str, Any]:
    """A refusal as the library can read it, whatever its server or a proxy put into it."""
    told = answer.get("parameters")
    parameters: dict[str, Any] = {}
    if isinstance(told, dict):
        if "retry_after" in told:
            parameters["retry_after"] = patience(told["retry_after"])
        if type(told.get("migrate_to_chat_id")) is int:
            parameters["migrate_to_chat_id"] = told["migrate_to_chat_id"]
    return {**answer, "description": str(answer.get("description") or ""), "parameters": parameters}


def _asked_to_wait(answer: bytes) -> float | None:
    """The seconds for which a refusal asks to be left alone; None where it does not say."""
    try:
        seconds: float | None = AiohttpRequest.parse_json_payload(answer).get("parameters", {}).get("retry_after")
    except TelegramError:
        return None
    return seconds


def _body(request_data: RequestData | None) -> BytesPayload | aiohttp.FormData | None:
    """The parameters as the Bot API reads them: JSON (a sixth of what urlencoding costs), a form around files."""
    if request_data is None:
        return None
    if not request_data.contains_files:
        return BytesPayload(_encode(request_data.parameters).encode(), content_type="application/json")
    form = aiohttp.FormData(quote_fields=False)  # quoted, an accent in a file name would arrive as %C3%A9
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime_type) in request_data.multipart_data.items():
        readable = io.BytesIO(content) if isinstance(content, bytes) else content  # sent in pieces, not at one go
        form.add_field(name, readable, filename=file_name, content_type=mime_type)
    return form


def _seconds(given: object, default: float | None) -> float | None:
    """A timeout the caller named, or else the default: python-telegram-bot marks «not named» by an object."""
    return given if given is None or isinstance(given, int | float) else default


@lru_cache
def _timeout(
    read: float | None, connect: float | None, pool: float | None, write: float | None
) -> aiohttp.ClientTimeout:
    both = None if connect is None or pool is None else connect + pool
    total = None if write is None or both is None or read is None else both + write + read
    return aiohttp.ClientTimeout(total=total, connect=both, sock_connect=connect, sock_read=read)
