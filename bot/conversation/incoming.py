"""What people do, in terms that belong to no platform; adapters make these objects of native updates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.content.forms import Composition, Raw, Upload, Written
from bot.logs import reference_of

_BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Actor:
    """The sender of an update: their id, name and language on the platform, and the chat for private answers.

    `private_chat` is the platform's own id of that chat, '' where it is the same or unknown.
    """

    native_id: str
    name: str
    language: str | None
    chat: str
    private_chat: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Words in a private chat that are no command; `composed` is the same with its formatting, where that is known.

    `message` is the platform's id of the message, '' where messages have none.
    """

    text: str
    composed: Composition | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """A message that its sender changed: its id, and its words (or the caption of its file) as they are now."""

    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that its sender deleted, by its id. Not every platform tells."""

    message: str


@dataclass(frozen=True, slots=True)
class Called:
    """A command as typed: its word without the slash, and the text after it."""

    word: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press on a button, or a link that carries a payload: an encoded action.

    Anybody can make a link, so a link (`linked`) may do less. `beside` is the choice made in the same message and not
    sent yet; it goes along with the press.
    """

    payload: str
    linked: bool = False
    beside: Picked | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice among options: the encoded action and the complete new set of values."""

    payload: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A complete form, from a platform that shows forms: the encoded action and the raw answers by field."""

    payload: str
    answers: Mapping[str, Raw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """Something other than words: a file to read, or something nobody can use (a voice, a sticker: `upload` is None).

    `composed` is the whole message it came in, `caption` its words without formatting, `message` its id. Each part of
    an `album` comes by itself, at its position `place`; a Gathered tells that all have come.
    """

    upload: Upload | None = None
    composed: Composition | Written | None = None
    album: str = ""
    place: int = 0
    caption: str = ""
    message: str = ""

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """Return every file of the message, because some platforms allow several in one."""
        if self.composed and self.composed.attachments:
            return self.composed.attachments
        return (self.upload,) if self.upload else ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """An album is complete: nothing more of it came for a while."""

    album: str


def album_id(album: str) -> str:
    """Return the update id under which the completion of an album is processed, once."""
    return f"album-{album}"


Content = Typed | Edited | Deleted | Called | Pressed | Picked | Submitted | Sent | Gathered


def said_in(content: Content) -> str | None:
    """Return the words that someone wrote, captions included; None for content without words."""
    match content:
        case Typed(text) | Edited(_, text) | Sent(caption=text):
            return text or None
    return None


def uploads_in(content: Content) -> tuple[Upload, ...]:
    """Return the files that someone sent, by themselves or in a form."""
    match content:
        case Sent():
            return content.uploads
        case Submitted(_, answers):
            written = (raw.attachments for raw in answers.values() if isinstance(raw, Composition | Written))
            return tuple(upload for attachments in written for upload in attachments)
    return ()


def message_of(content: Content) -> str:
    """Return the platform's id of the message that this content came as; '' where there is none."""
    return content.message if isinstance(content, Typed | Edited | Deleted | Sent) else ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update: the platform, the update's id there (unique), the sender, the content, and the chat.

    `private` says that nobody else reads that chat.
    """

    platform: str
    update_id: str
    sender: Actor
    content: Content
    private: bool = True

    @property
    def reference(self) -> str:
        """The reference of everything that this update causes, see `bot.logs`."""
        return reference_of(self.platform, self.update_id)


def command_in(text: str) -> tuple[str, str]:
    """Return the word of a typed command without its slash, and the text after it, perhaps on the next line."""
    word, _blank, argument = _BLANK.sub(" ", text[1:], count=1).partition(" ")
    return word, argument.strip()
