"""Checks the content of messages (lengths, entities, keyboards), and refuses what Telegram refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from bot.rehearsal.botapi.wire import Json, MethodCall, bad_request

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
_CALLBACK_BYTES = 64
_BUTTONS = 100
_NEEDED = {"text_link": "url", "text_mention": "user", "date_time": "unix_time", "custom_emoji": "custom_emoji_id"}
_KINDS = re.compile(
    "mention|hashtag|cashtag|bot_command|url|email|phone_number|bold|italic|underline|strikethrough|spoiler|"
    "blockquote|expandable_blockquote|code|pre|text_link|text_mention|date_time|custom_emoji"
)


def formatted(call: MethodCall, name: str) -> Json:
    """Return the message fields for the text or caption in a call of the bot, trimmed and checked; {} if there is none.

    `name` is the parameter's name, «text» or «caption». `parse_mode` is not supported, because entities do the same
    without escaping. Raises ApiError for anything that Telegram would refuse.
    """
    text = call.text(name)
    key, limit = ("entities", TEXT_UNITS) if name == "text" else ("caption_entities", CAPTION_UNITS)
    if call.text("parse_mode"):
        raise bad_request("this server reads entities, not parse_mode")
    entities = call.structure(key, list) or []
    units = _units(text)
    _check_entities(entities, units)
    if text != (trimmed := text.strip()):
        lead = len(_units(text[: len(text) - len(text.lstrip())])) // 2
        text, units = trimmed, _units(trimmed)
        entities = list(_shifted(entities, lead, len(units) // 2))
    if len(units) > 2 * limit:
        raise bad_request("message is too long" if name == "text" else "message caption is too long")
    if not text:
        return {}
    return {name: text, key: entities} if entities else {name: text}


def _units(text: str) -> bytes:
    try:
        return text.encode("utf-16-le")
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _check_entities(entities: Iterable[Any], units: bytes) -> None:
    for entity in entities:
        if not isinstance(entity, dict) or not _KINDS.fullmatch(str(entity.get("type"))):
            raise bad_request(f"can't parse MessageEntity: {entity!r}")
        needed = _NEEDED.get(entity["type"])
        if needed is not None and not entity.get(needed):
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{needed}\"")
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start < 0 or end <= start:
            raise bad_request(f"entity of {entity['length']} units at {start} is empty")
        if 2 * end > len(units):
            raise bad_request(f"entity beginning at UTF-16 offset {start} ends after the end of the text")
        if any(units[2 * edge + 1 : 2 * edge + 2] in _LOW_SURROGATES for edge in (start, end)):
            raise bad_request(f"entity at UTF-16 offset {start} cuts a symbol in two")


_LOW_SURROGATES = frozenset(bytes([high]) for high in range(0xDC, 0xE0))


def _shifted(entities: Iterable[Json], lead: int, length: int) -> Iterable[Json]:
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(length, entity["offset"] + entity["length"] - lead)
        if end > start:
            yield {**entity, "offset": start, "length": end - start}


def keyboard(call: MethodCall) -> Json | None:
    """Return the buttons in a call of the bot; None if there are none. Raises ApiError for invalid buttons."""
    markup = call.structure("reply_markup", dict)
    if not markup or "force_reply" in markup:
        return None
    if "inline_keyboard" not in markup:
        raise bad_request("this server knows inline keyboards and force_reply only")
    rows = [row for row in markup["inline_keyboard"] if row]
    if sum(map(len, rows)) > _BUTTONS:
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button, call.text("chat_id"))
    return {"inline_keyboard": rows} if rows else None


def _check_button(button: Json, chat: str) -> None:
    if not str(button.get("text") or "").strip():
        raise bad_request("inline keyboard button text must be non-empty")
    acts = button.keys() - {"text", "style", "icon_custom_emoji_id"}
    if acts == {"callback_data"}:
        if not 1 <= len(str(button["callback_data"]).encode()) <= _CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif acts == {"url"}:
        address = urlsplit(str(button["url"]))
        if address.scheme != "tg" and (address.scheme not in ("http", "https") or "." not in address.netloc):
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    elif acts == {"web_app"}:
        if chat.startswith("-"):
            raise bad_request("BUTTON_TYPE_INVALID")
        if not str(button["web_app"]["url"]).startswith("https://"):
            raise bad_request("inline keyboard button Web App URL is invalid: Only HTTPS links are allowed")
    else:
        raise bad_request("can't parse inline keyboard button: it needs one of callback_data, url and web_app")
