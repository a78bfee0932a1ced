"""Workshops: phases, who facilitates them, calls for help, the panel."""

from bot.capability import Capability
from bot.people import facilitator_store
from handlers.workshops import calling, changing, facilitators, panel, participant, running, silent, speaking
from handlers.workshops.call_schedule import CallClock
from handlers.workshops.membership import AFTER_MEMBERSHIP
from handlers.workshops.personal_data import PERSONAL_DATA
from handlers.workshops.schedule import PhaseClock

CAPABILITY = Capability(
    routes=(
        participant.routes,
        calling.routes,
    ),
    facilitator_routes=(
        running.routes,
        changing.routes,
        panel.routes,
        silent.routes,
        speaking.routes,
    ),
    organiser_routes=(facilitators.routes,),
    sources=lambda settings: (PhaseClock(settings.workshop.votes), CallClock()),
    chores=(facilitator_store.touch_all_panels,),
    personal_data=PERSONAL_DATA,
    after_membership=AFTER_MEMBERSHIP,
)
