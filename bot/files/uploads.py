"""Recognises files that people send by their content, and removes the metadata of photos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from bot.content.forms import Upload
from bot.content.texts import Name, Span, _
from bot.files import pictures
from bot.files.pictures import MEDIA_TYPES, MOST_PIXELS, Cut, Kind

_LONGEST_SIDES = 10_000
_MOST_OBLONG = 20
"""Telegram's limits for pictures: the sum of width and height, and the ratio of the longer side to the shorter."""
_ENDINGS: dict[Kind, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "gif": ".gif"}
_SHOWN: frozenset[Kind] = frozenset({"png", "jpeg"})
"""The kinds of pictures that every platform shows."""


def received_file(name: str, content: bytes) -> Upload:
    """Return a received file as a picture if every platform can show it as one, otherwise as a document.

    A picture loses its metadata. The kind of file is decided by its content alone, not by `name` or the type that the
    sender stated. Never raises. Adapters call this in a thread, because a malicious file can take a fraction of a
    second.
    """
    picture = pictures.cut(content)
    if picture is None:
        media_type = "application/pdf" if content.startswith(b"%PDF-") else "application/octet-stream"
        return Upload(name, content, media_type=media_type)
    ending = _ENDINGS[picture.kind]
    right = PurePath(name).suffix.lower() in (ending, ".jpeg" if ending == ".jpg" else ending)
    named = name if right else f"{PurePath(name).stem or 'picture'}{ending}"
    shown = picture.kind in _SHOWN and picture.pixels <= MOST_PIXELS and _fits(picture)
    return Upload(named, picture.content, picture=shown, media_type=MEDIA_TYPES[picture.kind])


def remarks(uploads: Sequence[Upload]) -> tuple[Span, ...]:
    """Return sentences that the sender of these files must be told, such as that a document keeps its metadata.

    The result is empty for ordinary photos.
    """
    said: list[Span] = []
    for upload in uploads:
        picture = pictures.cut(upload.content) if _is_cut(upload) and not upload.picture else None
        if picture and picture.pixels > MOST_PIXELS:
            said.append(
                _(
                    "«{name}» has more than {most} megapixels: it is kept as a file, not as a photo.",
                    name=Name(upload.name),
                    most=MOST_PIXELS // 1_000_000,
                )
            )
        elif picture and not _fits(picture):
            said.append(
                _("«{name}» is too long or too wide for a photo: it is kept as a file.", name=Name(upload.name))
            )
    if not all(_is_cut(upload) for upload in uploads):
        said.append(_("A document is kept as it is: if it says who made it, where or when, that stays in it."))
    return tuple(said)


def _is_cut(upload: Upload) -> bool:
    """Return whether a file has lost its metadata, as every complete picture has."""
    return upload.media_type in MEDIA_TYPES.values()


def _fits(picture: Cut) -> bool:
    wide, high = picture.width, picture.height
    return wide + high <= _LONGEST_SIDES and max(wide, high) <= _MOST_OBLONG * min(wide, high)
