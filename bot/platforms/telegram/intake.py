"""Receives updates by long polling, where fetching the next batch confirms the last one.

`Application` of python-telegram-bot swallows a handler's exception, and its updater fetches ahead of the handlers: both
confirm updates that were not handled. Here a batch is fetched raw (one malformed update spoils nothing else), handled
concurrently across chats and in order within one, and the offset moves only when all effects are committed. An update
that cannot be read does not stop it, because nobody else would be served any more.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.backoff import Backoff
from bot.clock import Clock
from bot.content.errors import ConfigError
from bot.logs import new_reference, reference_of, under_reference
from bot.platforms.telegram.reading import PLATFORM
from bot.platforms.telegram.shapes import LAST_UPDATE_ID
from bot.platforms.telegram.transport import Undecodable
from bot.platforms.untrusted import Malformed, location_of, storable

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
"""How many updates are fetched at once, the most that Telegram allows: fewer mean that no more are waiting."""
_REFUSALS = 3
"""How many 401 in a row mean that the token is wrong or revoked; a single one may be a passing error of Telegram."""
_LONG_POLL = 30
"""Seconds for which Telegram may hold back an empty answer."""
_CONFLICTS = 5
"""How many 409 in a row, over 15 s, mean that another program polls with this token.

Fewer may come from the end of our own last run, or from a program over the same store whose machine slept: it takes up
to 8 s to learn that it lost its lease, and until then both get this answer.
"""
_BACKOFF = Backoff(first=1.0, longest=30.0)
_BREATH = 0.05
"""Seconds of real time after a batch without update ids: it must neither delay others nor cause a busy loop."""
_LEAP = 10_000
"""The most update ids that may be missing before the next: the ids of a batch, and of kinds that we do not ask for."""

Raw = Mapping[str, Any]


Take = Callable[[Raw, bool], Awaitable[None]]
"""A function that handles one update, and returns once the update's effect is committed.

Its second argument is True if the update may have been queued at Telegram while the program was stopped: many such
updates may arrive at once, so that their replies have to be paced. Raises Malformed for an update of another shape.
"""


class Intake:
    """The loop that fetches updates (messages and presses) from Telegram and passes each to the function `take`.

    Updates of one chat are passed one after the other, in order; updates of different chats at the same time.
    """

    def __init__(self, request: BaseRequest, method_url: str, take: Take, clock: Clock) -> None:
        """`method_url` is the bot's base address; it contains the token, and is never logged here."""
        self._request = request
        self._url = f"{method_url}/getUpdates"
        self._take = take
        self._clock = clock
        self._leapt_to: int | None = None
        self._rested = False

    async def run(self) -> None:
        """Fetch updates from Telegram until cancelled, and pass each to the function `take`.

        If Telegram cannot be reached, this waits and tries again. Raises ConfigError if Telegram refuses the token
        several times, or if another program uses it too.
        """
        offset, conflicts, refusals, failures, limit = 0, 0, 0, 0, _BATCH
        queued = True
        while True:
            try:
                updates: Sequence[object] = await self._fetch(offset, limit)
            except Undecodable as error:
                if limit > 1:  # one update spoils the whole answer: fetching them singly shows which
                    limit = 1
                    continue
                updates, limit = [{"update_id": error.first_update}], _BATCH
            except InvalidToken:
                refusals += 1
                if refusals >= _REFUSALS:
                    raise ConfigError("Telegram refuses the token: copy it again from @BotFather.") from None
                failures, queued = failures + 1, True
                pause = _BACKOFF.after(failures)
                log.error("telegram.token_refused", again_in=pause)
                await self._clock.sleep(pause)
                continue
            except Conflict:
                conflicts += 1
                if conflicts >= _CONFLICTS:
                    raise ConfigError(
                        "Another program receives updates with this Telegram token: stop it, or give this one a token"
                        " of its own."
                    ) from None
                await self._clock.sleep(_BACKOFF.after(conflicts))
                continue
            except RetryAfter as error:
                await self._clock.sleep(_seconds(error.retry_after))
                continue
            except TelegramError as error:
                failures, queued = failures + 1, True
                pause = _BACKOFF.after(failures)
                if isinstance(error, NetworkError):
                    log.info("telegram.unreachable", reason=error.message, again_in=pause)
                else:
                    log.error("telegram.updates_refused", reason=error.message, again_in=pause)
                await self._clock.sleep(pause)
                continue
            conflicts = refusals = failures = 0
            await self._take_batch(updates, queued)
            queued = queued and len(updates) >= limit
            offset, is_certain = self._next_offset(updates, offset)
            if not is_certain:  # the same updates may come again, and must not cause a busy loop
                await asyncio.sleep(_BREATH)

    def _next_offset(self, updates: Sequence[object], offset: int) -> tuple[int, bool]:
        """Return the offset to continue from after a batch, and whether the ids of the batch determined it.

        It never confirms updates to come. The ids of updates ascend, with few of them missing. A batch with other ids,
        of which one must be wrong, moves the offset by its length, which is never too much. A leap is accepted after an
        empty answer, if the same id comes a second time: after a week without updates Telegram continues with any id.
        """
        numbers = [number for update in updates if (number := update_id(update)) is not None]
        if not numbers:
            self._rested = self._rested or not updates
            return offset + len(updates), not updates
        ordered = numbers == sorted(numbers)
        last = numbers[-1] if ordered else sorted(numbers)[len(numbers) // 2]
        near = offset <= last <= offset + _LEAP
        if offset and not near and not (self._rested and last == self._leapt_to):
            self._leapt_to = last
            return offset + len(updates), True
        self._leapt_to, self._rested = None, False
        return (offset + len(updates) if near and not ordered else last + 1), True

    async def _fetch(self, offset: int, limit: int) -> list[object]:
        """Fetch the next updates, at most `limit`, of any shape. Raises TelegramError, also if no list is returned."""
        kinds = json.dumps(ALLOWED_UPDATES)
        query = {"offset": offset, "timeout": _LONG_POLL, "limit": limit, "allowed_updates": kinds}
        answer = await self._request.post(f"{self._url}?{urlencode(query)}", read_timeout=_LONG_POLL + 5)
        if not isinstance(answer, list):
            raise TelegramError("The answer to getUpdates is no list")
        return [*answer]

    async def _take_batch(self, updates: Sequence[object], queued: bool) -> None:
        by_chat: dict[object, list[object]] = defaultdict(list)
        for update in updates:
            by_chat[chat_of(update)].append(update)
        if len(by_chat) == 1:
            await self._take_in_order(updates, queued)
            return
        await asyncio.gather(*(self._take_in_order(chat, queued) for chat in by_chat.values()))

    async def _take_in_order(self, updates: Sequence[object], queued: bool) -> None:
        for update in updates:
            await take_one(self._take, update, queued)


async def take_one(take: Take, update: object, queued: bool = False) -> None:
    """Pass one update to the function `take`; if it cannot be handled, log this without its content, and drop it.

    `queued` is True if the update may have waited at Telegram while the program was stopped.
    """
    number = update_id(update)
    with under_reference(new_reference() if number is None else reference_of(PLATFORM, str(number))):
        try:
            await take(_storable(update), queued)
        except Malformed as odd:
            log.warning("telegram.update_malformed", update_id=number, kind=_kind_of(update), reason=str(odd))
        except Exception as error:  # noqa: BLE001 - whatever it is, the next person is served
            log.error(
                "telegram.update_failed",
                update_id=number,
                kind=_kind_of(update),
                reason=type(error).__name__,
                where=location_of(error),
            )


def _storable(update: object) -> Raw:
    if not isinstance(update, dict):
        raise Malformed("update: not an object")
    try:
        return storable(update)  # type: ignore[no-any-return]
    except RecursionError:
        raise Malformed("update: nested too deeply") from None


def update_id(update: object) -> int | None:
    """Return the id of an update; None if it is missing, or if it is no id that Telegram uses."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int and 0 <= number <= LAST_UPDATE_ID else None


def chat_of(update: object) -> object:
    """Return the id of an update's chat; without a chat, the id of the person who caused the update; or None.

    Updates with the same result are handled in order.
    """
    body = _part(update, _kind_of(update))
    message = _part(body, "message") or body
    number = _part(_part(message, "chat") or _part(body, "from"), "id")
    return number if isinstance(number, int) else None


def _kind_of(update: object) -> str:
    """Return the kind of an update, '' for none that we asked for."""
    return next((kind for kind in ALLOWED_UPDATES if _part(update, kind)), "")


def _part(of: object, key: str) -> object:
    return of.get(key) if isinstance(of, dict) else None


def _seconds(after: int | timedelta) -> float:
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
