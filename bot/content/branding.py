"""How the gathering looks everywhere: its name, its logo, and the palette derived from its one colour."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from functools import cache
from math import dist
from typing import Any

COLOUR = "#0f6b62"
"""The colour of a gathering whose configuration sets no colour."""
INK, MUTED, PAPER = "#1d2b2a", "#566361", "#ffffff"
"""The colours of text, of secondary text, and of the background; they do not depend on the gathering's colour."""
NIGHT = "#1f272b"
"""The background colour of dark screens."""
CURVES = ("#b3541e", "#3f7d20", "#7a3e9d", "#8a6d00", "#a61e4d")
"""The colours of a chart's curves, in addition to the accent; all are readable on white."""
_READABLE = 5.7
"""The least contrast of the accent with white: on a strong tint it then has the 4.5 that the Web Content Accessibility
Guidelines ask for."""

_FAR = 8.7
"""The least contrast with white of text to be read from afar; on a tint it then has the guidelines' 7 of level AAA."""


@dataclass(frozen=True)
class Palette:
    """The shades derived from the gathering's colour, each as «#rrggbb».

    `accent` is the gathering's colour, darkened until it is readable as text on white and as the background of white
    text. `tint` is the background of cards, `strong_tint` the background of a person's own messages. `far` is an accent
    with enough contrast to be read from afar, on white and on the tint. The `night_` shades are for dark screens;
    `night_ink` is for text on `night_accent`. All tints are equally light (or, at night, equally dark) for every
    colour, so that the same text can be read on them.
    """

    accent: str
    tint: str
    strong_tint: str
    night_accent: str
    night_ink: str
    night_tint: str
    night_strong_tint: str
    far: str
    night_far: str

    @property
    def curves(self) -> tuple[str, ...]:
        """The colours of a chart's curves: the accent, then CURVES, with the one most similar to the accent last."""
        accent = _parts(self.accent)
        nearest = min(CURVES, key=lambda curve: dist(_parts(curve), accent))
        return (self.accent, *sorted(CURVES, key=lambda curve: curve == nearest))


@dataclass(frozen=True)
class Logo:
    """The gathering's logo: a PNG, JPEG or SVG as bytes, and its media type, like «image/png»."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Branding:
    """The look of the gathering's documents and pages: its name, its colour («#rrggbb»), its logo, and its partners.

    A logo is the path of a file, or a `data:` address, which contains the file; '' stands for no logo. Each partner has
    a name and a logo.
    """

    name: str
    colour: str = COLOUR
    logo: str = ""
    partners: Sequence[tuple[str, str]] = ()

    @property
    def palette(self) -> Palette:
        """The shades of the gathering's colour."""
        return _palette(self.colour)


def branding_of(payload: Mapping[str, Any]) -> Branding:
    """Return the gathering's name, colour and logo from the payload of a job, the data of work in another process.

    The payload has them as its `branding`. Payloads of jobs that an older version of the program stored have the name
    only, as `gathering` or as `title`.
    """
    return Branding(**payload.get("branding") or {"name": payload.get("gathering") or payload["title"]})


@cache
def _palette(colour: str) -> Palette:
    """Return the shades of a colour: those that the page's designer chose for COLOUR, in the hue of this one."""
    readable = contrast(colour, PAPER) >= _READABLE
    return Palette(
        accent=colour if readable else _shade(colour, 1, 1 / _READABLE, PAPER),
        tint=_shade(colour, 0.36, 1 / 1.18, PAPER),
        strong_tint=_shade(colour, 0.36, 1 / 1.23, PAPER),
        night_accent=_shade(colour, 0.62, 7.8, NIGHT),
        night_ink=_shade(colour, 0.8, 0.85, NIGHT),
        night_tint=_shade(colour, 0.48, 1.25, NIGHT),
        night_strong_tint=_shade(colour, 0.48, 1.47, NIGHT),
        far=colour if contrast(colour, PAPER) >= _FAR else _shade(colour, 1, 1 / _FAR, PAPER),
        night_far=_shade(colour, 0.62, 9.2, NIGHT),
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours («#rrggbb»), from 1 to 21.

    It is the contrast that the Web Content Accessibility Guidelines define.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue, each from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _shade(colour: str, saturation: float, wanted: float, ground: str) -> str:
    """Return the shade of a colour whose contrast with the ground is nearest to that wanted.

    `wanted` is more than 1 for a shade lighter than the ground, and 1 divided by the contrast for a darker one.
    `saturation` is the part of the colour's saturation that the shade keeps, from 0 to 1.
    """
    parts = _parts(colour)
    hue, _lightness, own_saturation = rgb_to_hls(*parts)
    # An almost white or almost black colour counts as saturated there, but its shades must be grey too.
    saturation *= min(own_saturation, 3 * (max(parts) - min(parts)))
    luminance = wanted * (_luminance(ground) + 0.05) - 0.05

    def shade(lightness: int) -> str:
        return _written(hls_to_rgb(hue, lightness / 255, saturation))

    lighter = bisect_left(range(255), luminance, key=lambda lightness: _luminance(shade(lightness)))
    return min((shade(max(0, lighter - 1)), shade(lighter)), key=lambda shade: abs(_luminance(shade) - luminance))


def _written(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)
