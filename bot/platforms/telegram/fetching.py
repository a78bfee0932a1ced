"""Files that people send, fetched from Telegram."""

from __future__ import annotations

from dataclasses import replace

import structlog
from telegram import Bot, Document, PhotoSize
from telegram.error import TelegramError

from bot.forms import MAX_BYTES, Composition, Upload
from bot.incoming import Incoming, Sent
from bot.platforms.telegram.reading import Read

log = structlog.get_logger()


async def with_file(bot: Bot, got: Read) -> Incoming:
    """What was sent, its file fetched: one too large, or lost on its way, comes as such."""
    incoming, content = got.incoming, got.incoming.content
    if got.file is None or not isinstance(content, Sent):
        return incoming
    upload = await _fetch(bot, got.file)
    body = content.composed.body if isinstance(content.composed, Composition) else ()
    return replace(incoming, content=replace(content, upload=upload, composed=Composition(body, (upload,))))


async def _fetch(bot: Bot, file: Document | PhotoSize) -> Upload:
    """A document or the largest size of a photo; too large, or lost where Telegram does not hand it over."""
    document = file if isinstance(file, Document) else None
    name = (document.file_name if document else None) or ("file" if document else f"{file.file_unique_id}.jpg")
    media_type = (document.mime_type if document else "image/jpeg") or "application/octet-stream"
    if (file.file_size or 0) > MAX_BYTES:
        return Upload(name, b"", too_large=True)
    try:
        content = bytes(await (await bot.get_file(file.file_id)).download_as_bytearray())
    except TelegramError as error:
        log.warning("a file could not be fetched", reason=error.message)
        too_large = "file is too big" in error.message.lower()
        return Upload(name, b"", too_large=too_large, lost=not too_large)
    return Upload(name, content, picture=document is None, media_type=media_type)
