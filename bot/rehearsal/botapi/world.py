"""The state of the Bot API server, on which all methods work, and the bell that wakes tasks that wait for a change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from bot.clock import Clock
from bot.rehearsal.botapi.chats import Registry, SeenMessage, StoredChat, StoredMessage, StoredPress
from bot.rehearsal.botapi.pace import RateLimiter, RateLimits
from bot.rehearsal.botapi.updates import UpdateQueue
from bot.rehearsal.botapi.webhook import WebhookDelivery
from bot.rehearsal.botapi.wire import ApiError, Json, MethodCall, bad_request

T = TypeVar("T")


class Bell:
    """Wakes the tasks that wait for a change of the simulated Telegram server's state."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake the tasks that wait for a change, so that they check their conditions again."""
        if self._waiting:
            for waiting in self._waiting:
                if not waiting.done():
                    waiting.set_result(None)
            self._waiting.clear()

    async def until(self, condition: Callable[[], T | None], timeout: float, story: Callable[[], str]) -> T:
        """Wait until `condition` returns something true, and return its result.

        After `timeout` seconds, raises AssertionError with the text that `story` returns.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not (found := condition()):
            waiting: asyncio.Future[None] = loop.create_future()
            self._waiting.add(waiting)
            try:
                async with asyncio.timeout_at(deadline):
                    await waiting
            except TimeoutError:
                raise AssertionError(f"after {timeout:g} s: {story()}") from None
            finally:
                self._waiting.discard(waiting)
        return found


class World:
    """The state of the simulated Telegram server: its chats, updates, rate limits and clock, and the bot's profile."""

    def __init__(self, username: str, clock: Clock, pace: RateLimits | None, webhook_repeat: float) -> None:
        self.me: Json = {"id": 123456789, "is_bot": True, "first_name": "Rencontres", "username": username}
        self.webhook_repeat = webhook_repeat
        self.registry = Registry()
        self.bell = Bell()
        self._clock = clock
        self.updates = UpdateQueue(self.now)
        self.webhook: WebhookDelivery | None = None
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.acknowledged: list[float] = []
        self.replied: list[float] = []
        self._gate = RateLimiter(pace, self.now) if pace else None

    def now(self) -> float:
        """Return the present time of the server's clock, in seconds since 1970."""
        return self._clock.now().timestamp()

    def chat(self, call: MethodCall) -> StoredChat:
        """Return the chat that a call of the bot names. Raises ApiError if it does not exist."""
        if not call.text("chat_id"):
            raise bad_request("chat_id is empty")
        chat = self.registry.chats.get(call.integer("chat_id"))
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def addressee(self, call: MethodCall) -> StoredChat:
        """Return the chat to which a call of the bot writes.

        Raises ApiError if there is no such chat, or if the bot may not write in it.
        """
        chat = self.chat(call)
        if not chat.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    def charge(self, chat: StoredChat, *, edit: bool, messages: int = 1) -> None:
        """Count a message in a chat, an album of `messages`, or with `edit` an edit, against Telegram's limits.

        Does nothing if the server enforces no limits. Raises ApiError 429 if a limit is exceeded.
        """
        if self._gate is not None:
            self._gate.charge(chat.id, chat.acted, edit=edit, messages=messages)

    def show(self, message: StoredMessage, *, edited: bool) -> None:
        """Store that people see the present state of a message, after seeing an earlier one if `edited` is True."""
        message.chat.shown.append(SeenMessage(message, message.data, edited, self.now()))
        message.chat.typing_until = float("-inf")
        self.replies(message.chat)

    def replies(self, chat: StoredChat) -> None:
        """Wake the tasks that wait for a change, because the bot did something in a chat.

        If this is the bot's first reaction to the latest action of a person, also store how long the reaction took.
        """
        if chat.asked is not None:
            self.replied.append(time.perf_counter() - chat.asked)
            chat.asked = None
        self.bell.ring()

    def answered(self, press: StoredPress) -> None:
        """Store that the bot answered a press of a button, and wake waiting tasks."""
        press.answers += 1
        if self.registry.unanswered.pop(press.id, None):
            self.acknowledged.append(time.perf_counter() - press.asked)
        self.bell.ring()

    def acts(self, chat: StoredChat) -> float:
        """Store that a person acts in a chat, having seen its messages; return the time by `time.perf_counter()`."""
        chat.seen = len(chat.shown)
        chat.acted = self.now()
        chat.asked = time.perf_counter()
        return chat.asked
