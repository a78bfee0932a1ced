"""Declares the capability of how the gathering looks: its colour and logos, which organisers change in chat."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, fixed_part
from handlers.appearance.organiser import APPEARANCE, routes
from handlers.navigation import sections

CAPABILITY = Capability(
    organiser_routes=(routes,),
    organiser_home=(fixed_part(105, APPEARANCE, who=ORGANISER, section=sections.TEAM),),
)
