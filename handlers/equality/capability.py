"""Declares the capability of equality: numbers of women and men in steps of the gathering, which reveal nobody."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, ScreenPart
from handlers.equality import facilitator
from handlers.equality.personal_data import PERSONAL_DATA
from handlers.navigation import sections

CAPABILITY = Capability(
    facilitator_routes=(facilitator.routes,),
    organiser_home=(ScreenPart(80, facilitator.offer_equality, ORGANISER, sections.WORKSHOPS),),
    personal_data=PERSONAL_DATA,
)
