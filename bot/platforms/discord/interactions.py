"""Where people's presses and words are taken, given to the dispatcher, and answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from weakref import WeakValueDictionary

import discord
import structlog

from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.forms import FormView
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.incoming import Actor, Content, Deleted, Incoming, Sent, Submitted
from bot.logs import reference_of, set_reference, under_reference
from bot.platforms.discord.faults import ERRORS, classified, classify
from bot.platforms.discord.gate import in_lane
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
from bot.platforms.discord.returning import Returns

log = structlog.get_logger()

_ACKNOWLEDGED_AFTER = 0.1
"""Seconds of real time a handler has before Discord is told that the answer will come later: at the latest it must
hear so after 3 s, and whoever pressed should see within a third of a second that something happens."""
_LAST_ANSWERS = 5.0
"""Seconds at the end of the program for answers under way."""
_TOO_LATE = {10015, 10062, 50027}
"""Discord knows the interaction no more: it was acknowledged after 3 s, or is answered after 15 minutes."""
_MARK = "👍"
_WORDS = (discord.MessageType.default, discord.MessageType.reply)
_REMEMBERED = 8192
"""Interactions, messages and changes that came last: more than come while a connection is made anew."""


def is_from_a_person(message: discord.Message) -> bool:
    """Whether someone wrote this to the bot in private."""
    return message.guild is None and not message.author.bot and message.type in _WORDS


class InteractionHandler:
    """Takes what the gateway delivers. It remembers nobody: a press says all there is to know, after a restart too."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        channels: PrivateChannels,
        before: Callable[[int, bool], Awaitable[None]],
        returns: Returns,
    ) -> None:
        """`before` takes what a person wrote while the bot was away, before what they do now.

        It is told whether that may wait however long.
        """
        self._dispatcher = dispatcher
        self._channels = channels
        self._before = before
        self._returns = returns
        self._under_way: set[asyncio.Task[None]] = set()
        self._taken = Recent[str](_REMEMBERED)
        """Updates by id: a gateway that resumes may bring one again, and what is fetched may be delivered too. Each is
        taken once."""
        self._deleted = Recent[int](_REMEMBERED)
        """Messages that their writers deleted: what was not taken of them by then never is."""
        self._turns = WeakValueDictionary[int, asyncio.Lock]()
        """What happens to a message is taken in turn: a change waits while the file of the message is being fetched."""
        self._taken_away = Recent[int](_REMEMBERED)
        """Messages of ours that we deleted."""

    async def take_interaction(self, interaction: Interaction) -> None:
        """Answer a command, a press, a choice or a submitted form: Discord refuses a second answer to any of them."""
        if not self._taken.add(str(interaction.id)):
            return
        update_id = str(interaction.id)
        if form_id := read_form_id(interaction):
            await self._track(update_id, self._submit(interaction, form_id))
        elif content := read_press(interaction):
            await self._track(update_id, self._press(interaction, content))
        self._returns.acted(interaction.user)

    async def take_message(self, message: discord.Message) -> None:
        """Answer what someone wrote to the bot in private."""
        if is_from_a_person(message):
            update_id = str(message.id)
            await self._track(update_id, self._take_delivered(message, update_id, edited=False))
            self._returns.acted(message.author)

    async def take_edit(self, message: discord.Message) -> None:
        """Answer what someone changed of what they wrote in private."""
        if is_from_a_person(message) and (edit := read_edit(message)):
            await self._track(edit[0], self._take_delivered(message, edit[0], edited=True))

    async def take_missed(self, message: discord.Message, *, edited: bool) -> bool:
        """Answer what someone wrote in private, or `edited`, while the bot was away. False: it cannot be saved now.

        What is delivered meanwhile all the same is left to that.
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
                    if not saved:  # another session begins perhaps, which takes it
                        self._taken.discard(update_id)
                if saved:
                    await self._say(message.channel, answered, message)
            return saved

    async def take_deletion(self, channel_id: int, message_ids: Iterable[int]) -> None:
        """Take what someone deleted of what they wrote in private. What the bot itself took away concerns nobody."""
        gone = [message_id for message_id in message_ids if message_id not in self._taken_away]
        if gone and (user_id := await self._channels.who(channel_id)):
            for each in gone:
                await self._track(_deletion_of(each), self._forget(user_id, channel_id, each))

    def takes_away(self, message_id: int) -> None:
        """The bot is about to delete a message: nobody did."""
        self._taken_away.add(message_id)

    async def finish(self) -> None:
        """Let the answers under way leave; who waits longer gets theirs at the next start."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_LAST_ANSWERS)

    async def _track(self, update_id: str, work: Coroutine[None, None, None]) -> None:
        set_reference(reference_of(PLATFORM, update_id))  # discord.py gives each event a task of its own
        with in_lane("prompt"):
            task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await task

    async def _press(self, interaction: Interaction, content: Content) -> None:
        exchange = self._exchange(interaction, content)
        update = self._incoming(interaction, content, exchange)
        match await self._dispatcher.form(update):  # before anything else: once deferred, no form can be shown
            case FormView() as asked:
                await self._leaves(exchange.open(asked))
            case Answered() as refused:
                await self._reply(exchange, refused)
            case None:
                await self._answer_in_time(exchange, self._dispatcher.handle(update))

    async def _submit(self, interaction: Interaction, form_id: str) -> None:
        exchange = self._exchange(interaction, Submitted(form_id))

        async def handled() -> Answered:
            content = await read_submitted(interaction, form_id)
            return await self._dispatcher.handle(self._incoming(interaction, content, exchange))

        await self._answer_in_time(exchange, handled())

    async def _answer_in_time(self, exchange: InteractionResponse, handled: Coroutine[None, None, Answered]) -> None:
        handling = asyncio.create_task(handled)
        await asyncio.wait((handling,), timeout=_ACKNOWLEDGED_AFTER)
        if not handling.done():
            await self._leaves(exchange.defer())
        await self._reply(exchange, await handling)

    async def _reply(self, exchange: InteractionResponse, answered: Answered) -> None:
        """Answer an interaction; in private where Discord takes no answer to it any more."""
        said = answered.reply
        sent = ""
        too_late = False

        async def say() -> None:
            nonlocal sent, too_late
            if not said:
                await exchange.withdraw()
                return
            try:
                sent = await exchange.answer(said, answered.reader)
            except discord.HTTPException as error:
                if error.code not in _TOO_LATE:
                    raise
                too_late = True

        left = await self._leaves(say())
        if too_late:
            log.info("discord.reply_too_late")
            with suppress(*ERRORS):  # who takes no private messages gets it at the next start, or never
                await self._say(await self._channels.of(exchange.user_id), answered)
        elif left:
            self._dispatcher.sent(answered, sent)

    async def _take_delivered(self, message: discord.Message, update_id: str, *, edited: bool) -> None:
        if not self._taken.add(update_id):
            return
        self._channels.heard(message.author.id, message.channel.id)
        await self._before(message.author.id, edited)
        async with self._turn(message.id):
            _update_id, content = await self._read(message, edited=edited)
            if message.id in self._deleted:
                return
            answered = await self._dispatcher.handle(Incoming(PLATFORM, update_id, _writer_of(message), content))
            await self._say(message.channel, answered, message)

    def _turn(self, message_id: int) -> asyncio.Lock:
        """What is held while something is done about a message: what else concerns it waits, in its order."""
        if (turn := self._turns.get(message_id)) is None:
            turn = self._turns[message_id] = asyncio.Lock()
        return turn

    async def _read(self, message: discord.Message, *, edited: bool) -> tuple[str, Content]:
        """The id of the update that a message is, and what it says."""
        if edited and (edit := read_edit(message)):
            return edit
        update_id, sender = str(message.id), _writer_of(message)

        async def takes_files() -> bool:
            return await self._dispatcher.takes_files(Incoming(PLATFORM, update_id, sender, Sent()))

        return update_id, await read_message(message, takes_files)

    async def _forget(self, user_id: int, channel_id: int, message_id: int) -> None:
        self._deleted.add(message_id)
        sender = Actor(str(user_id), "", None, str(user_id), str(channel_id))
        content, update_id = Deleted(str(message_id)), _deletion_of(message_id)
        async with self._turn(message_id):
            answered = await self._dispatcher.handle(Incoming(PLATFORM, update_id, sender, content))
            await self._say(await self._channels.of(user_id), answered)

    async def _say(
        self, channel: discord.abc.Messageable, answered: Answered, message: discord.Message | None = None
    ) -> None:
        """Answer in a private channel; on the `message` itself where a mark says enough."""
        said = answered.reply
        sent: list[str] = []

        async def say() -> None:
            if said and not (message and said.mark and await self._mark(message)):
                for part in draw(said.view, answered.reader, said.toast):
                    shown = await channel.send(**part.as_new())
                    sent.append(str(shown.id))

        if await self._leaves(say()):
            self._dispatcher.sent(answered, ",".join(sent))

    async def _mark(self, message: discord.Message) -> bool:
        """Whether someone's message bears our mark; False where Discord refuses it for good, who wrote it perhaps."""
        try:
            with classified():
                await message.add_reaction(_MARK)
        except (Rejected, Unreachable) as error:
            log.info("discord.mark_refused", reason=str(error))
            return False
        return True

    def _exchange(self, interaction: Interaction, content: Content) -> InteractionResponse:
        return InteractionResponse(interaction, public=self._dispatcher.target(content) == "here")

    def _incoming(self, interaction: Interaction, content: Content, exchange: InteractionResponse) -> Incoming:
        channel_id = interaction.channel_id if interaction.guild_id is None else None
        sender = sender_of(interaction.user, interaction.locale, private_chat=channel_id)
        return Incoming(PLATFORM, str(interaction.id), sender, content, exchange.private)

    async def _leaves(self, call: Coroutine[None, None, None]) -> bool:
        """Whether an answer left. A press can fail in Discord's hands meanwhile: the next start makes up for it."""
        try:
            await call
        except RetryLater as error:
            log.warning("discord.reply_not_sent", reason=str(error))
            return False
        except ERRORS as error:
            log.warning("discord.reply_not_sent", reason=str(classify(error)))
            return False
        return True


def _deletion_of(message_id: int) -> str:
    """The id of the update that somebody deleted a message."""
    return f"{message_id}.deleted"


def _writer_of(message: discord.Message) -> Actor:
    return sender_of(message.author, private_chat=message.channel.id)
