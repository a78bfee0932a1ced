"""Files that people send, fetched from Telegram."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog
from telegram import Bot, Document, PhotoSize
from telegram.error import TelegramError

from bot.forms import MAX_BYTES, Composition, Upload
from bot.incoming import Incoming, Sent
from bot.platforms.telegram.reading import Read

log = structlog.get_logger()


async def with_file(bot: Bot, got: Read, wanted: Callable[[Incoming], Awaitable[bool]]) -> Incoming:
    """What was sent, its file fetched if it is `wanted`; one too large, left where it is, or lost comes as such."""
    incoming, content = got.incoming, got.incoming.content
    if got.file is None or not isinstance(content, Sent):
        return incoming
    upload = _described(got.file)
    if not upload.too_large and await wanted(incoming):
        upload = await _fetch(bot, got.file, upload)
    body = content.composed.body if isinstance(content.composed, Composition) else ()
    return replace(incoming, content=replace(content, upload=upload, composed=Composition(body, (upload,))))


def _described(file: Document | PhotoSize) -> Upload:
    """A document or the largest size of a photo, as far as its message tells: its content is still to be fetched."""
    document = file if isinstance(file, Document) else None
    name = (document.file_name if document else None) or ("file" if document else f"{file.file_unique_id}.jpg")
    media_type = (document.mime_type if document else "image/jpeg") or "application/octet-stream"
    too_large = (file.file_size or 0) > MAX_BYTES
    return Upload(name, b"", too_large, picture=document is None, media_type=media_type, lost=not too_large)


async def _fetch(bot: Bot, file: Document | PhotoSize, described: Upload) -> Upload:
    """The same with its content; without it, too large or lost, where Telegram does not hand it over."""
    try:
        content = bytes(await (await bot.get_file(file.file_id)).download_as_bytearray())
    except TelegramError as error:
        log.warning("a file could not be fetched", reason=error.message)
        too_large = "file is too big" in error.message.lower()
        return replace(described, too_large=too_large, lost=not too_large)
    return replace(described, content=content, lost=False)
