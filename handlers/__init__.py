"""What the bot can do: one module a capability, each declaring its routes.

The order is that of the menus.
"""

from bot.routes import Router
from handlers import (
    announcements,
    calling,
    campaigns,
    facilitating,
    group,
    home,
    joining,
    leaving,
    linking,
    organising,
    privacy,
    programme,
    reminders,
    settings,
    team,
    themes,
)


def make_router() -> Router:
    """Every route of the house. Raises ValueError where two modules claim the same word or payload."""
    return Router(
        home.routes,
        joining.routes,
        themes.routes,
        group.routes,
        calling.routes,
        programme.routes,
        announcements.routes,
        campaigns.routes,
        reminders.routes,
        team.routes,
        settings.routes,
        linking.routes,
        leaving.routes,
        privacy.routes,
        *facilitating.ROUTES,
        *organising.ROUTES,
    )
