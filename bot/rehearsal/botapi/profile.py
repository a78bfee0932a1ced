"""The Bot API methods about the bot itself (its name, texts, and commands per language), and about a chat."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from bot.rehearsal.botapi.wire import Json, MethodCall, bad_request, encode
from bot.rehearsal.botapi.world import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_COMMANDS = 100
_COMMAND_DESCRIPTION = 256
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
_SCOPES = _CHAT_SCOPES | {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
_PRIVATE_MENU = ("all_private_chats", "default")
_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def get_me(world: World, _call: MethodCall) -> Json:
    """Return the description of the bot as a Telegram user, as JSON."""
    return world.me | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, call: MethodCall) -> Json:
    """Return the description of a chat as JSON, also if the person blocked the bot.

    Raises ApiError if there is no such chat.
    """
    chat = world.chat(call)
    if not chat.started:
        raise bad_request("chat not found")
    pinned = [chat.messages[number].data for number in sorted(chat.pinned) if not chat.messages[number].gone]
    return (
        chat.data
        | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
        | ({"pinned_message": pinned[-1]} if pinned else {})
    )


def _menu_key(world: World, call: MethodCall) -> tuple[str, str]:
    scope = call.structure("scope", dict) or {"type": "default"}
    if scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type")
    if scope["type"] in _CHAT_SCOPES and int(scope.get("chat_id", 0)) not in world.registry.chats:
        raise bad_request("chat not found")
    return encode(dict(sorted(scope.items()))), call.text("language_code")


def set_my_commands(world: World, call: MethodCall) -> bool:
    """Set the list of commands that Telegram shows to the people in the call's scope who use the call's language.

    Returns True, which is Telegram's answer.
    """
    commands = call.structure("commands", list)
    if commands is None:
        raise bad_request('parameter "commands" is required')
    if len(commands) > _COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= _COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_menu_key(world, call)] = commands
    world.bell.ring()
    return True


def get_my_commands(world: World, call: MethodCall) -> list[Json]:
    """Return the list of commands that the bot set for exactly the call's scope and language; [] if it set none."""
    return world.commands.get(_menu_key(world, call), [])


def delete_my_commands(world: World, call: MethodCall) -> bool:
    """Delete the bot's list of commands for one scope and language. People then see the list of the next wider scope.

    Returns True, which is Telegram's answer.
    """
    world.commands.pop(_menu_key(world, call), None)
    world.bell.ring()
    return True


def private_menu(world: World, chat_id: int, language_code: str) -> tuple[tuple[str, str], ...]:
    """Return the commands that a person sees in the private chat with the bot, as pairs of command and description.

    The bot can set lists for this chat, for all private chats, and for everybody: the first one of these that exists is
    shown.
    """
    scopes = [{"chat_id": chat_id, "type": "chat"}, *({"type": scope} for scope in _PRIVATE_MENU)]
    for scope in map(encode, scopes):
        for language in (language_code, ""):
            if commands := world.commands.get((scope, language)):
                return tuple((command["command"], command["description"]) for command in commands)
    return ()


def _set_text(world: World, call: MethodCall, *, field: str, limit: int) -> bool:
    text, key = call.text(field), (field, call.text("language_code"))
    if len(text) > limit:
        raise bad_request(f"{field} is too long")
    if text:
        world.profile[key] = text
    else:
        world.profile.pop(key, None)
    return True


def _get_text(world: World, call: MethodCall, *, field: str) -> Json:
    usual = world.me["first_name"] if field == "name" else ""
    common = world.profile.get((field, ""), usual)
    return {field: world.profile.get((field, call.text("language_code")), common)}


METHODS: dict[str, Callable[[World, MethodCall], Json | list[Json] | bool]] = {
    "getMe": get_me,
    "getChat": get_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": partial(_set_text, field="name", limit=64),
    "getMyName": partial(_get_text, field="name"),
    "setMyDescription": partial(_set_text, field="description", limit=512),
    "getMyDescription": partial(_get_text, field="description"),
    "setMyShortDescription": partial(_set_text, field="short_description", limit=120),
    "getMyShortDescription": partial(_get_text, field="short_description"),
}
"""Every method of this module by its name in the Bot API."""
