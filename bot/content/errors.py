"""The errors that are told to a person, and those that a platform answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bot.content.reasons import Reason

if TYPE_CHECKING:
    from bot.content.texts import Text
    from bot.content.views import Button


class UserError(Exception):
    """A polite refusal: the person reads it in their language, and everything their message did is undone.

    `text` says what happened, what is kept and the next step; `buttons` are that next step.
    """

    def __init__(self, text: Text, *, buttons: tuple[Button, ...] = ()) -> None:
        super().__init__(text.message)
        self.text = text
        self.buttons = buttons


class Stale(Exception):
    """A button, choice or payload that no longer means anything; the person gets their present screen instead."""


class ConfigError(Exception):
    """A configuration that cannot be used. The message names the key and the remedy, never a secret."""


class PlatformError(Exception):
    """An error that a platform answered to one of our requests.

    Its text is what the platform said, for the log; `why` is what people are told, by default that of its class.
    """

    usually: ClassVar[Reason] = Reason.REFUSED

    def __init__(self, said: str, *, why: Reason | None = None) -> None:
        super().__init__(said)
        self.why = why or self.usually


class Unreachable(PlatformError):
    """The account cannot be written to until it writes again: blocked, left, deactivated, messages closed."""

    usually = Reason.OUT_OF_REACH


class RetryLater(PlatformError):
    """A passing fault (429, 5xx, network). `seconds` is the wait that the platform asked for, None where it asked none.

    `whole_platform` says that the wait concerns every chat; None where the platform does not say. `doubtful` says that
    the request may have been carried out all the same.
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
    """The chat has another id from now on; the request was not carried out."""

    def __init__(self, said: str, chat: str) -> None:
        super().__init__(said)
        self.chat = chat


class Rejected(PlatformError):
    """The platform will never take this request, because of a defect of ours or something gone. It is not repeated."""


class ChannelGone(Rejected):
    """The thread or topic written to is gone: somebody deleted it. A group's channel is made again."""

    usually = Reason.CHANNEL_GONE


class MessageGone(Rejected):
    """The message to edit is gone: its reader deleted it. Nothing was sent in its place."""
