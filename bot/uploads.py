"""Files as they come from forms: what they are is told by their content, not by who sends them."""

from __future__ import annotations

import io
import mimetypes
from pathlib import PurePath

from PIL import Image

from bot.forms import Upload

_LONGEST_SIDES = 10_000
_MOST_OBLONG = 20
"""Width and height together, and their ratio: what Telegram still takes as a picture."""
_FORMATS = {"PNG": ".png", "JPEG": ".jpg"}


def received(name: str, content: bytes) -> Upload:
    """A file that came with a form: a picture if every platform can show it, else a document."""
    ending = _picture_ending(content)
    if ending is None:
        return Upload(name, content, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
    right = PurePath(name).suffix.lower() in (ending, ".jpeg" if ending == ".jpg" else ending)
    media_type = "image/png" if ending == ".png" else "image/jpeg"
    return Upload(name if right else f"{PurePath(name).stem or 'picture'}{ending}", content, False, True, media_type)


def _picture_ending(content: bytes) -> str | None:
    """The ending of a picture's name by its content; None for what is none, or too large or oblong for a screen."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(_FORMATS)) as picture:  # its head only
            wide, high = picture.size
            known = _FORMATS.get(picture.format or "")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    small = wide + high <= _LONGEST_SIDES and max(wide, high) <= _MOST_OBLONG * min(wide, high)
    return known if small else None
