"""Remembers what messages show, so that no edit is requested that changes nothing: Telegram would refuse it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.telegram.formatting import Json
from bot.platforms.telegram.render import TextPart

_REMEMBERED = 2048
_STANDS = 60.0
"""Seconds of real time for which it is assumed that no other program changed a message after this one did."""
_FOUND_BY_TELEGRAM = frozenset(
    ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")
)


@dataclass(frozen=True, slots=True)
class _Edit:
    """What a message was edited to show; `before` is the message as it was until then.

    `at` is Telegram's time of the edit, in seconds since 1970; `edited_at` is this machine's monotonic time.
    """

    part: TextPart
    keyboard: Json | None
    at: int
    before: Mapping[str, Any] | None
    edited_at: float = field(default_factory=time.monotonic)

    def is_newer_than(self, pressed: Mapping[str, Any]) -> bool:
        """Return True if the pressed message is older than this edit, so that the person had not seen the edit.

        If both are from the same second, the result is True only if the pressed message looks as it did before the
        edit.
        """
        second = _second(pressed)
        return second < self.at or (second == self.at and self.before is not None and _look_alike(self.before, pressed))


class ShownMessages:
    """Remembers which text and keyboard (buttons) each Telegram message got by its last edit."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], _Edit | None] = {}

    def shows(
        self, chat: int, message: int, part: TextPart, keyboard: Json | None, pressed: Mapping[str, Any] | None
    ) -> bool:
        """Return True if a message certainly shows this text and keyboard (buttons) already.

        `pressed` is the message as it came with a press, None if no press is answered; without it the result is False.
        After several quick presses, `pressed` may be older than the edit that this program remembers: then only the
        edit counts. Otherwise another program may have edited the message since: then `pressed` must show the text and
        the keyboard too.
        """
        if pressed is None:
            return False
        if (chat, message) not in self._last:
            return _same(pressed, part, keyboard)
        last = self._last[chat, message]
        if last is None or (last.part, last.keyboard) != (part, keyboard):
            return False
        return last.is_newer_than(pressed) or _same(pressed, part, keyboard)

    def just_shown(self, chat: int, message: int, part: TextPart, keyboard: Json | None) -> bool:
        """Return whether this program edited a message in the last minute to show exactly this text and keyboard.

        `keyboard` has the buttons as Telegram takes them; None for no buttons.
        """
        last = self._last.get((chat, message))
        if last is None or (last.part, last.keyboard) != (part, keyboard):
            return False
        return time.monotonic() - last.edited_at < _STANDS

    def note(
        self,
        chat: int,
        message: int,
        part: TextPart,
        keyboard: Json | None,
        edited: Mapping[str, Any],
        pressed: Mapping[str, Any] | None,
    ) -> None:
        """Remember that a message shows this text and keyboard (buttons) now.

        `edited` is the message in Telegram's answer to the edit, empty if no edit was needed; `pressed` is the message
        as it was before the edit, None if no press is answered.
        """
        self._remember(chat, message, _Edit(part, keyboard, _second(edited or pressed or {}), pressed))

    def forget(self, chat: int, message: int) -> None:
        """Forget what a message shows, because it is about to change."""
        self._remember(chat, message, None)

    def _remember(self, chat: int, message: int, edit: _Edit | None) -> None:
        self._last.pop((chat, message), None)
        self._last[chat, message] = edit
        if len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]


def _second(message: Mapping[str, Any]) -> int:
    """Return when a message was last edited, or sent, in seconds since 1970."""
    return int(message.get("edit_date") or message.get("date") or 0)


def _look_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two states of a message look the same."""
    return all(one.get(key) == other.get(key) for key in ("text", "entities", "reply_markup"))


def _same(message: Mapping[str, Any], part: TextPart, keyboard: Json | None) -> bool:
    """Return whether a message, as Telegram describes it, shows this text and keyboard."""
    return (
        message.get("text") == part.text
        and _formatting(message.get("entities") or ()) == _formatting(part.entities)
        and message.get("reply_markup") == keyboard
    )


def _formatting(entities: Any) -> list[Json]:
    """Return the entities that we sent, without the links, commands and names that Telegram finds by itself."""
    return [entity for entity in entities if entity["type"] not in _FOUND_BY_TELEGRAM]
