"""The Bot API methods that edit or delete messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.rehearsal.botapi.chats import StoredMessage
from bot.rehearsal.botapi.content import formatted, keyboard
from bot.rehearsal.botapi.messages import media
from bot.rehearsal.botapi.wire import Json, MethodCall, bad_request
from bot.rehearsal.botapi.world import World

_DELETABLE_SECONDS = 48 * 3600
_DELETED_AT_ONCE = 100


def _editable(world: World, call: MethodCall) -> StoredMessage:
    message = world.addressee(call).messages.get(call.integer("message_id"))
    if message is None or message.gone:
        raise bad_request("message to edit not found")
    if not message.by_bot:
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, message: StoredMessage, data: Json, markup: Json | None) -> Json:
    if markup:
        data["reply_markup"] = markup
    if data == {k: v for k, v in message.data.items() if k != "edit_date"}:
        raise bad_request(
            "message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message"
        )
    world.charge(message.chat, edit=True)
    message.data = data | {"edit_date": int(world.now())}
    world.show(message, edited=True)
    return message.data


def edit_message_text(world: World, call: MethodCall) -> Json:
    """Replace the text of a message, as the bot asks, and return the message as JSON.

    The message loses its buttons unless the call has buttons.
    """
    message = _editable(world, call)
    if "text" not in message.data:
        raise bad_request("there is no text in the message to edit")
    text = formatted(call, "text")
    if not text:
        raise bad_request("message text is empty")
    replaced = ("text", "entities", "reply_markup", "edit_date")
    return _edit(world, message, {k: v for k, v in message.data.items() if k not in replaced} | text, keyboard(call))


def edit_message_reply_markup(world: World, call: MethodCall) -> Json:
    """Replace or remove the buttons of a message, as the bot asks, and return the message as JSON."""
    message = _editable(world, call)
    kept = {k: v for k, v in message.data.items() if k not in ("reply_markup", "edit_date")}
    return _edit(world, message, kept, keyboard(call))


def edit_message_caption(world: World, call: MethodCall) -> Json:
    """Replace or remove the caption of a picture or document, as the bot asks, and return the message as JSON."""
    message = _editable(world, call)
    if "text" in message.data:
        raise bad_request("there is no caption in the message to edit")
    replaced = ("caption", "caption_entities", "reply_markup", "edit_date")
    kept = {k: v for k, v in message.data.items() if k not in replaced}
    return _edit(world, message, kept | formatted(call, "caption"), keyboard(call))


def edit_message_media(world: World, call: MethodCall) -> Json:
    """Replace the picture or document of a message and its caption, as the bot asks; return the message as JSON.

    In an album the new file must be of the same kind.
    """
    message = _editable(world, call)
    item = call.structure("media", dict) or {}
    if "media_group_id" in message.data and item.get("type") not in message.data:
        raise bad_request("can't use the media of the specified type in the album")
    content, file = media(world, call, item)
    replaced = ("text", "entities", "photo", "document", "caption", "caption_entities", "reply_markup", "edit_date")
    kept = {k: v for k, v in message.data.items() if k not in replaced}
    data = _edit(world, message, kept | content, keyboard(call))
    message.file = file
    return data


def delete_message(world: World, call: MethodCall) -> bool:
    """Delete a message that is at most 48 hours old; in a group, only a message of the bot can be deleted.

    Returns True, which is Telegram's answer. Raises ApiError if the message cannot be deleted.
    """
    message = world.addressee(call).messages.get(call.integer("message_id"))
    if message is None or message.gone:
        raise bad_request("message to delete not found")
    _delete(world, (message,))
    return True


def delete_messages(world: World, call: MethodCall) -> bool:
    """Delete several messages, ignoring messages that do not exist. Returns True, which is Telegram's answer."""
    messages = world.addressee(call).messages
    ids = call.structure("message_ids", list) or []
    if not 1 <= len(ids) <= _DELETED_AT_ONCE:
        raise bad_request("message identifiers are not specified")
    _delete(world, [found for id_ in ids if (found := messages.get(int(id_))) and not found.gone])
    return True


def _delete(world: World, messages: Iterable[StoredMessage]) -> None:
    for message in messages:
        old = world.now() - message.data["date"] > _DELETABLE_SECONDS
        if old or (not message.by_bot and not message.chat.private):
            raise bad_request("message can't be deleted")
    for message in messages:
        message.gone = True
    world.bell.ring()


METHODS: dict[str, Callable[[World, MethodCall], Json | bool]] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
"""Every method of this module by its name in the Bot API."""
