"""Declares the slash commands to Discord, in every language of the gathering; they are the same on all platforms."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import discord

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
_SLASH = discord.AppCommandType.chat_input.value
_LANGUAGES = {locale.value: locale.value.partition("-")[0] for locale in discord.Locale}
"""The languages of Discord's locales: English serves both of its variants."""
_PLACES = {"contexts": [0, 1], "integration_types": [0]}
"""Commands are offered in servers and in private chats with the bot, which is installed on servers only."""


async def sync_if_changed(client: discord.Client, router: Router, gathering: GatheringSettings, store: Store) -> bool:
    """Send the slash commands to Discord if they have changed since they were last sent.

    Returns whether they were sent. The change is noticed by a stored digest, because the commands that discord.py
    fetches lack their translations. `InteractionHandler` answers the commands, even commands of older versions;
    discord.py's own tree of commands, which calls a function for each command, is not used.
    """
    commands = [_declare(command, gathering) for command in router.commands.values()]
    declaration = json.dumps([client.application_id, commands], sort_keys=True)
    digest = hashlib.sha256(declaration.encode()).hexdigest()
    if await store.read(lambda tx: setting_store.get(tx, SYNCED_COMMANDS)) == digest:
        return False
    assert client.application_id  # known since the login
    await client.http.bulk_upsert_global_commands(client.application_id, commands)

    async def store_digest(tx: Transaction) -> None:
        await setting_store.put(tx, SYNCED_COMMANDS, digest)

    await store.transact(store_digest)
    return True


def _declare(command: Command, gathering: GatheringSettings) -> dict[str, Any]:
    """Return a command as Discord takes it: in French, the reference, with its words in the gathering's languages."""
    described = {
        language: clip(plain(command.description, Reader(language, gathering.zone)), _DESCRIPTION)
        for language in {LOCALES[0], *gathering.locales}
    }
    spoken = {locale: language for locale, language in _LANGUAGES.items() if language in gathering.locales}
    return {
        "type": _SLASH,
        "name": command.name,
        "description": described[LOCALES[0]],
        "name_localizations": {
            locale: command.names[language] for locale, language in spoken.items() if language in command.names
        },
        "description_localizations": {locale: described[language] for locale, language in spoken.items()},
        **_PLACES,
    }
