"""What groups write down: syntheses, the canvas, territory cards, the grid."""

from bot.capability import Capability
from handlers.syntheses import canvas, participant, territory_cards, territory_grid, versions
from handlers.syntheses.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(
        participant.routes,
        canvas.routes,
        versions.routes,
        territory_cards.routes,
        territory_grid.routes,
    ),
    personal_data=PERSONAL_DATA,
)
