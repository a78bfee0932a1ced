"""Workshops: phases, who facilitates them, calls for help, the panel."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.content.ways import Way
from bot.conversation.routes import FACILITATOR, ORGANISER, Go, MenuPart, ScreenPart, menu_part
from bot.people import facilitator_store
from handlers.navigation import sections
from handlers.workshops import (
    calling,
    changing,
    facilitating,
    facilitators,
    organiser,
    panel,
    participant,
    running,
    silent,
    speaking,
)
from handlers.workshops.call_schedule import CallClock
from handlers.workshops.membership import AFTER_MEMBERSHIP
from handlers.workshops.messages import RUN_TOO
from handlers.workshops.personal_data import PERSONAL_DATA
from handlers.workshops.schedule import PhaseClock
from handlers.workshops.settings import WorkshopSettings

_RUN = Button(_("Run the workshops"), Go("animer"))

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
    sources=lambda settings, _subjects: (PhaseClock(settings.of(WorkshopSettings).votes), CallClock()),
    chores=(facilitator_store.touch_all_panels,),
    home=(
        ScreenPart(15, facilitating.show_role_first, FACILITATOR),
        ScreenPart(30, participant.offer_phase),
        ScreenPart(42, facilitating.show_role_too, FACILITATOR),
    ),
    group=(ScreenPart(10, participant.offer_open_phase),),
    menu=(
        MenuPart(sections.NOW, 10, participant.offer_in_phase),
        menu_part(sections.WORKSHOPS, 10, RUN_TOO, changing.PANEL, who=FACILITATOR),
        MenuPart(sections.WORKSHOPS, 40, participant.offer_last_phase),
    ),
    organiser_home=(ScreenPart(60, organiser.count_phases, ORGANISER, sections.WORKSHOPS, organiser.phases_to_run),),
    personal_data=PERSONAL_DATA,
    ways={Way.FACILITATE: _RUN},
    after_membership=AFTER_MEMBERSHIP,
)
