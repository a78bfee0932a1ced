"""Defines scenes: what a display on the wall shows at one moment, as structure that its page lays out.

A display is a page without a login that follows something live (`bot.conversation.displays`). Its scene changes by
itself; its clocks are instants, so that they go on if the connection is lost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.content.texts import Reader, Span
from bot.database.engine import Transaction

Layout = Literal["slide", "quote", "board", "agenda", "words"]
"""How a scene is laid out.

«slide»: a picture, or a title with its parts, above the clock. «quote»: what someone said, large, above the clock.
«board»: many cards. «agenda»: what comes, beside the way in. «words»: a few words, in the middle.
"""


@dataclass(frozen=True, slots=True)
class SceneClock:
    """A clock on a live page for the wall: it counts down to `ends_at`, then shows how long ago that was.

    Before `begins_at` it counts down to `begins_at`. `left` is the time that a stopped clock shows, None for a running
    clock. `label` says what the clock measures.
    """

    label: Span
    ends_at: datetime
    begins_at: datetime | None = None
    left: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that takes long to draw: it is drawn once, in another process, and stored under its `key`.

    `read` returns the data for `work`, None if there is nothing to draw; the gathering's branding is added to the data.
    `work` is a function at the top of a module that returns two PNG files, «wide» for 16:9 and «narrow» for 4:3. A
    different picture must have a different key.
    """

    key: str
    alt: Span
    read: Callable[[Transaction, Reader], Awaitable[Mapping[str, Any] | None]]
    work: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ScenePart:
    """A text with a label above it, on a live page for the wall."""

    label: Span
    text: Span


@dataclass(frozen=True, slots=True)
class SceneRow:
    """A row of an agenda on a live page for the wall: the time and the title of a session.

    `now` says that the session is going on.
    """

    when: Span
    what: Span
    now: bool = False


@dataclass(frozen=True, slots=True)
class SceneCard:
    """A card on a live page for the wall: a text, its author's name ('' for none), and the photo above the text.

    `photo` is the digest by which the photo is stored, '' for none.
    """

    text: Span
    author: Span = ""
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a display, a live page for the wall, shows now. Empty texts and lists are left out.

    `heading` is above everything, `title` is the largest text, `lead` the line before the title. Once `drawing` is
    drawn, it is shown in place of title and parts; `soon` are pictures to draw in advance. `after` says what comes
    next, `figures` are short counts. `entry` is the code by which people open their own pages, '' when the gathering is
    over. `about` is the subject of questions that people can send from a display, '' while they can send none.
    `captions` is the address of captions, for people who follow from afar. `cheers` is how often the room applauded;
    the page shows each further applause.
    """

    layout: Layout
    heading: Span
    title: Span
    lead: Span = ""
    parts: Sequence[ScenePart] = ()
    drawing: Drawing | None = None
    soon: Sequence[Drawing] = ()
    clock: SceneClock | None = None
    after: Span = ""
    figures: Sequence[Span] = ()
    rows: Sequence[SceneRow] = ()
    cards: Sequence[SceneCard] = ()
    entry: str = ""
    about: str = ""
    captions: str = ""
    cheers: int = 0
