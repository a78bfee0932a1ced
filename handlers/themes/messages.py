"""The texts about themes that more than one screen shows."""

from __future__ import annotations

from bot.content.texts import Localised, Strong, _
from bot.content.views import Button, View
from bot.conversation.routes import Go
from handlers.themes.model import Theme

CLOSED = _("You can no longer change your theme yourself. Write to the team: they still can.")
"""The text for people with a theme who try to change it after the deadline."""
PLACE_FOUND = _("Themes can no longer be chosen here: the team will find you a place and tell you.")
"""The text for people without a theme who try to choose one after the deadline."""


def seat_found_view(theme: Theme) -> View:
    """Return the notice that a person who was on the waiting list of a theme has a seat now."""
    return View(
        (_("A place opened up: your theme is now {theme}.", theme=Strong(Localised(theme.title))),),
        (Button(_("My theme"), Go("theme")),),
    )


def theme_given_view(theme: Theme | None) -> View:
    """Return the notice that an organiser gave a person a theme or, if `theme` is None, took the theme away."""
    mine = (Button(_("My theme"), Go("theme")),)
    if theme is None:
        return View((_("The team took you out of your theme. A question? Write to the team with /equipe."),), mine)
    return View((_("The team gave you this theme: {theme}.", theme=Strong(Localised(theme.title))),), mine)
