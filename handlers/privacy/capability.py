"""What is kept about a person, seen and forgotten."""

from bot.capability import Capability
from handlers.privacy import participant

CAPABILITY = Capability(
    routes=(participant.routes,),
)
