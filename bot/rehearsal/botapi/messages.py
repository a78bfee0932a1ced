"""The Bot API methods that send messages and files, and answer presses."""

from __future__ import annotations

from collections.abc import Callable

from bot.rehearsal.botapi.chats import StoredChat, StoredFile, StoredMessage
from bot.rehearsal.botapi.content import formatted, keyboard
from bot.rehearsal.botapi.wire import ApiError, Json, MethodCall, bad_request
from bot.rehearsal.botapi.world import World

_MEGABYTE = 1 << 20
_UPLOAD_BYTES = {"photo": 10 * _MEGABYTE, "document": 50 * _MEGABYTE}
_DOWNLOAD_BYTES = 20 * _MEGABYTE
_ALBUM = 10
_CALLBACK_SECONDS = 15
_TOAST_CHARACTERS = 200
_ACTION_SECONDS = 5
_ACTIONS = frozenset({"typing", "upload_photo", "upload_document", "record_voice", "upload_voice", "find_location"})
_REACTIONS = frozenset("👍👎❤🔥🥰👏😁🤔🤯😱🎉🤩🙏👌🕊🤝✍👀💯⚡🏆🆒🫡")


def send_message(world: World, call: MethodCall) -> Json:
    """Send a text with its formatting and buttons, as the bot asks, and return the message as JSON."""
    chat = world.addressee(call)
    if not call.text("text"):
        raise bad_request("message text is empty")
    text = formatted(call, "text")
    if not text:
        raise bad_request("text must be non-empty")
    return _post(world, call, chat, text)


def send_location(world: World, call: MethodCall) -> Json:
    """Send a point on the map, as the bot asks, and return the message as JSON."""
    return _post(world, call, world.addressee(call), {"location": _location(call)})


def send_venue(world: World, call: MethodCall) -> Json:
    """Send a place on the map with its name and address, as the bot asks, and return the message as JSON."""
    chat = world.addressee(call)
    location, title, address = _location(call), call.text("title"), call.text("address")
    if not (title.strip() and address.strip()):
        raise bad_request("venue title and address must be non-empty")
    venue = {"location": location, "title": title, "address": address}
    return _post(world, call, chat, {"location": location, "venue": venue})


def _location(call: MethodCall) -> Json:
    """Return the coordinates of a call as a Location. Raises ApiError for some that are nowhere."""
    try:
        latitude, longitude = float(call.text("latitude")), float(call.text("longitude"))
    except ValueError:
        raise bad_request("invalid coordinates specified") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("invalid coordinates specified")
    return {"latitude": latitude, "longitude": longitude}


def send_document(world: World, call: MethodCall) -> Json:
    """Send a document, which the call contains or names by its file id, and return the message as JSON."""
    chat = world.addressee(call)
    file = _file(world, call, "document", call.text("document"))
    return _post(world, call, chat, {**_shown_as("document", file), **formatted(call, "caption")}, file)


def send_photo(world: World, call: MethodCall) -> Json:
    """Send a picture of any size, which the call contains or names by its file id, and return the message as JSON."""
    chat = world.addressee(call)
    file = _file(world, call, "photo", call.text("photo"))
    return _post(world, call, chat, {**_shown_as("photo", file), **formatted(call, "caption")}, file)


def send_media_group(world: World, call: MethodCall) -> list[Json]:
    """Send an album of two to ten pictures, or of two to ten documents, and return the messages as JSON."""
    chat = world.addressee(call)
    album = call.structure("media", list) or []
    if not 2 <= len(album) <= _ALBUM:
        raise bad_request("group send failed: wrong number of media in the album")
    if len({item.get("type") for item in album}) > 1:
        raise bad_request("documents can't be mixed with other media types")
    if call.text("reply_markup"):
        raise bad_request("an album has no buttons")
    contents = [media(world, call, item) for item in album]
    group = str(world.registry.next_number())
    world.charge(chat, edit=False, messages=len(album))
    return [_show(world, call, chat, {"media_group_id": group, **content}, file) for content, file in contents]


def media(world: World, call: MethodCall, item: Json) -> tuple[Json, StoredFile]:
    """Return the message fields and the file for one picture or document in a call of the bot.

    `item` is the Bot API's InputMedia, which describes the picture or document in an album or an edit. Raises ApiError
    if it is invalid.
    """
    kind = item.get("type")
    if kind not in _UPLOAD_BYTES:
        raise bad_request(f"this server shows pictures and documents, no {kind}")
    file = _file(world, call, kind, str(item.get("media", "")))
    caption = formatted(MethodCall(call.method, item, {}), "caption")
    return {**_shown_as(kind, file), **caption}, file


def _shown_as(kind: str, file: StoredFile) -> Json:
    if kind == "photo":
        return {"photo": [file.describe() | {"width": 320, "height": 240}]}
    return {"document": file.describe() | {"file_name": file.name, "mime_type": file.mime_type}}


def _post(world: World, call: MethodCall, chat: StoredChat, content: Json, file: StoredFile | None = None) -> Json:
    world.charge(chat, edit=False)
    return _show(world, call, chat, content, file)


def _show(world: World, call: MethodCall, chat: StoredChat, content: Json, file: StoredFile | None) -> Json:
    data: Json = {"message_id": 0, "date": int(world.now()), "chat": chat.data, "from": world.me, **content}
    if thread := call.integer("message_thread_id"):
        if thread not in chat.topics:
            raise bad_request("message thread not found")
        if thread in chat.closed_topics and "can_manage_topics" not in chat.rights:
            raise bad_request("TOPIC_CLOSED")
        data |= {"message_thread_id": thread, "is_topic_message": True}
    if reply := call.structure("reply_parameters", dict):
        target = chat.messages.get(reply["message_id"])
        if target is not None and not target.gone:
            data["reply_to_message"] = {k: v for k, v in target.data.items() if k != "reply_to_message"}
        elif not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
    if markup := keyboard(call):
        data["reply_markup"] = markup
    data["message_id"] = chat.next_id()
    message = chat.keep(StoredMessage(chat, data, by_bot=True, file=file))
    message.silent = call.flag("disable_notification")
    world.show(message, edited=False)
    return data


def _file(world: World, call: MethodCall, kind: str, named: str) -> StoredFile:
    upload = call.files.get(named.removeprefix("attach://") if named.startswith("attach://") else kind)
    if upload is None:
        known = world.registry.files.get(named)
        if known is None or known.kind != kind:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > _UPLOAD_BYTES[kind]:
        raise ApiError(413, "Request Entity Too Large")
    return world.registry.store(kind, upload.name, upload.mime_type, upload.content)


def set_message_reaction(world: World, call: MethodCall) -> bool:
    """Set the bot's reaction to a message, one of the usual emoji, or remove the reaction.

    Returns True, which is Telegram's answer.
    """
    message = world.addressee(call).messages.get(call.integer("message_id"))
    if message is None or message.gone:
        raise bad_request("message to react not found")
    reactions = call.structure("reaction", list) or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(reaction.get("emoji") not in _REACTIONS for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    message.reaction = reactions[0]["emoji"] if reactions else None
    world.replies(message.chat)
    return True


def answer_callback_query(world: World, call: MethodCall) -> bool:
    """Answer a press of a button, at most 15 seconds after it; a second answer changes nothing.

    Returns True, which is Telegram's answer.
    """
    press = world.registry.presses.get(call.text("callback_query_id"))
    if press is None or world.now() - press.at > _CALLBACK_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text")) > _TOAST_CHARACTERS:
        raise bad_request("MESSAGE_TOO_LONG")
    if not press.answered:
        press.toast, press.alert = call.text("text"), call.flag("show_alert")
    world.answered(press)
    return True


def send_chat_action(world: World, call: MethodCall) -> bool:
    """Show in a chat what the bot is doing, like «typing», for five seconds or until its next message.

    Returns True, which is Telegram's answer.
    """
    chat = world.addressee(call)
    if call.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.typing_until = world.now() + _ACTION_SECONDS
    return True


def get_file(world: World, call: MethodCall) -> Json:
    """Return the description of a file as JSON, with the path at which the bot can fetch the file."""
    file = world.registry.files.get(call.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > _DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return file.describe() | {"file_path": file.path}


METHODS: dict[str, Callable[[World, MethodCall], Json | list[Json] | bool]] = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
    "answerCallbackQuery": answer_callback_query,
    "getFile": get_file,
}
"""Every method of this module by its name in the Bot API."""
