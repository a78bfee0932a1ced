"""Draws the icons of a page that is installed on a phone, from the gathering's logo, or its colour and initials."""

from __future__ import annotations

import re
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from bot.content.branding import PAPER, Branding
from bot.files.logo import read_logo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_ROUNDED = 0.22
"""The radius of the corners of an icon that no phone cuts itself, as a part of its width."""
_TALL, _WIDE = 0.42, 0.62
"""The most height and width of the initials, as parts of the icon's width."""
_SMALL_WORDS = 3
"""Words of at most this many letters give no initial, if others do: «de», «la», «of»."""
_LONGEST_ACRONYM = 4
_FACE = "fontpkg_source_sans_3/files/SourceSans3[wght].ttf"
_BOLD = 700
_FINER = 4
"""Icons are drawn so many times larger and then shrunk, for smooth edges."""


def icons(branding: Branding) -> Mapping[str, Callable[[], bytes]]:
    """Return functions that draw the icons of an installed page as PNG, by the icons' file names.

    `icon-…` has round corners, the phone cuts `maskable-…` to shape, `touch` is for the home screen of Apple's phones,
    and `badge` is the white shape beside a notification.
    """
    return {
        **{f"icon-{size}.png": partial(_icon, branding, size, rounded=True) for size in SIZES},
        **{f"maskable-{size}.png": partial(_icon, branding, size, rounded=False) for size in SIZES},
        "touch.png": partial(_icon, branding, 180, rounded=False),
        "badge.png": partial(_badge, branding, 96),
    }


SIZES = (192, 512)
"""The widths of the icons in the manifest, in pixels, which browsers require before they install a page."""


def initials(name: str) -> str:
    """Return one or two capital letters that stand for a gathering's name, or the name if it is an acronym.

    Returns '' for a name without letters.
    """
    words: list[str] = re.findall(r"[^\W\d_]+", name)
    telling = [word for word in words if len(word) > _SMALL_WORDS] or words
    if len(telling) == 1 and telling[0].isupper() and len(telling[0]) <= _LONGEST_ACRONYM:
        return telling[0]
    return "".join(word[0] for word in telling[:2]).upper()


def short_name(name: str) -> str:
    """Return the name below the icon of an installed page.

    It is the first word of the gathering's name with more than three letters; if there is none, it is the whole name.
    """
    words = name.split()
    return next((word for word in words if len(word) > _SMALL_WORDS), name)


def _icon(branding: Branding, size: int, *, rounded: bool) -> bytes:
    logo = _logo(branding)
    ground = PAPER if logo else branding.palette.accent
    icon = _square(size, ground, rounded=rounded)
    if logo:
        logo.thumbnail((round(size * _WIDE), round(size * _WIDE)))
        icon.alpha_composite(logo, ((size - logo.width) // 2, (size - logo.height) // 2))
    else:
        icon.alpha_composite(_letters(initials(branding.name), size, PAPER))
    return _png(icon if rounded else icon.convert("RGB"))


def _badge(branding: Branding, size: int) -> bytes:
    """Return white initials without a ground: of a badge, phones show the shape only."""
    return _png(_letters(initials(branding.name), size, PAPER, fill=1.5))


def _square(size: int, colour: str, *, rounded: bool) -> Image:
    from PIL import Image, ImageDraw

    large = Image.new("RGBA", (size * _FINER, size * _FINER))
    corners = size * _FINER * _ROUNDED if rounded else 0
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), corners, fill=colour)
    return large.resize((size, size), Image.Resampling.LANCZOS)


def _letters(text: str, size: int, colour: str, *, fill: float = 1.0) -> Image:
    """Return letters in the middle of a transparent square; `fill` makes them larger than on an icon."""
    from PIL import Image, ImageDraw

    large = Image.new("RGBA", (size * _FINER, size * _FINER))
    draw = ImageDraw.Draw(large)
    font = _font(large.width)
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    wanted = min(_TALL * large.width / max(bottom - top, 1), _WIDE * large.width / max(right - left, 1)) * fill
    font = _font(large.width * wanted)
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    place = ((large.width - right - left) / 2, (large.height - bottom - top) / 2)
    draw.text(place, text, font=font, fill=colour)
    return large.resize((size, size), Image.Resampling.LANCZOS)


def _font(size: float) -> FreeTypeFont:
    from importlib.resources import files

    from PIL import ImageFont

    package, _slash, path = _FACE.partition("/")
    font = ImageFont.truetype(BytesIO(files(package).joinpath(path).read_bytes()), size)
    font.set_variation_by_axes([_BOLD])
    return font


def _logo(branding: Branding) -> Image | None:
    """Return the gathering's logo as a picture; None if it has none, or one that cannot be drawn."""
    from PIL import Image

    from bot.drawing.typeset import logo_png

    logo = read_logo(branding)
    content = logo and (logo.content if logo.media_type != "image/svg+xml" else logo_png(logo))
    return Image.open(BytesIO(content)).convert("RGBA") if content else None


def _png(picture: Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
