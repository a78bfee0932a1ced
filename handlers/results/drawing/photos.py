"""Photos of sheets of paper, made small enough for a file that is handed around."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.files import pictures
from bot.files.pictures import MOST_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


_STEPS = ((1600, 82), (1280, 76), (1000, 70), (760, 62), (560, 52))
"""The longer side in pixels and the quality, from the best to what can still be read."""
USUAL_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG upright as it was taken, its size in pixels."""

    content: bytes
    width: int
    height: int


_REDUCED = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
"""How the pixels may be kept of what Pillow makes smaller by a whole number."""


def smaller(content: bytes, most_bytes: int = USUAL_BYTES) -> Photo | None:
    """A photo in about as many bytes; the smallest step may need more. None for no picture, and above MOST_PIXELS."""
    from PIL import Image, ImageOps

    cut = pictures.cut(content)  # told by its bytes: Pillow would try fifty formats, some by other programs
    if cut is None or cut.pixels > MOST_PIXELS:
        return None
    try:
        with Image.open(io.BytesIO(cut.content), formats=(cut.kind,)) as opened:
            # A JPEG is decoded no larger than needed, if it is asked for both sides in their proportion.
            share = _STEPS[0][0] / max(opened.size)
            opened.draft("RGB", (max(1, int(opened.width * share)), max(1, int(opened.height * share))))
            flat = ImageOps.exif_transpose(_reduced(opened))
            if flat.mode != "RGB":
                picture, flat = flat, Image.new("RGB", flat.size, "#ffffff")  # what is transparent is paper
                flat.paste(picture, mask=picture.convert("RGBA") if picture.mode in {"RGBA", "LA", "P"} else None)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):  # as for damaged files
        return None
    for side, quality in _STEPS:
        flat.thumbnail((side, side))
        target = io.BytesIO()
        flat.save(target, "JPEG", quality=quality)
        if target.tell() <= most_bytes:
            break
    return Photo(target.getvalue(), *flat.size)


def _reduced(picture: Picture) -> Picture:
    """A picture about as large as is needed: turned and coloured as it comes, one of 25 megapixels takes 500 MB."""
    factor = max(picture.size) // _STEPS[0][0]
    if picture.mode == "P" and factor > 1:
        picture = picture.convert("RGBA")
    return picture.reduce(factor) if factor > 1 and picture.mode in _REDUCED else picture
