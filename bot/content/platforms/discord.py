"""What Discord can do and what it forbids."""

from __future__ import annotations

import re

from bot.content.platforms.record import Pace, PlatformFeatures
from bot.content.texts import _

_MARKED = re.compile(r"[\\`*_~|<>\[\]()#-]|\d\.(?=\s)")


def in_markdown(text: str) -> int:
    """Return the greatest length of a text as Markdown, where a character that may need escaping counts as two."""
    return len(text) + len(_MARKED.findall(text))


FEATURES = PlatformFeatures(
    name="discord",
    title="Discord",
    opens_forms=True,
    answers_everything=True,  # else it shows that the interaction failed
    asks_consent=True,  # it quarantines bots that write first
    speaks_in_channels=True,
    # L10N: a button with which members of a group open their private thread.
    group_channel=_("Our chat on Discord"),
    membership=True,
    longest_text=1990,
    text_length=in_markdown,
    largest_file=10_000_000,
    most_files=10,
    # Discord allows 50 calls a second; all calls pass bot/platforms/discord/gate.py, where answers go first.
    pace=Pace(40.0),
    drops_repeats=True,
)
