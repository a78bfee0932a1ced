"""Defines the record of what one platform can do and what it forbids."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.content.texts import Span, Text


def _never(_chat: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pace:
    """How many messages a second a platform allows: in all chats together, in one chat, and in a group's chat.

    A chat may get `chat_burst` messages at once. is_group(chat) returns whether the chat with this id belongs to a
    group.
    """

    per_second: float = math.inf
    chat_per_second: float = math.inf
    chat_burst: int = 1
    group_per_second: float = math.inf
    is_group: Callable[[str], bool] = _never

    @property
    def limits_chats(self) -> bool:
        """Whether the number of messages in a single chat is limited."""
        return math.isfinite(self.chat_per_second)

    def of_chat(self, chat: str) -> float:
        """Return how many messages a second a chat, given by its id, may get."""
        return min(self.chat_per_second, self.group_per_second if self.is_group(chat) else math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFeatures:
    """What one platform can do. By default the platform does not have a feature, and has no limit."""

    name: str
    """The platform's name in tables, settings and logs."""
    title: Span
    """The platform's name as people know it."""
    count: Callable[[int], Text] | None = None
    """A function that returns the words for a number of people; None for the usual words, «3 on TITLE»."""

    own_page: bool = False
    """Whether the platform is this program's web page, which checks the reader's role whenever it is shown.

    Messages on the page need not be edited or deleted by requests. Every browser in which the owner's link was opened
    shows the page.
    """
    page_inside: str = ""
    """The path of the address at which the platform's app opens a person's own page inside itself (`Button.inside`).

    '' if no app can do that. The app opens only addresses with https.
    """
    opens_forms: bool = False
    """Whether all questions of a form are shown at once; if not, they are asked one by one in the chat."""
    answers_everything: bool = False
    """Whether whatever a person does must be answered at once; elsewhere a message that comes by itself can do."""
    sends_locations: bool = False
    """Whether people can send their location as coordinates in degrees."""
    asks_location: bool = False
    """Whether a button can ask the person's device for its location, if the person agrees (`Button.asks_location`)."""
    asks_consent: bool = False
    """Whether the platform forbids private messages to many people unless each person consented."""
    speaks_in_channels: bool = False
    """Whether a message to a group or to everybody is sent once to a shared channel, not to each person.

    People who cannot get private messages are mentioned in that channel.
    """
    group_channel: Span | None = None
    """The label of the button that opens a group's channel; None if groups cannot have channels."""
    channels_on_request: bool = False
    """Whether groups' channels are in a shared chat, which people enter by requesting it through a link."""
    membership: bool = False
    """Whether people have a nickname and roles in a shared chat, which are removed when they leave."""

    last_resort: bool = False
    """Whether the platform is used for a person only if they have no other account, or prefer this one."""
    keeps_messages: bool = False
    """Whether a message cannot be edited or deleted once it was sent: what is corrected is sent again."""
    silent: bool = False
    """Whether a message makes no sound when it arrives, so that it may be sent at night."""
    takes_letters: bool = False
    """Whether a message can be sent to an address in the team's list, whose owner never wrote to the bot.

    An account with this address is linked once its owner has proved that the address is theirs.
    """
    came_by: Span | None = None
    """The line beside a message to the team from this platform if somebody else may have sent it; None for no line."""
    add_address: Span | None = None
    """The label of the button with which people add their address; None if they cannot."""

    longest_text: int | None = None
    """The greatest length of one message in characters, markup included; None for no limit."""
    text_length: Callable[[str], int] = len
    """A function that returns the length of a text as the platform counts it, or an upper bound."""

    largest_file: int | None = None
    """The most bytes in a file or picture that the platform accepts in any case; None for no limit."""
    most_files: int | None = None
    """The most files in one message; None for no limit."""

    pace: Pace = Pace()
    """How many messages a second the platform allows."""
    replies_count: bool = False
    """Whether answers count towards the pace as well as messages of the outbox."""
    drops_repeats: bool = False
    """Whether the platform ignores a message that is sent again with the same key."""
