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
from bot.content.errors import PlaceGone, PlatformError, RetryLater
from bot.database.engine import Store
from bot.delivery import space_store
from bot.delivery.pacer import Pacer
from bot.delivery.platform import Note, Space
from bot.delivery.spaces import Place
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

    async def keep(self, space: Space, note: Note) -> None:
        """Bring topic and card in step. Raises Unreachable, RetryLater or Rejected."""
        await self._connect()
        await self.keep_invitation()
        title = space.title[: ForumTopicLimit.MAX_NAME_LENGTH]
        place = space.place
        if place.thread:
            try:
                await self._rename(place, title)
                await self._keep_card(space, replace(place, title=title), note)
                return
            except PlatformError as error:
                if not isinstance(error, PlaceGone):
                    raise
        elif place.title and not space.attempts:
            raise RetryLater("whether the topic was made is heard soon", _HEARD_WITHIN)
        await self._keep_card(space, await self._make(title, note), note)

    async def close(self, place: Place, _taken: frozenset[str], /) -> None:
        """Close the topic, which stays readable. Raises Unreachable, RetryLater or Rejected."""
        await self._connect()
        if place.thread:
            try:
                with contextlib.suppress(_AsItShouldBe):
                    await self._topic("closeForumTopic", place)
            except PlatformError as error:
                if not isinstance(error, PlaceGone):
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
            lambda tx: space_store.claim_topic(tx, PLATFORM, chat, made.name, thread, url)
        ):
            log.warning("telegram.topic_superfluous", topic=thread)
            with contextlib.suppress(TelegramError):
                await call(self._bot, "closeForumTopic", chat_id=self.chat_id, message_thread_id=int(thread))

    # --- the topic

    async def _make(self, title: str, note: Note) -> Place:
        await note(Place(title=title))
        await self.turn()
        return await _to_its_end(self._create(title, note))

    async def _create(self, title: str, note: Note) -> Place:
        try:
            made = await call(self._bot, "createForumTopic", chat_id=self.chat_id, name=title)
        except TelegramError as error:
            if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
                raise RetryLater(error.message, _HEARD_WITHIN) from None  # it may be there all the same
            await note(Place())
            raise classify(error) from None
        thread = str(made["message_thread_id"])
        place = Place(title=title, chat=str(self.chat_id), thread=thread, url=self._address(thread))
        await note(place)
        return place

    async def _rename(self, place: Place, title: str) -> None:
        if place.title != title:
            with contextlib.suppress(_AsItShouldBe):
                await self._topic("editForumTopic", place, name=title)

    async def _topic(self, method: str, place: Place, **parameters: Any) -> None:
        """Change a topic. Raises _AsItShouldBe where there is nothing to change, and a PlatformError."""
        await self.turn()
        try:
            await call(self._bot, method, chat_id=self.chat_id, message_thread_id=int(place.thread), **parameters)
        except TelegramError as error:
            known = error.message.lower()
            if _TOPIC_AS_WANTED in known or (method == "closeForumTopic" and isinstance(classify(error), PlaceGone)):
                raise _AsItShouldBe from None
            raise classify(error) from None

    def _address(self, thread: str) -> str:
        return f"https://t.me/c/{str(self.chat_id).removeprefix('-100')}/{thread}"

    # --- the card

    async def _keep_card(self, space: Space, place: Place, note: Note) -> None:
        """Send the card, or edit it: an edit that changes nothing tells that card and topic are still there."""
        await self.turn()
        shown = await _to_its_end(self._show_card(space, place, note))
        if shown.card != place.card or not place.digest:
            await self._pin(int(shown.card.split(",")[0]))
        done = replace(shown, digest=space.digest)
        if done != space.place:
            await note(done)

    async def _show_card(self, space: Space, place: Place, note: Note) -> Place:
        thread = int(place.thread)
        if place.card:
            first = int(place.card.split(",")[0])
            shown = await edit_view(self._bot, self.chat_id, first, space.card, space.reader, thread=thread)
        else:
            shown = await send_view(self._bot, self.chat_id, space.card, space.reader, thread=thread)
        card = ",".join(map(str, shown))
        if card == place.card:
            return place
        place = replace(place, card=card, digest="")
        await note(place)
        return place

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
            known, _link = await self._store.read(space_store.invitation)
            if known == chat:
                return
            try:
                made = await call(self._bot, "createChatInviteLink", chat_id=self.chat_id, creates_join_request=True)
            except TelegramError as error:
                raise classify(error) from None
            link = made["invite_link"]
            await self._store.transact(lambda tx: space_store.set_invitation(tx, chat, link))


async def _to_its_end(work: Coroutine[Any, Any, Place]) -> Place:
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
