"""Buttons that show themes, and the notice to a person to whom an organiser gives a theme."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.errors import existing
from bot.content.texts import Localised, Text, _
from bot.content.views import Button
from bot.conversation.routes import Request
from bot.conversation.undo import record_change
from bot.delivery import outbox
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.navigation.actions import BACK
from handlers.themes import store
from handlers.themes.messages import theme_given_view
from handlers.themes.model import Theme


class ShowMyTheme(Action, code="tm"):
    """The button that shows a person their theme, or the themes to choose from."""


class ShowThemes(Action, code="oh"):
    """The button that lists the themes for an organiser to edit."""


class ShowEditedTheme(Action, code="oho"):
    """The button that shows one theme for an organiser to edit. `theme` is the key of the theme."""

    theme: str


class ShowThemesToGive(Action, code="ot"):
    """The button that shows an organiser the themes of which one can be given to a person; `person` is an id."""

    person: int


class RestoreGivenTheme(Action, code="it"):
    """The button that undoes an organiser's change of a person's theme. `person` is the id of the person."""

    person: int


async def find_theme(request: Request, key: str) -> Theme:
    """Return the theme with this key. Raises Stale if there is none."""
    return existing(await store.find_theme(request.tx, key))


def back_to_theme(key: str) -> tuple[Button, ...]:
    """Return the buttons shown after a theme was changed: to the theme, to all themes, and to the home screen."""
    return Button(_("See the theme"), ShowEditedTheme(key)), Button(_("Themes"), ShowThemes()), BACK


async def notify_given_theme(
    request: Request, person: Participant, before: str | None, theme: Theme | None
) -> tuple[Text, Button]:
    """Notify a person that an organiser changed their theme, and record the change in the journal.

    `theme` is the new theme, None if the organiser took the theme away; `before` is the key of the earlier theme, None
    for none. Returns a line about the change, and the button that undoes it.
    """
    name = called(person)
    summary = (
        _("{name} is in {theme}", name=name, theme=Localised(theme.title))
        if theme
        else _("{name} has no theme", name=name)
    )
    await outbox.notify(request.tx, person.id, theme_given_view(theme), request.now, outbox.Telling.NEWS)
    values = {"before": before, "after": theme.key if theme else None}
    return summary, await record_change(request, f"person:{person.id}", summary, RestoreGivenTheme(person.id), values)
