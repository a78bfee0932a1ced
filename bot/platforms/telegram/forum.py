"""Gives each group a topic of the forum, and pins the group's card (the message that presents the group) there.

Nobody can be added to a topic: people ask to enter the forum through a link, and `entering` answers them. The Bot API
has no call that lists topics, but it reports each topic that the bot created as an update. So a topic that was created
just before the program ended, or whose creation was never answered, is assigned to its group by that update, and no
second topic is created.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
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
from bot.delivery.platform import NoteChannel, WantedChannel
from bot.platforms.telegram.calls import call
from bot.platforms.telegram.faults import classify
from bot.platforms.telegram.reading import PLATFORM
from bot.platforms.telegram.sending import count_messages, edit_view, send_view

log = structlog.get_logger()

_HEARD_WITHIN = 15.0
"""The seconds within which Telegram has reported a topic that was created."""
_LAST_CALL = 3.0
"""The seconds that a call which creates a topic may still take when the program ends."""
_TOPIC_AS_WANTED = "topic_not_modified"


class Forum:
    """The groups' channels on Telegram, each a topic of one forum, a group with topics that the bot administers."""

    def __init__(
        self, bot: Bot, connect: Callable[[], Awaitable[None]], store: Store, clock: Clock, chat_id: int, pacer: Pacer
    ) -> None:
        """`connect` waits until the bot is logged in; `chat_id` is the id of the forum.

        `pacer` paces everything that is sent to Telegram: its limits count the forum as one group, in any topic.
        """
        self.chat_id = chat_id
        self._bot = bot
        self._connect = connect
        self._store = store
        self._clock = clock
        self._pacer = pacer
        self._pin_refused = False
        self._inviting = asyncio.Lock()

    async def reconcile(self, wanted: WantedChannel, note: NoteChannel) -> None:
        """Create or update a group's topic and its card, the message that presents the group.

        `wanted` describes the topic as it should be, and has the ids of what was already created; `note` stores what
        this call creates. Raises Unreachable, RetryLater or Rejected, according to Telegram's answer.
        """
        await self._connect()
        await self.ensure_invitation()
        title = wanted.title[: ForumTopicLimit.MAX_NAME_LENGTH]
        created = wanted.created
        if created.thread:
            try:
                await self._rename(created, title)
                await self._reconcile_card(wanted, replace(created, title=title), note)
                return
            except PlatformError as error:
                if not isinstance(error, ChannelGone):
                    raise
        elif created.title and not wanted.attempts:
            raise RetryLater("whether the topic was made is heard soon", _HEARD_WITHIN)
        await self._reconcile_card(wanted, await self._create(title, note), note)

    async def close(self, created: CreatedChannel, _used_ids: frozenset[str], /) -> None:
        """Close a group's topic in the forum; people can still read what was written in it.

        `created` is what is stored about the topic. Raises Unreachable, RetryLater or Rejected, according to Telegram's
        answer.
        """
        await self._connect()
        if created.thread:
            try:
                with contextlib.suppress(_Unchanged):
                    await self._topic("closeForumTopic", created)
            except PlatformError as error:
                if not isinstance(error, ChannelGone):
                    raise

    async def note_topic(self, message: Message) -> None:
        """Assign a new topic, which Telegram has reported, to the group for which the bot created it.

        If no group needs the topic, it is closed. Topics that the bot did not create are left unchanged.
        """
        topic = message.forum_topic_created
        if topic is None or message.from_user is None or message.from_user.id != self._bot.id:
            return
        chat, thread = str(self.chat_id), str(message.message_thread_id or message.message_id)
        url = self._address(thread)
        if not await self._store.transact(
            lambda tx: channel_store.claim_topic(tx, PLATFORM, chat, topic.name, thread, url)
        ):
            log.warning("telegram.topic_superfluous", topic=thread)
            self._pacer.count_in_chat(chat, self._clock.now())
            with contextlib.suppress(TelegramError):
                await call(self._bot, "closeForumTopic", chat_id=self.chat_id, message_thread_id=int(thread))

    @contextlib.asynccontextmanager
    async def _turn(self, messages: int = 1) -> AsyncIterator[None]:
        """Wait until Telegram's limits allow so many more messages in the forum, and count what is sent as these.

        One message is kept back for what somebody writes to a group meanwhile.
        """
        chat = str(self.chat_id)
        while True:
            now = self._clock.now()
            self._pacer.read_clock(now)
            free_at = max(self._pacer.chat_spare_at(chat, messages), self._pacer.free_at(messages))
            if free_at <= now:
                break
            await self._clock.sleep((free_at - now).total_seconds())
        departure = self._pacer.depart(chat, now, messages)
        try:
            yield
        finally:
            self._pacer.answered(departure, self._clock.now())

    # --- the topic

    async def _create(self, title: str, note: NoteChannel) -> CreatedChannel:
        await note(CreatedChannel(title=title))
        async with self._turn():
            return await _run_to_end(self._create_topic(title, note))

    async def _create_topic(self, title: str, note: NoteChannel) -> CreatedChannel:
        try:
            topic = await call(self._bot, "createForumTopic", chat_id=self.chat_id, name=title)
        except TelegramError as error:
            if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
                raise RetryLater(error.message, _HEARD_WITHIN) from None  # the topic may have been created nevertheless
            await note(CreatedChannel())
            raise classify(error) from None
        thread = str(topic["message_thread_id"])
        created = CreatedChannel(title=title, chat=str(self.chat_id), thread=thread, url=self._address(thread))
        await note(created)
        return created

    async def _rename(self, created: CreatedChannel, title: str) -> None:
        if created.title != title:
            with contextlib.suppress(_Unchanged):
                await self._topic("editForumTopic", created, name=title)

    async def _topic(self, method: str, created: CreatedChannel, **parameters: Any) -> None:
        """Call a method that changes a topic. Raises _Unchanged if the topic was so already, or a PlatformError."""
        try:
            async with self._turn():
                await call(self._bot, method, chat_id=self.chat_id, message_thread_id=int(created.thread), **parameters)
        except TelegramError as error:
            message = error.message.lower()
            if _TOPIC_AS_WANTED in message or (
                method == "closeForumTopic" and isinstance(classify(error), ChannelGone)
            ):
                raise _Unchanged from None
            raise classify(error) from None

    def _address(self, thread: str) -> str:
        return f"https://t.me/c/{str(self.chat_id).removeprefix('-100')}/{thread}"

    # --- the card

    async def _reconcile_card(self, wanted: WantedChannel, created: CreatedChannel, note: NoteChannel) -> None:
        """Send the card, or edit it even if unchanged: the answer tells whether card and topic still exist."""
        async with self._turn(count_messages(wanted.card, wanted.reader)):
            shown = await _run_to_end(self._show_card(wanted, created, note))
        if shown.card != created.card or not created.digest:
            await self._pin(int(shown.card.split(",")[0]))
        reconciled = replace(shown, digest=wanted.digest)
        if reconciled != wanted.created:
            await note(reconciled)

    async def _show_card(self, wanted: WantedChannel, created: CreatedChannel, note: NoteChannel) -> CreatedChannel:
        thread = int(created.thread)
        if created.card:
            first = int(created.card.split(",")[0])
            ids = await edit_view(self._bot, self.chat_id, first, wanted.card, wanted.reader, thread=thread)
        else:
            ids = await send_view(self._bot, self.chat_id, wanted.card, wanted.reader, thread=thread)
        card = ",".join(ids)
        if card == created.card:
            return created
        created = replace(created, card=card, digest="")
        await note(created)
        return created

    async def _pin(self, message_id: int) -> None:
        try:
            async with self._turn():
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

    # --- the invitation

    async def ensure_invitation(self) -> None:
        """Create and store the link with which people ask to enter the forum, unless there is one.

        Raises Unreachable, RetryLater or Rejected, according to Telegram's answer.
        """
        chat = str(self.chat_id)
        async with self._inviting:
            invited_chat, _link = await self._store.read(channel_store.forum_invitation)
            if invited_chat == chat:
                return
            try:
                invitation = await call(
                    self._bot, "createChatInviteLink", chat_id=self.chat_id, creates_join_request=True
                )
            except TelegramError as error:
                raise classify(error) from None
            link = invitation["invite_link"]
            await self._store.transact(lambda tx: channel_store.set_forum_invitation(tx, chat, link))


async def _run_to_end(work: Coroutine[Any, Any, CreatedChannel]) -> CreatedChannel:
    """Await `work`, and let it finish even if the program stops meanwhile, because a repeat would do it twice.

    Returns its result; raises CancelledError after it if the task was cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        finished, _late = await asyncio.wait({task}, timeout=_LAST_CALL)
        if finished:
            task.exception()  # marked as seen: the next program meets the error again
        task.cancel()
        raise


class _Unchanged(Exception):
    """A topic is already as it should be."""
