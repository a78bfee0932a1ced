"""What people do, in words no platform owns: the adapters' half of the way in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.content.forms import Composition, Raw, Upload, Written
from bot.logs import reference_of

_BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the platform's id, the name and language it gives, and the chat where a private answer reaches them.

    `private_chat` is the platform's own id of that chat, '' where it is the same or not known.
    """

    native_id: str
    name: str
    language: str | None
    chat: str
    private_chat: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Words in a private chat (no command); `composed` is the same with its formatting, where that is known.

    `message` is the platform's id of the message they came as, '' where messages have none.
    """

    text: str
    composed: Composition | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """Someone changed a message of theirs: its id, and the words (or what is said below a file) as they are now."""

    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """Someone took away a message of theirs: its id. Not every platform tells."""

    message: str


@dataclass(frozen=True, slots=True)
class Called:
    """A command, as typed: its word without the slash, and what followed."""

    word: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, or a link with a payload: an encoded action. Anybody can make a link, so it may do less (`linked`).

    `beside` is what was chosen in the same message and not sent yet: it is to go with the press.
    """

    payload: str
    linked: bool = False
    beside: Picked | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice: the encoded action and the whole new set of values."""

    payload: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A whole form, from a platform that shows one: the encoded action and the raw answers by field."""

    payload: str
    answers: Mapping[str, Raw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """Something other than words: a file to read, or what nobody can use (a voice, a sticker: `upload` is None).

    `composed` is the whole message it came in, `caption` its words without formatting, `message` its id. One of an
    `album` comes by itself, at its `place` in it; Gathered tells that the others have come.
    """

    upload: Upload | None = None
    composed: Composition | Written | None = None
    album: str = ""
    place: int = 0
    caption: str = ""
    message: str = ""

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """Every file of the message: some platforms let several hang on one."""
        if self.composed and self.composed.attachments:
            return self.composed.attachments
        return (self.upload,) if self.upload else ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """An album is whole: nothing more of it came for a while."""

    album: str


def album_id(album: str) -> str:
    """Under which id of an update an album is whole: once."""
    return f"album-{album}"


Content = Typed | Edited | Deleted | Called | Pressed | Picked | Submitted | Sent | Gathered


def said_in(content: Content) -> str | None:
    """The words someone wrote, those beside a file too; None for what is no writing."""
    match content:
        case Typed(text) | Edited(_, text) | Sent(caption=text):
            return text or None
    return None


def uploads_in(content: Content) -> tuple[Upload, ...]:
    """The files someone sent, by themselves or in a form."""
    match content:
        case Sent():
            return content.uploads
        case Submitted(_, answers):
            written = (raw.attachments for raw in answers.values() if isinstance(raw, Composition | Written))
            return tuple(upload for attachments in written for upload in attachments)
    return ()


def message_of(content: Content) -> str:
    """The platform's id of the message this came as; '' where it came as none, or messages have no ids."""
    return content.message if isinstance(content, Typed | Edited | Deleted | Sent) else ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update: the platform's name and its id there (unique), who, what, and where.

    `chat` is where it happened; `private` says that nobody else reads it.
    """

    platform: str
    update_id: str
    sender: Actor
    content: Content
    private: bool = True

    @property
    def reference(self) -> str:
        """What joins all that this update causes, see `bot.logs`."""
        return reference_of(self.platform, self.update_id)


def command_in(text: str) -> tuple[str, str]:
    """The word of a command that was typed with its slash, and what follows it, on the next line perhaps."""
    word, _blank, argument = _BLANK.sub(" ", text[1:], count=1).partition(" ")
    return word, argument.strip()
