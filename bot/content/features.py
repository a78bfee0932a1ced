"""What each platform can do and what it forbids: one record for each platform.

Nothing outside bot/platforms compares the name of a platform: rendering, delivery and announcements read these records.
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

    A chat may get `chat_burst` messages at once. `is_group` returns whether a chat is a group, by the chat's id.
    """

    per_second: float = math.inf
    chat_per_second: float = math.inf
    chat_burst: int = 1
    group_per_second: float = math.inf
    is_group: Callable[[str], bool] = _never

    def of_chat(self, chat: str) -> float:
        """Return how many messages a second one chat may get."""
        return min(self.chat_per_second, self.group_per_second if self.is_group(chat) else math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFeatures:
    """What one platform can do.

    The default of a feature means that the platform does not have it, the default of a limit that there is none.
    """

    name: str
    """The platform's name in tables, settings and logs."""
    title: Span
    """The platform's name as people know it."""
    count: Callable[[int], Text] | None = None
    """Returns the words for so many people on the platform, if «3 on TITLE» is not good enough; None if it is."""

    own_page: bool = False
    """Whether its messages are shown on web pages of this program, which check the reader's role when drawn.

    Nothing there needs to be deleted or corrected by sending. Any browser in which the owner's link was opened shows
    the page.
    """
    asks_consent: bool = False
    """Whether it forbids private messages to many people, unless each of them agreed to such messages."""
    speaks_in_channels: bool = False
    """Whether a message to a group, or to everybody, is sent once to a shared channel, not to each in private.

    People who cannot be written to in private are mentioned in that channel.
    """
    group_channel: Span | None = None
    """The label of the button that leads to the channel of a group; None where groups cannot have channels."""
    channels_on_request: bool = False
    """Whether groups' channels are in a shared chat that people must ask to enter, through a link."""
    membership: bool = False
    """Whether people have a nickname and roles in a shared chat, which are removed when they leave."""

    longest_text: int | None = None
    """The length of a text, markup included, that is sure to fit into one message; None for any length."""
    text_length: Callable[[str], int] = len
    """How the platform counts the length of a text; the result is never less than the true length."""

    largest_file: int | None = None
    """The most bytes of one file or picture that is sure to be accepted; None for any number."""
    most_files: int | None = None
    """The most files in one message; None for any number."""

    pace: Pace = Pace()
    """How many messages a second may be sent to it."""
    replies_count: bool = False
    """Whether replies count towards the pace together with the messages of the outbox."""
    drops_repeats: bool = False
    """Whether it ignores a message that is sent a second time with the same key."""
    single_intake: bool = False
    """Whether only one program at a time may receive updates from it."""


@cache
def platforms() -> Mapping[str, PlatformFeatures]:
    """Return what every platform of this program can do, by the platform's name.

    A platform is a package in bot/platforms whose module `features` holds its record, FEATURES. All such packages are
    found, so that adding a platform changes nothing here. These modules import nothing but `bot.content`, and no chat
    library.
    """
    package = import_module("bot.platforms")
    records = [
        import_module(f"{package.__name__}.{module.name}.features").FEATURES
        for module in iter_modules(package.__path__)
        if module.ispkg
    ]
    return {features.name: features for features in sorted(records, key=lambda features: features.name)}


def features_of(platform: str) -> PlatformFeatures:
    """Return what a platform can do.

    For a platform that the program does not have any more, the record holds only its name.
    """
    return platforms().get(platform) or PlatformFeatures(name=platform, title=platform)


def fits_everywhere(limit: Callable[[PlatformFeatures], int | None]) -> int:
    """Return the lowest value of a limit over all platforms that have one.

    `limit` gets the features of a platform. Raises ValueError where no platform has such a limit.
    """
    limits = [limit(features) for features in platforms().values()]
    return min(most for most in limits if most is not None)


def in_sql(question: Callable[[PlatformFeatures], bool]) -> str:
    """Return the platforms for which `question` returns True as an SQL list, as in `platform IN ('discord', 'web')`."""
    names = [name for name, features in platforms().items() if question(features)]
    return "('{}')".format("', '".join(names))
