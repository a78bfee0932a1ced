"""What the bot can do: one module a capability, each declaring its routes.

The order is that of the menus.
"""

from bot.router import Router
from handlers import (
    announcements,
    calling,
    campaigns,
    canvas,
    facilitating,
    group,
    home,
    idea_cards,
    idea_photos,
    ideas,
    inspiring,
    joining,
    leaving,
    linking,
    my_ideas,
    organising,
    phase,
    privacy,
    programme,
    reminders,
    settings,
    synthesis,
    team,
    territory_cards,
    territory_grid,
    themes,
    versions,
    voting,
    wall,
)


def make_router() -> Router:
    """Every route of the house. Raises ValueError where two modules claim the same word or payload."""
    return Router(
        home.routes,
        joining.routes,
        themes.routes,
        group.routes,
        phase.routes,
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
        ideas.routes,
        idea_photos.routes,
        my_ideas.routes,
        wall.routes,
        idea_cards.routes,
        voting.routes,
        inspiring.routes,
        synthesis.routes,
        canvas.routes,
        versions.routes,
        territory_cards.routes,
        territory_grid.routes,
        *facilitating.ROUTES,
        *organising.ROUTES,
    )
