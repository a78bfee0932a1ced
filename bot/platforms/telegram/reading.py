"""Turns Telegram's updates into what people did, alike for all platforms (`bot.conversation.incoming.Incoming`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Bot, Document, Location, Message, PhotoSize, Update, User
from telegram.constants import ChatType

from bot.content.names import clean
from bot.content.platforms.telegram import FEATURES
from bot.conversation.incoming import (
    Actor,
    Called,
    Content,
    Edited,
    Incoming,
    Located,
    Picked,
    Pressed,
    Sent,
    Typed,
    command_in,
)
from bot.platforms.telegram.formatting import composed
from bot.platforms.telegram.render import read_option
from bot.platforms.telegram.shapes import UPDATE, PressedButton, TelegramPerson
from bot.platforms.untrusted import Malformed, check

PLATFORM = FEATURES.name


@dataclass(frozen=True, slots=True)
class ReadUpdate:
    """What a person did on Telegram, with everything that is needed to answer it.

    `query` is the id of a press, with which the press is acknowledged. `pressed` is the id of the pressed message, None
    if the message cannot be edited. `file` is a document or photo that is still to be fetched.
    """

    incoming: Incoming
    chat_id: int
    query: str | None = None
    pressed: int | None = None
    file: Document | PhotoSize | None = None


def read(raw: Mapping[str, Any], bot: Bot, username: str) -> ReadUpdate | Update:
    """Return what a person did, read from an update of Telegram; any other update as python-telegram-bot's Update.

    `username` is the bot's name: commands to another bot count as other updates. A press is read without
    python-telegram-bot, whose objects take longer to create than all the rest of handling a press. Raises Malformed for
    an update without the documented shape.
    """
    shape = check(UPDATE, raw)
    if shape.callback_query:
        return _read_press(shape.update_id, shape.callback_query)
    try:
        update = Update.de_json(dict(raw), bot)
    except Exception as error:  # noqa: BLE001 - the library raises whatever its objects do
        raise Malformed(f"the library cannot read it: {type(error).__name__}") from None
    return _read_update(update, username) or update


def _read_update(update: Update, username: str) -> ReadUpdate | None:
    message = update.message
    if message and message.from_user and not message.from_user.is_bot:
        return _read_message(update.update_id, message, message.from_user, username)
    edited = update.edited_message
    if edited and edited.from_user and edited.chat.type == ChatType.PRIVATE:
        return _read_edit(update.update_id, edited, edited.from_user, username)
    return None


def _read_press(update_id: int, press: PressedButton) -> ReadUpdate:
    data, message = press.data or "", press.message
    shown = message if message and message.date else None  # without a date, its content is not accessible any more
    option = read_option(data, shown.reply_markup if shown else None)
    content: Content = Picked(*option) if option else Pressed(data)
    private = message is None or message.chat.type == ChatType.PRIVATE
    incoming = Incoming(PLATFORM, str(update_id), _sender(press.sender), content, private)
    chat = message.chat.id if message else press.sender.id
    # A picture or a document is not replaced by a screen, but answered below.
    pressed = shown.message_id if shown and shown.text is not None else None
    return ReadUpdate(incoming, chat, query=press.id, pressed=pressed)


def _read_message(update_id: int, message: Message, user: User, username: str) -> ReadUpdate | None:
    private = message.chat.type == ChatType.PRIVATE
    content = _content(message, username)
    if content is None or not (private or isinstance(content, Called)):
        return None
    incoming = Incoming(PLATFORM, str(update_id), _sender(user), content, private)
    return ReadUpdate(
        incoming, message.chat.id, file=message.document or (message.photo[-1] if message.photo else None)
    )


def _read_edit(update_id: int, message: Message, user: User, username: str) -> ReadUpdate | None:
    """Return the edit of a text or a caption, or where a location has moved; a command is called as if it were new.

    Otherwise nobody would hear a command that its sender has corrected, such as «/urgence».
    """
    text = message.text if message.text is not None else message.caption
    content: Content | None
    if text is None and message.location:
        content = _located(message, message.location, moved=True)
    elif message.text and message.text.startswith("/"):
        content = _content(message, username)
    elif text is None and message.effective_attachment is None:
        content = None
    else:
        content = Edited(str(message.message_id), text or "")
    if content is None:
        return None
    return ReadUpdate(Incoming(PLATFORM, str(update_id), _sender(user), content), message.chat.id)


def _content(message: Message, username: str) -> Content | None:
    text = message.text
    if message.location:  # a venue has one, too
        return _located(message, message.location)
    if text is None:
        # A chat's service messages (someone entered, a title changed) were sent by nobody.
        if message.effective_attachment is None and not message.contact:
            return None
        caption = message.caption or ""
        composition = composed(caption, message.caption_entities)
        message_id = message.message_id
        return Sent(None, composition, message.media_group_id or "", message_id, caption, str(message_id))
    if not text.startswith("/"):
        return Typed(text, composed(text, message.entities), str(message.message_id))
    word, argument = command_in(text)
    word, _, addressee = word.partition("@")
    if addressee and addressee.lower() != username.lower():
        return None
    if word == "start" and argument:
        return Pressed(argument, linked=True)
    return Called(word, argument)


def _located(message: Message, location: Location, *, moved: bool = False) -> Located:
    live = location.live_period is not None
    return Located(location.latitude, location.longitude, str(message.message_id), live, moved)


def _sender(user: User | TelegramPerson) -> Actor:
    # The id of a private chat is the id of its person.
    name = clean(f"{user.first_name} {user.last_name or ''}")
    return Actor(str(user.id), name, user.language_code, str(user.id))
