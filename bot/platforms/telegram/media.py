"""Sends and edits pictures and documents: each is uploaded once, and then sent by the file id that Telegram gave it."""

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
_file_ids: WeakKeyDictionary[BaseRequest, OrderedDict[bytes, str]] = WeakKeyDictionary()

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
    """Send one picture or document. Returns the id of its message.

    `caption` is the text below the picture or document; if it is None, a picture's description is shown instead.
    `keyboard` has the buttons, None for none. `thread` is the id of a topic in a forum, None outside topics.
    """
    api_kwargs = {"caption_entities": caption.entities if caption else None, "reply_markup": keyboard}
    arguments: dict[str, Any] = {
        "caption": caption.text if caption else _description(attachment, reader),
        "filename": file_name(attachment.name, reader),
        "message_thread_id": thread,
        "api_kwargs": {name: value for name, value in api_kwargs.items() if value is not None},
    }
    send: Callable[..., Awaitable[Message]] = bot.send_document
    if isinstance(attachment, Picture):
        send = bot.send_photo
    message = await _with_file_ids(bot, (attachment,), reader, lambda files: send(chat_id, files[0], **arguments))
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
    """Send two to ten attachments of one kind (pictures or documents) as an album. Returns the ids of their messages.

    `caption` is the text below the attachment with the index `at`. `thread` is the id of a topic in a forum, None
    outside topics.
    """

    def album(files: Sequence[bytes | str]) -> list[InputMediaPhoto | InputMediaDocument]:
        return [
            _input(bot, attachment, file, caption if index == at else None, reader)
            for index, (attachment, file) in enumerate(zip(attachments, files, strict=True))
        ]

    messages = await _with_file_ids(
        bot, attachments, reader, lambda files: bot.send_media_group(chat_id, album(files), message_thread_id=thread)
    )
    return [message.message_id for message in messages]


async def edit_media(
    bot: Bot,
    chat_id: int,
    message_id: int,
    attachment: Attachment,
    caption: TextPart | None,
    keyboard: Json | None,
    reader: Reader,
) -> None:
    """Replace the picture of a message with another picture, or its document with another document.

    `caption` is the text below it, and `keyboard` has the buttons; each is None for none.
    """
    api_kwargs = {"reply_markup": keyboard} if keyboard else {}
    await _with_file_ids(
        bot,
        (attachment,),
        reader,
        lambda files: bot.edit_message_media(
            _input(bot, attachment, files[0], caption, reader), chat_id, message_id, api_kwargs=api_kwargs
        ),
    )


def _input(
    bot: Bot, attachment: Attachment, file: bytes | str, caption: TextPart | None, reader: Reader
) -> InputMediaPhoto | InputMediaDocument:
    kind = InputMediaPhoto if isinstance(attachment, Picture) else InputMediaDocument
    return kind(
        file,
        caption=caption.text if caption else _description(attachment, reader),
        caption_entities=[MessageEntity.de_json(entity, bot) for entity in caption.entities] if caption else None,
        filename=file_name(attachment.name, reader),
    )


def _description(attachment: Attachment, reader: Reader) -> str | None:
    return plain(attachment.alt, reader) or None if isinstance(attachment, Picture) else None


async def _with_file_ids(
    bot: Bot, attachments: Sequence[Attachment], reader: Reader, use: Callable[[list[bytes | str]], Awaitable[T]]
) -> T:
    """Send attachments with `use`, by their file ids where they were uploaded before, else by their bytes.

    Where Telegram no longer knows a file id, all are uploaded. Returns what `use` returns.
    """
    file_ids = _file_ids.setdefault(bot.request, OrderedDict())
    # In a thread, because hashing megabytes takes 15 ms and more.
    keys = await asyncio.to_thread(lambda: [_key(attachment, reader) for attachment in attachments])
    files = [file_ids.get(key, attachment.content) for key, attachment in zip(keys, attachments, strict=True)]
    try:
        result = await use(files)
    except BadRequest as error:
        if "file" not in error.message.lower() or all(isinstance(file, bytes) for file in files):
            raise
        result = await use([attachment.content for attachment in attachments])
    if isinstance(result, Message | tuple):
        _remember(file_ids, keys, result if isinstance(result, tuple) else (result,))
    return result


def _remember(file_ids: OrderedDict[bytes, str], keys: Sequence[bytes], messages: Sequence[Message]) -> None:
    for key, message in zip(keys, messages, strict=True):
        file = message.photo[-1] if message.photo else message.document
        if file:
            file_ids[key] = file.file_id
            file_ids.move_to_end(key)
    while len(file_ids) > _REMEMBERED:
        file_ids.popitem(last=False)


def _key(attachment: Attachment, reader: Reader) -> bytes:
    """Return a hash of an attachment's content and name: a file id keeps the name that a document was uploaded with."""
    digest = sha256(file_name(attachment.name, reader).encode() + b"\0")
    digest.update(attachment.content)
    return (b"p" if isinstance(attachment, Picture) else b"d") + digest.digest()
