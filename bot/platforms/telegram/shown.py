"""What messages show already, so that a press which changes nothing asks nothing of Telegram, which would refuse it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.platforms.telegram.formatting import Json
from bot.platforms.telegram.render import Part

_REMEMBERED = 2048
_FOUND_BY_TELEGRAM = frozenset(
    ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")
)


class Shown:
    """The words and keyboards last put into the place of pressed messages, by chat and message."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], tuple[Part, Json | None] | None] = {}

    def already(
        self, chat: int, message: int, part: Part, keyboard: Json | None, pressed: Mapping[str, Any] | None
    ) -> bool:
        """Whether a message shows these words and this keyboard.

        `pressed` is the message as it came with the press. That may be older than what was put there since: both must
        agree. What another program put there meanwhile is not known here, so what was put does not suffice alone.
        """
        if pressed is None or self._last.get((chat, message), (part, keyboard)) != (part, keyboard):
            return False
        return _same(pressed, part, keyboard)

    def put(self, chat: int, message: int, part: Part, keyboard: Json | None) -> None:
        """A message shows this now."""
        self._keep(chat, message, (part, keyboard))

    def forget(self, chat: int, message: int) -> None:
        """A message is changed: what it shows is not known until the next `put`."""
        self._keep(chat, message, None)

    def _keep(self, chat: int, message: int, what: tuple[Part, Json | None] | None) -> None:
        self._last.pop((chat, message), None)
        self._last[chat, message] = what
        if len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]


def _same(message: Mapping[str, Any], part: Part, keyboard: Json | None) -> bool:
    """Whether a message as Telegram tells of it is what would be put there."""
    return (
        message.get("text") == part.text
        and _formatting(message.get("entities") or ()) == _formatting(part.entities)
        and message.get("reply_markup") == keyboard
    )


def _formatting(entities: Any) -> list[Json]:
    """What was asked for: Telegram adds the links, commands and names that it finds in the words itself."""
    return [each for each in entities if each["type"] not in _FOUND_BY_TELEGRAM]
