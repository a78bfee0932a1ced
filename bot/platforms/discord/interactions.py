"""Receives interactions and private messages from Discord, passes them to the dispatcher, and sends the replies."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

import discord
import structlog

from bot.backoff import Backoff
from bot.content.errors import PlatformError, Rejected, RetryLater, Unreachable
from bot.content.forms import FormView
from bot.content.texts import _
from bot.content.views import Button, with_lines_last
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.incoming import Actor, Content, Deleted, Incoming, Sent, Submitted
from bot.logs import reference_of, set_reference, under_reference
from bot.platforms.discord.faults import ERRORS, classified, classify
from bot.platforms.discord.gate import with_priority
from bot.platforms.discord.interaction_response import Interaction, InteractionResponse
from bot.platforms.discord.private_channels import PrivateChannels
from bot.platforms.discord.reading import (
    PLATFORM,
    read_edit,
    read_form_id,
    read_message,
    read_press,
    read_submitted,
    sender_of,
)
from bot.platforms.discord.recent import Recent
from bot.platforms.discord.render import draw
from bot.platforms.discord.returning import ReturningMembers

log = structlog.get_logger()

_ACKNOWLEDGED_AFTER = 0.1
"""Seconds of real time that a handler has before Discord is told that the response comes later.

Discord must hear of it within 3 s, and the person should see within a third of a second that something happens.
"""
_LAST_ANSWERS = 5.0
"""Seconds for which the end of the program waits for replies that are being sent."""
_TOO_LATE = {10015, 10062, 50027}
"""Error codes of an interaction that expired: acknowledged after 3 s, or answered after 15 minutes."""
_ALREADY_ANSWERED = 40060
"""The error code of a first response to an interaction that got one: Discord's answer to an earlier try was lost."""
_TRIES = 4
_BACKOFF = Backoff(first=0.5, longest=8.0)
_MARK = "👍"
_WORDS = (discord.MessageType.default, discord.MessageType.reply)
_REMEMBERED = 8192
"""How many of the last updates are remembered: more than arrive while a connection is made anew."""


def is_from_a_person(message: discord.Message) -> bool:
    """Return whether a message was written to the bot in private by a person, not by a bot."""
    return message.guild is None and not message.author.bot and message.type in _WORDS


class InteractionHandler:
    """Handles what people do on Discord: interactions (commands, presses, choices, forms) and private messages.

    It keeps nothing about people in memory: a button carries all that is needed, so it still works after a restart.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        channels: PrivateChannels,
        before: Callable[[int, bool], Awaitable[None]],
        returns: ReturningMembers,
    ) -> None:
        """Create the handler.

        `before` is awaited before a message is handled; it handles what its writer wrote while the bot was
        disconnected. Its arguments are the person's id, and whether it may wait without limit. `returns` notices people
        who left the server and came back.
        """
        self._dispatcher = dispatcher
        self._channels = channels
        self._before = before
        self._returns = returns
        self._under_way: set[asyncio.Task[None]] = set()
        self._taken = Recent[str](_REMEMBERED)
        """The ids of updates that were handled: a resumed session may deliver one again, or one that was fetched."""
        self._deleted = Recent[int](_REMEMBERED)
        """The ids of messages that their writers deleted: such a message or its edit is ignored if it comes later."""
        self._turns = WeakValueDictionary[int, asyncio.Lock]()
        """One lock for each message: an edit, for instance, waits while the file of the message is being fetched."""
        self._deleted_by_bot = Recent[int](_REMEMBERED)
        """The ids of the bot's own messages that the bot deleted."""

    async def take_interaction(self, interaction: Interaction) -> None:
        """Answer a command, a press, a choice or a submitted form, to which Discord accepts only one response."""
        if not self._taken.add(str(interaction.id)):
            return
        update_id = str(interaction.id)
        if form_id := read_form_id(interaction):
            await self._track(update_id, self._submit(interaction, form_id))
        elif content := read_press(interaction):
            await self._track(update_id, self._press(interaction, content))
        self._returns.note_activity(interaction.user)

    async def take_message(self, message: discord.Message) -> None:
        """Answer a message that a person wrote to the bot in private."""
        if is_from_a_person(message):
            update_id = str(message.id)
            await self._track(update_id, self._take_delivered(message, update_id, edited=False))
            self._returns.note_activity(message.author)

    async def take_edit(self, message: discord.Message) -> None:
        """Answer an edit of a message that a person wrote to the bot in private."""
        if is_from_a_person(message) and (edit := read_edit(message)):
            await self._track(edit[0], self._take_delivered(message, edit[0], edited=True))

    async def take_missed(self, message: discord.Message, *, edited: bool) -> bool:
        """Answer a private message that a person wrote or, if `edited`, changed while the bot was disconnected.

        Returns True if this was stored, if Discord has delivered the message meanwhile, or if the person deleted it;
        False if it could not be stored, so that it must be answered later.
        """
        async with self._turn(message.id):
            update_id, content = await self._read(message, edited=edited)
            if message.id in self._deleted or not self._taken.add(update_id):
                return True
            saved = False
            incoming = Incoming(PLATFORM, update_id, _writer_of(message), content)
            with under_reference(incoming.reference):
                try:
                    answered = await self._dispatcher.handle(incoming)
                    saved = bool(answered.update_id)
                finally:
                    if not saved:  # the next session may take it
                        self._taken.discard(update_id)
                if saved:
                    await self._send_reply(message.channel, answered, message)
            return saved

    async def take_deletion(self, channel_id: int, message_ids: Iterable[int]) -> None:
        """Handle the deletion of private messages by a person; messages that the bot deleted itself are ignored."""
        deleted = [message_id for message_id in message_ids if message_id not in self._deleted_by_bot]
        if deleted and (user_id := await self._channels.owner_of(channel_id)):
            for message_id in deleted:
                await self._track(_deletion_of(message_id), self._take_deleted(user_id, channel_id, message_id))

    def note_own_deletion(self, message_id: int) -> None:
        """Remember that the bot is about to delete a message, so that no person is thought to have deleted it."""
        self._deleted_by_bot.add(message_id)

    async def finish(self) -> None:
        """Wait a few seconds for the replies that are being sent; slower ones are sent at the program's next start."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_LAST_ANSWERS)

    async def _track(self, update_id: str, work: Coroutine[None, None, None]) -> None:
        set_reference(reference_of(PLATFORM, update_id))  # discord.py gives each event a task of its own
        with with_priority("prompt"):
            task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await task

    async def _press(self, interaction: Interaction, content: Content) -> None:
        response = self._response_to(interaction, content)
        update = self._incoming(interaction, content, response)
        match await self._dispatcher.form(update):  # first, because no form can follow a deferral
            case FormView() as form:
                await self._try_call(response.open(form))
            case Answered() as refusal:
                await self._reply(response, refusal)
            case None:
                await self._answer_in_time(response, self._handle(update, response))

    async def _submit(self, interaction: Interaction, form_id: str) -> None:
        response = self._response_to(interaction, Submitted(form_id))

        async def handle() -> Answered:
            content = await read_submitted(interaction, form_id)
            return await self._handle(self._incoming(interaction, content, response), response)

        await self._answer_in_time(response, handle())

    async def _handle(self, update: Incoming, response: InteractionResponse) -> Answered:
        """Handle an update and return its answer, as it is to be shown where the person acted."""
        answered = await self._dispatcher.handle(update)
        if answered.reply is None or not answered.announces or response.in_private_chat:
            return answered
        return await self._announce_in_private(answered, response.user_id)

    async def _announce_in_private(self, answered: Answered, user_id: int) -> Answered:
        """Send an answer to the private chat, because what it announces comes below it there.

        Returns what is shown of it in the server: that it went there, or that Discord lets nothing through.
        """
        assert answered.reply is not None
        answer = replace(answered, in_place=False)
        channel_id = 0

        async def post() -> list[str]:
            async def send(channel: discord.PartialMessageable) -> list[str]:
                nonlocal channel_id
                channel_id = channel.id
                return await _post(channel, answer, key)

            return await self._channels.use(user_id, send)

        key = secrets.token_hex(8)
        if not await self._send(answer, post):
            line = _(
                "The rest belongs in our private chat, but I cannot write to you there. Allow private messages"
                " from this server, then ask again."
            )
            return replace(answered, reply=with_lines_last(answered.reply, line))
        reply = with_lines_last(answered.reply, _("The rest is in our private chat, not here."))
        # L10N: a button that leads to the private chat with the bot
        way = Button(_("To our private chat"), url=f"https://discord.com/channels/@me/{channel_id}")
        view = replace(reply.view, buttons=(way, *reply.view.buttons))
        return replace(answered, reply=replace(reply, view=view), update_id="")  # the press is already answered

    async def _answer_in_time(self, response: InteractionResponse, handle: Coroutine[None, None, Answered]) -> None:
        handling = asyncio.create_task(handle)
        await asyncio.wait((handling,), timeout=_ACKNOWLEDGED_AFTER)
        if not handling.done():
            await self._try_call(response.defer())
        await self._reply(response, await handling)

    async def _reply(self, response: InteractionResponse, answered: Answered) -> None:
        """Answer an interaction; by a private message where Discord accepts no response to it any more."""
        reply = answered.reply
        message_ids = ""
        too_late = False

        async def respond() -> None:
            nonlocal message_ids, too_late
            if not reply:
                await response.withdraw()
                return
            try:
                message_ids = await response.answer(reply, answered.reader)
            except discord.HTTPException as error:
                if error.code == _ALREADY_ANSWERED:
                    return
                if error.code not in _TOO_LATE:
                    raise
                too_late = True

        left = await self._with_retries(respond)
        if too_late:
            log.info("discord.reply_too_late")
            with suppress(*ERRORS):  # a person who accepts no private messages gets it at the next start, or never
                await self._send_reply(await self._channels.channel_of(response.user_id), answered)
        elif left:
            self._dispatcher.sent(answered, message_ids)

    async def _take_delivered(self, message: discord.Message, update_id: str, *, edited: bool) -> None:
        if not self._taken.add(update_id):
            return
        self._channels.note_channel(message.author.id, message.channel.id)
        await self._before(message.author.id, edited)
        async with self._turn(message.id):
            _update_id, content = await self._read(message, edited=edited)
            if message.id in self._deleted:
                return
            answered = await self._dispatcher.handle(Incoming(PLATFORM, update_id, _writer_of(message), content))
            await self._send_reply(message.channel, answered, message)

    def _turn(self, message_id: int) -> asyncio.Lock:
        """Return the lock that is held while a message is handled, so that its edits and deletion wait in order."""
        if (turn := self._turns.get(message_id)) is None:
            turn = self._turns[message_id] = asyncio.Lock()
        return turn

    async def _read(self, message: discord.Message, *, edited: bool) -> tuple[str, Content]:
        """Return the id of the update that a message or its edit is, and its content."""
        if edited and (edit := read_edit(message)):
            return edit
        update_id, sender = str(message.id), _writer_of(message)

        async def takes_files() -> bool:
            return await self._dispatcher.takes_files(Incoming(PLATFORM, update_id, sender, Sent()))

        return update_id, await read_message(message, takes_files)

    async def _take_deleted(self, user_id: int, channel_id: int, message_id: int) -> None:
        self._deleted.add(message_id)
        sender = Actor(str(user_id), "", None, str(user_id), str(channel_id))
        content, update_id = Deleted(str(message_id)), _deletion_of(message_id)
        async with self._turn(message_id):
            answered = await self._dispatcher.handle(Incoming(PLATFORM, update_id, sender, content))
            await self._send_reply(await self._channels.channel_of(user_id), answered)

    async def _send_reply(
        self, channel: discord.abc.Messageable, answered: Answered, message: discord.Message | None = None
    ) -> None:
        """Answer in a private channel, or by a reaction on the `message` where the reply allows that."""
        reply = answered.reply
        key = secrets.token_hex(8)

        async def post() -> list[str]:
            marked = bool(reply and message and reply.mark and await self._mark(message))
            return await _post(channel, answered, key) if reply and (reply.card or not marked) else []

        await self._send(answered, post)

    async def _send(self, answered: Answered, post: Callable[[], Awaitable[list[str]]]) -> bool:
        """Send an answer by `post`, which returns the ids of its messages, and note that. Returns whether it left."""
        message_ids: list[str] = []

        async def send() -> None:
            message_ids[:] = await post()

        left = await self._with_retries(send)
        if left:
            self._dispatcher.sent(answered, ",".join(message_ids))
        return left

    async def _mark(self, message: discord.Message) -> bool:
        """Add the mark to a person's message. Returns False where Discord refuses it for good."""
        try:
            with classified():
                await message.add_reaction(_MARK)
        except (Rejected, Unreachable) as error:
            log.info("discord.mark_refused", reason=str(error))
            return False
        return True

    def _response_to(self, interaction: Interaction, content: Content) -> InteractionResponse:
        return InteractionResponse(interaction, public=self._dispatcher.target(content) == "here")

    def _incoming(self, interaction: Interaction, content: Content, response: InteractionResponse) -> Incoming:
        channel_id = interaction.channel_id if interaction.guild_id is None else None
        sender = sender_of(interaction.user, interaction.locale, private_chat=channel_id)
        return Incoming(PLATFORM, str(interaction.id), sender, content, response.private)

    async def _with_retries(self, send: Callable[[], Coroutine[None, None, None]]) -> bool:
        """Send an answer, in several tries where Discord cannot be reached. Returns whether it left."""
        for failures in range(1, _TRIES):
            try:
                with classified():
                    await send()
            except RetryLater as error:
                log.info("discord.reply_tried_again", reason=str(error))
                await asyncio.sleep(_BACKOFF.after(failures) if error.seconds is None else error.seconds)
            except PlatformError as error:
                log.warning("discord.reply_not_sent", reason=str(error))
                return False
            else:
                return True
        return await self._try_call(send())

    async def _try_call(self, call: Coroutine[None, None, None]) -> bool:
        """Make a call that sends an answer. Returns whether it left; one that did not is sent at the next start."""
        try:
            await call
        except RetryLater as error:
            log.warning("discord.reply_not_sent", reason=str(error))
            return False
        except ERRORS as error:
            log.warning("discord.reply_not_sent", reason=str(classify(error)))
            return False
        return True


async def _post(channel: discord.abc.Messageable, answered: Answered, key: str) -> list[str]:
    """Write an answer to a channel. Returns the ids of its messages.

    Discord drops what comes again with the same `key` within minutes.
    """
    assert answered.reply is not None
    parts = draw(answered.reply.view, answered.reader, answered.reply.toast)
    sent = [await channel.send(**part.as_new(), nonce=f"{key}.{number}") for number, part in enumerate(parts)]
    return [str(message.id) for message in sent]


def _deletion_of(message_id: int) -> str:
    """The id of the update that somebody deleted a message."""
    return f"{message_id}.deleted"


def _writer_of(message: discord.Message) -> Actor:
    return sender_of(message.author, private_chat=message.channel.id)
