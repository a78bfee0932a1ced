"""Turns the errors of python-telegram-bot into the errors of the program, which all platforms have in common."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.content.errors import (
    ChannelGone,
    MessageGone,
    Moved,
    PlatformError,
    Rejected,
    RetryLater,
    Unreachable,
)
from bot.content.reasons import Reason
from bot.platforms.telegram.floods import HeldBack

_GONE_PEOPLE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid")
_BLOCKED = "blocked by the user"
_GONE_TOPICS = ("message thread not found", "topic_id_invalid", "topic_deleted")
_NOTHING_SENT = ("no connection in time", "clientconnector")
_MESSAGE_GONE = "message to edit not found"
_NOT_TO_BE_EDITED = (_MESSAGE_GONE, "message can't be edited", "there is no text in the message to edit")


def classify(error: TelegramError) -> PlatformError:
    """Return the program's own error for an error of python-telegram-bot, with a text that contains no token."""
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
        return Unreachable(error.message, why=_why(text))
    if isinstance(error, BadRequest) and any(word in text for word in _GONE_TOPICS):
        return ChannelGone(error.message)
    if isinstance(error, BadRequest) and _MESSAGE_GONE in text:
        return MessageGone(error.message)
    if isinstance(error, InvalidToken):  # its text may hold the token
        return RetryLater("Telegram refuses the token", whole_platform=True)
    if isinstance(error, BadRequest):
        forbidden = "not enough rights" in text or topic_closed(error)
        return Rejected(error.message, why=Reason.FORBIDDEN if forbidden else None)
    if isinstance(error, NetworkError):
        return RetryLater(error.message, doubtful=not any(word in text for word in _NOTHING_SENT))
    return Rejected(error.message)


def not_modified(error: TelegramError) -> bool:
    """Return whether an edit failed because the message already shows the new content."""
    return "message is not modified" in error.message.lower()


def message_gone(error: TelegramError) -> bool:
    """Return whether an edit failed because the reader deleted the message."""
    return _MESSAGE_GONE in error.message.lower()


def topic_closed(error: TelegramError) -> bool:
    """Return whether a call failed because the forum's topic is closed, so that only administrators may write in it."""
    return "topic_closed" in error.message.lower()


def cannot_be_edited(error: TelegramError) -> bool:
    """Return whether an edit failed because the message was deleted or is of a kind that cannot show a text."""
    return any(words in error.message.lower() for words in _NOT_TO_BE_EDITED)


def _why(text: str) -> Reason:
    """Return why a person cannot be reached, by Telegram's description of the error in lower case."""
    if _BLOCKED in text:
        return Reason.BLOCKED
    return Reason.ACCOUNT_GONE if any(words in text for words in _GONE_PEOPLE) else Reason.OUT_OF_REACH
