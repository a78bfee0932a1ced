"""Checks the Telegram settings for `rencontres check`: the token, how updates are received, and the forum."""

from __future__ import annotations

import re

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.config.findings import Finding
from bot.config.settings import TelegramSettings
from bot.platforms.telegram.transport import AiohttpRequest

_SUBJECT = "telegram"
_TOKEN = re.compile(r"[0-9]{6,}:[A-Za-z0-9_-]{30,}")
_RIGHTS = {
    "can_manage_topics": "Manage Topics",
    "can_invite_users": "Invite Users via Link",
    "can_pin_messages": "Pin Messages",
}


async def check_telegram(settings: TelegramSettings) -> list[Finding]:
    """Return the findings of `rencontres check` about Telegram.

    They say whether the token works, whether updates arrive as configured, and whether the bot can use the forum.
    """
    if not _TOKEN.fullmatch(settings.token.get_secret_value()):
        detail = "the token is incomplete: it is a number, a colon and some 35 letters, digits, hyphens or underscores"
        return [Finding("failed", _SUBJECT, detail, "copy it again from @BotFather, without spaces")]
    base = settings.api_base.rstrip("/")
    requests = AiohttpRequest(api_base=base), AiohttpRequest(api_base=base)
    try:
        bot = Bot(
            settings.token.get_secret_value(),
            base_url=f"{base}/bot",
            request=requests[0],
            get_updates_request=requests[1],
        )
        await bot.initialize()
        return [
            Finding("ok", _SUBJECT, f"the token belongs to @{bot.username}"),
            await _check_updates(bot, settings),
            *(await _check_forum(bot, settings)),
        ]
    except InvalidToken:  # its text holds the token
        return [Finding("failed", _SUBJECT, "the token is refused", "copy it again from @BotFather")]
    except TelegramError as error:
        return [Finding("failed", _SUBJECT, f"{base} does not answer: {error.message}", "check the network")]
    finally:
        for request in requests:
            await request.shutdown()


async def _check_updates(bot: Bot, settings: TelegramSettings) -> Finding:
    webhook = await bot.get_webhook_info()
    if settings.mode == "polling":
        if webhook.url:
            detail = "another program receives the updates, by webhook"
            return Finding("warning", _SUBJECT, detail, "stop that program: this one ends its webhook")
        return Finding("ok", _SUBJECT, "updates arrive by polling")
    if webhook.url and webhook.url != settings.webhook_url:
        return Finding("warning", _SUBJECT, f"its webhook is {webhook.url}", "the next start sets webhook_url instead")
    if webhook.last_error_message:
        detail = f"it could not deliver to the webhook: {webhook.last_error_message}"
        return Finding("failed", _SUBJECT, detail, "make sure that webhook_url leads to [web] from outside, over https")
    return Finding("ok", _SUBJECT, f"updates arrive by webhook to {settings.webhook_url}")


async def _check_forum(bot: Bot, settings: TelegramSettings) -> list[Finding]:
    if settings.forum_chat_id is None:
        return []
    try:
        chat = await bot.get_chat(settings.forum_chat_id)
    except TelegramError as error:
        detail = f"the forum {settings.forum_chat_id} cannot be reached: {error.message}"
        return [Finding("failed", _SUBJECT, detail, "add the bot to the group, and check forum_chat_id")]
    if not chat.is_forum:
        return [Finding("failed", _SUBJECT, f"«{chat.title}» has no topics", "turn on topics in the group's settings")]
    lacking = await _lacking_rights(bot, settings.forum_chat_id)
    if lacking:
        detail = f"in «{chat.title}», the bot lacks the rights: {', '.join(lacking)}"
        return [Finding("failed", _SUBJECT, detail, "make it an administrator with these rights")]
    return [Finding("ok", _SUBJECT, f"the forum is «{chat.title}», where the bot can make topics")]


async def _lacking_rights(bot: Bot, chat_id: int) -> list[str]:
    me = await bot.get_chat_member(chat_id, bot.id)
    return [name for right, name in _RIGHTS.items() if not getattr(me, right, False)]
