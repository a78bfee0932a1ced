"""The commands that Telegram lists beside the line one writes in: everybody's, per language; for the team their own.

Each list is set only where it differs from what Telegram has, since setting is rationed. A list hides nothing: what
is not in it works when it is typed, and who may use what is asked anew each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from bot.content.roles import Who
from bot.content.texts import Reader, plain
from bot.conversation.router import Router
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.people import participant_store
from bot.platforms.telegram.features import FEATURES

log = structlog.get_logger()


def commands(router: Router, role: Who, reader: Reader) -> tuple[BotCommand, ...]:
    """The list for people of a role, in their language."""
    return tuple(
        BotCommand(command.names.get(reader.locale, command.name), plain(command.description, reader))
        for command in router.listed(role)
    )


async def list_for_everybody(bot: Bot, router: Router, reader: Reader, language: str | None) -> None:
    """Bring the list of participants in step, for a language (None: every other). Raises TelegramError."""
    scope, wanted = BotCommandScopeAllPrivateChats(), commands(router, Who.PARTICIPANT, reader)
    if await bot.get_my_commands(scope, language) != wanted:
        await bot.set_my_commands(wanted, scope, language)


class TeamLists:
    """The lists of organisers and facilitators, each in their own chat; they follow when someone's role changes.

    Which chats have one is stored with the account, so that who lost their role while the program was away loses the
    list too; it is forgotten with whoever is erased, whose chat loses it if they write before the next start.
    """

    def __init__(self, bot: Bot, router: Router, store: Store) -> None:
        self._bot = bot
        self._router = router
        self._store = store
        self._shown: dict[int, str] = {}
        self._lists: dict[tuple[Who, str], tuple[str, tuple[BotCommand, ...]]] = {}

    async def load(self) -> None:
        """Learn which chats have a list of their own. Raises StoreUnavailable."""

        async def unit(tx: Transaction) -> Mapping[str, str]:
            return await participant_store.command_lists(tx, FEATURES.name)

        self._shown = {int(chat): digest for chat, digest in (await self._store.read(unit)).items()}

    def is_due(self, chat: int, role: Who, reader: Reader) -> bool:
        """Whether a private chat shows another list than that of its owner's role, in their language."""
        return self._shown.get(chat, "") != self._list(role, reader)[0]

    async def follow(self, chat: int, role: Who, reader: Reader) -> None:
        """Show the list of a role in a private chat from now on. What Telegram refuses is left for the next time."""
        if not self.is_due(chat, role, reader):
            return
        digest, wanted = self._list(role, reader)

        async def remember(tx: Transaction) -> None:
            await participant_store.set_command_list(tx, FEATURES.name, str(chat), digest)

        try:
            if wanted:
                await self._bot.set_my_commands(wanted, BotCommandScopeChat(chat))
                self._shown[chat] = digest
            else:
                await self._bot.delete_my_commands(BotCommandScopeChat(chat))
                del self._shown[chat]
            await self._store.transact(remember)
        except TelegramError as error:
            log.info("telegram.command_list_refused", reason=error.message)
        except StoreUnavailable:
            log.info("telegram.command_list_not_noted")

    def _list(self, role: Who, reader: Reader) -> tuple[str, tuple[BotCommand, ...]]:
        """The list of a role in a language, and what tells it from others; nothing for who reads everybody's."""
        if role < Who.FACILITATOR:
            return "", ()
        if (role, reader.locale) not in self._lists:
            wanted = commands(self._router, role, reader)
            digest = hashlib.sha256(repr([each.to_dict() for each in wanted]).encode()).hexdigest()[:12]
            self._lists[role, reader.locale] = digest, wanted
        return self._lists[role, reader.locale]
