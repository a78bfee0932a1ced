"""How a long announcement arrives: the messages each platform splits it into, never cut. Lengths as each counts them.

A close estimate, and never too low: the adapters know every mark they add, here each sign that may need one counts two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.content.features import platforms
from bot.content.texts import Reader, Span, _, plain

FROM_TEAM = _("From the team")
"""The line above every announcement: the bot says other things too."""


def parts(lines: Sequence[Span], reader: Reader) -> Mapping[str, Sequence[str]]:
    """The messages by platform, those where there are several: of the platform with the longest messages first."""
    text = f"{plain(FROM_TEAM, reader)} " + "\n".join(plain(line, reader) for line in lines)
    found = {}
    limits = [(features.longest_text, features) for features in platforms().values() if features.longest_text]
    for most, features in sorted(limits, key=lambda limit: -limit[0]):
        pieces = _split(text, most, features.text_length)
        if len(pieces) > 1:
            found[features.name] = pieces
    return found


def _split(text: str, most: int, length: Callable[[str], int]) -> list[str]:
    pieces: list[str] = []
    rest = text
    while length(rest) > most:
        fits = _fitting(rest, most, length)
        cut = rest.rfind("\n", 1, fits) + 1 or rest.rfind(" ", 1, fits) + 1 or fits
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip("\n")
    return [*pieces, rest]


def _fitting(text: str, most: int, length: Callable[[str], int]) -> int:
    """How many characters from the start fit."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if length(text[:middle]) <= most:
            low = middle
        else:
            high = middle - 1
    return low
