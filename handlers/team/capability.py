"""Questions to the team."""

from bot.capability import Capability
from handlers.team import participant

CAPABILITY = Capability(
    routes=(participant.routes,),
)
