"""Pictures and documents on their way: uploaded once, then sent by the id Telegram gave them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from telegram import Bot, InputMediaDocument, InputMediaPhoto, Message, MessageEntity
from telegram.error import BadRequest
from telegram.request import BaseRequest

from bot.content.texts import Reader, file_name, plain
from bot.content.views import Attachment, Picture
from bot.platforms.telegram.formatting import Json
from bot.platforms.telegram.render import TextPart

_REMEMBERED = 256
_known: WeakKeyDictionary[BaseRequest, OrderedDict[bytes, str]] = WeakKeyDictionary()

T = TypeVar("T")


async def send_media(
    bot: Bot,
    chat_id: int,
    attachment: Attachment,
    caption: TextPart | None,
    keyboard: Json | None,
    reader: Reader,
    *,
    thread: int | None = None,
) -> int:
    """Send one picture or document; its id. A picture without a caption has its words below it."""
    about = {"caption_entities": caption.entities if caption else None, "reply_markup": keyboard}
    how: dict[str, Any] = {
        "caption": caption.text if caption else _words(attachment, reader),
        "filename": file_name(attachment.name, reader),
        "message_thread_id": thread,
        "api_kwargs": {name: value for name, value in about.items() if value is not None},
    }
    send: Callable[..., Awaitable[Message]] = bot.send_document
    if isinstance(attachment, Picture):
        send = bot.send_photo
    message = await _with_ids(bot, (attachment,), reader, lambda files: send(chat_id, files[0], **how))
    return message.message_id


async def send_album(
    bot: Bot,
    chat_id: int,
    attachments: Sequence[Attachment],
    caption: TextPart | None,
    at: int,
    reader: Reader,
    *,
    thread: int | None = None,
) -> list[int]:
    """Send two to ten of a kind together, the caption with the one at index `at`; their ids."""

    def album(files: Sequence[bytes | str]) -> list[InputMediaPhoto | InputMediaDocument]:
        return [
            _input(bot, each, file, caption if number == at else None, reader)
            for number, (each, file) in enumerate(zip(attachments, files, strict=True))
        ]

    sent = await _with_ids(
        bot, attachments, reader, lambda files: bot.send_media_group(chat_id, album(files), message_thread_id=thread)
    )
    return [message.message_id for message in sent]


async def edit_media(
    bot: Bot,
    chat_id: int,
    message_id: int,
    attachment: Attachment,
    caption: TextPart | None,
    keyboard: Json | None,
    reader: Reader,
) -> None:
    """Another picture in a picture's place, another document in a document's, with its caption."""
    drawn = {"reply_markup": keyboard} if keyboard else {}
    await _with_ids(
        bot,
        (attachment,),
        reader,
        lambda files: bot.edit_message_media(
            _input(bot, attachment, files[0], caption, reader), chat_id, message_id, api_kwargs=drawn
        ),
    )


def _input(
    bot: Bot, attachment: Attachment, file: bytes | str, caption: TextPart | None, reader: Reader
) -> InputMediaPhoto | InputMediaDocument:
    kind = InputMediaPhoto if isinstance(attachment, Picture) else InputMediaDocument
    return kind(
        file,
        caption=caption.text if caption else _words(attachment, reader),
        caption_entities=[MessageEntity.de_json(entity, bot) for entity in caption.entities] if caption else None,
        filename=file_name(attachment.name, reader),
    )


def _words(attachment: Attachment, reader: Reader) -> str | None:
    return plain(attachment.alt, reader) or None if isinstance(attachment, Picture) else None


async def _with_ids(
    bot: Bot, attachments: Sequence[Attachment], reader: Reader, use: Callable[[list[bytes | str]], Awaitable[T]]
) -> T:
    """Do something with files by the ids they are known under; with their bytes, once Telegram forgot one."""
    known = _known.setdefault(bot.request, OrderedDict())
    keys = await asyncio.to_thread(
        lambda: [_key(attachment, reader) for attachment in attachments]
    )  # of megabytes, 15 ms and more
    files = [known.get(key, each.content) for key, each in zip(keys, attachments, strict=True)]
    try:
        sent = await use(files)
    except BadRequest as error:
        if "file" not in error.message.lower() or all(isinstance(file, bytes) for file in files):
            raise
        sent = await use([attachment.content for attachment in attachments])
    if isinstance(sent, Message | tuple):
        _remember(known, keys, sent if isinstance(sent, tuple) else (sent,))
    return sent


def _remember(known: OrderedDict[bytes, str], keys: Sequence[bytes], sent: Sequence[Message]) -> None:
    for key, message in zip(keys, sent, strict=True):
        file = message.photo[-1] if message.photo else message.document
        if file:
            known[key] = file.file_id
            known.move_to_end(key)
    while len(known) > _REMEMBERED:
        known.popitem(last=False)


def _key(attachment: Attachment, reader: Reader) -> bytes:
    """A name is part of it: under its id a document keeps the name it came with."""
    digest = sha256(file_name(attachment.name, reader).encode() + b"\0")
    digest.update(attachment.content)
    return (b"p" if isinstance(attachment, Picture) else b"d") + digest.digest()
