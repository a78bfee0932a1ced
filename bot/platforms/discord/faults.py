"""What Discord's errors mean for the house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.content.errors import ChannelGone, PlatformError, Rejected, RetryLater, Unreachable
from bot.content.reasons import Reason
from bot.platforms.untrusted import patience

ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What a call of the library may raise, the network included."""
_UNREACHABLE = {
    10013: Reason.ACCOUNT_GONE,
    50007: Reason.CLOSED,  # or the bot is blocked: Discord does not tell these apart
    50278: Reason.NO_SERVER_IN_COMMON,
}
_FORBIDDEN = {50001, 50013}  # no access, no permission

_NO_SUCH_CHANNEL = 10003
_A_WHILE = 5.0


@contextmanager
def classified() -> Iterator[None]:
    """Turn the errors of the calls inside into Unreachable, RetryLater or Rejected."""
    try:
        yield
    except ERRORS as error:
        raise classify(error) from error


def classify(error: Exception) -> PlatformError:
    """The error of the house behind one of the library's. Its text never holds an address, thus no token."""
    if isinstance(error, discord.RateLimited):
        return RetryLater("Discord asks for patience", patience(error.retry_after))
    if not isinstance(error, discord.HTTPException):
        return RetryLater(f"Discord cannot be reached: {type(error).__name__}", whole_platform=True)
    said = f"Discord answers {error.status}, code {error.code}"
    if error.status == 429:
        headers = error.response.headers
        return RetryLater(said, _seconds(headers.get("Retry-After")), whole_platform="X-RateLimit-Global" in headers)
    if error.status >= 500:
        return RetryLater(said)
    if error.code in _UNREACHABLE:
        return Unreachable(said, why=_UNREACHABLE[error.code])
    if error.code == _NO_SUCH_CHANNEL:
        return ChannelGone(said)
    return Rejected(f"{said}: {error.text}", why=Reason.FORBIDDEN if error.code in _FORBIDDEN else None)


def _seconds(asked: str | None) -> float:
    """How long the header of an answer asks to wait; a while where it does not say it in seconds."""
    try:
        return patience(float(asked or ""))
    except ValueError:
        return _A_WHILE
