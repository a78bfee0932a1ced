"""How the gathering looks, everywhere: its name, its logo, and the palette that its one colour leads to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

COLOUR = "#0f6b62"
"""The colour of a gathering that set none."""
INK, MUTED, PAPER = "#1d2b2a", "#566361", "#ffffff"
"""The colours of text, of text beside it, and of what it stands on. They do not depend on the gathering's colour."""
_READABLE = 5.5
"""The least contrast of the accent with white; the Web Content Accessibility Guidelines ask for 4.5."""
_READABLE_AT_NIGHT = 7.0
_NIGHT = "#1f272b"

CURVES = ("#b3541e", "#3f7d20", "#7a3e9d", "#8a6d00", "#a61e4d")
"""The colours of curves in a chart after the first, which has the accent; all can be read on white."""


@dataclass(frozen=True)
class Palette:
    """The shades made of the gathering's colour, each as «#rrggbb».

    `accent` is the colour, darkened until white text on it and its text on white can be read. `tint` is the ground of
    cards, `strong_tint` that of a person's own messages. The others are for a dark screen.
    """

    accent: str
    tint: str
    strong_tint: str
    night_accent: str
    night_tint: str
    night_strong_tint: str


@dataclass(frozen=True)
class Branding:
    """The gathering's name, its colour («#rrggbb»), and the path of the file with its logo, '' for none."""

    name: str
    colour: str = COLOUR
    logo: str = ""

    @cached_property
    def palette(self) -> Palette:
        """The shades of the gathering's colour."""
        accent, night = self.colour, self.colour
        while contrast(accent, PAPER) < _READABLE:
            accent = _mixed(accent, "#000000", 0.96)
        while contrast(night, _NIGHT) < _READABLE_AT_NIGHT:
            night = _mixed(night, "#ffffff", 0.94)
        return Palette(
            accent,
            _mixed(accent, PAPER, 0.11),
            _mixed(accent, PAPER, 0.17),
            night,
            _mixed(night, _NIGHT, 0.14),
            _mixed(night, _NIGHT, 0.24),
        )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as the Web Content Accessibility Guidelines define it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue, each from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _mixed(colour: str, other: str, share: float) -> str:
    """Return a mixture of two colours; `share` is the part of the first, from 0 to 1."""
    mixture = (share * one + (1 - share) * two for one, two in zip(_parts(colour), _parts(other), strict=True))
    return "#" + "".join(f"{round(255 * part):02x}" for part in mixture)
