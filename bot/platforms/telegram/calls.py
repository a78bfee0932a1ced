"""The calls a reply is made of, as plain JSON through python-telegram-bot's request: its errors, not its objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from telegram import Bot
from telegram.request import RequestData


@dataclass(frozen=True, slots=True)
class _Parameters:
    """What our transport reads of a RequestData (a final class), for parameters that are JSON values already."""

    parameters: dict[str, Any]
    contains_files: bool = False


async def call(bot: Bot, method: str, **parameters: Any) -> Any:
    """The Bot API's answer to a call, None for a parameter leaving it out. Raises telegram.error.TelegramError."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return await bot.request.post(f"{bot.base_url}/{method}", cast("RequestData", _Parameters(given)))
