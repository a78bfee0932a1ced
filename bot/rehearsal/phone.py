"""What a simulated person's phone shows of their chats with the bot, in one description for every platform.

A phone is read from what the platform's local server received, and the demo's page draws it: `asdict` makes it JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.content.forms import Upload
from bot.content.texts import Moment, Reader, plain

LATEST = 60
"""How many messages a phone shows at most."""


@dataclass(frozen=True, slots=True)
class PhoneSpan:
    """A stretch of text on a simulated phone, with its styles, such as «bold»; `url` is its address if it is a link."""

    text: str
    styles: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class PhoneButton:
    """A button on a simulated phone, with its payload or, if it is a link, its address `url`.

    `look` is «plain», «primary» or «danger».
    """

    label: str
    payload: str = ""
    url: str = ""
    look: str = "plain"


@dataclass(frozen=True, slots=True)
class PhoneOption:
    """An option of a menu on a simulated phone; `value` is sent when the option is chosen."""

    value: str
    label: str
    description: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class PhoneMenu:
    """A menu below a message on a simulated phone; the person chooses `least` to `most` of its options."""

    payload: str
    placeholder: str
    options: Sequence[PhoneOption]
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class PhoneFile:
    """A file of a message on a simulated phone; `id` is the argument for `Phone.file`."""

    id: str
    name: str
    picture: bool


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A message on a simulated phone, in its present state.

    `at` is when it arrived, in seconds since 1970; `time` is the same as text. `own` is True if the person wrote it,
    and `private` if others in the channel do not see it. If `refused` is True, it is not a message, but says what the
    platform refused the bot.
    """

    id: str
    at: float
    time: str
    spans: Sequence[PhoneSpan]
    own: bool = False
    edited: bool = False
    private: bool = False
    refused: bool = False
    reaction: str = ""
    files: Sequence[PhoneFile] = ()
    rows: Sequence[Sequence[PhoneButton]] = ()
    menus: Sequence[PhoneMenu] = ()


@dataclass(frozen=True, slots=True)
class PhoneField:
    """A field of a form that is open on a simulated phone, or a text above the questions.

    `kind` is «line», «lines», «choice» or «files» for a field, and «note» for a text. `longest` is the most characters
    of an answer, 0 for any number.
    """

    kind: str
    label: str
    name: str = ""
    hint: str = ""
    value: str = ""
    required: bool = False
    longest: int = 0
    options: Sequence[PhoneOption] = ()


@dataclass(frozen=True, slots=True)
class PhoneModal:
    """A form that covers the chat on a simulated phone until it is sent or closed."""

    id: str
    title: str
    fields: Sequence[PhoneField]


@dataclass(frozen=True, slots=True)
class PhoneChannel:
    """A chat or channel that can be opened on a simulated phone; `name` is '' for the private chat with the bot.

    `present` is True for the one that the phone shows now.
    """

    id: str
    name: str
    present: bool


@dataclass(frozen=True, slots=True)
class PhoneScreen:
    """Everything that a simulated phone shows; `messages` are the messages of the open channel, oldest first.

    `started` is True once the person has opened the bot, `writable` if they can write. `pinned` is the text pinned
    above the chat, or ''. `commands` are the commands that the platform lists, with their descriptions.
    """

    messages: Sequence[PhoneMessage]
    started: bool
    writable: bool = True
    typing: bool = False
    pinned: str = ""
    form: PhoneModal | None = None
    channels: Sequence[PhoneChannel] = ()
    commands: Sequence[tuple[str, str]] = ()


class Phone(Protocol):
    """A simulated person's phone with one platform. Each action returns once the bot has answered it.

    An action raises LookupError for a button, menu or form that the phone does not show, and for what the platform's
    app does not let people do.
    """

    native_id: str
    """The person's id on the platform."""

    def note_refusal(self, where: str, what: str) -> None:
        """Show on the phone that the platform refused a call of the bot, if the call was about this phone.

        `where` is the chat or, on Discord, the path of the request; `what` says what was asked, and why it was refused.
        """

    async def follow(self, payload: str) -> None:
        """Open the bot on the phone by a link that carries a payload."""

    async def press(self, message: str, payload: str) -> str:
        """Press a button of a message; `message` is the message's id, and `payload` the button's payload.

        Returns the short notice that the platform then shows, or ''.
        """

    async def choose(self, message: str, payload: str, values: Sequence[str]) -> None:
        """Choose the options with these values in a menu of a message, in place of any earlier choice.

        `message` is the message's id, and `payload` the menu's payload.
        """

    async def write(self, text: str, upload: Upload | None) -> None:
        """Write a message or a command to the bot, with a file or, if `upload` is None, without one."""

    async def fill(self, answers: Mapping[str, str | Upload]) -> None:
        """Send the form that is open; `answers` has the answers by the names of its fields."""

    def close(self) -> None:
        """Close the form that is open, without sending it."""

    def turn(self, channel: str) -> None:
        """Show another chat or channel on the phone; `channel` is its id."""

    def screen(self, reader: Reader) -> PhoneScreen:
        """Return what the phone shows, with times in the reader's language and time zone."""

    def file(self, file_id: str) -> Upload | None:
        """Return the file of a message with this id; None if there is none."""


def time_of(at: float, reader: Reader) -> str:
    """Return the time of day at `at`, in seconds since 1970, as text in the reader's language and time zone."""
    return plain(Moment(datetime.fromtimestamp(at, UTC), "time"), reader)


@dataclass
class Refusals:
    """What a platform refused the bot, as texts for a simulated phone, each with its time in seconds since 1970."""

    noted: list[tuple[float, str]] = field(default_factory=list)

    def among(self, messages: Sequence[PhoneMessage], reader: Reader) -> Sequence[PhoneMessage]:
        """Return these messages together with a message for each refusal, sorted by time."""
        refused = [
            PhoneMessage(f"refused-{number}", at, time_of(at, reader), (PhoneSpan(what),), refused=True)
            for number, (at, what) in enumerate(self.noted)
        ]
        return sorted((*messages, *refused), key=lambda message: message.at)
