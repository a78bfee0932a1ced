"""The ways to the themes and to one of them; and telling who is given one, with what takes that back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import Localised, Name, Text, _
from bot.content.views import Button
from bot.conversation.routes import Request
from bot.conversation.undo import note
from bot.delivery import outbox
from bot.people.participants import Participant
from handlers.navigation.actions import BACK
from handlers.themes import store
from handlers.themes.messages import theme_given
from handlers.themes.model import Theme


@dataclass(frozen=True, slots=True)
class ShowMyTheme(Action):
    """Show somebody the theme they have, or the themes to choose from."""

    code: ClassVar[str] = "tm"


@dataclass(frozen=True, slots=True)
class ShowThemes(Action):
    """Show the themes to edit."""

    code: ClassVar[str] = "oh"


@dataclass(frozen=True, slots=True)
class PickTheme(Action):
    """Choose the theme to edit."""

    code: ClassVar[str] = "ohp"


@dataclass(frozen=True, slots=True)
class ShowEditedTheme(Action):
    """Show one theme to edit."""

    code: ClassVar[str] = "oho"
    theme: str


@dataclass(frozen=True, slots=True)
class ShowThemesToGive(Action):
    """Show the themes someone could be given."""

    code: ClassVar[str] = "ot"
    person: int


@dataclass(frozen=True, slots=True)
class RestoreGivenTheme(Action):
    """The inverse: the theme someone had."""

    code: ClassVar[str] = "it"
    person: int


async def find_theme(request: Request, key: str) -> Theme:
    """A theme by key. Raises Stale where there is none any more."""
    theme = await store.find_theme(request.tx, key)
    if theme is None:
        raise Stale
    return theme


def back_to_theme(key: str) -> tuple[Button, ...]:
    """The ways on from something done to a theme."""
    return Button(_("See the theme"), ShowEditedTheme(key)), Button(_("Themes"), ShowThemes()), BACK


async def tell_place(
    request: Request, person: Participant, before: str | None, theme: Theme | None
) -> tuple[Text, Button]:
    """Tell someone the theme they were given, and write it down: the change in words, and what takes it back."""
    name = Name(person.name)
    said = (
        _("{name} is in {theme}", name=name, theme=Localised(theme.title))
        if theme
        else _("{name} has no theme", name=name)
    )
    await outbox.notify(request.tx, person.id, theme_given(theme), request.now)
    values = {"before": before, "after": theme.key if theme else None}
    return said, await note(request, f"person:{person.id}", said, RestoreGivenTheme(person.id), values)
