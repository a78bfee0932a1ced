"""A topic of the forum for each group, with its card pinned.

Nobody can be put into a topic: people enter the forum by a link that asks, and `entering` answers. Telegram cannot be
asked which topics there are, yet it tells the bot of each that the bot made: so one that was made just before the
program ended, or whose making was never answered, is heard of, and no second one is made.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import structlog
from telegram import Bot, Message
from telegram.constants import ForumTopicLimit
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot.clock import Clock
from bot.content.errors import ChannelGone, PlatformError, RetryLater
from bot.database.engine import Store
from bot.delivery import channel_store
from bot.delivery.channels import CreatedChannel
from bot.delivery.pacer import Pacer
from bot.delivery.platform import Note, WantedChannel
from bot.platforms.telegram.calls import call
from bot.platforms.telegram.faults import classify
from bot.platforms.telegram.features import FEATURES
from bot.platforms.telegram.reading import PLATFORM
from bot.platforms.telegram.sending import edit_view, send_view

log = structlog.get_logger()

_HEARD_WITHIN = 15.0
"""Seconds within which Telegram tells of a topic that was made."""
_LAST_CALL = 3.0
"""Seconds at the end of the program for what is being made."""
_TOPIC_AS_WANTED = "topic_not_modified"


class Forum:
    """The groups' places in one forum supergroup, of which the bot is an administrator."""

    def __init__(
        self, bot: Bot, connect: Callable[[], Awaitable[None]], store: Store, clock: Clock, chat_id: int
    ) -> None:
        """`connect` makes sure that Telegram knows us."""
        self.chat_id = chat_id
        self._bot = bot
        self._connect = connect
        self._store = store
        self._clock = clock
        self._pacer = Pacer(FEATURES.pace)
        self._pin_refused = False
        self._inviting = asyncio.Lock()

    async def keep(self, wanted: WantedChannel, note: Note) -> None:
        """Bring topic and card in step. Raises Unreachable, RetryLater or Rejected."""
        await self._connect()
        await self.keep_invitation()
        title = wanted.title[: ForumTopicLimit.MAX_NAME_LENGTH]
        created = wanted.created
        if created.thread:
            try:
                await self._rename(created, title)
                await self._keep_card(wanted, replace(created, title=title), note)
                return
            except PlatformError as error:
                if not isinstance(error, ChannelGone):
                    raise
        elif created.title and not wanted.attempts:
            raise RetryLater("whether the topic was made is heard soon", _HEARD_WITHIN)
        await self._keep_card(wanted, await self._make(title, note), note)

    async def close(self, created: CreatedChannel, _taken: frozenset[str], /) -> None:
        """Close the topic, which stays readable. Raises Unreachable, RetryLater or Rejected."""
        await self._connect()
        if created.thread:
            try:
                with contextlib.suppress(_AsItShouldBe):
                    await self._topic("closeForumTopic", created)
            except PlatformError as error:
                if not isinstance(error, ChannelGone):
                    raise

    async def turn(self) -> None:
        """Wait until the forum may be written to, and take that turn."""
        chat = str(self.chat_id)
        while True:
            now = self._clock.now()
            self._pacer.look(now)
            if (free_at := self._pacer.chat_free_at(chat)) <= now:
                break
            await self._clock.sleep((free_at - now).total_seconds())
        self._pacer.take(chat, now)

    async def hear(self, message: Message) -> None:
        """Telegram tells of a topic: if the bot made it, it is some place's, or one too many and closed."""
        made = message.forum_topic_created
        if made is None or message.from_user is None or message.from_user.id != self._bot.id:
            return
        chat, thread = str(self.chat_id), str(message.message_thread_id or message.message_id)
        url = self._address(thread)
        if not await self._store.transact(
            lambda tx: channel_store.claim_topic(tx, PLATFORM, chat, made.name, thread, url)
        ):
            log.warning("telegram.topic_superfluous", topic=thread)
            with contextlib.suppress(TelegramError):
                await call(self._bot, "closeForumTopic", chat_id=self.chat_id, message_thread_id=int(thread))

    # --- the topic

    async def _make(self, title: str, note: Note) -> CreatedChannel:
        await note(CreatedChannel(title=title))
        await self.turn()
        return await _to_its_end(self._create(title, note))

    async def _create(self, title: str, note: Note) -> CreatedChannel:
        try:
            made = await call(self._bot, "createForumTopic", chat_id=self.chat_id, name=title)
        except TelegramError as error:
            if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
                raise RetryLater(error.message, _HEARD_WITHIN) from None  # it may be there all the same
            await note(CreatedChannel())
            raise classify(error) from None
        thread = str(made["message_thread_id"])
        created = CreatedChannel(title=title, chat=str(self.chat_id), thread=thread, url=self._address(thread))
        await note(created)
        return created

    async def _rename(self, created: CreatedChannel, title: str) -> None:
        if created.title != title:
            with contextlib.suppress(_AsItShouldBe):
                await self._topic("editForumTopic", created, name=title)

    async def _topic(self, method: str, created: CreatedChannel, **parameters: Any) -> None:
        """Change a topic. Raises _AsItShouldBe where there is nothing to change, and a PlatformError."""
        await self.turn()
        try:
            await call(self._bot, method, chat_id=self.chat_id, message_thread_id=int(created.thread), **parameters)
        except TelegramError as error:
            known = error.message.lower()
            if _TOPIC_AS_WANTED in known or (method == "closeForumTopic" and isinstance(classify(error), ChannelGone)):
                raise _AsItShouldBe from None
            raise classify(error) from None

    def _address(self, thread: str) -> str:
        return f"https://t.me/c/{str(self.chat_id).removeprefix('-100')}/{thread}"

    # --- the card

    async def _keep_card(self, wanted: WantedChannel, created: CreatedChannel, note: Note) -> None:
        """Send the card, or edit it: an edit that changes nothing tells that card and topic are still there."""
        await self.turn()
        shown = await _to_its_end(self._show_card(wanted, created, note))
        if shown.card != created.card or not created.digest:
            await self._pin(int(shown.card.split(",")[0]))
        done = replace(shown, digest=wanted.digest)
        if done != wanted.created:
            await note(done)

    async def _show_card(self, wanted: WantedChannel, created: CreatedChannel, note: Note) -> CreatedChannel:
        thread = int(created.thread)
        if created.card:
            first = int(created.card.split(",")[0])
            shown = await edit_view(self._bot, self.chat_id, first, wanted.card, wanted.reader, thread=thread)
        else:
            shown = await send_view(self._bot, self.chat_id, wanted.card, wanted.reader, thread=thread)
        card = ",".join(map(str, shown))
        if card == created.card:
            return created
        created = replace(created, card=card, digest="")
        await note(created)
        return created

    async def _pin(self, message_id: int) -> None:
        await self.turn()
        try:
            await call(
                self._bot,
                "pinChatMessage",
                chat_id=self.chat_id,
                message_id=message_id,
                disable_notification=True,
            )
        except (BadRequest, Forbidden) as error:
            if not self._pin_refused:
                self._pin_refused = True
                log.warning("telegram.card_pin_refused", reason=error.message)
        except TelegramError as error:
            raise classify(error) from None

    # --- the way in

    async def keep_invitation(self) -> None:
        """Have a link by which people ask to enter; one is made for each forum. Raises as `keep` does."""
        chat = str(self.chat_id)
        async with self._inviting:
            known, _link = await self._store.read(channel_store.invitation)
            if known == chat:
                return
            try:
                made = await call(self._bot, "createChatInviteLink", chat_id=self.chat_id, creates_join_request=True)
            except TelegramError as error:
                raise classify(error) from None
            link = made["invite_link"]
            await self._store.transact(lambda tx: channel_store.set_invitation(tx, chat, link))


async def _to_its_end(work: Coroutine[Any, Any, CreatedChannel]) -> CreatedChannel:
    """Do something and write it down, also when the program stops meanwhile: Telegram has no key against doubles."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        done, _late = await asyncio.wait({task}, timeout=_LAST_CALL)
        if done:
            task.exception()  # the next program meets it again
        task.cancel()
        raise


class _AsItShouldBe(Exception):
    """There is nothing to change."""
