"""Fetches the files that people send from Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog
from telegram import Bot, Document, PhotoSize
from telegram.error import TelegramError

from bot.backoff import Backoff
from bot.clock import Clock
from bot.content.errors import RetryLater
from bot.content.forms import MAX_BYTES, Composition, Upload
from bot.conversation.incoming import Incoming, Sent
from bot.files.uploads import received_file
from bot.platforms.telegram.faults import classify
from bot.platforms.telegram.reading import ReadUpdate

log = structlog.get_logger()


_TRIES = 3
_LONGEST_PAUSE = 5.0
"""The most seconds between tries: meanwhile the sender waits, and so does every later update of theirs."""
_BACKOFF = Backoff(first=0.5, longest=_LONGEST_PAUSE)


async def with_file(
    bot: Bot, update: ReadUpdate, wanted: Callable[[Incoming], Awaitable[bool]], clock: Clock
) -> Incoming:
    """Return what a person did, with the file that they sent, fetched from Telegram if `wanted` returns True.

    A file that is too large, is not wanted or could not be fetched has no content, and is marked accordingly.
    """
    incoming, content = update.incoming, update.incoming.content
    if update.file is None or not isinstance(content, Sent):
        return incoming
    upload = _described(update.file)
    if not upload.too_large:
        is_wanted = await wanted(incoming)
        upload = await _fetch(bot, update.file, upload, clock) if is_wanted else replace(upload, unwanted=True)
    body = content.composed.body if isinstance(content.composed, Composition) else ()
    return replace(incoming, content=replace(content, upload=upload, composed=Composition(body, (upload,))))


def _described(file: Document | PhotoSize) -> Upload:
    """Return an upload for a document or a photo, without its content, which is still to be fetched."""
    document = file if isinstance(file, Document) else None
    name = (document.file_name if document else None) or ("file" if document else f"{file.file_unique_id}.jpg")
    too_large = (file.file_size or 0) > MAX_BYTES
    return Upload(name, b"", too_large, lost=not too_large)


async def _fetch(bot: Bot, file: Document | PhotoSize, described: Upload, clock: Clock) -> Upload:
    """Return the upload with its content, fetched in several tries; without it, marked as too large or lost."""
    for tries in range(1, _TRIES + 1):
        try:
            content = bytes(await (await bot.get_file(file.file_id)).download_as_bytearray())
        except TelegramError as error:
            later = classify(error)
            if tries == _TRIES or not isinstance(later, RetryLater) or (later.seconds or 0) > _LONGEST_PAUSE:
                log.warning("telegram.file_not_fetched", reason=error.message)
                too_large = "file is too big" in error.message.lower()
                return replace(described, too_large=too_large, lost=not too_large)
            await clock.sleep(later.seconds or _BACKOFF.after(tries))
        else:
            return await asyncio.to_thread(received_file, described.name, content)
    return described
