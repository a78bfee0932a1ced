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
