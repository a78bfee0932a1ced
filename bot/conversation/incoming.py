"""Defines the classes that say what a person did; they are the same for all platforms.

Each platform's adapter translates what the platform reports into these classes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from bot.content.forms import Composition, Raw, Upload, Written, words_of
from bot.logs import reference_of
from bot.people.browser_store import Browser
from bot.people.participants import Account, form_chat

_BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Actor:
    """The sender of an update: their id, name and language on the platform, and the chat for private answers.

    `private_chat` is the platform's id of that chat, '' if it is `chat` or unknown. `browser` is the browser in use;
    None on platforms without browsers.
    """

    native_id: str
    name: str
    language: str | None
    chat: str
    private_chat: str = ""
    browser: Browser | None = None

    @property
    def unconfirmed(self) -> Browser | None:
        """Return the browser if its owner never confirmed that it belongs to them; otherwise None."""
        return self.browser if self.browser and not self.browser.confirmed else None

    def at(self, account: Account) -> Account:
        """Return the sender's account as it is in the browser in use.

        In a browser that its owner has not confirmed, the account has another last screen and other forms.
        """
        own = self.unconfirmed
        return replace(account, screen=own.screen, browser=own.id) if own else account

    @property
    def form_chat(self) -> str:
        """Return the key of the chat in which the sender fills in forms.

        Each browser that its owner has not confirmed has its own key.
        """
        return form_chat(self.chat, self.unconfirmed.id if self.unconfirmed else "")


@dataclass(frozen=True, slots=True)
class Typed:
    """Words in a private chat that are no command; `composed` are the same words with their formatting, if known.

    `message` is the platform's id of the message, '' where messages have none.
    """

    text: str
    composed: Composition | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """The words of an e-mail that somebody wrote to the bot unasked: no screen asked for them.

    The writer is not asked what the words are. They are for the team, or a cry for help, and never the answer to a
    form. `files` are the names of the e-mail's files in one line, which the team reads below the words; '' for none.
    """

    text: str
    files: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """A message that its sender edited: its id on the platform, and its new words (or the new caption of its file)."""

    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that its sender deleted: its id on the platform. Only some platforms report this."""

    message: str


@dataclass(frozen=True, slots=True)
class Called:
    """A command as a person typed it: its word without the slash, and the text after the word."""

    word: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press on a button, or the opening of a link with a payload: an encoded action.

    `linked` is True for a link, «page» for one that leads to the page that is open, «site» for one to it that was
    followed on another site, such as a mailbox. Anybody can make a link, so it may do less than a button. `beside` is
    the choice made in the same message and not sent yet; it is carried out before the press. `ago` is how long the
    press waited on a device for the network. The device says so, and its owner can make it say anything.
    """

    payload: str
    linked: bool | Literal["page", "site"] = False
    beside: Picked | None = None
    ago: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice among options: the encoded action and the complete set of values that are chosen now."""

    payload: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A complete form, from a platform that shows forms: the encoded action and the raw answers by field name."""

    payload: str
    answers: Mapping[str, Raw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message with a file, or with something that cannot be used (a voice message, a sticker): then `upload` is None.

    `composed` is the whole message, `caption` its words without formatting, `message` the platform's id of it. Each
    picture of an album is reported separately, with the album's id `album` and its position `place`. Once all pictures
    have arrived, `Gathered` is reported.
    """

    upload: Upload | None = None
    composed: Composition | Written | None = None
    album: str = ""
    place: int = 0
    caption: str = ""
    message: str = ""

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """Return every file of the message; some platforms allow several in one message."""
        if self.composed and self.composed.attachments:
            return self.composed.attachments
        return (self.upload,) if self.upload else ()


@dataclass(frozen=True, slots=True)
class Located:
    """A location in degrees, sent by a person, or by their device after they agreed.

    `message` is the platform's id of the message, '' if messages have none. A `live` location changes: each change is
    reported with the same `message` and with `moved`, and gets no answer; the last report is not `live`. `payload` is
    the encoded action of the button that asked for the location, '' if the person sent it unasked.
    """

    latitude: float
    longitude: float
    message: str = ""
    live: bool = False
    moved: bool = False
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The report that an album, several pictures sent together, is complete: no further picture arrived for a while."""

    album: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A change of one cell of a grid (`bot.conversation.grids`): its row, its column, and the text that was typed.

    `seen` is the value that the cell showed when the organiser changed it.
    """

    row: int
    column: str
    seen: str
    typed: str


@dataclass(frozen=True, slots=True)
class Amended:
    """Changes of cells in one grid that an organiser makes together, by typing, pasting or dragging.

    `grid` is the key of the grid. `shown` is the digest of the lines in which the organiser was shown the effect of the
    changes; '' if there were none.
    """

    grid: str
    cells: tuple[Cell, ...]
    shown: str = ""


def album_id(album: str) -> str:
    """Return the id under which the inbox stores that an album is complete, so that it is processed only once."""
    return f"album-{album}"


Content = (
    Typed | Posted | Edited | Deleted | Called | Pressed | Picked | Submitted | Sent | Located | Gathered | Amended
)


def said_in(content: Content) -> str | None:
    """Return the words that a person wrote, as a message or caption; None for content without words."""
    match content:
        case Typed(text) | Posted(text, _) | Edited(_, text) | Sent(caption=text):
            return text or None
    return None


def words_in(content: Content) -> Sequence[str]:
    """Return every text that a person wrote at once: in a message, a caption, a form, or after a command."""
    match content:
        case Called(_, argument):
            return (argument,) if argument else ()
        case Submitted(_, answers):
            return [words for raw in answers.values() if (words := words_of(raw))]
    said = said_in(content)
    return (said,) if said else ()


def uploads_in(content: Content) -> tuple[Upload, ...]:
    """Return the files that a person sent, by themselves or in a form."""
    match content:
        case Sent():
            return content.uploads
        case Submitted(_, answers):
            written = (raw.attachments for raw in answers.values() if isinstance(raw, Composition | Written))
            return tuple(upload for attachments in written for upload in attachments)
    return ()


def message_of(content: Content) -> str:
    """Return the platform's id of the message that a person wrote, edited or deleted; '' for any other content."""
    return content.message if isinstance(content, Typed | Edited | Deleted | Sent | Located) else ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update, which is one thing that a person did on a platform.

    `update_id` is the platform's id of the update. `private` says that only the sender reads the chat. `greeting` says
    that the sender merely opened their page, which opens no screen: words that are typed next are taken by the same
    screen or question as before.
    """

    platform: str
    update_id: str
    sender: Actor
    content: Content
    private: bool = True
    greeting: bool = False

    @property
    def reference(self) -> str:
        """The code that marks all log lines and stored rows that this update causes."""
        return reference_of(self.platform, self.update_id)


def command_in(text: str) -> tuple[str, str]:
    """Return the word of a typed command without its slash, and the text after it, which may be on the next line."""
    word, _blank, argument = _BLANK.sub(" ", text[1:], count=1).partition(" ")
    return word, argument.strip()
