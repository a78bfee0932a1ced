"""What messages show already, so that a press which changes nothing asks nothing of Telegram, which would refuse it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.telegram.formatting import Json
from bot.platforms.telegram.render import TextPart

_REMEMBERED = 2048
_STANDS = 60.0
"""Seconds of real time in which no other program can well have changed what this one put somewhere."""
_FOUND_BY_TELEGRAM = frozenset(
    ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")
)


@dataclass(frozen=True, slots=True)
class _Put:
    """What was put into the place of a message, `before` as it was until then.

    `at` is the second Telegram did it; `put` is when, on this machine's steady clock.
    """

    part: TextPart
    keyboard: Json | None
    at: int
    before: Mapping[str, Any] | None
    put: float = field(default_factory=time.monotonic)

    def is_newer_than(self, pressed: Mapping[str, Any]) -> bool:
        """Whether a message was pressed before this could be seen: in the same second, only if it is the one before."""
        second = _second(pressed)
        return second < self.at or (second == self.at and self.before is not None and _seen(self.before, pressed))


class ShownMessages:
    """The words and keyboards last put into the place of pressed messages, by chat and message."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], _Put | None] = {}

    def already(
        self, chat: int, message: int, part: TextPart, keyboard: Json | None, pressed: Mapping[str, Any] | None
    ) -> bool:
        """Whether a message shows these words and this keyboard.

        `pressed` is the message as it came with the press: of several quick taps, it is older than what the first of
        them put there. What another program put there since is not known here: where `pressed` is no older than what
        was put last, both must agree.
        """
        if pressed is None:
            return False
        if (chat, message) not in self._last:
            return _same(pressed, part, keyboard)
        last = self._last[chat, message]
        if last is None or (last.part, last.keyboard) != (part, keyboard):
            return False
        return last.is_newer_than(pressed) or _same(pressed, part, keyboard)

    def just_put(self, chat: int, message: int, part: TextPart, keyboard: Json | None) -> bool:
        """Whether a reply put exactly this there just now."""
        last = self._last.get((chat, message))
        if last is None or (last.part, last.keyboard) != (part, keyboard):
            return False
        return time.monotonic() - last.put < _STANDS

    def put(
        self,
        chat: int,
        message: int,
        part: TextPart,
        keyboard: Json | None,
        edited: Mapping[str, Any],
        pressed: Mapping[str, Any] | None,
    ) -> None:
        """A message shows this now.

        `edited` is the message as Telegram answered, empty where it showed this already; `pressed` as it was before.
        """
        self._keep(chat, message, _Put(part, keyboard, _second(edited or pressed or {}), pressed))

    def forget(self, chat: int, message: int) -> None:
        """A message is changed: what it shows is not known until the next `put`."""
        self._keep(chat, message, None)

    def _keep(self, chat: int, message: int, what: _Put | None) -> None:
        self._last.pop((chat, message), None)
        self._last[chat, message] = what
        if len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]


def _second(message: Mapping[str, Any]) -> int:
    """When a message came to be what it is, in seconds since 1970."""
    return int(message.get("edit_date") or message.get("date") or 0)


def _seen(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a message looked the same both times."""
    return all(one.get(what) == other.get(what) for what in ("text", "entities", "reply_markup"))


def _same(message: Mapping[str, Any], part: TextPart, keyboard: Json | None) -> bool:
    """Whether a message as Telegram tells of it is what would be put there."""
    return (
        message.get("text") == part.text
        and _formatting(message.get("entities") or ()) == _formatting(part.entities)
        and message.get("reply_markup") == keyboard
    )


def _formatting(entities: Any) -> list[Json]:
    """What was asked for: Telegram adds the links, commands and names that it finds in the words itself."""
    return [entity for entity in entities if entity["type"] not in _FOUND_BY_TELEGRAM]
