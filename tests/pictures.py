"""Pictures to send: small, real, and as telephones take them."""

from __future__ import annotations

import io
from io import BytesIO
from typing import Any

from PIL import Image

OWNER = b"Zoraide Duchemin"
"""Who took the pictures of `taken`, as these say."""
PLACE = b"WGS-84 of the kitchen"
"""Where they were taken."""
PROGRAM = b"written by a program of hers"
"""What else they say."""


def drawn(kind: str = "JPEG", shade: int = 0, size: tuple[int, int] = (8, 6), **about: Any) -> bytes:
    """A picture of a kind Pillow knows, no two shades alike."""
    target = io.BytesIO()
    Image.new("RGB", size, (shade, 200, 200)).save(target, kind, **about)
    return target.getvalue()


def taken(kind: str = "JPEG", orientation: int = 6, **about: Any) -> bytes:
    """A picture that says who took it, where and with what; 16 by 8, its upper left pixel red before it is turned."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x010F] = orientation, OWNER.decode(), "A telephone"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0), 18: PLACE.decode()})
    picture = Image.new("RGB", (16, 8), (0, 0, 255))
    picture.paste((255, 0, 0), (0, 0, 8, 4))
    target = io.BytesIO()
    said: dict[str, dict[str, Any]] = {"JPEG": {"comment": PROGRAM}, "WEBP": {"xmp": PROGRAM, "lossless": True}}
    picture.save(target, kind, exif=exif, **said.get(kind, {}), **about)
    return target.getvalue()


def heic() -> bytes:
    """How a photo begins that a telephone keeps in HEIC."""
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + OWNER + PLACE + b"\0" * 64


def png(width: int, height: int) -> bytes:
    """A picture of so many pixels."""
    drawn = BytesIO()
    Image.new("1", (width, height)).save(drawn, "PNG")
    return drawn.getvalue()
