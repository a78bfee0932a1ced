"""What a person sees, as structure: lines, buttons, one choice, files. Adapters draw it; nothing here is markup."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Literal

from bot.content.actions import Action
from bot.content.roles import Who
from bot.content.stored_texts import decode, encode
from bot.content.texts import Reader, Span, plain, render, source_name

ButtonStyle = Literal["plain", "primary", "danger"]


@dataclass(frozen=True, slots=True)
class Raw(Action):
    """An action that is encoded already, because it comes from the store; it is sent on as it is."""

    code: ClassVar[str] = ""
    payload: str

    def encode(self) -> str:
        """Return the payload as it was stored."""
        return self.payload


@dataclass(frozen=True, slots=True)
class Share:
    """Words and an address that the reader can pass on to others."""

    text: Span
    url: str


@dataclass(frozen=True, slots=True)
class Button:
    """A label (≤ 40 characters) that does something here, or leads to an address.

    A button with a `share` opens the platform's way of passing something on; where there is none, its action answers.
    `unsent` replaces the label while a choice beside the button is changed and not sent yet.
    """

    label: Span
    action: Action | None = None
    url: str | None = None
    style: ButtonStyle = "plain"
    share: Share | None = None
    unsent: Span | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: a stable value (A-Za-z0-9_), a label (≤ 40 characters) and a description (≤ 100).

    In a choice that is `listed` both may be longer.
    """

    value: str
    label: Span
    description: Span | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Options to choose among; the handler of `action` gets the complete new set of values.

    With `listed`, the options are what there is to read: their labels may be long, and stand in the text where buttons
    have no room for them. Where exactly one of several must be chosen a single tap does it, wherever the platform has
    that, and always where none is selected yet.
    """

    action: Action
    options: tuple[Option, ...]
    selected: tuple[str, ...] = ()
    at_least: int = 1
    at_most: int = 1
    placeholder: Span = ""
    listed: bool = False

    @property
    def opens(self) -> bool:
        """Return whether one tap on an option is all there is to do."""
        return self.at_least == self.at_most == 1 and (self.listed or not self.selected)


@dataclass(frozen=True, slots=True)
class File:
    """A document to hand over; its name's ending is the same in every language."""

    name: Span
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG with its alternative text ('' where nobody wrote any)."""

    content: bytes
    alt: Span
    name: Span = "image.png"

    @property
    def media_type(self) -> str:
        """Return the media type, told from the name."""
        return "image/jpeg" if source_name(self.name).lower().endswith((".jpg", ".jpeg")) else "image/png"


Attachment = File | Picture
"""A file or picture that belongs to a message."""


@dataclass(frozen=True, slots=True)
class View:
    """One message: lines of text, buttons, at most one choice, and attachments (at most 10).

    A `secret` view is not kept where we can help it. A `quiet` view that replaces another one in a message draws no
    attention. A `pinned` view is pinned once it is there, where the platform can do that. `who` is the role that may
    read it, as long as the reader has it; None leaves this to the route that answers with the view, and is anyone
    elsewhere.
    """

    lines: tuple[Span, ...]
    buttons: tuple[Button, ...] = ()
    choice: Choice | None = None
    attachments: tuple[Attachment, ...] = ()
    secret: bool = False
    who: Who | None = None
    quiet: bool = False
    pinned: bool = False

    @property
    def entrusted(self) -> bool:
        """Return whether it hands over files or ways in that its reader may have only because of a role."""
        return (self.who or 0) >= Who.FACILITATOR and (self.secret or bool(self.attachments))


@dataclass(frozen=True, slots=True)
class Reply:
    """A handler's answer: a view, and how it takes its place.

    A press edits its own message unless `fresh`; `toast` (≤ 200 characters) is a passing word beside it; `job` is the
    work to start once this is committed, whose result replaces the view. One that is but a `mark` puts a 👍 to the
    message it answers, where the platform has that; elsewhere its view is shown. What it answers is
    `unsaid` where we keep what people say. Of a `screen` only the newest copy in a chat looks live. `later` is what
    becomes of it with time. A screen that belongs to another capability is gone on to by `then`, the action that shows
    it: below the lines of this reply, and above its buttons.
    """

    view: View
    toast: Span | None = None
    fresh: bool = False
    job: JobRequest | None = None
    mark: bool = False
    unsaid: bool = False
    screen: str = ""
    later: Later | None = None
    then: Action | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """How an answer reads from an instant on, if it still stands there: for what can be done for a while only."""

    at: datetime
    view: View


@dataclass(frozen=True, slots=True)
class JobRequest:
    """Work too long for a transaction: its kind, registered in the router, and a JSON payload."""

    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)


def reply(
    *lines: Span,
    buttons: tuple[Button, ...] = (),
    choice: Choice | None = None,
    file: File | None = None,
    picture: Picture | None = None,
    toast: Span | None = None,
    fresh: bool = False,
    job: JobRequest | None = None,
    secret: bool = False,
    mark: bool = False,
    who: Who | None = None,
    later: Later | None = None,
    then: Action | None = None,
) -> Reply:
    """The usual way to make a Reply: its lines, then the rest by name."""
    attachments = tuple(attachment for attachment in (picture, file) if attachment is not None)
    view = View(lines, buttons, choice, attachments, secret, who)
    return Reply(view, toast, fresh, job, mark, later=later, then=then)


def encode_view(view: View) -> dict[str, Any]:
    """Return a view as JSON values for the outbox. Raises ValueError for attachments, which are stored apart."""
    if view.attachments:
        raise ValueError("a stored view holds no file")
    stored: dict[str, Any] = {"lines": [encode(line) for line in view.lines]}
    if view.buttons:
        stored["buttons"] = [_encode_button(button) for button in view.buttons]
    if view.choice:
        stored["choice"] = _encode_choice(view.choice)
    if view.quiet:
        stored["quiet"] = True
    if view.pinned:
        stored["pinned"] = True
    return stored


def decode_view(stored: Mapping[str, Any]) -> View:
    """Return the view that `encode_view` made these values of; its actions are Raw."""
    return View(
        tuple(decode(line) for line in stored["lines"]),
        tuple(_decode_button(*button) for button in stored.get("buttons", ())),
        _decode_choice(stored["choice"]) if "choice" in stored else None,
        quiet=stored.get("quiet", False),
        pinned=stored.get("pinned", False),
    )


def _encode_button(button: Button) -> list[Any]:
    stored = [encode(button.label), button.action.encode() if button.action else None, button.url, button.style]
    shared = [encode(button.share.text), button.share.url] if button.share else []
    if button.unsent is None:
        return [*stored, *shared]
    return [*stored, *(shared or [None, ""]), encode(button.unsent)]


def _decode_button(
    label: Any,
    payload: str | None,
    url: str | None,
    style: ButtonStyle,
    shared: Any = None,
    address: str = "",
    unsent: Any = None,
) -> Button:
    return Button(
        decode(label),
        Raw(payload) if payload is not None else None,
        url,
        style,
        Share(decode(shared), address) if address else None,
        decode(unsent) if unsent is not None else None,
    )


def _encode_choice(choice: Choice) -> dict[str, Any]:
    return {
        "action": choice.action.encode(),
        "options": [
            [o.value, encode(o.label), encode(o.description) if o.description is not None else None]
            for o in choice.options
        ],
        "selected": list(choice.selected),
        "at_least": choice.at_least,
        "at_most": choice.at_most,
        "placeholder": encode(choice.placeholder),
        "listed": choice.listed,
    }


def _decode_choice(stored: Mapping[str, Any]) -> Choice:
    return Choice(
        Raw(stored["action"]),
        tuple(
            Option(value, decode(label), decode(description) if description is not None else None)
            for value, label, description in stored["options"]
        ),
        tuple(stored["selected"]),
        stored["at_least"],
        stored["at_most"],
        decode(stored["placeholder"]),
        stored.get("listed", False),
    )


def as_read(view: View, reader: Reader) -> str:
    """Return a digest of a message as one reader reads it, 32 hexadecimal digits; "" for a message with files.

    A change of words in other languages only leaves the digest as it is.
    """
    if view.attachments:
        return ""
    buttons = [
        (plain(button.label, reader), button.action and button.action.encode(), button.url, button.style)
        for button in view.buttons
    ]
    options = [
        (option.value, plain(option.label, reader), plain(option.description or "", reader))
        for option in (view.choice.options if view.choice else ())
    ]
    choice = (view.choice.action.encode(), view.choice.selected) if view.choice else ()
    lines = [
        [(run.text, run.strong, run.url, str(run.moment), sorted(run.styles)) for run in render(line, reader)]
        for line in view.lines
    ]
    read = (lines, buttons, choice, options)
    return hashlib.sha256(json.dumps(read, ensure_ascii=False).encode()).hexdigest()[:32]


def with_lines_first(reply: Reply, *lines: Span) -> Reply:
    """Return the reply with lines before its own; a reply that is only a mark becomes words."""
    return _with_lines(reply, (*lines, *reply.view.lines)) if lines else reply


def with_lines_last(reply: Reply, *lines: Span) -> Reply:
    """Return the reply with lines after its own; a reply that is only a mark becomes words."""
    return _with_lines(reply, (*reply.view.lines, *lines)) if lines else reply


def _with_lines(reply: Reply, lines: tuple[Span, ...]) -> Reply:
    return replace(reply, view=replace(reply.view, lines=lines), mark=False)
