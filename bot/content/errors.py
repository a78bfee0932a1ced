"""The errors that cross a border: what a person is told, and what a platform answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bot.content.reasons import Reason

if TYPE_CHECKING:
    from bot.content.texts import Text
    from bot.content.views import Button


class UserError(Exception):
    """A polite refusal: shown to the person in their language, with everything their message did undone.

    `text` says what happened, what is kept and the next step; `buttons` are that next step.
    """

    def __init__(self, text: Text, *, buttons: tuple[Button, ...] = ()) -> None:
        super().__init__(text.message)
        self.text = text
        self.buttons = buttons


class Stale(Exception):
    """A button, choice or payload that no longer means anything: the person gets their present screen."""


class ConfigError(Exception):
    """A configuration that cannot be used. The message names the key and the remedy, never a secret."""


class PlatformError(Exception):
    """Something a platform answered to a request of ours.

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
    """A passing fault (429, 5xx, network). `seconds` is what the platform asked for, or None where it did not say.

    `whole_platform`: it concerns every chat, not this one alone; None where the platform does not say. `doubtful`: what
    was asked may have been done all the same.
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
    """The chat has another id from now on; nothing was done."""

    def __init__(self, said: str, chat: str) -> None:
        super().__init__(said)
        self.chat = chat


class Rejected(PlatformError):
    """The platform will never take this request: a defect of ours or something gone. Not repeated."""


class ChannelGone(Rejected):
    """The thread or topic written to is not there: somebody deleted it. A group's is made again."""

    usually = Reason.CHANNEL_GONE


class MessageGone(Rejected):
    """The message to edit is not there any more: its reader deleted it. Nothing was sent in its place."""
