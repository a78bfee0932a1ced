"""What people read of themes on more than one screen."""

from __future__ import annotations

from bot.content.texts import Localised, Strong, _
from bot.content.views import Button, View
from bot.conversation.routes import Go
from handlers.themes.model import Theme

CLOSED = _("Themes can no longer be changed. Write to the team: they can.")
"""Said after the deadline to who has a theme."""
PLACE_FOUND = _("Themes can no longer be chosen here: the team finds you a place and tells you.")
"""Said after the deadline to who has none."""


def moved_up(theme: Theme) -> View:
    """What someone reads whose turn came."""
    return View(
        (_("A place opened up: your theme is now {theme}.", theme=Strong(Localised(theme.title))),),
        (Button(_("My theme"), Go("theme")),),
    )


def theme_given(theme: Theme | None) -> View:
    """What someone reads to whom the team gave a theme, or took theirs away (None)."""
    mine = (Button(_("My theme"), Go("theme")),)
    if theme is None:
        return View((_("The team took you out of your theme. A question? Write to the team with /equipe."),), mine)
    return View((_("The team gave you this theme: {theme}.", theme=Strong(Localised(theme.title))),), mine)
