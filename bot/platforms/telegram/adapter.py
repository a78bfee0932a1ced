"""Contains the adapter for Telegram: it receives what people do, and sends replies and other messages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from aiohttp import web
from telegram import Bot, ChatMember, Update
from telegram.error import InvalidToken, TelegramError

from bot.background.wakeups import Wakeups
from bot.backoff import Backoff
from bot.clock import Clock
from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.errors import ConfigError, PlatformError, RetryLater, Stale
from bot.content.platforms.telegram import FEATURES
from bot.content.texts import Reader, _
from bot.content.views import Button, View
from bot.conversation.dispatch import Answered, Dispatcher, Leftover
from bot.conversation.incoming import Called, Pressed, Sent
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery.pacer import Pacer
from bot.delivery.platform import Address, Membership
from bot.logs import under_reference
from bot.people import participant_store
from bot.platforms.duties import in_one_program, looking_again
from bot.platforms.telegram import entering
from bot.platforms.telegram.albums import Albums
from bot.platforms.telegram.command_lists import TeamLists
from bot.platforms.telegram.fetching import with_file
from bot.platforms.telegram.forum import Forum
from bot.platforms.telegram.intake import Intake, Raw
from bot.platforms.telegram.profile import update_profile
from bot.platforms.telegram.reading import PLATFORM, ReadUpdate, read
from bot.platforms.telegram.replies import Replies
from bot.platforms.telegram.sending import (
    Arrived,
    correct_view,
    count_messages,
    delete_messages,
    pin_message,
    send_view,
    unpin_message,
)
from bot.platforms.telegram.transport import AiohttpRequest
from bot.platforms.telegram.webhook import Webhook
from bot.platforms.web.server import HttpServer

log = structlog.get_logger()

T = TypeVar("T")

_BACKOFF = Backoff(first=1.0, longest=30.0)
_TOAST_DUE = 1.0
"""Seconds after which a press is acknowledged before its handler has ended: the client shows a spinner until then."""
_CONNECTIONS = 32
"""How many connections are opened before the first update.

A rush of presses needs two calls for each, and a new connection costs a round trip (several where it is encrypted).
"""
_POINTED_WITHIN = timedelta(minutes=1)
_POINTED_AT_MOST = 8
"""The most messages that point a group to the private chat within that time: Telegram allows 20 of all kinds."""
_LAST_REPLIES = 5.0
"""Seconds for which the end of the program waits for replies that are being sent."""
_REMEMBERED = 1024
"""How many messages are remembered of which one part has arrived and the rest must follow, at most."""


class Telegram:
    """The adapter for Telegram.

    `run` receives updates until cancelled; delivery calls the other methods to send messages.
    """

    name = PLATFORM
    calendar = None

    def __init__(
        self,
        settings: Settings,
        dispatcher: Dispatcher,
        store: Store,
        clock: Clock,
        pacer: Pacer | None = None,
        wakeups: Wakeups | None = None,
    ) -> None:
        """`pacer` keeps to Telegram's limits on sending; delivery uses the same one if it runs in this program.

        `wakeups` notifies other programs that receive from Telegram of changes.
        """
        self._settings = settings.telegram
        self._gathering = settings.gathering
        self._dispatcher = dispatcher
        self._store = store
        self._clock = clock
        base = self._settings.api_base.rstrip("/")
        self._polling = AiohttpRequest(api_base=base, pool_size=1)
        self._calls = AiohttpRequest(api_base=base, clock=clock)
        self._bot = Bot(
            self._settings.token.get_secret_value(),
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._calls,
            get_updates_request=self._polling,
        )
        self._connecting = asyncio.Lock()
        self._connected = False
        self._introduced = False
        forum = self._settings.forum_chat_id
        pacer = pacer or Pacer(FEATURES.pace)
        self.channels = Forum(self._bot, self._connect, store, clock, forum, pacer) if forum else None
        """The topics of the groups; None if no forum is configured."""
        self.replies = Replies(self._bot, dispatcher, clock, pacer)
        """The replies under way to people who just acted."""
        self._team_lists = TeamLists(self._bot, dispatcher.router, store, wakeups)
        self._albums = Albums(clock, store, dispatcher, self.replies)
        self._webhook = Webhook(self._settings, self._take, self.replies.chat_drained, clock)
        self.server: HttpServer | None = None
        """The server to which Telegram posts updates; None when polling, or if the pages' server receives them."""
        self._arrived: dict[str, Arrived] = {}
        """By chat and message: the parts that have arrived of a message whose other parts must follow."""
        self._pointed: dict[int, dict[str, datetime]] = {}
        """By group: the payloads for which the group was referred to the private chat in the last minute, and when."""

    # --- serving

    @property
    def single_intake(self) -> bool:
        """Whether only one program at a time may receive updates: True if they are fetched, False with a webhook."""
        return self._settings.mode == "polling"

    @property
    def opened(self) -> asyncio.Event:
        """The event that is set while the webhook accepts updates from Telegram."""
        return self._webhook.opened

    async def prepare(self) -> None:
        """Log in, open connections, and update the bot's profile. Raises ConfigError if Telegram refuses the token."""
        await self._connect()
        if not self._introduced:
            await update_profile(self._bot, self._gathering, self._dispatcher.router)
            self._introduced = True

    async def run(self) -> None:
        """Receive updates from Telegram until cancelled.

        Raises ConfigError if Telegram refuses the token, or if another program receives updates with the same token.
        """
        await self.prepare()
        with contextlib.suppress(StoreUnavailable):  # the team's members get their lists when they next write
            await self._team_lists.load()
        await self._open_forum()
        try:
            if self.single_intake:
                await self._look_after()
                await self._with_retries(self._bot.delete_webhook)
                async with looking_again(self._store, self._answer_leftovers):
                    await Intake(self._polling, self._bot.base_url, self._take, self._clock).run()
            else:
                await self._receive_posts()
        finally:
            await self._albums.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_REPLIES):
                    await self.replies.drained()

    async def _receive_posts(self) -> None:
        """Take the updates that Telegram posts, as other programs do meanwhile, and set the webhook for them all."""
        pending = await self._with_retries(self._bot.get_webhook_info)
        async with AsyncExitStack() as stack:
            stack.enter_context(self._webhook.open(pending.pending_update_count))
            if self.server:
                await stack.enter_async_context(self.server.serving())
            await in_one_program(self._store, self._clock, f"{PLATFORM}:intake", self._begin_duties, self._look_after)

    async def _begin_duties(self) -> None:
        await self._with_retries(lambda: self._webhook.register(self._bot))
        await self._look_after()

    async def _look_after(self) -> None:
        """Answer who was not answered, and wait for the albums that are incomplete, as programs ended meanwhile."""
        await self._answer_leftovers()
        await self._albums.resume()

    async def close(self) -> None:
        """Close every connection; call this after everything that receives or sends has ended."""
        await self._polling.shutdown()
        await self._calls.shutdown()

    async def _connect(self) -> None:
        """Log in unless that is done, and store the bot's name; waits until Telegram answers."""
        async with self._connecting:
            if self._connected:
                return
            await self._with_retries(self._bot.initialize)
            await self._calls.warm(_CONNECTIONS)
            username = self._bot.username
            await self._store.transact(lambda tx: setting_store.set_telegram_username(tx, username))
            self._connected = True

    async def _with_retries(self, call: Callable[[], Awaitable[T]]) -> T:
        """Repeat a call until Telegram answers, and return its result. Raises ConfigError for a refused token."""
        failures = 0
        while True:
            failures += 1
            pause = _BACKOFF.after(failures)
            try:
                return await call()
            except InvalidToken:
                raise ConfigError("Telegram refuses the token: copy it again from @BotFather.") from None
            except TelegramError as error:
                log.warning("telegram.unavailable", reason=error.message, again_in=pause)
            await self._clock.sleep(pause)

    def webhook_routes(self) -> list[web.RouteDef]:
        """Return the route to which Telegram posts updates, for the web server; empty if there is no webhook."""
        return self._webhook.routes()

    # --- one update

    async def _take(self, raw: Raw, queued: bool = False) -> None:
        """Handle one update. Returns once its effect is committed, while the reply is still under way.

        `queued` says that it may be one of many from while the program was away, whose replies have to be paced. Raises
        Malformed.
        """
        update = read(raw, self._bot, self._bot.username)
        if isinstance(update, Update):
            if update.my_chat_member and update.my_chat_member.chat.type == "private":
                await self._note_reachable(update)
            else:
                await self._note_forum(update)
            return
        if not update.incoming.private and self._dispatcher.target(update.incoming.content) == "private":
            await self.replies.start(update.chat_id, partial(self._continue_in_private, update))
            return
        incoming = await with_file(self._bot, update, self._dispatcher.takes_files, self._clock)
        acknowledged: list[ReadUpdate] = []  # not empty once the timer has fired

        def acknowledge() -> None:
            acknowledged.append(update)
            self.replies.acknowledge_now(update)

        timer = asyncio.get_running_loop().call_later(_TOAST_DUE, acknowledge) if update.query else None
        answered = await self._dispatcher.handle(incoming)
        if timer:
            timer.cancel()
        in_time = timer is not None and not acknowledged
        pressed = raw["callback_query"].get("message") if update.query else None
        answer = partial(self.replies.answer, update, answered, acknowledge=in_time, pressed=pressed, paced=queued)
        await self.replies.start(update.chat_id, answer)
        await self._follow_role(update, answered)
        content = incoming.content
        if isinstance(content, Sent) and content.album and answered.reply is None:
            self._albums.part_stored(incoming.sender.chat, content.album)

    async def _follow_role(self, update: ReadUpdate, answered: Answered) -> None:
        """After the reply, set the command list that Telegram shows the person, according to their present role."""
        role, reader = answered.rung, answered.reader
        if role is not None and update.incoming.private and self._team_lists.is_due(update.chat_id, role, reader):
            await self.replies.start(update.chat_id, partial(self._team_lists.follow, update.chat_id, role, reader))

    async def _note_reachable(self, update: Update) -> None:
        member = update.my_chat_member
        assert member is not None
        reachable = member.new_chat_member.status != ChatMember.BANNED

        async def mark(tx: Transaction) -> None:
            account, person = await participant_store.identify(tx, PLATFORM, str(member.from_user.id))
            if account and account.id:
                await participant_store.mark_reachable(tx, account.id, reachable)
                if reachable and person:
                    await participant_store.reachable_again(tx, person.id, self._clock.now())

        try:
            await self._store.transact(mark)
        except StoreUnavailable:
            log.warning("telegram.reachability_not_noted")

    async def _open_forum(self) -> None:
        """Create the invitation link to the forum, before anybody is sent it."""
        try:
            if self.channels:
                await self.channels.ensure_invitation()
        except (PlatformError, StoreUnavailable) as error:
            log.warning("telegram.forum_invitation_missing", reason=str(error))

    async def _note_forum(self, update: Update) -> None:
        """Handle updates from the forum other than messages: requests to enter, entries, and new topics."""
        forum = self.channels
        if forum is None or update.effective_chat is None or update.effective_chat.id != forum.chat_id:
            return
        try:
            if update.chat_join_request:
                request = update.chat_join_request
                await entering.answer_request(self._bot, self._store, self._gathering, request, self._clock.now())
            elif update.chat_member:
                await entering.note_member(self._store, update.chat_member)
            elif update.message:
                await forum.note_topic(update.message)
        except StoreUnavailable as error:
            log.warning("telegram.forum_event_not_noted", reason=str(error))
        except Exception:
            log.exception("telegram.forum_event_failed", update_id=update.update_id)

    async def _continue_in_private(self, update: ReadUpdate) -> None:
        numbers = self._dispatcher.numbers(update.incoming.content)
        try:
            payload = self._dispatcher.payload(update.incoming.content)
        except Stale:
            if isinstance(update.incoming.content, Called) and not numbers:
                return  # perhaps another bot's command
            payload = "go-moi"
        url = f"https://t.me/{self._bot.username}?start={payload}"
        reader = Reader(self._gathering.locales[0], self._gathering.zone)
        if update.query and isinstance(update.incoming.content, Pressed):
            try:
                await self._bot.answer_callback_query(update.query, url=url)
            except TelegramError as error:  # the press is too old
                log.info("telegram.press_not_acknowledged", reason=error.message)
            return
        if self._may_point(update.chat_id, "a cry" if numbers else payload):
            # L10N: said in a group, where a button was pressed whose answer is private; the button opens that chat.
            view = View((*numbers, _("Let us go on in private, you and me.")), (Button(_("Open"), url=url),))
            await self.replies.show(update.chat_id, None, view, reader, paced=True)

    def _may_point(self, chat: int, payload: str) -> bool:
        """Return whether the bot may write in a group that a person should continue in the private chat.

        False if it did so for the same `payload` within the last minute, or too often in that time.
        """
        since = self._clock.now() - _POINTED_WITHIN
        recent = {
            group: {key: at for key, at in pointed.items() if at > since} for group, pointed in self._pointed.items()
        }
        self._pointed = {group: pointed for group, pointed in recent.items() if pointed}
        pointed = self._pointed.setdefault(chat, {})
        if payload in pointed or len(pointed) >= _POINTED_AT_MOST:
            return False
        pointed[payload] = self._clock.now()
        return True

    async def _answer_leftovers(self) -> None:
        try:
            leftovers = await self._dispatcher.leftovers(PLATFORM)
        except StoreUnavailable:
            return
        await asyncio.gather(*map(self._answer_leftover, leftovers))

    async def _answer_leftover(self, left: Leftover) -> None:
        with under_reference(left.answered.reference):
            try:
                reply, reader = left.answered.reply, left.answered.reader
                if reply and await self.replies.show(int(left.chat), None, reply.view, reader, paced=True):
                    self._dispatcher.sent(left.answered)
            except Exception:  # a failed answer must not prevent the start, and would fail again
                log.exception("telegram.leftover_failed")
                self._dispatcher.sent(left.answered)

    # --- deliveries

    def count_messages(
        self, address: Address, view: View, reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        """Return how many messages Telegram counts for sending `view` or, with `native_id`, for editing a message.

        `native_id` has the ids of the message's Telegram messages, joined by commas. An album counts as the number of
        its pictures or documents. Messages that arrived in an earlier attempt with the same `delivery_id` do not count,
        but the result is at least 1.
        """
        messages = count_messages(view, reader, native_id or "", group=FEATURES.pace.is_group(address.chat))
        arrived = self._arrived.get(_key(address, native_id or delivery_id), {})
        return max(messages - sum(map(len, arrived.values())), 1)

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Send a message. Returns the ids of its Telegram messages, joined by commas.

        Telegram cannot recognise a repeated message. So, if only some of several Telegram messages arrived, the next
        attempt with the same `delivery_id` sends only the others. Raises Unreachable, RetryLater or Rejected, according
        to Telegram's answer.
        """
        await self._connect()
        thread = int(address.thread) if address.thread else None
        with self._going_on(_key(address, delivery_id)) as arrived:
            ids = await send_view(self._bot, int(address.chat), view, reader, thread=thread, arrived=arrived)
        return ",".join(ids)

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Edit a message that was sent before, so that it shows `view`.

        `native_id` has the ids of its Telegram messages, joined by commas. Returns the ids of the Telegram messages
        that show the view now, in the same form. If an attempt fails half-way, the next one sends only what has not
        arrived. Raises MessageGone if the reader deleted all of the messages. Raises Unreachable, RetryLater or
        Rejected, according to Telegram's answer.
        """
        await self._connect()
        chat, thread = int(address.chat), int(address.thread) if address.thread else None
        await self.replies.chat_drained(chat)  # a reply may be about to edit the same message
        shown = self.replies.shown
        with self._going_on(_key(address, native_id)) as arrived:
            ids = await correct_view(self._bot, chat, native_id, view, reader, shown, thread=thread, arrived=arrived)
        return ",".join(ids)

    @contextlib.contextmanager
    def _going_on(self, key: str) -> Iterator[Arrived]:
        """Provide what arrived in earlier tries, and remember it with what arrives now if there has to be another."""
        arrived = self._arrived.pop(key, {})
        try:
            yield arrived
        except RetryLater:
            if arrived:
                self._arrived[key] = arrived
            while len(self._arrived) > _REMEMBERED:
                del self._arrived[next(iter(self._arrived))]
            raise

    async def delete(self, address: Address, native_id: str) -> bool:
        """Delete a message that was sent before.

        Returns False if Telegram does not allow it, for instance because it is old. `native_id` has the ids of its
        Telegram messages, joined by commas. Raises RetryLater or Rejected, according to Telegram's answer.
        """
        await self._connect()
        return await delete_messages(self._bot, int(address.chat), native_id)

    async def pin(self, address: Address, native_id: str) -> None:
        """Pin a message that was sent before in its chat, without notifying anybody.

        `native_id` has the ids of its Telegram messages, joined by commas; the first of them is pinned. In a private
        chat, the bot's message that was pinned before is unpinned. Raises Unreachable, RetryLater or Rejected.
        """
        await self._connect()
        await pin_message(self._bot, int(address.chat), native_id)

    async def unpin(self, address: Address, native_id: str) -> None:
        """Unpin a message in its chat. Raises Unreachable, RetryLater or Rejected."""
        await self._connect()
        await unpin_message(self._bot, int(address.chat), native_id)

    async def show_membership(self, membership: Membership) -> None:
        """Do nothing, because Telegram has neither nicknames nor roles."""


def _key(address: Address, message: int | str) -> str:
    """Return under what is remembered what arrived of a message: a delivery's id, or native ids that are edited."""
    return f"{address.chat} {message!r}"
