"""As little of Discord's REST side as private messages take; what comes twice under one nonce is there once."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import Any, Self

from aiohttp import web

_ME = {"id": "1", "username": "rencontres", "discriminator": "0", "avatar": None, "bot": True}
_APPLICATION = {
    "id": "2",
    "name": "Rencontres",
    "icon": None,
    "description": "",
    "verify_key": "",
    "owner": _ME,
    "bot_public": True,
    "bot_require_code_grant": False,
    "flags": 0,
}


class SmallDiscord:
    """The server, to be entered with `async with`. `messages` counts those of each channel."""

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.repeats = 0
        self.base = ""
        self._ids = itertools.count(1_400_000_000_000_000_000)
        self._sent: dict[tuple[str, str], dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        self._server = web.AppRunner(web.Application(), access_log=None)
        self._server.app.router.add_route("*", "/{path:.*}", self._serve)
        await self._server.setup()
        await web.TCPSite(self._server, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._server.addresses[0][1]}/api/v10"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        match request.path.removeprefix("/api/v10").strip("/").split("/"):
            case ["users", "@me"]:
                return _json(_ME)
            case ["oauth2", "applications", "@me"]:
                return _json(_APPLICATION)
            case ["users", "@me", "channels"]:
                return _json({"id": body["recipient_id"], "type": 1, "last_message_id": None, "recipients": []})
            case ["channels", channel, "messages"]:
                return _json(self._message(channel, body))
        return web.Response(status=404)

    def _message(self, channel: str, body: dict[str, Any]) -> dict[str, Any]:
        key = channel, str(body["nonce"])
        if body.get("enforce_nonce") and key in self._sent:
            self.repeats += 1
            return self._sent[key]
        self.messages[channel] += 1
        made = {
            "id": str(next(self._ids)),
            "channel_id": channel,
            "author": _ME,
            "content": body["content"],
            "timestamp": "2027-03-01T09:00:00+00:00",
            "edited_timestamp": None,
            "type": 0,
            "flags": 0,
            "pinned": False,
            "tts": False,
            "mention_everyone": False,
            **{name: [] for name in ("mentions", "mention_roles", "attachments", "embeds", "components")},
        }
        self._sent[key] = made
        return made


def _json(body: Any) -> web.Response:
    # The library reads JSON only where the header says nothing more than that.
    return web.Response(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
