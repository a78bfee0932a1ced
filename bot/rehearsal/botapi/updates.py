"""The queue of updates for the bot: they are kept in order until the bot confirms them, for at most a day."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from bot.rehearsal.botapi.wire import ApiError, encode

KEPT_SECONDS = 24 * 3600
"""How long Telegram stores updates that nobody fetches."""

_ON_DEMAND = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds of updates that a bot gets only if it asks for them by name."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update for the bot, such as a message or a press of a button, encoded as JSON in `body`.

    `kind` is the name of its field in the Bot API, and `born` is when it was queued, in seconds since 1970.
    """

    id: int
    kind: str
    chat: int
    body: bytes
    born: float


class UpdateQueue:
    """The updates that the bot has not confirmed yet, and the bot's long poll, if one is waiting for more."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.pending: OrderedDict[int, Update] = OrderedDict()
        self.last_id = 700_000_000
        self.allowed: frozenset[str] | None = None
        self.listener: Callable[[Update], None] | None = None
        self._now = now
        self._poller: asyncio.Future[None] | None = None

    def push(self, kind: str, payload: object, chat: int) -> Update | None:
        """Queue an update about a chat, and return it; None if the bot does not want updates of this kind."""
        if kind not in self.allowed if self.allowed else kind in _ON_DEMAND:
            return None
        self.last_id += 1
        body = f'{{"update_id":{self.last_id},"{kind}":{encode(payload)}}}'.encode()
        update = self.pending[self.last_id] = Update(self.last_id, kind, chat, body, self._now())
        if self.listener is not None:
            self.listener(update)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        return update

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Set the kinds of updates that the bot wants, as `allowed_updates` in the Bot API names them.

        None leaves the choice unchanged, an empty list restores the default.
        """
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def confirmed(self, update_id: int) -> bool:
        """Return whether all updates up to this id have left the queue, because they were confirmed or dropped."""
        return next(iter(self.pending), update_id + 1) > update_id

    def confirm_below(self, offset: int) -> None:
        """Remove the updates whose ids are below an offset, because the bot confirms them.

        A negative offset, such as -5, removes all updates but the latest 5.
        """
        if offset < 0:
            offset = max(self.pending, default=0) + offset + 1
        while self.pending and next(iter(self.pending)) < offset:
            self.pending.popitem(last=False)

    def confirm(self, update: Update) -> None:
        """Remove one update from the queue, because the bot's webhook accepted it."""
        self.pending.pop(update.id, None)

    def expire(self) -> None:
        """Remove the updates that have waited for more than a day."""
        limit = self._now() - KEPT_SECONDS
        while self.pending and next(iter(self.pending.values())).born < limit:
            self.pending.popitem(last=False)

    def end_poll(self, description: str) -> None:
        """Answer 409 to the bot's long poll, if there is one; `description` is the reason in the answer."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(ApiError(409, f"Conflict: {description}"))

    async def poll(self, limit: int, seconds: float) -> bytes:
        """Return the next updates for the bot as a JSON list, at most `limit`; wait up to `seconds` for the first.

        If the bot has another poll that waits, that poll is ended.
        """
        self.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self.expire()
        if not self.pending and seconds > 0:
            waiting = self._poller = asyncio.get_running_loop().create_future()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waiting, seconds)
        return b"[" + b",".join(update.body for update in islice(self.pending.values(), limit)) + b"]"
