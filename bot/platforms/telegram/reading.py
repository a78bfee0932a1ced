"""An update as the house understands it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Bot, CallbackQuery, Document, Message, PhotoSize, Update, User
from telegram.constants import ChatType

from bot.content.names import clean
from bot.conversation.incoming import (
    Called,
    Content,
    Edited,
    Incoming,
    Picked,
    Pressed,
    Sender,
    Sent,
    Typed,
    command_in,
)
from bot.platforms.telegram.formatting import composed
from bot.platforms.telegram.render import TOGGLES, read_option
from bot.platforms.telegram.shapes import UPDATE
from bot.platforms.untrusted import Malformed, check

PLATFORM = "telegram"
_PLACE = {"message_id", "date", "chat", "text"}


@dataclass(frozen=True, slots=True)
class Read:
    """An incoming update with what is needed to answer it: the chat, the pressed message, the query, a file."""

    incoming: Incoming
    chat_id: int
    query: CallbackQuery | None = None
    pressed: int | None = None
    file: Document | PhotoSize | None = None


def parse(raw: Mapping[str, Any], bot: Bot) -> Update:
    """An update as the library's object, without those parts of a pressed message that `read` never looks at.

    Building them costs more than all the rest of handling a press. Raises Malformed.
    """
    check(UPDATE, raw)
    query: Mapping[str, Any] = raw.get("callback_query") or {}
    message = query.get("message")
    if message:
        data = query.get("data") or ""
        kept = _PLACE | {"reply_markup"} if any(sign in data for sign in TOGGLES) else _PLACE
        pared = {key: message[key] for key in kept if key in message}
        raw = {**raw, "callback_query": {**query, "message": pared}}
    try:
        return Update.de_json(dict(raw), bot)
    except Exception as error:  # noqa: BLE001 - it raises whatever its objects do
        raise Malformed(f"the library cannot read it: {type(error).__name__}") from None


def read(update: Update, username: str) -> Read | None:
    """What a person did; None for what is none of our business (other bots' commands, talk in groups)."""
    if update.callback_query:
        return _read_press(update.update_id, update.callback_query)
    message = update.message
    if message and message.from_user and not message.from_user.is_bot:
        return _read_message(update.update_id, message, message.from_user, username)
    edited = update.edited_message
    if edited and edited.from_user and edited.chat.type == ChatType.PRIVATE:
        return _read_edit(update.update_id, edited, edited.from_user)
    return None


def _read_press(update_id: int, query: CallbackQuery) -> Read | None:
    data = query.data or ""
    message = query.message
    keyboard = message.reply_markup if isinstance(message, Message) else None
    option = read_option(data, keyboard)
    content: Content = Picked(*option) if option else Pressed(data)
    private = message is None or message.chat.type == ChatType.PRIVATE
    incoming = Incoming(PLATFORM, str(update_id), _sender(query.from_user), content, private)
    chat = message.chat.id if message else query.from_user.id
    # No screen takes the place of a picture or a document: it is answered below.
    pressed = message.message_id if isinstance(message, Message) and message.text is not None else None
    return Read(incoming, chat, query=query, pressed=pressed)


def _read_message(update_id: int, message: Message, user: User, username: str) -> Read | None:
    private = message.chat.type == ChatType.PRIVATE
    content = _content(message, username)
    if content is None or not (private or isinstance(content, Called)):
        return None
    incoming = Incoming(PLATFORM, str(update_id), _sender(user), content, private)
    return Read(incoming, message.chat.id, file=message.document or (message.photo[-1] if message.photo else None))


def _read_edit(update_id: int, message: Message, user: User) -> Read | None:
    """Words that were changed, or what is said below a file; a place that moves, and a command, say nothing."""
    words = message.text if message.text is not None else message.caption
    if words is None and (message.effective_attachment is None or message.location):
        return None
    if words and words.startswith("/"):
        return None
    content = Edited(str(message.message_id), words or "")
    return Read(Incoming(PLATFORM, str(update_id), _sender(user), content), message.chat.id)


def _content(message: Message, username: str) -> Content | None:
    text = message.text
    if text is None:
        # What a chat tells of itself (someone entered, a title changed) is nothing that someone sent.
        if message.effective_attachment is None and not message.contact and not message.location:
            return None
        words = message.caption or ""
        caption = composed(words, message.caption_entities)
        return Sent(None, caption, message.media_group_id or "", message.message_id, words, str(message.message_id))
    if not text.startswith("/"):
        return Typed(text, composed(text, message.entities), str(message.message_id))
    word, argument = command_in(text)
    word, _, addressee = word.partition("@")
    if addressee and addressee.lower() != username.lower():
        return None
    if word == "start" and argument:
        return Pressed(argument, linked=True)
    return Called(word, argument)


def _sender(user: User) -> Sender:
    # A private chat has its person's id.
    return Sender(str(user.id), clean(user.full_name or ""), user.language_code, str(user.id))
