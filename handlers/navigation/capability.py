"""Declares the capability of what screens of several capabilities share, and of the organisers' journal of changes."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, fixed_part
from handlers.navigation import changes, sections

CAPABILITY = Capability(
    organiser_routes=(changes.routes,),
    organiser_home=(fixed_part(110, changes.RECENT, who=ORGANISER, section=sections.TEAM),),
)
