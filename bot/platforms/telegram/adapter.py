"""Telegram, running: updates in, replies and pushes out."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from aiohttp import web
from telegram import Bot, ChatMember, Update
from telegram.error import InvalidToken, TelegramError

from bot.backoff import Backoff
from bot.clock import Clock
from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.errors import ConfigError, PlatformError, Stale
from bot.content.texts import Reader, _
from bot.content.views import Button, View
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.incoming import Called, Pressed, Sent
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery.pacer import Pacer
from bot.delivery.platform import Address, Membership
from bot.logs import under_reference
from bot.people import participant_store
from bot.platforms.telegram import entering
from bot.platforms.telegram.albums import Albums
from bot.platforms.telegram.command_lists import TeamLists
from bot.platforms.telegram.features import FEATURES
from bot.platforms.telegram.fetching import with_file
from bot.platforms.telegram.forum import Forum
from bot.platforms.telegram.intake import Intake, Raw
from bot.platforms.telegram.profile import update_profile
from bot.platforms.telegram.reading import PLATFORM, Read, read
from bot.platforms.telegram.replies import Replies
from bot.platforms.telegram.sending import correct_view, delete_messages, pin_message, send_view
from bot.platforms.telegram.transport import AiohttpRequest
from bot.platforms.telegram.webhook import Webhook

log = structlog.get_logger()

_BACKOFF = Backoff(first=1.0, longest=30.0)
_TOAST_DUE = 1.0
"""Seconds after which a press is acknowledged though its handler has not ended: the client shows a spinner."""
_CONNECTIONS = 32
"""Opened before the first update: a rush of presses asks for two calls each, and a new connection costs a round trip
(several where it is encrypted)."""
_POINTED_WITHIN = timedelta(minutes=1)
_POINTED_AT_MOST = 8
"""Messages with which a group is pointed to the private chat within that time: Telegram takes 20 of all kinds."""
_LAST_REPLIES = 5.0
"""Seconds at the end of the program for replies under way."""


class Telegram:
    """The adapter. `run` serves until cancelled; the outbox calls `send` and `edit` meanwhile."""

    name = PLATFORM
    calendar = None

    def __init__(
        self, settings: Settings, dispatcher: Dispatcher, store: Store, clock: Clock, pacer: Pacer | None = None
    ) -> None:
        """`pacer` is the one at which the outbox takes its turns, if it is in this program."""
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
        forum = self._settings.forum_chat_id
        self.channels = Forum(self._bot, self._connect, store, clock, forum) if forum else None
        """The topics of the groups, where a forum is configured."""
        self.replies = Replies(self._bot, dispatcher, clock, pacer or Pacer(FEATURES.pace))
        """What is on its way to people who just acted."""
        self._team_lists = TeamLists(self._bot, dispatcher.router, store)
        self._albums = Albums(clock, store, dispatcher, self.replies)
        self._webhook = Webhook(self._settings, self._take, clock)
        self._pointed: dict[int, dict[str, datetime]] = {}
        """Groups that were pointed to the private chat a moment ago: to what in it, and when."""

    # --- serving

    async def run(self) -> None:
        """Serve until cancelled. Raises ConfigError for a token that is refused or used elsewhere."""
        await self._connect()
        await update_profile(self._bot, self._gathering, self._dispatcher.router)
        with contextlib.suppress(StoreUnavailable):  # who is of the team gets their list when they next write
            await self._team_lists.load()
        await self._open_forum()
        try:
            await self._answer_leftovers()
            await self._albums.resume()
            if self._settings.mode == "webhook":
                await self._patiently(lambda: self._webhook.register(self._bot))
                await asyncio.Event().wait()
            else:
                await self._patiently(self._bot.delete_webhook)
                await Intake(self._polling, self._bot.base_url, self._take, self._clock).run()
        finally:
            await self._albums.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_REPLIES):
                    await self.replies.drained()

    async def close(self) -> None:
        """Let go of every connection; nothing runs or sends any more."""
        await self._polling.shutdown()
        await self._calls.shutdown()

    async def _connect(self) -> None:
        """Make sure that Telegram knows us; waits until it answers."""
        async with self._connecting:
            if self._connected:
                return
            await self._patiently(self._bot.initialize)
            await self._calls.warm(_CONNECTIONS)
            username = self._bot.username
            await self._store.transact(lambda tx: setting_store.set_telegram_username(tx, username))
            self._connected = True

    async def _patiently(self, call: Callable[[], Awaitable[object]]) -> None:
        """Repeat a call of the start until Telegram answers."""
        for failures in itertools.count(1):
            pause = _BACKOFF.after(failures)
            try:
                await call()
                return
            except InvalidToken:
                raise ConfigError("Telegram refuses the token: copy it anew from @BotFather.") from None
            except TelegramError as error:
                log.warning("telegram.unavailable", reason=error.message, again_in=pause)
            await self._clock.sleep(pause)

    def webhook_routes(self) -> list[web.RouteDef]:
        """The address Telegram posts updates to, for the web server to serve; none when polling."""
        return self._webhook.routes()

    # --- one update

    async def _take(self, raw: Raw, waited: bool = False) -> None:
        """Handle one update; returns once its effect is committed, its reply still on the way. Raises Malformed.

        `waited`: it may be one of many that waited for the program, whose replies leave at the platform's pace.
        """
        got = read(raw, self._bot, self._bot.username)
        if isinstance(got, Update):
            if got.my_chat_member and got.my_chat_member.chat.type == "private":
                await self._note_reachable(got)
            else:
                await self._note_forum(got)
            return
        if not got.incoming.private and self._dispatcher.target(got.incoming.content) == "private":
            await self.replies.start(got.chat_id, partial(self._continue_in_private, got))
            return
        incoming = await with_file(self._bot, got, self._dispatcher.takes_files, self._clock)
        acknowledged: list[Read] = []  # whether the timer rang, which its time alone does not tell

        def acknowledge() -> None:
            acknowledged.append(got)
            self.replies.acknowledge_now(got)

        timer = asyncio.get_running_loop().call_later(_TOAST_DUE, acknowledge) if got.query else None
        answered = await self._dispatcher.handle(incoming)
        if timer:
            timer.cancel()
        in_time = timer is not None and not acknowledged
        pressed = raw["callback_query"].get("message") if got.query else None
        answer = partial(self.replies.answer, got, answered, acknowledge=in_time, pressed=pressed, paced=waited)
        await self.replies.start(got.chat_id, answer)
        await self._follow_role(got, answered)
        content = incoming.content
        if isinstance(content, Sent) and content.album and answered.reply is None:
            self._albums.came(incoming.sender.chat, content.album)

    async def _follow_role(self, got: Read, answered: Answered) -> None:
        """Behind the reply, list the commands of who they are now in their private chat."""
        role, reader = answered.role, answered.reader
        if role is not None and got.incoming.private and self._team_lists.is_due(got.chat_id, role, reader):
            await self.replies.start(got.chat_id, partial(self._team_lists.follow, got.chat_id, role, reader))

    async def _note_reachable(self, update: Update) -> None:
        member = update.my_chat_member
        assert member is not None
        reachable = member.new_chat_member.status != ChatMember.BANNED

        async def unit(tx: Transaction) -> None:
            account, _person = await participant_store.identify(tx, PLATFORM, str(member.from_user.id))
            if account and account.id:
                await participant_store.mark_reachable(tx, account.id, reachable)

        try:
            await self._store.transact(unit)
        except StoreUnavailable:
            log.warning("telegram.reachability_not_noted")

    async def _open_forum(self) -> None:
        """Have the way into the forum ready before anybody is told of it."""
        try:
            if self.channels:
                await self.channels.keep_invitation()
        except (PlatformError, StoreUnavailable) as error:
            log.warning("telegram.forum_invitation_missing", reason=str(error))

    async def _note_forum(self, update: Update) -> None:
        """What happens in the forum besides what people say there."""
        forum = self.channels
        if forum is None or update.effective_chat is None or update.effective_chat.id != forum.chat_id:
            return
        try:
            if update.chat_join_request:
                asked = update.chat_join_request
                await entering.answer(self._bot, self._store, self._gathering, asked, self._clock.now())
            elif update.chat_member:
                await entering.follow(self._store, update.chat_member)
            elif update.message:
                await forum.hear(update.message)
        except StoreUnavailable as error:
            log.warning("telegram.forum_event_not_noted", reason=str(error))
        except Exception:
            log.exception("telegram.forum_event_failed", update_id=update.update_id)

    async def _continue_in_private(self, got: Read) -> None:
        try:
            payload = self._dispatcher.payload(got.incoming.content)
        except Stale:
            if isinstance(got.incoming.content, Called):
                return  # perhaps another bot's command
            payload = "go-moi"
        url = f"https://t.me/{self._bot.username}?start={payload}"
        reader = Reader(self._gathering.locales[0], self._gathering.zone)
        if got.query and isinstance(got.incoming.content, Pressed):
            try:
                await self._bot.answer_callback_query(got.query, url=url)
            except TelegramError as error:  # nobody waits for it any more
                log.info("telegram.press_not_acknowledged", reason=error.message)
            return
        if self._may_point(got.chat_id, payload):
            view = View((_("This continues between you and me."),), (Button(_("Open"), url=url),))
            await self.replies.show(got.chat_id, None, view, reader, paced=True)

    def _may_point(self, chat: int, payload: str) -> bool:
        """Whether a group is pointed to the private chat once more: what stands there already is not said again."""
        since = self._clock.now() - _POINTED_WITHIN
        recent = {
            group: {to: at for to, at in pointed.items() if at > since} for group, pointed in self._pointed.items()
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
        for left in leftovers:
            with under_reference(left.answered.reference):
                try:
                    reply, reader = left.answered.reply, left.answered.reader
                    if reply and await self.replies.show(int(left.chat), None, reply.view, reader, paced=True):
                        self._dispatcher.sent(left.answered)
                except Exception:  # one of them must not keep the bot from starting
                    log.exception("telegram.leftover_failed")

    # --- pushes

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Send a message nobody just asked for; Telegram has no key against doubles, so `delivery_id` is not used."""
        await self._connect()
        if self.channels and address.chat == str(self.channels.chat_id):
            await self.channels.turn()
        thread = int(address.thread) if address.thread else None
        sent = await send_view(self._bot, int(address.chat), view, reader, thread=thread)
        return ",".join(sent)

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Show a later state of a message, each part kept for what it is."""
        await self._connect()
        chat, thread = int(address.chat), int(address.thread) if address.thread else None
        await self.replies.left(chat)  # what was pressed may be put into the same message
        ids = await correct_view(self._bot, chat, native_id, view, reader, self.replies.shown, thread=thread)
        return ",".join(ids)

    async def delete(self, address: Address, native_id: str) -> bool:
        """Take a message away; False once Telegram does not allow it any more."""
        await self._connect()
        return await delete_messages(self._bot, int(address.chat), native_id)

    async def pin(self, address: Address, native_id: str) -> None:
        """Keep the first part of a message at the top of its chat, without a sound."""
        await self._connect()
        await pin_message(self._bot, int(address.chat), native_id)

    async def show_membership(self, membership: Membership) -> None:
        """Telegram has neither nicknames nor roles to give."""
