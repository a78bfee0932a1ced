"""Defines the errors whose text a person reads, and the errors with which a platform answers a request."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeVar

from bot.content.reasons import Reason

if TYPE_CHECKING:
    from bot.content.texts import Text
    from bot.content.views import Button


T = TypeVar("T")


class UserError(Exception):
    """A polite refusal: the person reads its text in their language.

    All changes that the person caused in this transaction are rolled back. `text` says what happened, what is kept and
    what to do next; `buttons` are for the next step.
    """

    def __init__(self, text: Text, *, buttons: tuple[Button, ...] = ()) -> None:
        super().__init__(text.message)
        self.text = text
        self.buttons = buttons


class Stale(Exception):
    """The error that a button, choice or link is outdated; the person is then shown the present state."""


def existing(found: T | None) -> T:
    """Return `found`, the thing that a button is about, or raise Stale for None because it no longer exists."""
    if found is None:
        raise Stale
    return found


def existing_day(ordinal: int) -> date:
    """Return the day that a button carries as the number `ordinal` (see `date.toordinal`).

    Raises Stale if no day has this number. The first and the last day that Python knows are refused too, because some
    of their hours do not exist in other time zones.
    """
    if not date.min.toordinal() + 1 < ordinal < date.max.toordinal() - 1:
        raise Stale
    return date.fromordinal(ordinal)


class PageClosed(Exception):
    """The error that a person's page was closed in the browser that sent a request; the request then does nothing."""


class Unconfirmed(Stale):
    """The error that something may be done in a new browser only after the person has confirmed that browser."""


class ConfigError(Exception):
    """The error that the configuration cannot be used. Its text names the key and the remedy, never a secret."""


class PlatformError(Exception):
    """An error with which a platform answered one of the program's requests.

    `said` is the platform's text, for the log. `why` is the reason that people read, None for the default of the class.
    """

    usually: ClassVar[Reason] = Reason.REFUSED

    def __init__(self, said: str, *, why: Reason | None = None) -> None:
        super().__init__(said)
        self.why = why or self.usually


class Unreachable(PlatformError):
    """The error that an account cannot get messages until it writes to the bot again.

    Its owner may have blocked the bot, for instance.
    """

    usually = Reason.OUT_OF_REACH


class RetryLater(PlatformError):
    """The error of a temporary failure (HTTP 429 or 5xx, network): the request is repeated later.

    `seconds` is the wait that the platform asked for, None if it asked for none. `whole_platform` is True if the wait
    concerns every chat, False if it concerns only this one, None if unknown. `doubtful` says that the platform may have
    carried out the request nevertheless.
    """

    def __init__(
        self,
        said: str,
        seconds: float | None = None,
        *,
        whole_platform: bool | None = False,
        doubtful: bool = False,
    ) -> None:
        super().__init__(said, why=Reason.NO_ANSWER if seconds is None else Reason.TOO_MANY)
        self.seconds = seconds
        self.whole_platform = whole_platform
        self.doubtful = doubtful


class Moved(PlatformError):
    """The error that a chat has a new id, which is `chat`; the platform did not carry out the request."""

    def __init__(self, said: str, chat: str) -> None:
        super().__init__(said)
        self.chat = chat


class Rejected(PlatformError):
    """The error that the platform will never accept this request, so it is not repeated.

    The cause is a mistake in this program, or something that no longer exists.
    """


class ChannelGone(Rejected):
    """The error that the thread (or forum topic) for a message no longer exists; it is then created again."""

    usually = Reason.CHANNEL_GONE


class MessageGone(Rejected):
    """Raised when a message should be edited that its reader deleted. No other message was sent in its place."""
