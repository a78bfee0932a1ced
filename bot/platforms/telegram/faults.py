"""What Telegram's refusals mean to the house."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.errors import Moved, PlaceGone, PlatformError, Rejected, RetryLater, Unreachable
from bot.platforms.telegram.floods import HeldBack

_GONE_PEOPLE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid")
_GONE_PLACES = ("message thread not found", "topic_id_invalid", "topic_deleted")
_NOTHING_SENT = ("no connection in time", "clientconnector")
_GONE_MESSAGES = ("message to edit not found", "message can't be edited", "there is no text in the message to edit")


def classify(error: TelegramError) -> PlatformError:
    """The house's word for an error, without anything that could hold a token."""
    text = error.message.lower()
    if isinstance(error, RetryAfter):
        after = error.retry_after
        seconds = after.total_seconds() if isinstance(after, timedelta) else float(after)
        if isinstance(error, HeldBack):
            return RetryLater(error.message, seconds)
        return RetryLater(error.message, seconds, whole_platform=None)  # Telegram does not say whose limit it was
    if isinstance(error, ChatMigrated):
        return Moved(error.message, str(error.new_chat_id))
    if isinstance(error, Forbidden) or (isinstance(error, BadRequest) and any(word in text for word in _GONE_PEOPLE)):
        return Unreachable(error.message)
    if isinstance(error, BadRequest) and any(word in text for word in _GONE_PLACES):
        return PlaceGone(error.message)
    if isinstance(error, BadRequest | InvalidToken):
        return Rejected(error.message)
    if isinstance(error, NetworkError):
        return RetryLater(error.message, doubtful=not any(word in text for word in _NOTHING_SENT))
    return Rejected(error.message)


def not_modified(error: TelegramError) -> bool:
    """Whether an edit failed because the message already shows this."""
    return "message is not modified" in error.message.lower()


def message_gone(error: TelegramError) -> bool:
    """Whether an edit failed because there is nothing left to edit: the view must be sent anew."""
    return any(word in error.message.lower() for word in _GONE_MESSAGES)
