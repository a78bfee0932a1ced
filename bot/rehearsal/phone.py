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
    """A stretch of text on a simulated phone: its styles (such as «bold»), and the address that it links to, or ''."""

    text: str
    styles: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class PhoneButton:
    """A button on a simulated phone: its payload or, for a link, the address `url`.

    `look` is «plain», «primary» or «danger».
    """

    label: str
    payload: str = ""
    url: str = ""
    look: str = "plain"


@dataclass(frozen=True, slots=True)
class PhoneOption:
    """An option of a menu on a simulated phone; `value` is what choosing it sends."""

    value: str
    label: str
    description: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class PhoneMenu:
    """A menu below a message on a simulated phone, from which `least` to `most` options are chosen."""

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

    `at` is when it arrived, in seconds since 1970, and `time` the same in words. `own` says that the person wrote it,
    `private` that others in the channel do not see it, `refused` that it is no message, but a description of what the
    platform refused.
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
    """A part of a form that is open on a simulated phone.

    `kind` is «line», «lines», «choice», «files», or «note» for a text above the questions. `longest` is the most
    characters of an answer, 0 for any number.
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

    `present` says that it is the one shown now.
    """

    id: str
    name: str
    present: bool


@dataclass(frozen=True, slots=True)
class PhoneScreen:
    """What a simulated phone shows: the messages of the present channel, oldest first, and everything around them.

    `started` is False before the person has opened the bot, `writable` says whether they can write. `pinned` is the
    text pinned above the chat, or ''. `commands` are those that the platform lists, with their descriptions.
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
    """A simulated person's phone. Each action returns once the bot has answered it.

    Raises LookupError for a button, menu or form that the phone does not show, and for an action that no client lets
    its user do.
    """

    native_id: str
    """The person's id on the platform."""

    def note_refusal(self, where: str, what: str) -> None:
        """Show on the phone what the platform refused the bot, if it was about this phone.

        `where` is the chat or, on Discord, the path of the request; `what` says what was asked, and why it was refused.
        """

    async def follow(self, payload: str) -> None:
        """Open the bot on the phone by a link that carries a payload."""

    async def press(self, message: str, payload: str) -> str:
        """Press a button of a message, given by the message's id and the button's payload.

        Returns the short notice that the platform then shows, or ''.
        """

    async def choose(self, message: str, payload: str, values: Sequence[str]) -> None:
        """Choose the options with these values in a menu of a message, replacing any earlier choice.

        `message` is the message's id, and `payload` the menu's payload.
        """

    async def write(self, text: str, upload: Upload | None) -> None:
        """Write a message or a command to the bot, with a file or, if `upload` is None, without one."""

    async def fill(self, answers: Mapping[str, str | Upload]) -> None:
        """Send the form that is open; `answers` has the answers by the names of its fields."""

    def close(self) -> None:
        """Close the form that is open, without sending it."""

    def turn(self, channel: str) -> None:
        """Show another channel on the phone, given by its id."""

    def screen(self, reader: Reader) -> PhoneScreen:
        """Return what the phone shows, with times in the reader's language and time zone."""

    def file(self, file_id: str) -> Upload | None:
        """Return a file of a message; None if there is none with this id."""


def time_of(at: float, reader: Reader) -> str:
    """Return the time of day at an instant as text, in the reader's language and time zone.

    `at` is in seconds since 1970.
    """
    return plain(Moment(datetime.fromtimestamp(at, UTC), "time"), reader)


@dataclass
class Refusals:
    """What a platform refused the bot, for a simulated phone: each entry with its time in seconds since 1970."""

    noted: list[tuple[float, str]] = field(default_factory=list)

    def among(self, messages: Sequence[PhoneMessage], reader: Reader) -> Sequence[PhoneMessage]:
        """Return messages and what the platform refused, as messages too, in order of time."""
        refused = [
            PhoneMessage(f"refused-{number}", at, time_of(at, reader), (PhoneSpan(what),), refused=True)
            for number, (at, what) in enumerate(self.noted)
        ]
        return sorted((*messages, *refused), key=lambda message: message.at)
