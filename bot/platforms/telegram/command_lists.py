"""Sets the commands that Telegram lists beside the input line: for everybody by language, for the team by chat.

The team are the organisers and facilitators. Each list is set only if it differs from Telegram's, because Telegram
limits how often lists are set. A list allows and forbids nothing: other commands work when typed, and each command is
authorised when it is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from bot.background.wakeups import Wakeups
from bot.content.platforms.telegram import FEATURES
from bot.content.roles import Who
from bot.content.texts import Reader, plain
from bot.conversation.router import Router
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.people import participant_store

log = structlog.get_logger()

_CHANGED_LISTS = "command_lists"
"""The topic under which programs tell each other in which chat they changed the list."""
_UNKNOWN = "?"
"""Stands for the digest of a list that another program has set."""


def commands(router: Router, role: Who, reader: Reader) -> tuple[BotCommand, ...]:
    """Return the commands that Telegram lists for people with a role, as a reader of this language sees them."""
    return tuple(
        BotCommand(command.names.get(reader.locale, command.name), plain(command.description, reader))
        for command in router.listed(role)
    )


async def list_for_everybody(bot: Bot, router: Router, reader: Reader, language: str | None) -> None:
    """Set the command list for everybody without a list of their own, if Telegram has a different one.

    People whose apps are in `language` (a language code) see this list; None stands for all other languages. Raises
    TelegramError.
    """
    scope, wanted = BotCommandScopeAllPrivateChats(), commands(router, Who.PARTICIPANT, reader)
    if await bot.get_my_commands(scope, language) != wanted:
        await bot.set_my_commands(wanted, scope, language)


class TeamLists:
    """Sets the command lists of organisers and facilitators in their private chats, also after their role changed.

    The database stores, with each account, which list its chat has: so a person who loses a role while the program is
    stopped loses the list at the next start. When a person is erased, this record is erased too: their chat then loses
    the list only if they write before the next start.
    """

    def __init__(self, bot: Bot, router: Router, store: Store, wakeups: Wakeups | None = None) -> None:
        """`wakeups` notifies other programs that receive from Telegram of changed lists."""
        self._bot = bot
        self._wakeups = wakeups
        if wakeups:
            wakeups.on(_CHANGED_LISTS, self._forget)
        self._router = router
        self._store = store
        self._shown: dict[int, str] = {}
        self._lists: dict[tuple[Who, str], tuple[str, tuple[BotCommand, ...]]] = {}

    async def load(self) -> None:
        """Read from the database which private chats have a command list of their own.

        Raises StoreUnavailable if the database cannot be used.
        """

        async def read_lists(tx: Transaction) -> Mapping[str, str]:
            return await participant_store.command_lists(tx, FEATURES.name)

        self._shown = {int(chat): digest for chat, digest in (await self._store.read(read_lists)).items()}

    def _forget(self, chats: Collection[int] | None) -> None:
        """Note that another program changed the lists of these chats; None says nothing."""
        self._shown |= dict.fromkeys(chats or (), _UNKNOWN)

    def is_due(self, chat: int, role: Who, reader: Reader) -> bool:
        """Return whether a private chat needs another command list, because of its owner's role and language."""
        return self._shown.get(chat, "") != self._list(role, reader)[0]

    async def follow(self, chat: int, role: Who, reader: Reader) -> None:
        """Set the command list of a role in a private chat, if the chat has another list.

        For people who are neither organisers nor facilitators, the chat's own list is removed. If Telegram refuses,
        this is logged, and the next call tries again.
        """
        if not self.is_due(chat, role, reader):
            return
        digest, wanted = self._list(role, reader)

        async def store_list(tx: Transaction) -> None:
            await participant_store.set_command_list(tx, FEATURES.name, str(chat), digest)

        try:
            if wanted:
                await self._bot.set_my_commands(wanted, BotCommandScopeChat(chat))
                self._shown[chat] = digest
            else:
                await self._bot.delete_my_commands(BotCommandScopeChat(chat))
                del self._shown[chat]
            await self._store.transact(store_list)
            if self._wakeups:
                self._wakeups.tell(_CHANGED_LISTS, chat)
        except TelegramError as error:
            log.info("telegram.command_list_refused", reason=error.message)
        except StoreUnavailable:
            log.info("telegram.command_list_not_noted")

    def _list(self, role: Who, reader: Reader) -> tuple[str, tuple[BotCommand, ...]]:
        """Return the digest and the commands of a role's own list; '' and none for people who see everybody's list."""
        if role < Who.FACILITATOR:
            return "", ()
        if (role, reader.locale) not in self._lists:
            wanted = commands(self._router, role, reader)
            digest = hashlib.sha256(repr([command.to_dict() for command in wanted]).encode()).hexdigest()[:12]
            self._lists[role, reader.locale] = digest, wanted
        return self._lists[role, reader.locale]
