"""Views on their way to a chat: sent, or put in the place of an earlier one."""

from __future__ import annotations

from telegram import Bot
from telegram.constants import MessageLimit
from telegram.error import BadRequest, TelegramError

from bot.platforms.telegram.calls import call
from bot.platforms.telegram.faults import classify, message_gone, not_modified
from bot.platforms.telegram.render import Json, Part, draw_keyboard, draw_text, units
from bot.texts import Reader, plain
from bot.views import View


async def send_view(bot: Bot, chat_id: int, view: View, reader: Reader, *, thread: int | None = None) -> list[int]:
    """Send a view as one message, or as many as its length asks for; their ids.

    Raises Unreachable, RetryLater or Rejected.
    """
    keyboard = draw_keyboard(view, reader)
    parts = draw_text(view, reader)
    attached = view.file or view.picture
    caption = parts.pop() if attached and parts and units(parts[-1].text) <= MessageLimit.CAPTION_LENGTH else None
    sent = []
    try:
        for number, part in enumerate(parts, start=1):
            last = number == len(parts) and not attached
            message = await call(
                bot,
                "sendMessage",
                chat_id=chat_id,
                text=part.text,
                entities=part.entities,
                reply_markup=keyboard if last else None,
                message_thread_id=thread,
            )
            sent.append(message["message_id"])
        if attached:
            sent.append(await _send_attachment(bot, chat_id, view, reader, caption, keyboard, thread))
    except TelegramError as error:
        raise classify(error) from None
    return sent


async def _send_attachment(
    bot: Bot, chat_id: int, view: View, reader: Reader, caption: Part | None, keyboard: Json | None, thread: int | None
) -> int:
    drawn = {"caption_entities": caption.entities if caption else None, "reply_markup": keyboard}
    extra = {name: value for name, value in drawn.items() if value is not None}
    text = caption.text if caption else None
    if view.picture:
        words = text or plain(view.picture.alt, reader)
        photo, name = view.picture.content, view.picture.name
        sent = await bot.send_photo(
            chat_id, photo, caption=words, filename=name, message_thread_id=thread, api_kwargs=extra
        )
        return sent.message_id
    assert view.file is not None
    document, name = view.file.content, view.file.name
    sent = await bot.send_document(
        chat_id, document, caption=text, filename=name, message_thread_id=thread, api_kwargs=extra
    )
    return sent.message_id


async def edit_view(
    bot: Bot, chat_id: int, message_id: int, view: View, reader: Reader, *, thread: int | None = None
) -> list[int]:
    """Put a view in the place of an earlier message; sent anew where that one cannot take it. The ids that show it.

    Raises Unreachable, RetryLater or Rejected.
    """
    parts = draw_text(view, reader)
    if view.file or view.picture or len(parts) != 1:
        return await send_view(bot, chat_id, view, reader, thread=thread)
    try:
        await call(
            bot,
            "editMessageText",
            chat_id=chat_id,
            message_id=message_id,
            text=parts[0].text,
            entities=parts[0].entities,
            reply_markup=draw_keyboard(view, reader),
        )
    except BadRequest as error:
        if message_gone(error):
            return await send_view(bot, chat_id, view, reader, thread=thread)
        if not not_modified(error):
            raise classify(error) from None
    except TelegramError as error:
        raise classify(error) from None
    return [message_id]
