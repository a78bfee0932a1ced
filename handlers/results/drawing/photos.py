"""Reads photos of sheets of paper, and reduces them so that files that contain them stay small."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.files import pictures
from bot.files.folder import Files
from bot.files.pictures import MOST_PIXELS
from handlers.results.model import Attachment

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

ReadFile = Callable[[Attachment], bytes | None]
"""A function that returns the content of an attachment, or None if its file is gone."""
_STEPS = ((1600, 82), (1280, 76), (1000, 70), (760, 62), (560, 52))
"""The sizes to which a photo is reduced, from the best to the smallest that can still be read.

Each is the length of the longer side in pixels, and the JPEG quality.
"""
_SURELY_TOO_LARGE = 1.5
"""By what factor a photo must be expected to be too large for a step to be left out; lower quality saves bytes too."""
USUAL_BYTES = 400_000
"""The usual size of a reduced photo, in bytes."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as a JPEG file, turned upright, with its size in pixels."""

    content: bytes
    width: int
    height: int


_REDUCED = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
"""The modes (kinds of pixels) in which Pillow can reduce a picture by a whole number."""


def attachment_reader(folder: Path) -> ReadFile:
    """Return a function that reads attachments from a folder."""
    files = Files(folder)

    def read(attachment: Attachment) -> bytes | None:
        try:
            return files.read(attachment.digest)
        except (OSError, ValueError):
            return None

    return read


def bytes_of_each(most: int | None, count: int) -> int:
    """Return how many bytes each of `count` photos may take if all may take `most` together, None for no limit."""
    return USUAL_BYTES if most is None else min(USUAL_BYTES, most // max(1, count))


def read_photo(read: ReadFile, attachment: Attachment, most_bytes: int) -> Photo | None:
    """Return an attachment as a photo of at most `most_bytes`, as `reduce_photo`; None if its file is gone."""
    content = read(attachment)
    return reduce_photo(content, most_bytes) if content else None


def reduce_photo(content: bytes, most_bytes: int = USUAL_BYTES) -> Photo | None:
    """Return a photo reduced to at most `most_bytes`, if the smallest of `_STEPS` is small enough for that.

    Returns None for content that is no picture, or that has more than MOST_PIXELS.
    """
    from PIL import Image, ImageOps

    # Its format is recognised by its bytes: Pillow would try fifty formats, some with other programs.
    cut = pictures.cut(content)
    if cut is None or cut.pixels > MOST_PIXELS:
        return None
    try:
        with Image.open(io.BytesIO(cut.content), formats=(cut.kind,)) as opened:
            # A JPEG is decoded no larger than needed if both sides are given in proportion.
            share = _STEPS[0][0] / max(opened.size)
            opened.draft("RGB", (max(1, int(opened.width * share)), max(1, int(opened.height * share))))
            reduced = _reduced(opened)
            if reduced.mode in _REDUCED:  # fewer pixels to turn
                reduced.thumbnail((_STEPS[0][0], _STEPS[0][0]))
            flat = ImageOps.exif_transpose(reduced)
            if flat.mode != "RGB":
                picture, flat = flat, Image.new("RGB", flat.size, "#ffffff")  # transparent parts become white
                flat.paste(picture, mask=picture.convert("RGBA") if picture.mode in {"RGBA", "LA", "P"} else None)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):  # as for damaged files
        return None
    expected = 0.0
    for side, quality in _STEPS:
        share = (side / max(flat.size)) ** 2
        if expected * share > _SURELY_TOO_LARGE * most_bytes and side != _STEPS[-1][0]:
            continue
        flat.thumbnail((side, side))
        target = io.BytesIO()
        flat.save(target, "JPEG", quality=quality)
        expected = target.tell()
        if expected <= most_bytes:
            break
    return Photo(target.getvalue(), *flat.size)


def _reduced(picture: Picture) -> Picture:
    """Return a picture reduced roughly to the size needed.

    Turning and converting 25 megapixels without this would take 500 MB.
    """
    factor = max(picture.size) // _STEPS[0][0]
    if picture.mode == "P" and factor > 1:
        picture = picture.convert("RGBA")
    return picture.reduce(factor) if factor > 1 and picture.mode in _REDUCED else picture
