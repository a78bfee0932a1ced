"""Replies on their way out: in order within a chat, patient with a server that is not, and noted once they left."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
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
from bot.platforms.telegram.reading import Read
from bot.platforms.telegram.sending import edit_view, mark_message, send_view
from bot.platforms.telegram.shown import ShownMessages

log = structlog.get_logger()

_TRIES = 5
_BACKOFF = Backoff(first=0.5, longest=8.0)
_TRIES_TO_ACKNOWLEDGE = 3
_SPINS_AT_MOST = 5  # seconds
_NEXT_TRY = 0.5  # seconds
_UNDER_WAY = 1024
"""Replies that may be on their way at once; further updates wait, and Telegram keeps those behind them."""
_OF_ONE_CHAT = 128
"""Replies of one chat among them: whoever writes faster than Telegram lets us answer keeps nobody else waiting."""


class Replies:
    """Everything that is being told to people who just acted."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, clock: Clock, pacer: Pacer) -> None:
        """`pacer` is shared with what leaves the outbox: Telegram counts both."""
        self._bot = bot
        self._dispatcher = dispatcher
        self._clock = clock
        self._room = asyncio.Semaphore(_UNDER_WAY)
        self._of_chat = Counter[int]()
        self._left_out = Counter[int]()
        self._pacer = pacer
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self.shown = ShownMessages()
        """What pressed messages show."""
        self._early: set[asyncio.Task[None]] = set()

    async def drained(self) -> None:
        """Wait until every reply under way has left or was given up."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    async def left(self, chat: int) -> None:
        """Wait until the replies under way to a chat have left or were given up."""
        if under_way := self._under_way.get(chat):
            await asyncio.wait((under_way,))

    async def start(self, chat: int, reply: Callable[[], Awaitable[None]]) -> None:
        """Start a reply after the earlier ones of its chat, so that what was asked first is answered first.

        Waits for room for one more; a reply that fails is logged, and gives its room back like any other. One too many
        in a chat does not leave: what it was to say is done, and the next start says how things stand.
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

    def acknowledge_now(self, got: Read) -> None:
        """Tell who pressed that it arrived, without waiting."""
        self._beside(self._acknowledge(got, None))

    async def answer(
        self,
        got: Read,
        answered: Answered,
        *,
        acknowledge: bool,
        pressed: Mapping[str, Any] | None = None,
        paced: bool = False,
    ) -> None:
        """Show what was answered, the press acknowledged meanwhile with the answer's passing word.

        `pressed` is the message that was pressed, as it came with the update. With `paced`, what is sent waits for its
        turn under Telegram's limits.
        """
        said = answered.reply
        sent: list[str] = []
        toast = plain(said.toast, answered.reader) if said and said.toast is not None else None
        acknowledged = self._acknowledge(got, toast) if acknowledge else None
        if said is None:
            shown = True
            if acknowledged:
                await acknowledged
        else:
            place = None if said.fresh else got.pressed
            message = message_of(got.incoming.content)
            if said.mark and message:
                show = self._mark(got.chat_id, int(message), said.view, answered.reader)
            else:
                show = self.show(got.chat_id, place, said.view, answered.reader, pressed, sent, paced=paced)
            shown = (await asyncio.gather(show, acknowledged))[0] if acknowledged else await show
        if shown:
            self._dispatcher.sent(answered, ",".join(sent))

    async def show(
        self,
        chat: int,
        place: int | None,
        view: View,
        reader: Reader,
        pressed: Mapping[str, Any] | None = None,
        sent: list[str] | None = None,
        *,
        paced: bool = False,
    ) -> bool:
        """Send or edit, patiently; whether the answer left, or can never leave. Its ids are added to `sent`.

        What is `paced` waits for its turn.
        """

        async def say() -> None:
            if paced and place is None:
                departure = await self._turn(str(chat))
                try:
                    ids = await send_view(self._bot, chat, view, reader)
                finally:
                    self._pacer.answered(departure, self._clock.now())
            elif place is None:
                ids = await send_view(self._bot, chat, view, reader)
            else:
                ids = await edit_view(self._bot, chat, place, view, reader, shown=self.shown, pressed=pressed)
            if not paced and (new := [id_ for id_ in ids if id_ != str(place)]):
                self._pacer.count_in_chat(str(chat), self._clock.now(), len(new))
            if sent is not None:
                sent.extend(ids)

        try:
            return await self._patiently(say)
        except Moved as moved:  # a group became a supergroup after the update: it has another id, and no message yet
            return int(moved.chat) == chat or await self.show(int(moved.chat), None, view, reader, None, sent)
        except PlatformError as error:
            log.error("telegram.reply_refused", reason=str(error))
            return True

    async def _turn(self, chat: str) -> Departure:
        """Wait until one more message may leave for a chat, were all that leave to count."""
        while True:
            now = self._clock.now()
            self._pacer.look(now)
            free_at = max(self._pacer.free_at(), self._pacer.chat_free_at(chat))
            if free_at <= now:
                return self._pacer.take(chat, now)
            await self._clock.sleep((free_at - now).total_seconds())

    async def _mark(self, chat: int, message: int, view: View, reader: Reader) -> bool:
        """Answer by a mark on what someone wrote; in words where that is refused, the message being gone perhaps."""
        try:
            return await self._patiently(lambda: mark_message(self._bot, chat, message))
        except PlatformError as error:
            log.info("telegram.mark_refused", reason=str(error))
            return await self.show(chat, None, view, reader)

    async def _patiently(self, say: Callable[[], Awaitable[None]]) -> bool:
        """Whether an answer left, or nobody is there to get it. Raises what else Telegram answers for good."""
        for failures in range(1, _TRIES + 1):
            try:
                await say()
            except RetryLater as later:
                await self._clock.sleep(later.seconds if later.seconds is not None else _BACKOFF.after(failures))
            except Unreachable:
                return True
            else:
                return True
        return False

    async def _acknowledge(self, got: Read, toast: str | None, tries: int = _TRIES_TO_ACKNOWLEDGE) -> None:
        """Tell who pressed that it arrived; tried again beside whatever follows, as the button spins until then."""
        if got.query is None:
            return
        try:
            await call(self._bot, "answerCallbackQuery", callback_query_id=got.query, text=toast)
        except TelegramError as error:
            later = classify(error)
            if tries > 1 and isinstance(later, RetryLater) and (later.seconds or 0) <= _SPINS_AT_MOST:
                self._beside(self._acknowledge_later(got, toast, tries - 1, later.seconds or _NEXT_TRY))
            else:
                log.info("telegram.press_not_acknowledged", reason=error.message)

    async def _acknowledge_later(self, got: Read, toast: str | None, tries: int, seconds: float) -> None:
        await self._clock.sleep(seconds)
        await self._acknowledge(got, toast, tries)

    def _beside(self, doing: Coroutine[None, None, None]) -> None:
        async def run() -> None:
            try:
                await doing
            except Exception:
                log.exception("telegram.acknowledgement_failed")

        task = asyncio.create_task(run())
        self._early.add(task)
        task.add_done_callback(self._early.discard)
