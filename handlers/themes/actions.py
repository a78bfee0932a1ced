"""The actions that show themes, and the notice to a person who is given a theme."""

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
from handlers.themes.messages import theme_given_view
from handlers.themes.model import Theme


@dataclass(frozen=True, slots=True)
class ShowMyTheme(Action):
    """Show the person's theme, or the themes to choose from."""

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
    """Show the themes that an organiser can give to a person."""

    code: ClassVar[str] = "ot"
    person: int


@dataclass(frozen=True, slots=True)
class RestoreGivenTheme(Action):
    """Undo giving a person a theme."""

    code: ClassVar[str] = "it"
    person: int


async def find_theme(request: Request, key: str) -> Theme:
    """Return the theme with a key. Raises Stale where there is none any more."""
    theme = await store.find_theme(request.tx, key)
    if theme is None:
        raise Stale
    return theme


def back_to_theme(key: str) -> tuple[Button, ...]:
    """Return the buttons after a change of a theme: the theme, all themes, and back."""
    return Button(_("See the theme"), ShowEditedTheme(key)), Button(_("Themes"), ShowThemes()), BACK


async def notify_given_theme(
    request: Request, person: Participant, before: str | None, theme: Theme | None
) -> tuple[Text, Button]:
    """Notify a person of the theme they were given (None: taken from them), and note the change.

    `before` is the key of their earlier theme. Returns one line about the change and the button that undoes it.
    """
    name = Name(person.name)
    summary = (
        _("{name} is in {theme}", name=name, theme=Localised(theme.title))
        if theme
        else _("{name} has no theme", name=name)
    )
    await outbox.notify(request.tx, person.id, theme_given_view(theme), request.now)
    values = {"before": before, "after": theme.key if theme else None}
    return summary, await note(request, f"person:{person.id}", summary, RestoreGivenTheme(person.id), values)
