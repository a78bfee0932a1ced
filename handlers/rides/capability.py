"""Declares the capability of rides: participants offer rides to the gathering and back, and ask for seats."""

from bot.capability import Capability
from bot.conversation.routes import ScreenPart, menu_part
from bot.people import reference_store
from handlers.navigation import sections
from handlers.rides import participant, store
from handlers.rides.membership import AFTER_MEMBERSHIP
from handlers.rides.messages import RIDES
from handlers.rides.personal_data import PERSONAL_DATA
from handlers.rides.reminders import RIDE_TO_COME
from handlers.rides.settings import RideSettings

CAPABILITY = Capability(
    only_with=RideSettings,
    routes=(participant.routes,),
    home=(ScreenPart(56, participant.home_part),),
    menu=(menu_part(sections.GATHERING, 16, RIDES, when=participant.may_ride),),
    reminders=(RIDE_TO_COME,),
    personal_data=PERSONAL_DATA,
    after_membership=AFTER_MEMBERSHIP,
    endings=store.ENDINGS,
    answers=(reference_store.quoted.answered_by(store.quoted),),
)
