"""The one state every method works on, and the bell that wakes whoever waits for it to change."""

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
    """Rings when something changed; costs nothing while nobody listens."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake those who wait, so that they look again."""
        if self._waiting:
            for waiting in self._waiting:
                if not waiting.done():
                    waiting.set_result(None)
            self._waiting.clear()

    async def until(self, condition: Callable[[], T | None], timeout: float, story: Callable[[], str]) -> T:
        """What the condition gives once it gives something; after so many seconds AssertionError, told by `story`."""
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
    """Chats, updates, the bot's profile, limits and time."""

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
        """Seconds since 1970, by the clock."""
        return self._clock.now().timestamp()

    def chat(self, call: MethodCall) -> StoredChat:
        """The chat a call names."""
        if not call.text("chat_id"):
            raise bad_request("chat_id is empty")
        chat = self.registry.chats.get(call.integer("chat_id"))
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def addressee(self, call: MethodCall) -> StoredChat:
        """The chat a call names, if the bot may write there."""
        chat = self.chat(call)
        if not chat.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    def charge(self, chat: StoredChat, *, edit: bool) -> None:
        """Book a message against the limits, where there are any; ApiError 429 beyond them."""
        if self._gate is not None:
            self._gate.charge(chat.id, chat.acted, edit=edit)

    def show(self, message: StoredMessage, *, edited: bool) -> None:
        """Tell whoever looks at the chat that this is what they see now."""
        message.chat.shown.append(SeenMessage(message, message.data, edited))
        self.replies(message.chat)

    def replies(self, chat: StoredChat) -> None:
        """Note that whoever acted in a chat sees something come of it."""
        if chat.asked is not None:
            self.replied.append(time.perf_counter() - chat.asked)
            chat.asked = None
        self.bell.ring()

    def answered(self, press: StoredPress) -> None:
        """Note that the bot answered a press."""
        press.answers += 1
        if self.registry.unanswered.pop(press.id, None):
            self.acknowledged.append(time.perf_counter() - press.asked)
        self.bell.ring()

    def acts(self, chat: StoredChat) -> float:
        """Note that a person does something in a chat, having seen what is there; when, by the performance counter."""
        chat.seen = len(chat.shown)
        chat.acted = self.now()
        chat.asked = time.perf_counter()
        return chat.asked
