"""What stands before several programs: passes each request to the next of them, whoever asks and for what."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Self

import aiohttp
from aiohttp import web

_LARGEST = 40_000_000


class Balancer:
    """An HTTP server that passes requests to `backends` in turn, and to the next where one cannot be reached.

    To be entered with `async with`. `passed` counts the requests that each backend answered.
    """

    def __init__(self) -> None:
        self.backends: Sequence[str] = ()
        self.passed = Counter[str]()
        self.url = ""
        self._turn = itertools.count()
        self._runner = web.ServerRunner(web.Server(self._pass_on, access_log=None), shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        self._asking = aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._asking.close()
        await self._runner.cleanup()

    async def _pass_on(self, request: web.BaseRequest) -> web.StreamResponse:
        request._client_max_size = _LARGEST
        body = await request.read()
        first = next(self._turn)
        for number in range(len(self.backends)):
            backend = self.backends[(first + number) % len(self.backends)]
            try:
                return await self._ask(backend, request, body)
            except aiohttp.ClientConnectorError:
                continue
            except (aiohttp.ClientError, ConnectionError):  # ended in the middle: who asked asks again
                return web.Response(status=502)
        return web.Response(status=503)

    async def _ask(self, backend: str, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
        async with self._asking.request(
            request.method,
            f"{backend}{request.path_qs}",
            headers=request.headers,
            data=body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None),
        ) as answer:
            self.passed[backend] += 1
            headers = answer.headers.copy()
            headers.popall("Transfer-Encoding", None)
            response = web.StreamResponse(status=answer.status, headers=headers)
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            return response
