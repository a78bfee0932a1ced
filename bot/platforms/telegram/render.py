"""Draws a message for Telegram: texts with entities (no markup to escape), in parts short enough, and buttons.

Entities and keyboards (the buttons below a message) are the Bot API's own JSON values: creating python-telegram-bot's
objects only to serialise them again would cost more than everything else between a press and its reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from telegram.constants import KeyboardButtonStyle, MessageLimit

from bot.content.button_rows import SHORT, even_rows, pressable
from bot.content.button_rows import rows as button_rows
from bot.content.names import shortened
from bot.content.platforms.telegram import units
from bot.content.texts import Joined, Reader, Run, Span, Strong, label, plain, render
from bot.content.views import SELECTED, Button, Choice, View
from bot.platforms.telegram.formatting import Json, entities_of, merge_entities
from bot.platforms.telegram.shapes import Keyboard

_ISOLATES = re.compile("[\u2068\u2069]")
"""The marks around a name that keep its direction apart: one that is cut would lack its end."""
_STYLES = {"primary": KeyboardButtonStyle.PRIMARY, "danger": KeyboardButtonStyle.DANGER}
_LINE = 48
"""About how many characters fit into one line on a phone."""
_MOST_BUTTONS = 100
"""The most buttons of one keyboard; further buttons go below another message."""
GOES_ON = "…"
"""The text of a message that only contains further buttons: Telegram refuses a message without text."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """The text of one Telegram message, and its entities, which format ranges of the text.

    The text has at most 4,096 UTF-16 code units, and entities count their positions in these units too.
    """

    text: str
    entities: list[Json]


def draw_text(view: View, reader: Reader) -> list[TextPart]:
    """Return the texts of the Telegram messages that show a message's lines and the descriptions of its options, uncut.

    Between two lines that are longer than a line of a phone is an empty line.
    """
    lines: list[Span] = [*view.lines, *(_told(view.choice, reader) if view.choice else ())]
    parts: list[TextPart] = []
    text, length = "", 0
    entities: list[Json] = []
    before = 0
    for line in lines:
        runs = [*render(line, reader), Run("\n")]
        broken = sum(len(run.text) for run in runs)
        if min(before, broken) > _LINE:
            runs.insert(0, Run("\n"))
        before = broken
        for run in runs:
            for piece in _pieces(run.text, MessageLimit.MAX_TEXT_LENGTH):
                size = units(piece)
                if length + size > MessageLimit.MAX_TEXT_LENGTH:
                    parts.append(_part(text, entities))
                    text, length, entities = "", 0, []
                entities += entities_of(run, piece, length)
                text, length = text + piece, length + size
    if text.strip():
        parts.append(_part(text, entities))
    return parts


def _part(text: str, entities: list[Json]) -> TextPart:
    return TextPart(text.rstrip("\n"), merge_entities(text, entities) if len(entities) > 1 else entities)


def _pieces(text: str, most: int) -> Iterable[str]:
    while units(text) > most:
        cut = text.rfind("\n", 0, most // 2) + 1 or text.rfind(" ", 0, most // 2) + 1 or most // 2
        yield text[:cut]
        text = text[cut:]
    yield text


def draw_keyboards(view: View, reader: Reader) -> list[Json]:
    """Return the keyboards (the buttons below Telegram messages) of a message, with its options before its buttons.

    Both are in even rows (`bot.content.button_rows`). There are several keyboards if one would have too many buttons.
    """
    rows = [*_options(view.choice, reader)] if view.choice else []
    rows += [[_button(button, reader) for button in row] for row in button_rows(pressable(view.buttons), reader)]
    keyboards: list[Json] = []
    room = 0
    for row in rows:
        if len(row) > room:
            keyboards.append({"inline_keyboard": []})
            room = _MOST_BUTTONS
        keyboards[-1]["inline_keyboard"].append(row)
        room -= len(row)
    return keyboards


def _told(choice: Choice, reader: Reader) -> Iterator[Span]:
    """Yield the lines about the options of a choice that have a number or a description, a blank line before each."""
    by_number = _told_by_number(choice, reader)
    for number, option in enumerate(choice.options, 1):
        if by_number or option.description is not None:
            rank = f"{number}. " if by_number and not choice.ranked_from else ""
            told = Strong(Joined((choice.mark(option), rank, option.label)))
            yield ""
            yield told if option.description is None else Joined((told, "\n", option.description))


def _told_by_number(choice: Choice, reader: Reader) -> bool:
    """Return whether options have numbers, and buttons only their first words, because the labels are too long.

    A few options that fit into a row each, such as themes, keep their names.
    """
    longest = max((len(label(option.label, reader)) for option in choice.options), default=0)
    if choice.ranked_from or len(choice.options) > _NAMED:
        return choice.listed and longest > SHORT
    return choice.listed and longest > _IN_A_ROW


def _options(choice: Choice, reader: Reader) -> Iterator[list[Json]]:
    marked = [
        (words, option_data(choice, option.value))
        for words, option in zip(_words_of(choice, reader), choice.options, strict=True)
    ]
    for row in even_rows(marked, [words for words, _data in marked]):
        yield [{"text": words, "callback_data": data} for words, data in row]


def _words_of(choice: Choice, reader: Reader) -> Iterator[str]:
    """Yield the words of the buttons for the options of a choice.

    An option that is told by its number has it on its button, and its first words: the text that lists the options may
    be out of sight by then.
    """
    room = _IN_A_ROW if len(choice.options) <= _FEW else SHORT
    for number, option in enumerate(choice.options, 1):
        words, mark = label(option.label, reader), choice.mark(option)
        if _told_by_number(choice, reader):
            numbered = words if choice.ranked_from else f"{number}. {words}"
            words = shortened(_ISOLATES.sub("", numbered), room - len(mark))
        yield mark + words


_IN_A_ROW = 32
"""The most characters of a label that a button in a row of its own shows whole on a phone."""
_FEW = 4
"""How many options that are told by their numbers have a row each, and so more of their words on it."""
_NAMED = 6
"""How many options may have a row each, so that a message with them fits on a phone."""

_ONE, _ONE_OR_NONE, _MANY = ":~+"


def option_data(choice: Choice, value: str) -> str:
    """Return the callback data, which Telegram sends after a press, for an option of a choice.

    It has the choice's encoded action, a sign that says how many options may be chosen, and the option's value.
    """
    sign = _MANY if choice.at_most > 1 else _ONE_OR_NONE if choice.at_least == 0 else _ONE
    return f"{choice.action.encode()}{sign}{value}"


def read_option(data: str, keyboard: Keyboard | None) -> tuple[str, tuple[str, ...]] | None:
    """Return the encoded action and all chosen values after a press on an option; None after a press on anything else.

    `data` is the callback data that came with the press. A second press on an option deselects it, if the choice allows
    that. The other chosen options are read from `keyboard`, the buttons of the pressed message.
    """
    payload, sign, value = next(
        (data.partition(sign) for sign in (_ONE, _ONE_OR_NONE, _MANY) if sign in data), ("", "", "")
    )
    if not sign:
        return None
    if sign == _ONE:
        return payload, (value,)
    chosen = {
        str(button.callback_data).partition(sign)[2]
        for row in (keyboard.inline_keyboard if keyboard else ())
        for button in row
        if str(button.callback_data).startswith(payload + sign) and button.text.startswith(SELECTED)
    }
    if value in chosen:
        return payload, tuple(sorted(chosen - {value}))
    return payload, (value,) if sign == _ONE_OR_NONE else tuple(sorted(chosen | {value}))


def _button_target(button: Button, reader: Reader) -> Json:
    """Return the field that says what a press does: open an address, share one with others, or send an action."""
    if button.share:
        query = urlencode({"url": button.share.url, "text": plain(button.share.text, reader)}, quote_via=quote)
        return {"url": f"https://t.me/share/url?{query}"}
    if button.inside:
        return {"web_app": {"url": button.url}}
    return {"url": button.url} if button.action is None else {"callback_data": button.action.encode()}


def _button(button: Button, reader: Reader) -> Json:
    drawn: Json = {"text": label(button.label, reader), **_button_target(button, reader)}
    return {**drawn, "style": _STYLES[button.style]} if button.style in _STYLES else drawn
