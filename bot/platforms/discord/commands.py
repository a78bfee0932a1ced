"""Declares the slash commands to Discord, from the commands of the routes, in every language of the gathering."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands

from bot.config import setting_store
from bot.config.settings import GatheringSettings
from bot.content.i18n import LOCALES
from bot.content.texts import Reader, plain
from bot.conversation.router import Router
from bot.conversation.routes import Command
from bot.database.engine import Store, Transaction
from bot.platforms.discord.render import clip

SYNCED_COMMANDS = "discord_commands"
"""The key of the setting that stores a digest of the commands that were last sent to Discord."""
_DESCRIPTION = 100

_Words = Callable[[str], str | None]
"""A function that returns a text in one of our locales; None where the text has no translation there."""


class Menu(app_commands.CommandTree[discord.Client]):
    """The slash commands that Discord offers. `InteractionHandler` answers them, also commands of older versions."""

    def __init__(self, client: discord.Client, router: Router, gathering: GatheringSettings) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._gathering = gathering
        for command in router.commands.values():
            self.add_command(self._declare(command))

    async def interaction_check(self, _interaction: discord.Interaction, /) -> bool:
        """Refuse every interaction: the library's own way of calling commands is not used."""
        return False

    async def sync_if_changed(self, store: Store) -> bool:
        """Send the commands to Discord if they changed since the last time. Returns True if they were sent.

        Changes are found by a stored digest, because the commands that discord.py fetches lack their translations.
        """
        translator = _Translator(self._gathering.locales)
        await self.set_translator(translator)
        commands = [await command.get_translated_payload(self, translator) for command in self.get_commands()]
        declaration = json.dumps([self.client.application_id, commands], sort_keys=True, default=str)
        digest = hashlib.sha256(declaration.encode()).hexdigest()
        if await store.read(lambda tx: setting_store.get(tx, SYNCED_COMMANDS)) == digest:
            return False
        await self.sync()

        async def store_digest(tx: Transaction) -> None:
            await setting_store.put(tx, SYNCED_COMMANDS, digest)

        await store.transact(store_digest)
        return True

    def _declare(self, command: Command) -> app_commands.Command[Any, [], None]:
        def describe(locale: str) -> str:
            return clip(plain(command.description, Reader(locale, self._gathering.zone)), _DESCRIPTION)

        return app_commands.Command(
            name=_text(command.name, command.names.get),
            description=_text(describe(LOCALES[0]), describe),
            callback=_answered_elsewhere,
        )


class _Translator(app_commands.Translator):
    """Translates texts of commands into the locales of the gathering; English serves both of Discord's variants."""

    def __init__(self, locales: tuple[str, ...]) -> None:
        self._locales = locales

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, _context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return a text in one of Discord's locales; None leaves it in French, the reference."""
        words: _Words = string.extras["words"]
        language = locale.value.partition("-")[0]
        return words(language) if language in self._locales else None


def _text(french: str, words: _Words) -> app_commands.locale_str:
    return app_commands.locale_str(french, words=words)


async def _answered_elsewhere(_interaction: discord.Interaction) -> None:
    """Do nothing: the library requires a callback for each command."""
