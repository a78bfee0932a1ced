"""Arrivals: participants say when and where, are reminded of it, and the team sees them all."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, ScreenPart, fixed_part, menu_part
from handlers.arrivals import grids, organiser, participant
from handlers.arrivals.personal_data import PERSONAL_DATA
from handlers.arrivals.reminders import ARRIVALS
from handlers.navigation import sections

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(organiser.routes,),
    home=(ScreenPart(55, participant.home_part),),
    menu=(menu_part(sections.GATHERING, 15, participant.MY_ARRIVAL, when=participant.is_expected),),
    organiser_home=(fixed_part(50, organiser.ARRIVALS, who=ORGANISER, section=sections.PEOPLE),),
    reminders=(ARRIVALS,),
    grids=(grids.ARRIVALS,),
    personal_data=PERSONAL_DATA,
)
