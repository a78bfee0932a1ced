"""A view as Telegram draws it: text with entities (no markup to escape), an inline keyboard, parts short enough.

Entities and keyboards are the Bot API's own JSON values: building python-telegram-bot's objects only to have them taken
apart again would cost more than everything else between a press and its reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from telegram.constants import KeyboardButtonStyle, MessageLimit

from bot.content.texts import Reader, Run, Span, Strong, label, plain, render
from bot.content.views import Button, Choice, View
from bot.platforms.telegram.features import units
from bot.platforms.telegram.formatting import Json, entities_of, joined
from bot.platforms.telegram.shapes import Keyboard

SELECTED = "✓ "
"""Before the label of an option that is chosen: a sign, never a colour alone."""
_SHORT = 18
"""Characters of a label that leave room for another one beside it on a phone."""
_STYLES = {"primary": KeyboardButtonStyle.PRIMARY, "danger": KeyboardButtonStyle.DANGER}
_MOST_BUTTONS = 100
"""Of one keyboard: what goes beyond is below a further message."""
GOES_ON = "…"
"""The words of such a message: Telegram takes none without any."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """One message's worth of text: at most 4,096 UTF-16 units, with entities counted in the same."""

    text: str
    entities: list[Json]


def draw_text(view: View, reader: Reader) -> list[TextPart]:
    """The lines of a view, and what each option means; long texts go on in a further part, never cut."""
    lines: list[Span] = [*view.lines]
    for option in view.choice.options if view.choice else ():
        if option.description is not None:
            lines.append(Strong(option.label))
            lines.append(option.description)
    parts: list[TextPart] = []
    text, length = "", 0
    entities: list[Json] = []
    for line in lines:
        for run in [*(render(line, reader)), Run("\n")]:
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
    return TextPart(text.rstrip("\n"), joined(text, entities) if len(entities) > 1 else entities)


def _pieces(text: str, most: int) -> Iterable[str]:
    while units(text) > most:
        cut = text.rfind("\n", 0, most // 2) + 1 or text.rfind(" ", 0, most // 2) + 1 or most // 2
        yield text[:cut]
        text = text[cut:]
    yield text


def draw_keyboards(view: View, reader: Reader) -> list[Json]:
    """Options a line each, then the buttons, two a line where both are short; as many keyboards as that takes."""
    rows = [*_options(view.choice, reader)] if view.choice else []
    rows += _button_rows(view.buttons, reader)
    keyboards: list[Json] = []
    room = 0
    for row in rows:
        if len(row) > room:
            keyboards.append({"inline_keyboard": []})
            room = _MOST_BUTTONS
        keyboards[-1]["inline_keyboard"].append(row)
        room -= len(row)
    return keyboards


def _options(choice: Choice, reader: Reader) -> Iterable[list[Json]]:
    for option in choice.options:
        mark = SELECTED if option.value in choice.selected else ""
        yield [{"text": mark + label(option.label, reader), "callback_data": option_data(choice, option.value)}]


_ONE, _ONE_OR_NONE, _MANY = ":~+"


def option_data(choice: Choice, value: str) -> str:
    """What pressing an option sends: the payload, a sign that says how many may be chosen, the value."""
    sign = _MANY if choice.at_most > 1 else _ONE_OR_NONE if choice.at_least == 0 else _ONE
    return f"{choice.action.encode()}{sign}{value}"


def read_option(data: str, keyboard: Keyboard | None) -> tuple[str, tuple[str, ...]] | None:
    """The payload and whole new set behind a pressed option; None for a plain button.

    A second press takes an option back where that is allowed; what else is chosen is read off the pressed keyboard.
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


def _does(button: Button, reader: Reader) -> Json:
    """What pressing a button does: opens an address, Telegram's way of passing on, or comes back to us."""
    if button.share:
        shared = urlencode({"url": button.share.url, "text": plain(button.share.text, reader)}, quote_via=quote)
        return {"url": f"https://t.me/share/url?{shared}"}
    return {"url": button.url} if button.action is None else {"callback_data": button.action.encode()}


def _button_rows(buttons: Sequence[Button], reader: Reader) -> list[list[Json]]:
    rows: list[list[Json]] = []
    pending: Json | None = None
    for button in buttons:
        words = label(button.label, reader)
        drawn: Json = {"text": words}
        drawn |= _does(button, reader)
        if button.style in _STYLES:
            drawn["style"] = _STYLES[button.style]
        if len(words) > _SHORT or button.style == "primary":
            rows += [[pending]] if pending else []
            rows.append([drawn])
            pending = None
        elif pending:
            rows.append([pending, drawn])
            pending = None
        else:
            pending = drawn
    return rows + ([[pending]] if pending else [])
