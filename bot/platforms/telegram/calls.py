"""Calls the Bot API, Telegram's interface for bots, with plain JSON.

The calls are made through python-telegram-bot's request and with its errors, but not with its objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from telegram import Bot
from telegram.request import RequestData


@dataclass(frozen=True, slots=True)
class _Parameters:
    """The parameters of a call as JSON, with the attributes of a RequestData that our transport reads.

    RequestData is a final class, so that this is none of its subclasses.
    """

    parameters: dict[str, Any]
    contains_files: bool = False


async def call(bot: Bot, method: str, **parameters: Any) -> Any:
    """Call a method of the Bot API, Telegram's interface for bots. Returns the result as decoded JSON.

    Parameters that are None are left out. Raises telegram.error.TelegramError if Telegram refuses or does not answer.
    """
    present = {name: value for name, value in parameters.items() if value is not None}
    return await bot.request.post(f"{bot.base_url}/{method}", cast("RequestData", _Parameters(present)))
