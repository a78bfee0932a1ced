"""Sends replies to Telegram: in order within a chat, in several attempts, and recorded in the store once sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.backoff import Backoff
from bot.clock import Clock
from bot.content.errors import Moved, PlatformError, RetryLater, Unreachable
from bot.content.texts import Reader, plain
from bot.content.views import View
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.incoming import message_of
from bot.delivery.pacer import Departure, Pacer
from bot.platforms.telegram.calls import call
from bot.platforms.telegram.faults import classify
from bot.platforms.telegram.reading import ReadUpdate
from bot.platforms.telegram.sending import Arrived, count_messages, edit_view, mark_message, send_view
from bot.platforms.telegram.shown import ShownMessages

log = structlog.get_logger()

_TRIES = 5
_BACKOFF = Backoff(first=0.5, longest=8.0)
_TRIES_TO_ACKNOWLEDGE = 3
_SPINS_AT_MOST = 5  # seconds
_NEXT_TRY = 0.5  # seconds
_UNDER_WAY = 1024
"""The most replies that are under way at once; further updates wait, and Telegram stores those behind them."""
_OF_ONE_CHAT = 128
"""The most replies under way to one chat, so that a person who writes very fast does not block the others."""


class Replies:
    """Sends the replies to people who just did something on Telegram, to several chats at the same time."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, clock: Clock, pacer: Pacer) -> None:
        """`pacer` keeps to Telegram's limits, which count replies and deliveries together; delivery shares it."""
        self._bot = bot
        self._dispatcher = dispatcher
        self._clock = clock
        self._room = asyncio.Semaphore(_UNDER_WAY)
        self._of_chat = Counter[int]()
        self._left_out = Counter[int]()
        self._pacer = pacer
        self._first_in_line = asyncio.Lock()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self.shown = ShownMessages()
        """What pressed messages show, as far as the program knows."""
        self._early: set[asyncio.Task[None]] = set()

    async def drained(self) -> None:
        """Wait until no reply is being sent any more: each was sent or given up."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    async def chat_drained(self, chat: int) -> None:
        """Wait until no reply is being sent to this chat any more: each was sent or given up."""
        if under_way := self._under_way.get(chat):
            await asyncio.wait((under_way,))

    async def start(self, chat: int, reply: Callable[[], Awaitable[None]]) -> None:
        """Start to send a reply after the earlier replies of its chat; the function `reply` sends it.

        If very many replies are being sent, this waits until one has ended. A reply that fails is logged. If too many
        replies wait for the same chat, this one is dropped. What the person did is stored nevertheless, and the
        program's next start shows them the present state.
        """
        if self._of_chat[chat] >= _OF_ONE_CHAT:
            self._left_out[chat] += 1
            return
        self._of_chat[chat] += 1
        await self._room.acquire()
        before = self._under_way.get(chat)

        async def run() -> None:
            try:
                if before:
                    await asyncio.wait((before,))
                await reply()
            except Exception:
                log.exception("telegram.reply_failed")
            finally:
                self._room.release()
                self._of_chat[chat] -= 1
                if not self._of_chat[chat]:
                    del self._of_chat[chat]
                    if left_out := self._left_out.pop(chat, 0):
                        log.info("telegram.replies_left_out", replies=left_out)
                if self._under_way.get(chat) is asyncio.current_task():
                    del self._under_way[chat]

        self._under_way[chat] = asyncio.create_task(run())

    def acknowledge_now(self, update: ReadUpdate) -> None:
        """Acknowledge a press to Telegram in the background, so that Telegram shows the button as no longer busy."""
        self._run_in_background(self._acknowledge(update, None))

    async def answer(
        self,
        update: ReadUpdate,
        answered: Answered,
        *,
        acknowledge: bool,
        pressed: Mapping[str, Any] | None = None,
        paced: bool = False,
    ) -> None:
        """Send the reply to something that a person did on Telegram, and record that it was sent.

        With `acknowledge`, the press is acknowledged at the same time, with the reply's short notice. `pressed` is the
        pressed message as it came with the update, None if nothing was pressed. With `paced`, a new message waits until
        Telegram's limits allow it. If the reply cannot be sent for now, nothing is recorded, and the program's next
        start shows the person the present state.
        """
        reply = answered.reply
        message_ids: list[str] = []
        toast = plain(reply.toast, answered.reader) if reply and reply.toast is not None else None
        acknowledging = asyncio.create_task(self._acknowledge(update, toast)) if acknowledge else None
        left = True
        try:
            if reply is not None:
                edited = None if reply.fresh else update.pressed
                message = message_of(update.incoming.content)
                marks = reply.mark and bool(message)
                if marks:
                    otherwise = None if reply.card else reply.view
                    left = await self._mark(update.chat_id, int(message), otherwise, answered.reader)
                if left and (reply.card or not marks):
                    left = await self.show(
                        update.chat_id, edited, reply.view, answered.reader, pressed, message_ids, paced=paced
                    )
        finally:
            if acknowledging:  # even if the reply failed: until then the button is shown as busy
                await acknowledging
        if left:
            self._dispatcher.sent(answered, ",".join(message_ids))

    async def show(
        self,
        chat: int,
        edited: int | None,
        view: View,
        reader: Reader,
        pressed: Mapping[str, Any] | None = None,
        message_ids: list[str] | None = None,
        *,
        paced: bool = False,
    ) -> bool:
        """Show a message in a chat, trying several times if needed.

        Returns True if the message was sent or can never be sent, False if it should be tried again later. `edited` is
        the id of the message to be replaced, None for a new message. `pressed` is the pressed message as it came with
        the update, None without a press. The ids of the messages sent are added to `message_ids`. With `paced`, a new
        message waits until Telegram's limits allow it.
        """

        arrived: Arrived = {}

        async def send() -> None:
            before = _messages(arrived)
            if paced and edited is None:
                departure = await self._turn(str(chat), max(count_messages(view, reader) - before, 1))
                try:
                    ids = await send_view(self._bot, chat, view, reader, arrived=arrived)
                finally:
                    self._pacer.answered(departure, self._clock.now())
            else:
                try:
                    ids = await self._send_unpaced(chat, edited, view, reader, pressed, arrived)
                finally:
                    if (new := _messages(arrived) - before) > 0:
                        self._pacer.count_in_chat(str(chat), self._clock.now(), new)
            if message_ids is not None:
                message_ids.extend(ids)

        try:
            return await self._with_retries(send)
        except Moved as moved:  # a group became a supergroup after the update: it has another id, and no message yet
            return int(moved.chat) == chat or await self.show(int(moved.chat), None, view, reader, None, message_ids)
        except PlatformError as error:
            log.error("telegram.reply_refused", reason=str(error))
            return True

    async def _send_unpaced(
        self,
        chat: int,
        edited: int | None,
        view: View,
        reader: Reader,
        pressed: Mapping[str, Any] | None,
        arrived: Arrived,
    ) -> list[str]:
        if edited is None:
            return await send_view(self._bot, chat, view, reader, arrived=arrived)
        return await edit_view(
            self._bot, chat, edited, view, reader, shown=self.shown, pressed=pressed, arrived=arrived
        )

    async def _turn(self, chat: str, messages: int) -> Departure:
        """Wait until so many more messages may leave for a chat, and count them. Returns their departure."""
        while True:
            await self._sleep_until(lambda: self._pacer.chat_free_at(chat, messages))
            async with self._first_in_line:  # only one wakes up for each departure, not all that wait
                await self._sleep_until(lambda: self._pacer.free_at(messages))
                now = self._clock.now()
                if self._pacer.chat_free_at(chat, messages) <= now:
                    return self._pacer.depart(chat, now, messages)

    async def _sleep_until(self, free_at: Callable[[], datetime]) -> None:
        """Wait until the instant that `free_at` returns, which may move meanwhile."""
        while True:
            now = self._clock.now()
            self._pacer.read_clock(now)
            if (instant := free_at()) <= now:
                return
            await self._clock.sleep((instant - now).total_seconds())

    async def _mark(self, chat: int, message: int, view: View | None, reader: Reader) -> bool:
        """Answer by a reaction on a person's message; where that is refused, for instance if it is gone, by the view.

        A `view` of None is shown anyway, by whoever calls this.
        """
        try:
            return await self._with_retries(lambda: mark_message(self._bot, chat, message))
        except PlatformError as error:
            log.info("telegram.mark_refused", reason=str(error))
            return view is None or await self.show(chat, None, view, reader)

    async def _with_retries(self, send: Callable[[], Awaitable[None]]) -> bool:
        """Try to send several times. Returns True when it was sent, or its reader cannot be reached.

        Raises the other errors that Telegram answers for good.
        """
        for failures in range(1, _TRIES + 1):
            try:
                await send()
            except RetryLater as later:
                await self._clock.sleep(later.seconds if later.seconds is not None else _BACKOFF.after(failures))
            except Unreachable:
                return True
            else:
                return True
        return False

    async def _acknowledge(self, update: ReadUpdate, toast: str | None, tries: int = _TRIES_TO_ACKNOWLEDGE) -> None:
        """Acknowledge a press, whose button spins until then; further tries are made in the background."""
        if update.query is None:
            return
        try:
            await call(self._bot, "answerCallbackQuery", callback_query_id=update.query, text=toast)
        except TelegramError as error:
            later = classify(error)
            if tries > 1 and isinstance(later, RetryLater) and (later.seconds or 0) <= _SPINS_AT_MOST:
                self._run_in_background(self._acknowledge_later(update, toast, tries - 1, later.seconds or _NEXT_TRY))
            else:
                log.info("telegram.press_not_acknowledged", reason=error.message)

    async def _acknowledge_later(self, update: ReadUpdate, toast: str | None, tries: int, seconds: float) -> None:
        await self._clock.sleep(seconds)
        await self._acknowledge(update, toast, tries)

    def _run_in_background(self, work: Coroutine[None, None, None]) -> None:
        async def run() -> None:
            try:
                await work
            except Exception:
                log.exception("telegram.acknowledgement_failed")

        task = asyncio.create_task(run())
        self._early.add(task)
        task.add_done_callback(self._early.discard)


def _messages(arrived: Arrived) -> int:
    return sum(map(len, arrived.values()))
