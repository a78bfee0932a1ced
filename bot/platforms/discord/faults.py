"""Turns the errors of discord.py into the errors of the program, which all platforms have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.content.errors import ChannelGone, PlatformError, Rejected, RetryLater, Unreachable
from bot.content.reasons import Reason
from bot.platforms.untrusted import patience

ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""The exceptions that a call of discord.py may raise, errors of the network included."""
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
    """Inside the `with` block, turn the errors of discord.py into Unreachable, RetryLater or Rejected."""
    try:
        yield
    except ERRORS as error:
        raise classify(error) from error


def classify(error: Exception) -> PlatformError:
    """Return the program's own error for an exception of discord.py, with a text without addresses and tokens."""
    if isinstance(error, discord.RateLimited):
        return RetryLater("Discord asks for patience", patience(error.retry_after))
    if not isinstance(error, discord.HTTPException):
        return RetryLater(f"Discord cannot be reached: {type(error).__name__}", whole_platform=True)
    answer = f"Discord answers {error.status}, code {error.code}"
    if error.status == 429:
        headers = error.response.headers
        return RetryLater(answer, _seconds(headers.get("Retry-After")), whole_platform="X-RateLimit-Global" in headers)
    if error.status >= 500:
        return RetryLater(answer)
    if error.code in _UNREACHABLE:
        return Unreachable(answer, why=_UNREACHABLE[error.code])
    if error.code == _NO_SUCH_CHANNEL:
        return ChannelGone(answer)
    return Rejected(f"{answer}: {error.text}", why=Reason.FORBIDDEN if error.code in _FORBIDDEN else None)


def _seconds(header: str | None) -> float:
    """Return the seconds that an answer's header asks to wait; a default where it holds no number."""
    try:
        return patience(float(header or ""))
    except ValueError:
        return _A_WHILE
