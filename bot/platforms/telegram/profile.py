"""Sets the bot's name, texts and commands in each language, if they differ: Telegram limits such changes."""

from __future__ import annotations

import structlog
from telegram import Bot
from telegram.constants import BotDescriptionLimit, BotNameLimit
from telegram.error import TelegramError

from bot.config.settings import GatheringSettings
from bot.content.texts import Reader, _, plain
from bot.conversation.router import Router
from bot.platforms.telegram.command_lists import list_for_everybody

log = structlog.get_logger()


async def update_profile(bot: Bot, gathering: GatheringSettings, router: Router) -> None:
    """Update the bot's texts and command lists on Telegram, where they differ from the program's.

    If Telegram refuses something, this is logged, and tried again at the next start. The texts in the gathering's first
    language are set without a language code, so that Telegram shows them to people with any other language.
    """
    for locale in gathering.locales:
        code = None if locale == gathering.locales[0] else locale
        reader = Reader(locale, gathering.zone)
        try:
            await list_for_everybody(bot, router, reader, code)
            await _update_texts(bot, gathering.name, reader, code)
        except TelegramError as error:
            log.warning("telegram.profile_not_updated", locale=locale, reason=error.message)


async def _update_texts(bot: Bot, gathering: str, reader: Reader, code: str | None) -> None:
    name = gathering[: BotNameLimit.MAX_NAME_LENGTH]
    if (await bot.get_my_name(code)).name != name:
        await bot.set_my_name(name, code)
    welcome = _(
        "This is where you take part in {gathering}: join, choose a theme, find out your group and write to the"
        " team. Open the link of your invitation, or press Start.",
        gathering=gathering,
    )
    description = plain(welcome, reader)[: BotDescriptionLimit.MAX_DESCRIPTION_LENGTH]
    if (await bot.get_my_description(code)).description != description:
        await bot.set_my_description(description, code)
    # L10N: the short description in the bot's profile on Telegram; {gathering} is the gathering's name.
    companion = plain(_("Your companion for {gathering}.", gathering=gathering), reader)
    short = companion[: BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH]
    if (await bot.get_my_short_description(code)).short_description != short:
        await bot.set_my_short_description(short, code)
