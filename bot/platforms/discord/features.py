"""What Discord can do."""

from __future__ import annotations

import re

from bot.content.features import Pace, PlatformFeatures
from bot.content.texts import _

_MARKED = re.compile(r"[\\`*_~|<>\[\]()#-]")


def in_markdown(text: str) -> int:
    """The length of a text as markdown: each sign that may need a mark counts two."""
    return len(text) + len(_MARKED.findall(text))


FEATURES = PlatformFeatures(
    name="discord",
    title="Discord",
    asks_consent=True,  # it quarantines bots that write first
    speaks_in_channels=True,
    group_channel=_("Our thread on Discord"),
    membership=True,
    longest_text=1990,
    text_length=in_markdown,
    largest_file=10_000_000,
    most_files=10,
    # published: 50 calls; all that is called passes bot/platforms/discord/gate.py, where who waits goes first
    pace=Pace(40.0),
    drops_repeats=True,
    single_intake=True,
)
