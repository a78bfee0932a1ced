"""What the bot can do: one module a capability, each declaring its routes.

The order is that of the menus.
"""

from bot.conversation.router import Router
from handlers import facilitating, organising
from handlers.account import accounts, leaving, linking, preferences
from handlers.announcements import campaign_participant
from handlers.announcements import participant as announcements
from handlers.groups import participant as group
from handlers.home import participant as home
from handlers.ideas import (
    cards,
    inspiring,
    photos,
    voting,
    wall,
)
from handlers.ideas import (
    own as my_ideas,
)
from handlers.ideas import (
    participant as ideas,
)
from handlers.privacy import participant as privacy
from handlers.programme import participant as programme
from handlers.registration import participant as joining
from handlers.reminders import participant as reminders
from handlers.results import deck, summary
from handlers.syntheses import (
    canvas,
    territory_cards,
    territory_grid,
    versions,
)
from handlers.syntheses import (
    participant as synthesis,
)
from handlers.team import participant as team
from handlers.themes import participant as themes
from handlers.workshops import calling
from handlers.workshops import participant as phase


def make_router() -> Router:
    """Every route of the house. Raises ValueError where two modules claim the same word or payload."""
    return Router(
        home.routes,
        joining.routes,
        themes.routes,
        group.routes,
        phase.routes,
        calling.routes,
        deck.routes,
        summary.routes,
        programme.routes,
        announcements.routes,
        campaign_participant.routes,
        reminders.routes,
        team.routes,
        preferences.routes,
        accounts.routes,
        linking.routes,
        leaving.routes,
        privacy.routes,
        ideas.routes,
        photos.routes,
        my_ideas.routes,
        wall.routes,
        cards.routes,
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
