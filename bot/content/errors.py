"""The errors that are told to a person, and those that a platform answers to a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bot.content.reasons import Reason

if TYPE_CHECKING:
    from bot.content.texts import Text
    from bot.content.views import Button


class UserError(Exception):
    """A polite refusal: the person reads it in their language, and all changes that their update made are undone.

    `text` says what happened, what is kept and what to do next; `buttons` lead there.
    """

    def __init__(self, text: Text, *, buttons: tuple[Button, ...] = ()) -> None:
        super().__init__(text.message)
        self.text = text
        self.buttons = buttons


class Stale(Exception):
    """The error for a button, choice or payload that is outdated; the person gets their present screen instead."""


class ConfigError(Exception):
    """The error for a configuration that cannot be used. Its message names the key and what to do, never a secret."""


class PlatformError(Exception):
    """An error that a platform answered to one of our requests.

    Its text is what the platform said, for the log; `why` is the reason that people are told, by default the one that
    is usual for its class.
    """

    usually: ClassVar[Reason] = Reason.REFUSED

    def __init__(self, said: str, *, why: Reason | None = None) -> None:
        super().__init__(said)
        self.why = why or self.usually


class Unreachable(PlatformError):
    """The account cannot get messages until it writes to the bot again: blocked, left, deactivated, messages closed."""

    usually = Reason.OUT_OF_REACH


class RetryLater(PlatformError):
    """A temporary failure (429, 5xx, network).

    `seconds` is the wait that the platform asked for, None where it named none. `whole_platform` says that the wait
    concerns every chat; None where the platform does not say. `doubtful` says that the request may have been carried
    out all the same.
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
    """The chat has the new id `chat` from now on; the request was not carried out."""

    def __init__(self, said: str, chat: str) -> None:
        super().__init__(said)
        self.chat = chat


class Rejected(PlatformError):
    """The platform will never accept this request; it is not repeated.

    The cause is an error in this program, or something that is gone.
    """


class ChannelGone(Rejected):
    """The thread or topic of the request is gone, because somebody deleted it. A group's channel is created anew."""

    usually = Reason.CHANNEL_GONE


class MessageGone(Rejected):
    """The message to edit is gone, because its reader deleted it. Nothing was sent in its place."""
