"""Updates on their way in: long polling, where fetching the next batch confirms the last one.

`Application` of python-telegram-bot swallows a handler's exception, and its updater fetches ahead of the handlers:
both confirm what was not done. Here a batch is fetched raw (one malformed update spoils nothing else), handled at once
across chats and in order within one, and only what is committed lets the offset move.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.clock import Clock
from bot.errors import ConfigError

log = structlog.get_logger()

ALLOWED_UPDATES = (
    "message",
    "callback_query",
    "edited_message",
    "my_chat_member",
    "chat_join_request",
    "chat_member",
)
_BATCH = 100
"""Updates fetched at once, the most that Telegram gives: fewer are all there were."""
_LONG_POLL = 30
"""Seconds Telegram may hold an empty answer."""
_CONFLICTS = 3
"""As many 409 in a row mean that another program polls with this token; one may be the end of our own last run."""
_LONGEST_PAUSE = 30.0

Raw = Mapping[str, Any]


Take = Callable[[Raw, bool], Awaitable[None]]


class Intake:
    """The polling loop. `take(update, waited)` returns once the update's effect is committed; it does not raise.

    `waited` says that the update may be old: it was there when polling began, or began again after a failure, so that
    many more may be answered at once than people write.
    """

    def __init__(self, request: BaseRequest, method_url: str, take: Take, clock: Clock) -> None:
        """`method_url` is the bot's base address, token included: it never reaches a log from here."""
        self._request = request
        self._url = f"{method_url}/getUpdates"
        self._take = take
        self._clock = clock

    async def run(self) -> None:
        """Poll until cancelled. Raises ConfigError when the token is refused, or used by another program."""
        offset, conflicts, pause = 0, 0, 1.0
        waited = True
        while True:
            try:
                updates = await self._fetch(offset)
            except InvalidToken:
                raise ConfigError("Telegram refuses the token: copy it anew from @BotFather.") from None
            except Conflict:
                conflicts += 1
                if conflicts >= _CONFLICTS:
                    raise ConfigError(
                        "Another program receives updates with this Telegram token: stop it, or give this one a token"
                        " of its own."
                    ) from None
                await self._clock.sleep(1.0)
                continue
            except RetryAfter as error:
                await self._clock.sleep(_seconds(error.retry_after))
                continue
            except TelegramError as error:
                level = log.info if isinstance(error, NetworkError) else log.error
                level("telegram does not answer", reason=error.message, again_in=pause)
                await self._clock.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                waited = True
                continue
            conflicts, pause = 0, 1.0
            if updates:
                await self._take_batch(updates, waited)
                offset = max(int(update["update_id"]) for update in updates) + 1
            waited = waited and len(updates) == _BATCH

    async def _fetch(self, offset: int) -> list[Raw]:
        query = {
            "offset": offset,
            "timeout": _LONG_POLL,
            "limit": _BATCH,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        answer = await self._request.post(f"{self._url}?{urlencode(query)}", read_timeout=_LONG_POLL + 5)
        return list(answer)  # type: ignore[arg-type]

    async def _take_batch(self, updates: list[Raw], waited: bool) -> None:
        by_chat: dict[object, list[Raw]] = defaultdict(list)
        for update in updates:
            by_chat[chat_of(update)].append(update)
        if len(by_chat) == 1:
            await self._take_in_order(updates, waited)
            return
        await asyncio.gather(*(self._take_in_order(chat, waited) for chat in by_chat.values()))

    async def _take_in_order(self, updates: list[Raw], waited: bool) -> None:
        for update in updates:
            await self._take(update, waited)


def chat_of(update: Raw) -> object:
    """What keeps updates in order: the chat they happened in, else the person."""
    for kind in ALLOWED_UPDATES:
        if body := update.get(kind):
            place = body.get("message", body)
            return (place.get("chat") or body.get("from") or {}).get("id")
    return None


def _seconds(after: int | timedelta) -> float:
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
