"""What workshops made, taken away: the summary, the slides, the files."""

from bot.capability import Capability
from handlers.results import deck, organiser, summary
from handlers.results.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(
        deck.routes,
        summary.routes,
    ),
    organiser_routes=(organiser.routes,),
    personal_data=PERSONAL_DATA,
)
