"""What Telegram can do and what it forbids."""

from __future__ import annotations

from bot.content.platforms.record import Pace, PlatformFeatures
from bot.content.texts import _


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units, in which Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_group(chat: str) -> bool:
    """Return whether a chat is a group: ids of groups are negative, ids of people are not."""
    return chat.startswith("-")


AT_ONCE = 5
"""How many messages Telegram certainly accepts at once in a chat after a pause; an album counts as its items."""

FEATURES = PlatformFeatures(
    name="telegram",
    title="Telegram",
    # L10N: a button with which members of a group open their topic of the forum.
    group_channel=_("Our chat on Telegram"),
    channels_on_request=True,
    sends_locations=True,
    page_inside="/tg",
    longest_text=4096,
    text_length=units,
    largest_file=10_000_000,  # a photo's; documents may be larger
    most_files=10,  # an album
    # Telegram allows about 30 messages a second, 1 in a chat, 20 a minute in a group; a forum is one group, edits and
    # new topics count as well. It counts when messages arrive: at 29.4 a second thirty of them take 1.02 s, so that the
    # next may travel 20 ms faster than the first, and still no second holds 31.
    pace=Pace(29.4, chat_per_second=1.0, chat_burst=3, group_per_second=16 / 60, is_group=_is_group),
    replies_count=True,
)
