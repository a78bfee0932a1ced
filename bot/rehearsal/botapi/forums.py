"""The Bot API methods of forums: topics, pinned messages, requests to enter, and the bot's rights there."""

from __future__ import annotations

from collections.abc import Callable

from bot.rehearsal.botapi.chats import StoredChat, StoredMessage
from bot.rehearsal.botapi.wire import ApiError, Json, MethodCall, bad_request
from bot.rehearsal.botapi.world import World

_TOPIC_NAME = 128
_COLOUR = 7322096


def create_forum_topic(world: World, call: MethodCall) -> Json:
    """Create a topic in a forum, as the bot asks, and return the topic as JSON.

    The bot, like everybody in the group, also gets an update about the new topic.
    """
    chat = _forum(world, call, "can_manage_topics")
    name = _name(call)
    if not name:
        raise bad_request("topic name must be non-empty")
    world.charge(chat, edit=True)
    thread = chat.next_id()
    chat.topics[thread] = name
    told = {"forum_topic_created": {"name": name, "icon_color": _COLOUR}, "is_topic_message": True}
    _service(world, chat, {"message_id": thread, "message_thread_id": thread, **told})
    return {"message_thread_id": thread, "name": name, "icon_color": _COLOUR}


def edit_forum_topic(world: World, call: MethodCall) -> bool:
    """Rename a topic of a forum, as the bot asks. Returns True, which is Telegram's answer."""
    chat, thread = _topic(world, call)
    name = _name(call)
    if not name or chat.topics[thread] == name:
        raise bad_request("TOPIC_NOT_MODIFIED")
    world.charge(chat, edit=True)
    chat.topics[thread] = name
    _tell(world, chat, thread, {"forum_topic_edited": {"name": name}})
    return True


def close_forum_topic(world: World, call: MethodCall) -> bool:
    """Close a topic of a forum, so that only administrators may write in it. Returns True, Telegram's answer."""
    chat, thread = _topic(world, call)
    if thread in chat.closed_topics:
        raise bad_request("TOPIC_NOT_MODIFIED")
    world.charge(chat, edit=True)
    chat.closed_topics.add(thread)
    _tell(world, chat, thread, {"forum_topic_closed": {}})
    return True


def reopen_forum_topic(world: World, call: MethodCall) -> bool:
    """Reopen a closed topic of a forum. Returns True, which is Telegram's answer.

    The bot needs no right for that, because it created the topic.
    """
    chat, thread = world.addressee(call), call.integer("message_thread_id")
    if thread not in chat.topics:
        raise bad_request("TOPIC_ID_INVALID")
    if thread not in chat.closed_topics:
        raise bad_request("TOPIC_NOT_MODIFIED")
    world.charge(chat, edit=True)
    chat.closed_topics.remove(thread)
    _tell(world, chat, thread, {"forum_topic_reopened": {}})
    return True


def pin_chat_message(world: World, call: MethodCall) -> bool:
    """Pin a message above all earlier pinned messages of its chat. Returns True, which is Telegram's answer."""
    chat = world.addressee(call)
    if not chat.private:
        _needs(chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat")
    message = chat.messages.get(call.integer("message_id"))
    if message is None or message.gone:
        raise bad_request("message to pin not found")
    world.charge(chat, edit=True)
    chat.pinned.append(message.id)
    world.bell.ring()
    return True


def unpin_chat_message(world: World, call: MethodCall) -> bool:
    """Unpin one message of a private chat. Returns True, Telegram's answer. Raises ApiError if it is not pinned."""
    chat, message_id = world.addressee(call), call.integer("message_id")
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned = [pinned for pinned in chat.pinned if pinned != message_id]
    world.bell.ring()
    return True


def create_chat_invite_link(world: World, call: MethodCall) -> Json:
    """Create another invitation link of a group, by which people ask to enter, and return the link as JSON.

    Other kinds of links are not supported.
    """
    chat = world.addressee(call)
    if chat.private:
        raise bad_request("can't invite members to a private chat")
    _needs(chat, "can_invite_users", "not enough rights to manage chat invite link")
    if not call.flag("creates_join_request"):
        raise bad_request("this server makes links of invitation that ask only")
    link = f"https://t.me/+invitation{-chat.id}n{len(chat.invitations) + 1}"
    chat.invitations.append(link)
    world.bell.ring()
    told = {"invite_link": link, "creator": world.me, "creates_join_request": True}
    return told | {"is_primary": False, "is_revoked": False}


def approve_chat_join_request(world: World, call: MethodCall) -> bool:
    """Admit a person who asked to enter a group. Returns True, which is Telegram's answer."""
    chat, person = _asking(world, call)
    chat.inside[person["id"]] = person
    world.updates.push("chat_member", membership(world, chat, person, "left", "member"), chat.id)
    world.bell.ring()
    return True


def decline_chat_join_request(world: World, call: MethodCall) -> bool:
    """Refuse a person who asked to enter a group. Returns True, which is Telegram's answer."""
    _asking(world, call)
    world.bell.ring()
    return True


def get_chat_member(world: World, call: MethodCall) -> Json:
    """Return, as JSON, the status of a person or of the bot itself in a group, such as member or administrator."""
    chat = world.addressee(call)
    number = call.integer("user_id")
    if number == world.me["id"]:
        return _administrator(world, chat) if chat.rights else {"status": "member", "user": world.me}
    if number in chat.inside:
        return {"status": "member", "user": chat.inside[number]}
    raise bad_request("PARTICIPANT_ID_INVALID")


def membership(world: World, chat: StoredChat, person: Json, before: str, after: str) -> Json:
    """Return the JSON of the update that tells the bot that a person enters or leaves a group.

    `before` and `after` are the person's status before and after this, like «left» and «member».
    """
    return {
        "chat": chat.data,
        "from": person,
        "date": int(world.now()),
        "old_chat_member": {"status": before, "user": person},
        "new_chat_member": {"status": after, "user": person},
    }


def _administrator(world: World, chat: StoredChat) -> Json:
    every = [
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
        "can_pin_messages",
        "can_manage_topics",
        "can_manage_tags",
    ]
    rights = {right: right in chat.rights for right in every}
    return {"status": "administrator", "user": world.me, "can_be_edited": False, "is_anonymous": False} | rights


def _asking(world: World, call: MethodCall) -> tuple[StoredChat, Json]:
    chat = world.addressee(call)
    _needs(chat, "can_invite_users", "not enough rights")
    person = chat.asking.pop(call.integer("user_id"), None)
    if person is None:
        known = call.integer("user_id") in chat.inside
        raise bad_request("USER_ALREADY_PARTICIPANT" if known else "HIDE_REQUESTER_MISSING")
    return chat, person


def _forum(world: World, call: MethodCall, right: str) -> StoredChat:
    chat = world.addressee(call)
    if not chat.data.get("is_forum"):
        raise bad_request("the chat is not a forum")
    _needs(chat, right, "not enough rights to manage topics")
    return chat


def _topic(world: World, call: MethodCall) -> tuple[StoredChat, int]:
    chat = _forum(world, call, "can_manage_topics")
    thread = call.integer("message_thread_id")
    if thread not in chat.topics:
        raise bad_request("TOPIC_ID_INVALID")
    return chat, thread


def _needs(chat: StoredChat, right: str, what: str) -> None:
    if right not in chat.rights:
        raise bad_request(what)


def _name(call: MethodCall) -> str:
    name = call.text("name")
    if len(name) > _TOPIC_NAME:
        raise ApiError(400, "Bad Request: topic name is too long")
    return name


def _tell(world: World, chat: StoredChat, thread: int, told: Json) -> None:
    _service(world, chat, {"message_id": chat.next_id(), "message_thread_id": thread, "is_topic_message": True, **told})


def _service(world: World, chat: StoredChat, said: Json) -> None:
    data: Json = {"date": int(world.now()), "chat": chat.data, "from": world.me, **said}
    chat.keep(StoredMessage(chat, data, by_bot=True))
    world.updates.push("message", data, chat.id)
    world.bell.ring()


METHODS: dict[str, Callable[[World, MethodCall], Json | bool]] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "createChatInviteLink": create_chat_invite_link,
    "approveChatJoinRequest": approve_chat_join_request,
    "declineChatJoinRequest": decline_chat_join_request,
    "getChatMember": get_chat_member,
}
"""Every method of this module by its name in the Bot API."""
