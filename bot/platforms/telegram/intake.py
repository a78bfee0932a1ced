"""Updates on their way in: long polling, where fetching the next batch confirms the last one.

`Application` of python-telegram-bot swallows a handler's exception, and its updater fetches ahead of the handlers:
both confirm what was not done. Here a batch is fetched raw (one malformed update spoils nothing else), handled at once
across chats and in order within one, and only what is committed lets the offset move. What cannot be read is no
reason for it to stand still: nobody else would be heard any more.
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
from bot.platforms.untrusted import Malformed, place_of, storable

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
_REFUSALS = 3
"""As many 401 in a row mean that the token is wrong, or was taken back; one alone is a stumble of Telegram's."""
_LONG_POLL = 30
"""Seconds Telegram may hold an empty answer."""
_CONFLICTS = 5
"""As many 409 in a row, over 15 s, mean that another program polls with this token. Fewer may be the end of our own
last run, or one over the same store that slept, as its machine did, and takes up to 8 s to learn that it lost its
lease: until then each of the two is told of the other."""
_BACKOFF = Backoff(first=1.0, longest=30.0)
_BREATH = 0.05
"""Seconds of real time between updates without a number: they must neither hold up others nor keep us busy."""
_LEAP = 10_000
"""Updates that may be missing before the next one: those of a batch and of the kinds that we do not ask for."""

Raw = Mapping[str, Any]


Take = Callable[[Raw, bool], Awaitable[None]]
"""Handles one update and returns once its effect is committed. Raises Malformed for one of another shape.

The flag says that the update may be old: it was there when polling began, or began again after a failure, so that many
more may be answered at once than people write.
"""


class Intake:
    """The polling loop: fetches updates and hands each to `take`, one of a chat after the other."""

    def __init__(self, request: BaseRequest, method_url: str, take: Take, clock: Clock) -> None:
        """`method_url` is the bot's base address, token included: it never reaches a log from here."""
        self._request = request
        self._url = f"{method_url}/getUpdates"
        self._take = take
        self._clock = clock
        self._leapt_to: int | None = None
        self._rested = False

    async def run(self) -> None:
        """Poll until cancelled. Raises ConfigError when the token keeps being refused, or another program uses it."""
        offset, conflicts, refusals, failures, limit = 0, 0, 0, 0, _BATCH
        waited = True
        while True:
            try:
                updates: Sequence[object] = await self._fetch(offset, limit)
            except Undecodable as error:
                if limit > 1:  # one of them spoils the whole answer: one after the other shows which
                    limit = 1
                    continue
                updates, limit = [{"update_id": error.first_update}], _BATCH
            except InvalidToken:
                refusals += 1
                if refusals >= _REFUSALS:
                    raise ConfigError("Telegram refuses the token: copy it anew from @BotFather.") from None
                failures, waited = failures + 1, True
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
                failures, waited = failures + 1, True
                pause = _BACKOFF.after(failures)
                if isinstance(error, NetworkError):
                    log.info("telegram.unreachable", reason=error.message, again_in=pause)
                else:
                    log.error("telegram.updates_refused", reason=error.message, again_in=pause)
                await self._clock.sleep(pause)
                continue
            conflicts = refusals = failures = 0
            await self._take_batch(updates, waited)
            waited = waited and len(updates) >= limit
            offset, known = self._beyond(updates, offset)
            if not known:  # nothing says how far to go: the same may come again, but not at once
                await asyncio.sleep(_BREATH)

    def _beyond(self, updates: Sequence[object], offset: int) -> tuple[int, bool]:
        """The offset after a batch, and whether the batch told it. It never confirms what did not come.

        Updates come in ascending order, few of them missing. A batch that is otherwise, because one of its numbers is
        not true, counts for its length, which is never too much. A leap is believed after an
        empty answer, when the same comes a second time: after a week without updates Telegram begins with any number.
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
        """The next updates, whatever they are. Raises TelegramError, also for an answer that is no list of them."""
        kinds = json.dumps(ALLOWED_UPDATES)
        query = {"offset": offset, "timeout": _LONG_POLL, "limit": limit, "allowed_updates": kinds}
        answer = await self._request.post(f"{self._url}?{urlencode(query)}", read_timeout=_LONG_POLL + 5)
        if not isinstance(answer, list):
            raise TelegramError("The answer to getUpdates is no list")
        return [*answer]

    async def _take_batch(self, updates: Sequence[object], waited: bool) -> None:
        by_chat: dict[object, list[object]] = defaultdict(list)
        for update in updates:
            by_chat[chat_of(update)].append(update)
        if len(by_chat) == 1:
            await self._take_in_order(updates, waited)
            return
        await asyncio.gather(*(self._take_in_order(chat, waited) for chat in by_chat.values()))

    async def _take_in_order(self, updates: Sequence[object], waited: bool) -> None:
        for update in updates:
            await take_one(self._take, update, waited)


async def take_one(take: Take, update: object, waited: bool = False) -> None:
    """Hand one update over, whatever it is: what cannot be taken is logged without its words, and done with."""
    number = update_id(update)
    with under_reference(new_reference() if number is None else reference_of(PLATFORM, str(number))):
        try:
            await take(_storable(update), waited)
        except Malformed as odd:
            log.warning("telegram.update_malformed", update_id=number, kind=_kind_of(update), reason=str(odd))
        except Exception as error:  # noqa: BLE001 - whatever it is, the next person is served
            log.error(
                "telegram.update_failed",
                update_id=number,
                kind=_kind_of(update),
                reason=type(error).__name__,
                where=place_of(error),
            )


def _storable(update: object) -> Raw:
    if not isinstance(update, dict):
        raise Malformed("update: not an object")
    try:
        return storable(update)  # type: ignore[no-any-return]
    except RecursionError:
        raise Malformed("update: nested too deeply") from None


def update_id(update: object) -> int | None:
    """The number of an update; None where it has none that Telegram could have given it."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int and 0 <= number <= LAST_UPDATE_ID else None


def chat_of(update: object) -> object:
    """What keeps updates in order: the id of the chat they happened in, else of the person; None for neither."""
    body = _part(update, _kind_of(update))
    place = _part(body, "message") or body
    number = _part(_part(place, "chat") or _part(body, "from"), "id")
    return number if isinstance(number, int) else None


def _kind_of(update: object) -> str:
    """What an update is about, '' for nothing that we asked for."""
    return next((kind for kind in ALLOWED_UPDATES if _part(update, kind)), "")


def _part(of: object, key: str) -> object:
    return of.get(key) if isinstance(of, dict) else None


def _seconds(after: int | timedelta) -> float:
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
