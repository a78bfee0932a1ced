"""The ways to the themes and to one of them, which every module about themes offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Request
from handlers.navigation.actions import BACK
from handlers.themes import store
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
class ShowTheme(Action):
    """Show one theme to edit."""

    code: ClassVar[str] = "oho"
    theme: str


async def find_theme(request: Request, key: str) -> Theme:
    """A theme by key. Raises Stale where there is none any more."""
    theme = await store.find_theme(request.tx, key)
    if theme is None:
        raise Stale
    return theme


def back_to_theme(key: str) -> tuple[Button, ...]:
    """The ways on from something done to a theme."""
    return Button(_("See the theme"), ShowTheme(key)), Button(_("Themes"), ShowThemes()), BACK
