"""Defines messages as structure: lines, buttons, a choice, files. Each platform's adapter renders them its own way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from bot.content.actions import Action, beginning
from bot.content.roles import Required, Who, stored
from bot.content.stored_texts import decode, encode
from bot.content.texts import Joined, Reader, Span, Strong, _, plain, render, source_name

ButtonStyle = Literal["plain", "primary", "danger"]
Staying = Literal["", "at first", "always", "with room"]
"""On which pages of a message's buttons a button is shown.

'' stands for its own page, «at first» for the first page, «always» for every page, and «with room» for every page that
has room for it.
"""


class Raw(Action, code=""):
    """An action in encoded form, as it was read from the database."""

    payload: str

    def encode(self) -> str:
        """Return the encoded action as it is."""
        return self.payload


@dataclass(frozen=True, slots=True)
class Share:
    """A text and an address that a reader can forward to other people."""

    text: Span
    url: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its label (≤ 40 characters), and an `action`, or a `url` that it opens.

    A button with a `share` opens the platform's dialogue for forwarding; on platforms without one, it does the
    `action`. `unsent` is the label while the person has changed a choice in the same message without sending it. A
    button that `asks_location` asks the person's device for its location, and sends the location to the screen of its
    action; platforms that cannot do this do not show the button. If a message has many buttons, they are shown page by
    page, and `stays` says on which pages this one is. `inside` says that the `url` is opened inside the chat app, on
    platforms that have `page_inside`; it is for private chats. If a button `waits`, a page without network stores the
    press and sends it later, and offers the button on the screens that can be read without network.
    """

    label: Span
    action: Action | None = None
    url: str | None = None
    style: ButtonStyle = "plain"
    share: Share | None = None
    unsent: Span | None = None
    asks_location: bool = False
    stays: Staying = ""
    inside: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice: a stable value (A-Za-z0-9_), a label (≤ 40 characters) and a description (≤ 100).

    In a choice that is `listed`, label and description may be longer. `picture` is the key of a picture that a page
    shows small beside the option («idea-12»), '' for none.
    """

    value: str
    label: Span
    description: Span | None = None
    picture: str = ""


SELECTED = "✓ "
"""The sign before the label of a selected option, in buttons and in text: not everybody can see a colour."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Options to choose from; the handler of `action` gets all values that are chosen.

    A `listed` choice may have long labels, which are shown in the text if they do not fit on buttons. If exactly one
    option must be chosen, one tap is enough: on every platform while none is selected, otherwise on some platforms
    only. `sends` is the label of the button that sends the choice, if the platform has one; '' for «Save».
    `ranked_from` is the number with which the label of the first option begins; 0 if labels have no numbers. `none` is
    the label for choosing no option, if that is allowed; '' for «None of these».
    """

    action: Action
    options: tuple[Option, ...]
    selected: tuple[str, ...] = ()
    at_least: int = 1
    at_most: int = 1
    placeholder: Span = ""
    listed: bool = False
    ranked_from: int = 0
    sends: Span = ""
    none: Span = ""

    @property
    def opens(self) -> bool:
        """Return whether one tap on an option is enough on every platform, without a second tap to send the choice."""
        return self.at_least == self.at_most == 1 and (self.listed or not self.selected)

    def mark(self, option: Option) -> str:
        """Return what is shown before the label of an option: a ✓ if the option is selected, otherwise ''."""
        return SELECTED if option.value in self.selected else ""


def listed(choice: Choice | None) -> Iterator[Span]:
    """Yield the options of a choice as lines of text, if the choice asks for that (`Choice.listed`)."""
    if choice is None or not choice.listed:
        return
    for option in choice.options:
        yield Strong(Joined((choice.mark(option), option.label)))
        if option.description is not None:
            yield option.description


NOBODY: frozenset[int] = frozenset()
"""The value of `named` for a file that names no participant."""


@dataclass(frozen=True, slots=True)
class File:
    """A document in a message. The ending of its name is the same in every language.

    `named` are the ids of the participants whom the document names: when one of them is erased, the document is
    deleted. None means that it may name anybody. `made_from` is the database table with confidential answers that the
    document shows; '' for none. When somebody named has answers in this table erased, the document is deleted too.
    """

    name: Span
    content: bytes
    media_type: str = "application/octet-stream"
    named: frozenset[int] | None = field(default=None, compare=False)
    made_from: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG in a message, with its alternative text ('' if nobody wrote one).

    `named` are the ids of the participants whom the picture or its text shows or names: when one of them is erased, the
    picture is deleted. None means that it may show anybody.
    """

    content: bytes
    alt: Span
    name: Span = "image.png"
    named: frozenset[int] | None = field(default=None, compare=False)

    @property
    def media_type(self) -> str:
        """Return the media type of the picture, image/png or image/jpeg, by the ending of its name."""
        return "image/jpeg" if source_name(self.name).lower().endswith((".jpg", ".jpeg")) else "image/png"


Attachment = File | Picture
"""A file or picture that belongs to a message."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the map: its coordinates in degrees, its title, and its address in words ('' for none)."""

    latitude: float
    longitude: float
    title: Span
    address: str = ""

    @property
    def map_url(self) -> str:
        """Return the address of a page with a map that shows the place."""
        at = f"{self.latitude:.5f}", f"{self.longitude:.5f}"
        return "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}".format(*at)


@dataclass(frozen=True, slots=True)
class View:
    """One message: lines of text, buttons, at most one choice, and attachments (at most 10).

    A `place` is shown on a map if the platform can, otherwise as a button that opens a map. A `secret` view is not
    stored if that can be avoided. If a `quiet` view replaces another one, no notification is sent; on Telegram, new
    `quiet` messages of text send none either. A `pinned` view is pinned at the top of the chat after it was sent, on
    platforms that can do that. A `lasting` view is one that its reader opens again and again, like the card of their
    group: below the first such view, a page offers to be installed on the device. `who` is the rung or role that its
    reader must have, now and later. None means, for an answer, what its handler's route requires; for any other
    message, anyone.

    `again` is the action that shows the same view again. With it, an answer with many buttons shows only some of them
    at once (`bot.content.folding`); without it, an answer shows all.

    A `confidential` view is left out of exports of a person's data, and its delivery has no reference from which one
    could find who caused it. If `drawn` is a name («trust:12»), the lines and buttons are never stored: each time
    somebody reads the view, `bot.content.confidential_views.draw` makes it anew for them.
    """

    lines: tuple[Span, ...]
    buttons: tuple[Button, ...] = ()
    choice: Choice | None = None
    attachments: tuple[Attachment, ...] = ()
    secret: bool = False
    who: Required | None = None
    quiet: bool = False
    pinned: bool = False
    confidential: bool = False
    drawn: str = ""
    lasting: bool = False
    place: Place | None = None
    again: Action | None = None
    asked_in: str | None = None
    """The id of the new browser in which the question was asked that this view answers; no other browser shows it.

    '' if the question was asked elsewhere. None for a view that answers no question.
    """
    all_about: int | None = None
    """The id of the person whom the view is about; once they are erased, the view only says so (`reference_store`)."""

    @property
    def with_map_button(self) -> View:
        """Return the message with a button for a map in place of its `place`, for platforms that show no places."""
        if self.place is None:
            return self
        button = Button(_("On the map"), url=self.place.map_url)
        return replace(self, buttons=(button, *self.buttons), place=None)

    @property
    def entrusted(self) -> bool:
        """Return whether the message has files or secrets for people with a role.

        Such a message is deleted when its reader loses the role.
        """
        return stored(self.who)[0] >= Who.FACILITATOR and (self.secret or bool(self.attachments))


NOT_STORED = _("This is shown only while you look at it.")
"""What is shown in place of a confidential view that is not stored and cannot be drawn again."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A handler's answer: a view, and how the view is shown.

    The reply to a press replaces the pressed message unless it is `fresh`. `toast` (≤ 200 characters) is shown briefly.
    `job` is work to start after the commit; its result replaces the view. With `mark`, platforms that can put a 👍 on
    the person's message do that and do not show the view. A `card` is shown in addition to the 👍; a chat keeps only
    the newest card, a page keeps every card. With `unsaid`, what the person wrote is not kept in the chat's history.
    `screen` names a screen, '' for none: of all messages in a chat with the same screen, only the newest keeps its
    buttons. `later` replaces the view after some time. `then` is the action of another screen, which is shown below the
    lines of this reply and above its buttons. With `announces`, the reply only says what comes below it: it is left out
    where a platform needs no answer to everything. `wrong` is the name of a form's field whose answer is refused, and
    the reason: platforms that can show the reason in the form do so in place of the view.
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
    card: bool = False
    announces: bool = False
    wrong: tuple[str, Span] | None = None

    def meant_for(self, who: Required | None) -> Reply:
        """Return the reply so that only people with the rung or role `who` may read it; for None, return it unchanged.

        A screen that everybody may open calls this if it shows something only to people with a role. People who lose
        the role then lose the message.
        """
        return replace(self, view=replace(self.view, who=who)) if who else self


@dataclass(frozen=True, slots=True)
class Later:
    """The message that replaces an answer at the instant `at`, because the answer's buttons work for a limited time."""

    at: datetime
    view: View


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A request for a job, work that takes too long for a transaction: the job's kind and a JSON payload."""

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
    who: Required | None = None,
    later: Later | None = None,
    then: Action | None = None,
    again: Action | None = None,
) -> Reply:
    """Return the answer of a handler: a message with `lines` of text, and how the message is shown.

    The other arguments are fields of `View` (the message) or of `Reply` (the answer), which say what each one does.
    """
    attachments = tuple(attachment for attachment in (picture, file) if attachment is not None)
    view = View(lines, buttons, choice, attachments, secret, who, again=again)
    return Reply(view, toast, fresh, job, mark, later=later, then=then)


def reply_with_job(*lines: Span, job: JobRequest, buttons: tuple[Button, ...]) -> Reply:
    """Return the answer to a person who starts `job`, work that takes too long for a transaction.

    The answer is a new message with `lines` and `buttons`, so that the pressed message stays. A short notice says that
    the work takes a moment, on platforms that can show one.
    """
    # L10N: a passing notice while a file is made
    return reply(*lines, buttons=buttons, job=job, fresh=True, toast=_("One moment."))


def encode_view(view: View) -> dict[str, Any]:
    """Return a message as JSON values, to be stored. A `place` is stored as the button that opens a map.

    If the message is `drawn` anew for each reader, only its name is stored. Raises ValueError for attachments, which
    are stored separately.
    """
    if view.attachments:
        raise ValueError("a stored view holds no file")
    if view.drawn:
        return {"lines": [encode(NOT_STORED)], "confidential": True, "drawn": view.drawn}
    view = view.with_map_button
    stored: dict[str, Any] = {"lines": [encode(line) for line in view.lines]}
    if view.confidential:
        stored["confidential"] = True
    if view.buttons:
        stored["buttons"] = [_encode_button(button) for button in view.buttons]
    if view.choice:
        stored["choice"] = _encode_choice(view.choice)
    if view.quiet:
        stored["quiet"] = True
    if view.pinned:
        stored["pinned"] = True
    if view.lasting:
        stored["lasting"] = True
    if view.secret:
        stored["secret"] = True
    if view.asked_in is not None:
        stored["asked_in"] = view.asked_in
    if view.all_about is not None:
        stored["all_about"] = view.all_about
    return stored


def without_actions(view: View, beginnings: Collection[str]) -> View:
    """Return a message without the buttons and the choice whose encoded actions begin with one of `beginnings`.

    A beginning is an action's code; for `Go`, which opens a command, it is the code and the name of the command.
    """
    if not beginnings:
        return view

    def stays(part: Button | Choice) -> bool:
        return part.action is None or beginning(part.action.encode()) not in beginnings

    choice = view.choice if view.choice and stays(view.choice) else None
    return replace(view, buttons=tuple(filter(stays, view.buttons)), choice=choice)


def decode_view(stored: Mapping[str, Any]) -> View:
    """Return the message that was stored as JSON values. The actions of its buttons are encoded payloads (`Raw`)."""
    return View(
        tuple(decode(line) for line in stored["lines"]),
        tuple(_decode_button(*button) for button in stored.get("buttons", ())),
        _decode_choice(stored["choice"]) if "choice" in stored else None,
        quiet=stored.get("quiet", False),
        pinned=stored.get("pinned", False),
        confidential=stored.get("confidential", False),
        drawn=stored.get("drawn", ""),
        lasting=stored.get("lasting", False),
        secret=stored.get("secret", False),
        asked_in=stored.get("asked_in"),
        all_about=stored.get("all_about"),
    )


def _encode_button(button: Button) -> list[Any]:
    stored = [encode(button.label), button.action.encode() if button.action else None, button.url, button.style]
    shared = [encode(button.share.text), button.share.url] if button.share else []
    unsent = encode(button.unsent) if button.unsent is not None else None
    rare = [unsent, button.asks_location, button.inside, button.waits]
    while rare and not rare[-1]:
        rare.pop()
    return [*stored, *(shared or [None, ""]), *rare] if rare else [*stored, *shared]


def _decode_button(
    label: Any,
    payload: str | None,
    url: str | None,
    style: ButtonStyle,
    shared: Any = None,
    address: str = "",
    unsent: Any = None,
    asks_location: bool = False,
    inside: bool = False,
    waits: bool = False,
) -> Button:
    return Button(
        decode(label),
        Raw(payload) if payload is not None else None,
        url,
        style,
        Share(decode(shared), address) if address else None,
        decode(unsent) if unsent is not None else None,
        asks_location,
        inside=inside,
        waits=waits,
    )


def _encode_choice(choice: Choice) -> dict[str, Any]:
    return {
        "action": choice.action.encode(),
        "options": [
            [
                o.value,
                encode(o.label),
                encode(o.description) if o.description is not None else None,
                *([o.picture] if o.picture else []),
            ]
            for o in choice.options
        ],
        "selected": list(choice.selected),
        "at_least": choice.at_least,
        "at_most": choice.at_most,
        "placeholder": encode(choice.placeholder),
        "listed": choice.listed,
        **({"ranked_from": choice.ranked_from} if choice.ranked_from else {}),
        **({"sends": encode(choice.sends)} if choice.sends else {}),
        **({"none": encode(choice.none)} if choice.none else {}),
    }


def _decode_choice(stored: Mapping[str, Any]) -> Choice:
    return Choice(
        Raw(stored["action"]),
        tuple(
            Option(value, decode(label), decode(description) if description is not None else None, *picture)
            for value, label, description, *picture in stored["options"]
        ),
        tuple(stored["selected"]),
        stored["at_least"],
        stored["at_most"],
        decode(stored["placeholder"]),
        stored.get("listed", False),
        stored.get("ranked_from", 0),
        decode(stored.get("sends", "")),
        decode(stored.get("none", "")),
    )


def as_read(view: View, reader: Reader) -> str:
    """Return a digest (32 hexadecimal digits) of a message in the reader's language; '' for a message with files.

    A change of the words in other languages does not change the digest.
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
    """Return an answer with `lines` added above its text.

    If a 👍 was to be shown in place of the text (`Reply.mark`), the text is shown instead, so that the lines are read.
    """
    return _with_lines(reply, (*lines, *reply.view.lines)) if lines else reply


def with_lines_last(reply: Reply, *lines: Span) -> Reply:
    """Return an answer with `lines` added below its text.

    If a 👍 was to be shown in place of the text (`Reply.mark`), the text is shown instead, so that the lines are read.
    """
    return _with_lines(reply, (*reply.view.lines, *lines)) if lines else reply


def _with_lines(reply: Reply, lines: tuple[Span, ...]) -> Reply:
    return replace(reply, view=replace(reply.view, lines=lines), mark=reply.mark and reply.card)
