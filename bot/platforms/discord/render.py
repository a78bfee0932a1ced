"""A view as Discord draws it: contents of messages, menus, buttons and attachments. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import discord
from discord import ui

from bot.content.texts import Reader, Span, Strong, file_name, label, plain
from bot.content.views import Button, Choice, Picture, View
from bot.platforms.discord.markdown import draw_texts

_DESCRIPTION = 100
_PLACEHOLDER = 150
_MENU = 25
"""Options of one menu: more of them go on in the next."""
_ROOM = 25
"""What one message holds to press, in buttons; a menu takes a line of five. More goes on in a further message."""
_MENU_WIDTH = 5
_GOES_ON = "…"
"""The words of such a message: Discord takes none without any."""
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}
ONE, SEVERAL = ".+"
"""In a menu's custom_id, between the payload and the menu's number: whether its values replace or join the others'."""


@dataclass(frozen=True, slots=True)
class MessagePart:
    """One message: its content, then what can be pressed and the files, both below the last words only."""

    content: str
    components: ui.View | None = None
    files: tuple[discord.File, ...] = ()

    def as_new(self) -> dict[str, Any]:
        """The arguments that send it."""
        sent: dict[str, Any] = {"content": self.content}
        if self.components:
            sent["view"] = self.components
        if self.files:
            sent["files"] = list(self.files)
        return sent

    def as_edit(self) -> dict[str, Any]:
        """The arguments that put it in the place of what a message showed before."""
        return {"content": self.content, "view": self.components, "attachments": list(self.files)}


def draw(view: View, reader: Reader, aside: Span | None = None) -> list[MessagePart]:
    """The messages of a view, in order; `aside` is a passing word before it. Files in it can be sent once."""
    *before, last = draw_texts((*view.lines, *_listed(view.choice)), reader, aside)
    pressed = _components(view, reader)
    return [
        *(MessagePart(text) for text in before),
        MessagePart(last, pressed[0] if pressed else None, tuple(_files(view, reader))),
        *(MessagePart(_GOES_ON, each) for each in pressed[1:]),
    ]


def _listed(choice: Choice | None) -> Iterator[Span]:
    """What a menu has no room for, or shows only once it is opened."""
    for option in choice.options if choice and choice.listed else ():
        yield Strong(option.label)
        if option.description is not None:
            yield option.description


def clip(text: str, length: int) -> str:
    """`text`, shortened visibly where a label has no room for it."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _components(view: View, reader: Reader) -> list[ui.View]:
    """What can be pressed, in the order of the view, by message."""
    items = [*(_menus(view.choice, reader) if view.choice else ()), *(_button(b, reader) for b in view.buttons)]
    drawn: list[ui.View] = []
    room = 0
    for item in items:
        width = _MENU_WIDTH if isinstance(item, ui.Select) else 1
        if width > room:
            drawn.append(ui.View(timeout=None))
            room = _ROOM
        drawn[-1].add_item(item)
        room -= width
    for each in drawn:
        each.stop()  # or the library would keep it in memory; presses are read off the custom_id
    return drawn


def _button(button: Button, reader: Reader) -> ui.Button[ui.View]:
    words = label(button.label, reader)
    if button.action is None:
        return ui.Button(label=words, url=button.url)
    return ui.Button(label=words, custom_id=button.action.encode(), style=_STYLES[button.style])


def _menus(choice: Choice, reader: Reader) -> Iterator[ui.Select[ui.View]]:
    """One menu, or as many as the options need: each is a page of them, named by its first and last option."""
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
