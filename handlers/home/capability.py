"""The home screens, and what organisers see of the whole: where the gathering stands, in words and figures."""

from bot.capability import Capability
from handlers.home import figures, organiser, participant

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        organiser.routes,
        figures.routes,
    ),
)
