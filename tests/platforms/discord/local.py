"""Discord's REST side on a local port, as little of it as answering a press takes, and when each call came."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakSet

import discord
import pytest
from aiohttp import web

_HANDSHAKE_TRIPS = 2
_ids = itertools.count(1_400_000_000_000_000_000)
_BOT = {"id": "1", "username": "rencontres", "discriminator": "0", "avatar": None, "bot": True}
_APPLICATION = {
    "id": "2",
    "name": "Rencontres",
    "icon": None,
    "description": "",
    "verify_key": "",
    "owner": _BOT,
    "bot_public": True,
    "bot_require_code_grant": False,
    "flags": 0,
}
_PRIVATE_CHANNEL = {"id": "3", "type": 1, "last_message_id": None, "recipients": []}


@dataclass(slots=True)
class Call:
    """One request: what, to where, with what, when (seconds of the loop's clock)."""

    method: str
    path: str
    body: Any
    at: float


@dataclass
class LocalDiscord:
    """The server. `refused` gives the statuses of paths that are refused.

    The connection of each path in `cut` breaks once, before the call is carried out, or after where that is True. What
    comes again with the same nonce is no new message.

    `latency` is a round trip in seconds; a new connection pays two more, as TCP and TLS do. `histories` are the
    messages of private channels, oldest first; such a channel has the id of its person.
    """

    refused: dict[str, int] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    cut: dict[str, bool] = field(default_factory=dict)
    nonces: dict[str, int] = field(default_factory=dict)
    latency: float = 0.0
    histories: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _greeted: WeakSet[asyncio.BaseTransport] = field(default_factory=WeakSet)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    def callbacks(self) -> list[int]:
        """The kinds of first answers that came, in order."""
        return [call.body["type"] for call in self.calls if call.path.endswith("/callback")]

    def texts(self) -> list[str]:
        """The contents of all answers that came, first or later, in order."""
        bodies = [call.body.get("data", call.body) if call.body else {} for call in self.calls]
        return [body["content"] for body in bodies if isinstance(body, dict) and "content" in body]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for a call that makes something true."""
        async with self._came:
            await self._came.wait_for(happened)

    async def serve(self, request: web.Request) -> web.Response:
        """Take any request."""
        if not self.latency:
            return await self._answer(request)
        trips = 0.5
        if request.transport is not None and request.transport not in self._greeted:
            self._greeted.add(request.transport)
            trips += _HANDSHAKE_TRIPS
        await asyncio.sleep(self.latency * trips)
        answer = await self._answer(request)
        await asyncio.sleep(self.latency / 2)
        return answer

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/api/v10")
        body = await request.json() if request.can_read_body else None
        cut = self.cut.pop(path, None)
        if cut is False:
            return _break(request)
        self.calls.append(Call(request.method, path, body, asyncio.get_running_loop().time()))
        async with self._came:
            self._came.notify_all()
        if cut:
            self._post(body)
            return _break(request)
        if status := self.refused.get(path):
            return _json({"code": 0, "message": "no"}, status)
        match path.strip("/").split("/"):
            case ["users", "@me"]:
                return _json(_BOT)
            case ["oauth2", "applications", "@me"]:
                return _json(_APPLICATION)
            case ["interactions", native_id, _token, "callback"]:
                return _json({"interaction": {"id": native_id, "type": 3}})
            case ["users", "@me", "channels"]:
                person = str((body or {}).get("recipient_id"))
                return _json({**_PRIVATE_CHANNEL, "id": person} if person in self.histories else _PRIVATE_CHANNEL)
            case ["channels", channel, "messages"] if request.method == "GET":
                return _json(self._page(channel, request.query))
        return _json(_message(self._post(body)))

    def _post(self, body: Any) -> int:
        """Return the id of a new message; the id of the earlier one for a nonce that was used."""
        nonce = body.get("nonce") if isinstance(body, dict) else None
        return self.nonces.setdefault(nonce, next(_ids)) if nonce else next(_ids)

    def _page(self, channel: str, query: Any) -> list[dict[str, Any]]:
        before = int(query.get("before", 1 << 63))
        older = [each for each in self.histories.get(channel, ()) if int(each["id"]) < before]
        return older[::-1][: int(query["limit"])]


def _break(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _json(body: Any, status: int = 200) -> web.Response:
    # The library reads JSON only where the header says nothing more than that.
    return web.Response(body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json"})


def _message(native_id: int, content: str = "") -> dict[str, Any]:
    return {
        "id": str(native_id),
        "channel_id": "3",
        "author": _BOT,
        "content": content,
        "timestamp": "2027-03-01T09:00:00+00:00",
        "edited_timestamp": None,
        "type": 0,
        "flags": 0,
        "pinned": False,
        "tts": False,
        "mention_everyone": False,
        **{key: [] for key in ("mentions", "mention_roles", "attachments", "embeds", "components")},
    }


def written(user_id: str, content: str, at: datetime) -> dict[str, Any]:
    """What someone wrote in the private channel that has their own id, as Discord gives and delivers it."""
    writer = {"id": user_id, "username": "zoe", "global_name": "Zoé", "discriminator": "0", "avatar": None}
    native_id = discord.utils.time_snowflake(at) + next(_ids) % 1000
    return {**_message(native_id, content), "channel_id": user_id, "author": writer, "timestamp": at.isoformat()}


def press(custom_id: str, user_id: int = 7) -> Any:
    """What the gateway brings when someone presses a button of a private message."""
    user = {"id": str(user_id), "username": "zoe", "global_name": "Zoé", "discriminator": "0", "avatar": None}
    return {
        "id": str(next(_ids)),
        "application_id": "2",
        "type": 3,
        "token": f"token-{next(_ids)}",
        "version": 1,
        "locale": "en-GB",
        "channel_id": "3",
        "channel": _PRIVATE_CHANNEL,
        "user": user,
        "message": _message(next(_ids), "Press"),
        "data": {"custom_id": custom_id, "component_type": 2},
        "entitlements": [],
        "attachment_size_limit": 10_000_000,
        "authorizing_integration_owners": {},
    }


@asynccontextmanager
async def local_discord(
    patch: pytest.MonkeyPatch, port: int = 0, *, latency: float = 0.0
) -> AsyncIterator[LocalDiscord]:
    """Run the server, and point the library to it."""
    local = LocalDiscord(latency=latency)
    server = web.AppRunner(web.Application())
    server.app.router.add_route("*", "/{path:.*}", local.serve)
    await server.setup()
    site = web.TCPSite(server, "127.0.0.1", port)
    await site.start()
    patch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{server.addresses[0][1]}/api/v10")
    try:
        yield local
    finally:
        await server.cleanup()
