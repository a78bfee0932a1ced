"""Draws a message for Discord, as the contents of Discord messages, menus, buttons and attachments.

Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import discord
from discord import ui

from bot.content.button_rows import MOST, pressable
from bot.content.button_rows import rows as button_rows
from bot.content.texts import Reader, Span, file_name, label, plain
from bot.content.views import Button, Choice, Picture, View, listed
from bot.platforms.discord.markdown import draw_texts

_DESCRIPTION = 100
_PLACEHOLDER = 150
_MENU = 25
"""The most options of one menu: a choice with more gets several menus."""
_ROWS = 5
"""How many rows of buttons one message can have, a menu counting as one; more rows go into further messages."""
_GOES_ON = "…"
"""The text of such a further message: Discord refuses a message without any."""
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}
ONE, SEVERAL = ".+"
"""What separates payload and number in the custom_id of a menu: SEVERAL if several options can be chosen."""


@dataclass(frozen=True, slots=True)
class MessagePart:
    """One of the Discord messages that together show a message of the program, which may be too long for one.

    Files are in the last part with text. Menus and buttons are in the same part, and continue in the following ones.
    """

    content: str
    components: ui.View | None = None
    files: tuple[discord.File, ...] = ()

    def as_new(self) -> dict[str, Any]:
        """Return the arguments for the discord.py call that sends this part as a new message."""
        arguments: dict[str, Any] = {"content": self.content}
        if self.components:
            arguments["view"] = self.components
        if self.files:
            arguments["files"] = list(self.files)
        return arguments

    def as_edit(self) -> dict[str, Any]:
        """Return the arguments for the discord.py call that edits a message so that it shows this part."""
        return {"content": self.content, "view": self.components, "attachments": list(self.files)}


def draw(view: View, reader: Reader, aside: Span | None = None) -> list[MessagePart]:
    """Return the Discord messages that together show a message, in order.

    A Discord message with files can be sent only once. `aside` is a short notice shown before the message; None for no
    notice.
    """
    view = view.with_map_button
    *before, last = draw_texts((*view.lines, *listed(view.choice)), reader, aside)
    components = _components(view, reader)
    return [
        *(MessagePart(text) for text in before),
        MessagePart(last, components[0] if components else None, tuple(_files(view, reader))),
        *(MessagePart(_GOES_ON, further) for further in components[1:]),
    ]


def clip(text: str, length: int) -> str:
    """Return a text; if it has more than `length` characters, it is cut to this length and ends with an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _components(view: View, reader: Reader) -> list[ui.View]:
    """Return the menus and buttons of a view, in order, one `ui.View` for each message that they need."""
    items: list[Sequence[ui.Item[ui.View]]] = [[menu] for menu in (_menus(view.choice, reader) if view.choice else ())]
    buttons = pressable(view.buttons)
    rows = button_rows(buttons, reader)
    if len(items) + len(rows) > _ROWS:  # use as few messages as possible
        rows = [tuple(buttons[start : start + MOST]) for start in range(0, len(buttons), MOST)]
    items += [[_button(button, reader) for button in row] for row in rows]
    components: list[ui.View] = []
    for place, row in enumerate(items):
        if place % _ROWS == 0:
            components.append(ui.View(timeout=None))
        for item in row:
            item.row = place % _ROWS
            components[-1].add_item(item)
    for component in components:
        component.stop()  # else the library keeps it in memory; presses are read from the custom_id
    return components


def _button(button: Button, reader: Reader) -> ui.Button[ui.View]:
    words = label(button.label, reader)
    if button.action is None:
        return ui.Button(label=words, url=button.url)
    return ui.Button(label=words, custom_id=button.action.encode(), style=_STYLES[button.style])


def _menus(choice: Choice, reader: Reader) -> Iterator[ui.Select[ui.View]]:
    """Yield as many menus as the options need; each of several is labelled with its first and last option."""
    payload, several = choice.action.encode(), choice.at_most > 1
    pages = [choice.options[start : start + _MENU] for start in range(0, len(choice.options), _MENU)]
    for number, page in enumerate(pages):
        placeholder = plain(choice.placeholder, reader)
        if len(pages) > 1:
            ends = f"{plain(page[0].label, reader)} – {plain(page[-1].label, reader)}"
            placeholder = f"{placeholder} · {ends}" if placeholder else ends
        at_least = 0 if several and len(pages) > 1 else min(choice.at_least, len(page))
        yield ui.Select(
            custom_id=payload if len(pages) == 1 else f"{payload}{SEVERAL if several else ONE}{number}",
            placeholder=clip(placeholder, _PLACEHOLDER) or None,
            min_values=at_least,
            max_values=min(choice.at_most, len(page)),
            options=[
                discord.SelectOption(
                    label=label(option.label, reader),
                    value=option.value,
                    description=_description(option.description, reader),
                    default=option.value in choice.selected[: choice.at_most],
                )
                for option in page
            ],
        )


def _description(description: Span | None, reader: Reader) -> str | None:
    return None if description is None else clip(plain(description, reader), _DESCRIPTION) or None


def _files(view: View, reader: Reader) -> Iterator[discord.File]:
    for attachment in view.attachments:
        alt = plain(attachment.alt, reader) if isinstance(attachment, Picture) else ""
        yield discord.File(BytesIO(attachment.content), file_name(attachment.name, reader), description=alt or None)
