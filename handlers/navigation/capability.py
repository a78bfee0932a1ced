"""What the screens of several capabilities share; recent changes of the organisers."""

from bot.capability import Capability
from handlers.navigation import changes

CAPABILITY = Capability(
    organiser_routes=(changes.routes,),
)
