"""A view as Telegram draws it: text with entities (no markup to escape), an inline keyboard, parts short enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.constants import KeyboardButtonStyle, MessageLimit

from bot.texts import Reader, Run, Span, Strong, plain, render
from bot.views import Button, Choice, View

SELECTED = "✓ "
"""Before the label of an option that is chosen: a sign, never a colour alone."""
_SHORT = 18
"""Characters of a label that leave room for another one beside it on a phone."""
_STYLES = {"primary": KeyboardButtonStyle.PRIMARY, "danger": KeyboardButtonStyle.DANGER}
_ELLIPSIS_LABEL = 64


@dataclass(frozen=True, slots=True)
class Part:
    """One message's worth of text: at most 4,096 UTF-16 units, with entities counted in the same."""

    text: str
    entities: tuple[MessageEntity, ...]


def draw_text(view: View, reader: Reader) -> list[Part]:
    """The lines of a view, and what each option means; long texts go on in a further part, never cut."""
    lines: list[Span] = [*view.lines]
    for option in view.choice.options if view.choice else ():
        if option.description is not None:
            lines.append(Strong(option.label))
            lines.append(option.description)
    parts: list[Part] = []
    text, length = "", 0
    entities: list[MessageEntity] = []
    for line in lines:
        for run in [*(render(line, reader)), Run("\n")]:
            for piece in _pieces(run.text, MessageLimit.MAX_TEXT_LENGTH):
                size = units(piece)
                if length + size > MessageLimit.MAX_TEXT_LENGTH:
                    parts.append(Part(text.rstrip("\n"), tuple(entities)))
                    text, length, entities = "", 0, []
                entities += _entities(run, piece, length)
                text, length = text + piece, length + size
    if text.strip():
        parts.append(Part(text.rstrip("\n"), tuple(entities)))
    return parts


def units(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _pieces(text: str, most: int) -> Iterable[str]:
    while units(text) > most:
        cut = text.rfind("\n", 0, most // 2) + 1 or text.rfind(" ", 0, most // 2) + 1 or most // 2
        yield text[:cut]
        text = text[cut:]
    yield text


def _entities(run: Run, piece: str, offset: int) -> list[MessageEntity]:
    length = units(piece)
    found = []
    if run.strong:
        found.append(MessageEntity(MessageEntity.BOLD, offset, length))
    if run.url:
        found.append(MessageEntity(MessageEntity.TEXT_LINK, offset, length, url=run.url))
    if run.moment:
        # Without a format of its own the words stay ours (the venue's time), and a tap shows the reader's.
        found.append(MessageEntity(MessageEntity.DATE_TIME, offset, length, unix_time=run.moment.instant))
    return found


def draw_keyboard(view: View, reader: Reader) -> InlineKeyboardMarkup | None:
    """Options a line each, then the buttons, two a line where both are short; None for nothing to press."""
    rows = [*_options(view.choice, reader)] if view.choice else []
    rows += _button_rows(view.buttons, reader)
    return InlineKeyboardMarkup(rows) if rows else None


def _options(choice: Choice, reader: Reader) -> Iterable[list[InlineKeyboardButton]]:
    for option in choice.options:
        mark = SELECTED if option.value in choice.selected else ""
        label = mark + _short(plain(option.label, reader))
        yield [InlineKeyboardButton(label, callback_data=option_data(choice, option.value))]


_ONE, _ONE_OR_NONE, _MANY = ":~+"


def option_data(choice: Choice, value: str) -> str:
    """What pressing an option sends: the payload, a sign that says how many may be chosen, the value."""
    sign = _MANY if choice.at_most > 1 else _ONE_OR_NONE if choice.at_least == 0 else _ONE
    return f"{choice.action.encode()}{sign}{value}"


def read_option(data: str, keyboard: InlineKeyboardMarkup | None) -> tuple[str, tuple[str, ...]] | None:
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


def _button_rows(buttons: Sequence[Button], reader: Reader) -> list[list[InlineKeyboardButton]]:
    rows: list[list[InlineKeyboardButton]] = []
    pending: InlineKeyboardButton | None = None
    for button in buttons:
        label = plain(button.label, reader)
        drawn = InlineKeyboardButton(
            label,
            callback_data=button.action.encode() if button.action else None,
            url=button.url,
            style=_STYLES.get(button.style),
        )
        if len(label) > _SHORT or button.style == "primary":
            rows += [[pending]] if pending else []
            rows.append([drawn])
            pending = None
        elif pending:
            rows.append([pending, drawn])
            pending = None
        else:
            pending = drawn
    return rows + ([[pending]] if pending else [])


def _short(label: str) -> str:
    return label if len(label) <= _ELLIPSIS_LABEL else label[: _ELLIPSIS_LABEL - 1] + "…"
