"""The people of a workshop beyond Telegram: interactions as Discord's gateway brings them, and browsers on pages."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import aiohttp

from tests.platforms.discord.local import Call, LocalDiscord, press

_LABEL, _TYPED, _MODAL, _SUBMITTED = 18, 4, 9, 5
_FOR_EVER = aiohttp.ClientTimeout(total=None)


def submitted(modal: Mapping[str, Any], words: str, user_id: int) -> Any:
    """What the gateway brings when someone writes into the first text field of a modal and sends it."""
    components: list[Any] = []
    written = False
    for part in modal["components"]:
        field_ = part.get("component", {})
        if part["type"] != _LABEL:
            continue
        given: dict[str, Any] = {"type": field_["type"], "custom_id": field_["custom_id"], "id": len(components)}
        if field_["type"] == _TYPED and not written:
            given["value"] = words
            written = True
        else:
            given.update({"value": ""} if field_["type"] == _TYPED else {"values": ()})
        components.append({"type": _LABEL, "id": 100 + len(components), "component": given})
    assert written, modal
    payload = press("", user_id)
    payload["type"] = _SUBMITTED
    payload["data"] = {"custom_id": modal["custom_id"], "components": components}
    return payload


def modals(local: LocalDiscord) -> dict[str, Any]:
    """The modals that were opened, by the id of the interaction that asked for each."""
    return {
        call.path.split("/")[-3]: call.body["data"]
        for call in local.calls
        if call.path.endswith("/callback") and call.body["type"] == _MODAL
    }


def replied(local: LocalDiscord) -> dict[str, float]:
    """When each interaction's answer came that can be read, by its token."""
    found: dict[str, float] = {}
    for call in local.calls:
        if (token := _token(call)) and _says_something(call):
            found.setdefault(token, call.at)
    return found


def _token(call: Call) -> str | None:
    parts = call.path.strip("/").split("/")
    if parts[0] in ("interactions", "webhooks") and len(parts) > 2:
        return parts[2]
    return None


def _says_something(call: Call) -> bool:
    body = call.body if isinstance(call.body, dict) else {}
    return bool((body.get("data") or body).get("content"))


@dataclass
class Browser:
    """Someone's page, open, and its script: it listens to what changes, and posts what is written."""

    session: aiohttp.ClientSession
    root: str
    link: str
    half: float
    heard: list[tuple[float, str]] = field(default_factory=list)
    """What the stream brought, each with its time in seconds since 1970."""
    _here: str = ""
    _seal: str = ""
    _listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Follow the personal link, open the door, and begin to listen."""
        async with self.session.post(f"{self.root}/p/{self.link}") as page:
            text = await page.text()
        found = re.search(r'data-here="([^"]+)" data-seal="([^"]+)" data-revision="(\d+)"', text)
        assert found, text
        self._here, self._seal = found[1], found[2]
        self._listening = asyncio.create_task(self._listen(found[3]))

    async def _listen(self, revision: str) -> None:
        async with self.session.get(f"{self.root}{self._here}events?after={revision}", timeout=_FOR_EVER) as stream:
            async for line in stream.content:
                if line.startswith(b"data: {"):
                    html = json.loads(line.removeprefix(b"data: "))["html"]
                    self.heard.append((time.time(), unescape(re.sub(r"<[^>]+>", "", html))))

    async def say(self, words: str) -> float:
        """Post some words; seconds until their answer was there."""
        took, _answer = await self._post("say", text=words)
        return took

    async def press(self, payload: str, message: str = "") -> tuple[float, Any]:
        """Press a button, of the message with this id; seconds until the answer was there, and the answer."""
        return await self._post("press", payload=payload, message=message)

    async def _post(self, gesture: str, **fields: str) -> tuple[float, Any]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(self.half)
        form = aiohttp.FormData(
            {"seal": self._seal, "token": secrets.token_urlsafe(12), "after": "0", **fields},
            default_to_multipart=True,
        )
        async with self.session.post(
            f"{self.root}{self._here}{gesture}", data=form, headers={"Accept": "application/json"}
        ) as answer:
            shown = await answer.json()
            assert answer.status == 200, shown
            assert shown["messages"], shown
        await asyncio.sleep(self.half)
        return loop.time() - began, shown

    async def close(self) -> None:
        """Close the window."""
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError):
                await self._listening
        await self.session.close()
