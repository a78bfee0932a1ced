"""The places of groups: what one should be, and what is known of it on its platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.texts import Span
from bot.content.views import View


@dataclass(frozen=True, slots=True)
class GroupChannel:
    """What a group's place should be on any platform: its `title`, its `card`, and the ids of who belongs in it."""

    title: Span
    card: View
    people: Sequence[int]


@dataclass(frozen=True, slots=True)
class CreatedChannel:
    """A group's place as far as it was made; '' for what was not.

    `title` is the name it was made under, or is just being made under: it is written down first, so that what was made
    when the program ended is found again. `card` is the message that shows the group, `digest` what that shows.
    `people` are the native ids of those let in.
    """

    title: str = ""
    chat: str = ""
    thread: str = ""
    role: str = ""
    card: str = ""
    digest: str = ""
    people: frozenset[str] = frozenset()
    url: str = ""
