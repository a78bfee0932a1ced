"""The line between the bot and an in-memory Discord, with its bad moments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord


@dataclass(frozen=True, slots=True)
class Bad:
    """What becomes of one call: refused, with a status; or done, but `late`, or without a word back (`cut`)."""

    status: int = 0
    code: int = 0
    retry_after: float = 0.0
    late: float = 0.0
    cut: bool = False

    def refusal(self) -> discord.HTTPException:
        """What the library raises for it."""
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        kind = discord.Forbidden if self.status == 403 else discord.HTTPException
        answer: Any = SimpleNamespace(status=self.status, reason="no", headers=headers)
        return kind(answer, {"code": self.code, "message": "no"})


@dataclass
class Wire:
    """Calls about messages on their way to Discord, which knows a message that comes again by its nonce.

    `bad` are the moments to come, by channel; `repeated` counts the messages that came again.
    """

    through: Callable[..., Awaitable[Any]]
    bad: dict[int, list[Bad]] = field(default_factory=lambda: defaultdict(list))
    repeated: int = 0
    _known: dict[str, Any] = field(default_factory=dict)

    async def request(self, route: discord.http.Route, **how: Any) -> Any:
        """In the place of the library's call."""
        if not route.path.startswith("/channels/{channel_id}/messages"):
            return await self.through(route, **how)
        channel = int(route.channel_id or 0)
        await self.meet(route.method, channel)
        bad = self.bad[channel].pop(0) if self.bad[channel] else Bad()
        if bad.status:
            raise bad.refusal()
        await self.wait(bad.late)
        answer = await (self._send_once(channel, route, how) if route.method == "POST" else self.through(route, **how))
        if bad.cut:
            raise aiohttp.ServerDisconnectedError
        return answer

    async def meet(self, method: str, channel: int) -> None:
        """Look at each call before anything becomes of it."""

    async def wait(self, seconds: float) -> None:
        """Let a call take its time."""

    async def _send_once(self, channel: int, route: discord.http.Route, how: dict[str, Any]) -> Any:
        form = how.get("json") or _form(how)
        assert form["enforce_nonce"]
        key = f"{channel}:{form['nonce']}"
        if key in self._known:
            self.repeated += 1
        else:
            self._known[key] = await self.through(route, **how)
        return self._known[key]


def _form(how: dict[str, Any]) -> Any:
    """The message in a form: with files it is not sent as JSON alone."""
    [payload] = [part["value"] for part in how["form"] if part["name"] == "payload_json"]
    return discord.utils._from_json(payload)
