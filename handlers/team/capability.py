"""Questions to the team."""

from bot.capability import Capability
from handlers.team import participant
from handlers.team.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(participant.routes,),
    personal_data=PERSONAL_DATA,
)
