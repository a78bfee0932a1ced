"""What each platform can do and what it forbids: one record per platform, read by rendering, delivery, announcements.

Nothing outside bot/platforms compares the name of a platform: it asks here for what it wants to know.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from bot.content.texts import Span, Text


def _never(_chat: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pace:
    """How many messages a second a platform allows: in all, in one chat, and in a chat that is a group.

    A chat may get `chat_burst` messages at once. `is_group` tells by a chat's id whether it is a group, where groups
    have a pace of their own.
    """

    per_second: float = math.inf
    chat_per_second: float = math.inf
    chat_burst: int = 1
    group_per_second: float = math.inf
    is_group: Callable[[str], bool] = _never

    def of_chat(self, chat: str) -> float:
        """Return the messages a second that one chat may get."""
        return min(self.chat_per_second, self.group_per_second if self.is_group(chat) else math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFeatures:
    """What one platform can do. A feature that is left out is missing there; a limit left out is not set."""

    name: str
    """The platform's name in tables, settings and logs."""
    title: Span
    """The platform's name as people know it."""
    count: Callable[[int], Text] | None = None
    """The words for so many people on it, where «3 on TITLE» would not do."""

    own_page: bool = False
    """Whether its messages are rows of our own database, shown with the role that their reader has by then. Nothing
    there needs to be taken away or corrected by sending; and any browser that follows its owner's link has it open."""
    asks_consent: bool = False
    """Whether it forbids writing in private, to many, to who did not agree to it."""
    speaks_in_channels: bool = False
    """Whether what is for a group, or for everybody, is said once in a channel they share rather than to each in
    private; who cannot be written to in private is called by name there."""
    group_channel: Span | None = None
    """The words of the button that leads to the channel of one's group; None where groups can have none."""
    channels_on_request: bool = False
    """Whether groups' channels stand in a shared chat that people enter by themselves, through a link."""
    membership: bool = False
    """Whether people have a nickname and roles there, which are taken back from who leaves."""

    longest_text: int | None = None
    """The length of a message that surely arrives in one piece, with its markup; None for any."""
    text_length: Callable[[str], int] = len
    """How it counts the length of a text, never less than the truth."""

    largest_file: int | None = None
    """The bytes of a file, or picture, that surely hangs on a message; None for any."""
    most_files: int | None = None
    """How many of them one message takes; None for any number."""

    pace: Pace = Pace()
    """How fast it may be written to."""
    replies_count: bool = False
    """Whether replies and what the outbox sends count together against the pace."""
    drops_repeats: bool = False
    """Whether it drops a message that is sent a second time under the same key."""
    single_intake: bool = False
    """Whether only one program at a time may receive its updates."""


@cache
def platforms() -> Mapping[str, PlatformFeatures]:
    """Return what every platform of this program can do, by name.

    A platform is a package of bot/platforms whose module `features` holds its record, FEATURES. These modules are found
    by their place, as capabilities are by their name, so that adding a platform changes nothing here; they import
    nothing but `bot.content`, and no chat library.
    """
    package = import_module("bot.platforms")
    records = [
        import_module(f"{package.__name__}.{module.name}.features").FEATURES
        for module in iter_modules(package.__path__)
        if module.ispkg
    ]
    return {features.name: features for features in sorted(records, key=lambda features: features.name)}


def features_of(platform: str) -> PlatformFeatures:
    """Return what a platform can do; of a platform that the program no longer has only the name is known."""
    return platforms().get(platform) or PlatformFeatures(name=platform, title=platform)


def fits_everywhere(limit: Callable[[PlatformFeatures], int | None]) -> int:
    """Return the lowest of the limits that platforms set, so that whatever keeps to it fits every platform.

    Raises ValueError where no platform sets one.
    """
    limits = [limit(features) for features in platforms().values()]
    return min(most for most in limits if most is not None)


def in_sql(question: Callable[[PlatformFeatures], bool]) -> str:
    """Return the platforms for which a question holds, as a list for SQL: `platform IN ('discord', 'web')`."""
    names = [name for name, features in platforms().items() if question(features)]
    return "('{}')".format("', '".join(names))
