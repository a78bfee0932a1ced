"""Adding a theme, and removing one that nobody chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.forms import Form, Incomplete, integer, text
from bot.content.keys import key_like
from bot.content.texts import Localised, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Values, changed_since, note
from bot.delivery import outbox
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.themes import store
from handlers.themes.actions import ShowThemes, back_to_theme, find_theme
from handlers.themes.model import Theme

routes = Routes()

_LONGEST_KEY = 17


@dataclass(frozen=True, slots=True)
class AddTheme(Action):
    """Open the form of a new theme."""

    code: ClassVar[str] = "oha"


@dataclass(frozen=True, slots=True)
class AskToRemove(Action):
    """Ask before a theme is removed."""

    code: ClassVar[str] = "ohr"
    theme: str


@dataclass(frozen=True, slots=True)
class Remove(Action):
    """Remove a theme."""

    code: ClassVar[str] = "ohy"
    theme: str


@dataclass(frozen=True, slots=True)
class RemoveAgain(Action):
    """The inverse of adding."""

    code: ClassVar[str] = "ia"
    theme: str


@dataclass(frozen=True, slots=True)
class AddAgain(Action):
    """The inverse of removing."""

    code: ClassVar[str] = "iz"
    theme: str


@dataclass(frozen=True, slots=True)
class ThemeForm(Form):
    """A new theme: its title in the languages of the gathering; descriptions are added afterwards."""

    title: ClassVar[Text] = _("A new theme")
    fr: str = text(_("Title in French"), max_length=60, required=False)
    en: str = text(_("Title in English"), max_length=60, required=False)
    de: str = text(_("Title in German"), max_length=60, required=False)
    capacity: int | None = integer(
        _("How many places?"), minimum=1, maximum=100_000, required=False, hint=_("Empty: as many as come.")
    )


@routes.action(AddTheme, who=ORGANISER, form=ThemeForm)
async def add_theme(request: Request, _action: AddTheme, form: ThemeForm) -> Reply:
    """Add a theme after the others."""
    locales = request.settings.gathering.locales
    title: dict[str, str] = {locale: getattr(form, locale) for locale in locales if getattr(form, locale)}
    if not title:  # who reads another language reads the first there is, until its own is written
        raise Incomplete(locales[0], _("A title is needed in one language at least."))
    taken = {theme.key for theme in await store.all_themes(request.tx)}
    key = key_like(next(iter(title.values())), taken, mark="_", longest=_LONGEST_KEY, otherwise="theme")
    position = await store.next_position(request.tx)
    await store.put(request.tx, key, position, title, {}, form.capacity)
    said = _("Theme added: {theme}", theme=Localised(title))
    undo = await note(request, f"theme:{key}", said, RemoveAgain(key), {})
    return reply(
        Strong(said),
        _("Its description can be written now."),
        buttons=(undo, *back_to_theme(key)),
        toast=_("Saved."),
    )


async def _remove(request: Request, theme: Theme) -> None:
    """Remove a theme with its empty groups and their places. Raises UserError where somebody chose it meanwhile."""
    emptied = await store.groups_of(request.tx, theme.key)
    if not await store.remove(request.tx, theme.key):
        raise _chosen(theme)
    await outbox.refresh_spaces(request.tx, emptied, request.now)


@routes.action(AskToRemove, who=ORGANISER)
async def ask_to_remove(request: Request, action: AskToRemove) -> Reply:
    """Ask, or say why it cannot be removed."""
    theme = await find_theme(request, action.theme)
    if theme.taken:
        raise _chosen(theme)
    return reply(
        _("Remove {theme}? Nobody has chosen it.", theme=Strong(Localised(theme.title))),
        buttons=(Button(_("Remove"), Remove(theme.key), style="danger"), *back_to_theme(theme.key)),
    )


@routes.action(Remove, who=ORGANISER)
async def remove(request: Request, action: Remove) -> Reply:
    """Remove a theme, unless somebody chose it meanwhile."""
    theme = await find_theme(request, action.theme)
    position = await store.position_of(request.tx, theme.key)
    await _remove(request, theme)
    said = _("Theme removed: {theme}", theme=Localised(theme.title))
    kept: dict[str, Any] = {
        "position": position,
        "title": dict(theme.title),
        "description": dict(theme.description),
        "capacity": theme.capacity,
    }
    undo = await note(request, f"theme:{theme.key}", said, AddAgain(theme.key), kept)
    return reply(Strong(said), buttons=(undo, Button(_("Themes"), ShowThemes()), BACK), toast=_("Saved."))


def _chosen(theme: Theme) -> UserError:
    return UserError(
        _(
            "Somebody chose {theme}, named it second or waits for it: it stays. Give them another theme first.",
            theme=Localised(theme.title),
        ),
        buttons=back_to_theme(theme.key),
    )


@inverses.declare(RemoveAgain)
async def remove_again(request: Request, action: RemoveAgain, _values: Values) -> None:
    """Take an added theme away, unless somebody chose it meanwhile."""
    theme = await store.find(request.tx, action.theme)
    if theme is None:
        raise changed_since()
    await _remove(request, theme)


@inverses.declare(AddAgain)
async def add_again(request: Request, action: AddAgain, values: Values) -> None:
    """Bring a removed theme back where it was."""
    if await store.find(request.tx, action.theme):
        raise changed_since()
    await store.put(
        request.tx, action.theme, values["position"], values["title"], values["description"], values["capacity"]
    )
