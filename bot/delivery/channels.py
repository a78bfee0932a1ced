"""Groups' channels: what a channel should be, and which parts of it exist on its platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.texts import Span
from bot.content.views import View


@dataclass(frozen=True, slots=True)
class GroupChannel:
    """What a group's channel (thread or topic) should be, on any platform.

    `title` is its name, `card` the message that presents the group, `people` the ids of the group's members.
    """

    title: Span
    card: View
    people: Sequence[int]


@dataclass(frozen=True, slots=True)
class CreatedChannel:
    """What has been created so far of a group's channel on its platform; '' stands for what does not exist yet.

    `chat`, `thread` and `role` are the platform's ids. `card` is the id of the message that presents the group,
    `digest` a hash of what this message shows. `people` are the platform's ids of the accounts that were admitted.
    `title` is stored before the channel is created: if the program ends before storing the ids, the channel is found
    again by its title.
    """

    title: str = ""
    chat: str = ""
    thread: str = ""
    role: str = ""
    card: str = ""
    digest: str = ""
    people: frozenset[str] = frozenset()
    url: str = ""
