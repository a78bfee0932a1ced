"""Reads photos of sheets of paper, and reduces their size so that files that contain them stay small."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from bot.files import pictures
from bot.files.pictures import MOST_PIXELS, Cut
from bot.files.stored_files import Files, FilesAway
from handlers.results.model import Attachment

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

ReadFile = Callable[[Attachment], bytes | None]
"""A function that returns the content of an attachment, or None if its file is gone."""
_STEPS = ((1600, 82), (1280, 76), (1000, 70), (760, 62), (560, 52))
"""The sizes to which a photo is reduced, from the best to the smallest that can still be read.

Each is the length of the longer side in pixels, and the JPEG quality.
"""
_NEARLY = 1.1
"""The factor by which a photo may be larger than its step, because a JPEG file is halved or quartered at no cost."""
_DENSER = 1.3
"""The factor by which a photo is expected to have more bytes per pixel at a step of higher quality."""
USUAL_BYTES = 400_000
"""The usual size of a reduced photo, in bytes."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as a JPEG file, turned upright, with its size in pixels."""

    content: bytes
    width: int
    height: int


_AT_ONCE = 2
"""How many photos are reduced at the same time."""
_WHOLE = Lock()
"""Held while a picture is decoded whole, because 25 megapixels take 200 MB: also of a progressive JPEG file."""
_REDUCED = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
"""The modes (kinds of pixels) in which Pillow can reduce a picture by a whole number."""


def attachment_reader(files: Files) -> ReadFile:
    """Return a function that reads attachments from the stored files.

    It raises FilesAway if the place where files are stored does not answer, and returns None for a missing file.
    """

    def read(attachment: Attachment) -> bytes | None:
        try:
            return files.read(attachment.digest)
        except FilesAway:
            raise
        except (OSError, ValueError):
            return None

    return read


def bytes_of_each(most: int | None, count: int) -> int:
    """Return how many bytes each of `count` photos may have if all together may have `most`, None for no limit."""
    return USUAL_BYTES if most is None else min(USUAL_BYTES, most // max(1, count))


def read_photos(read: ReadFile, attachments: Iterable[Attachment], most_bytes: int) -> Mapping[str, Photo]:
    """Return attachments as photos of at most `most_bytes` each, by the attachment's digest.

    Attachments whose file is missing or is no picture are left out. If `most_bytes` is 0, all attachments are left out.
    """
    if not most_bytes:
        return {}
    digests = {attachment.digest: attachment for attachment in attachments}

    def photo_of(attachment: Attachment) -> Photo | None:
        content = read(attachment)
        return reduce_photo(content, most_bytes) if content else None

    with ThreadPoolExecutor(_AT_ONCE) as threads:  # Pillow lets others run while it decodes, reduces and encodes
        photos = zip(digests, threads.map(photo_of, digests.values()), strict=True)
        return {digest: photo for digest, photo in photos if photo}


def reduce_photo(content: bytes, most_bytes: int = USUAL_BYTES) -> Photo | None:
    """Return a photo reduced to at most `most_bytes`; None if it is no picture, or has too many pixels.

    The result has more bytes if the photo already has the smallest size that this function makes.
    """
    # Its format is recognised by its bytes: Pillow would try fifty formats, some with other programs.
    cut = pictures.cut(content)
    if cut is None or cut.pixels > MOST_PIXELS:
        return None
    # Trying every step would take several times as long, and a reduced JPEG file is about as dense as the whole one.
    guessed = _step(len(cut.content) / cut.pixels, most_bytes) if cut.kind == "jpeg" else 0
    photo = _reduce_from(guessed, cut, most_bytes)
    if photo is not None and guessed:
        better = _step(_DENSER * len(photo.content) / (photo.width * photo.height), most_bytes)
        if better < guessed:
            photo = _reduce_from(better, cut, most_bytes)
    return photo


def _step(density: float, most_bytes: int) -> int:
    """Return the number of the first of `_STEPS` that fits a photo of so many bytes a pixel; of the last if none does.

    The photo is taken to be three quarters as high as wide, as phones take them.
    """
    fitting = (step for step, (side, _quality) in enumerate(_STEPS) if density * side * side * 3 / 4 <= most_bytes)
    return next(fitting, len(_STEPS) - 1)


def _reduce_from(step: int, cut: Cut, most_bytes: int) -> Photo | None:
    """Return a photo reduced by the first step that is small enough, from this one on; None if it is damaged."""
    from PIL import Image

    try:
        flat = _decoded(cut, _STEPS[step][0])
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):  # as for damaged files
        return None
    for side, quality in _STEPS[step:]:
        if max(flat.size) > _NEARLY * side:
            flat.thumbnail((side, side), Image.Resampling.HAMMING)  # as sharp as the usual filter, in half the time
        target = io.BytesIO()
        flat.save(target, "JPEG", quality=quality)
        if target.tell() <= most_bytes:
            break
    return Photo(target.getvalue(), *flat.size)


def _decoded(cut: Cut, side: int) -> Picture:
    """Return a picture upright, without transparency, its longer side reduced to little more than `side` pixels.

    A JPEG file is decoded to a half, a quarter or an eighth of its size in less time than whole.
    """
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(cut.content), formats=(cut.kind,)) as opened, _alone(opened):
        share = side / max(opened.size)
        opened.draft("RGB", (max(1, int(opened.width * share)), max(1, int(opened.height * share))))
        reduced = _reduced(opened, side)
        if reduced.mode in _REDUCED and max(reduced.size) > _NEARLY * side:  # fewer pixels to turn
            reduced.thumbnail((side, side), Image.Resampling.HAMMING)
        flat = ImageOps.exif_transpose(reduced)
        if flat.mode != "RGB":
            picture, flat = flat, Image.new("RGB", flat.size, "#ffffff")  # transparent parts become white
            flat.paste(picture, mask=picture.convert("RGBA") if picture.mode in {"RGBA", "LA", "P"} else None)
        return flat


def _alone(picture: Picture) -> AbstractContextManager[object]:
    """Return what keeps other pictures from being decoded meanwhile, for one of which all is in memory at once."""
    return nullcontext() if picture.format == "JPEG" and "progressive" not in picture.info else _WHOLE


def _reduced(picture: Picture, side: int) -> Picture:
    """Return a picture reduced roughly to the size needed.

    Turning and converting 25 megapixels without this would take 500 MB.
    """
    factor = max(picture.size) // side
    if picture.mode.startswith("I"):  # 16 bits a pixel, of which Pillow would show all but the darkest as white
        picture = picture.point(lambda value: value / 256).convert("L")
    if picture.mode == "P" and factor > 1:
        picture = picture.convert("RGBA")
    return picture.reduce(factor) if factor > 1 and picture.mode in _REDUCED else picture
