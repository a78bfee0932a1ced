"""The capability «workshops»: phases, the facilitators who run them, calls for help and the facilitators' panel."""

from bot.capability import Capability
from bot.content.entry_points import EntryPoint
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import FACILITATOR, ORGANISER, Go, MenuPart, ScreenPart, menu_part
from handlers.groups.hooks import on_now
from handlers.navigation import sections
from handlers.programme.hooks import something_is_on
from handlers.workshops import topics
from handlers.workshops.facilitator import changing, panel, silence, starting
from handlers.workshops.facilitator.home import has_groups_to_run, show_role_first, show_role_too
from handlers.workshops.membership import AFTER_MEMBERSHIP, ROLES
from handlers.workshops.messages import RUN_TOO
from handlers.workshops.organiser import facilitators, home, phases, preparing
from handlers.workshops.participant import calling, phase
from handlers.workshops.personal_data import PERSONAL_DATA
from handlers.workshops.schedule import CallClock, PhaseClock
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import panel as panel_store

# L10N: a button: it leads a facilitator to the phases of their groups
_RUN = Button(_("Run the workshops"), Go("animer"))

CAPABILITY = Capability(
    topics=(topics.DEADLINE, topics.TASK),
    routes=(
        phase.routes,
        calling.routes,
    ),
    facilitator_routes=(
        starting.routes,
        changing.routes,
        panel.routes,
        silence.routes,
    ),
    organiser_routes=(facilitators.routes, phases.routes, preparing.routes),
    sources=lambda settings, _subjects: (PhaseClock(settings.of(WorkshopSettings).votes), CallClock()),
    chores=(panel_store.touch_all_panels,),
    home=(
        ScreenPart(15, show_role_first, FACILITATOR),
        ScreenPart(13, phase.offer_phase),
        ScreenPart(42, show_role_too, FACILITATOR),
    ),
    bar=(ScreenPart(10, phase.name_phase),),
    group=(ScreenPart(10, phase.offer_open_phase),),
    menu=(
        MenuPart(sections.NOW, 10, phase.offer_in_phase),
        menu_part(sections.WORKSHOPS, 10, RUN_TOO, changing.PANEL, when=has_groups_to_run, who=FACILITATOR),
        MenuPart(sections.WORKSHOPS, 40, phase.offer_last_phase),
    ),
    organiser_home=(ScreenPart(60, home.count_phases, ORGANISER, sections.WORKSHOPS, home.phases_to_run),),
    to_prepare=preparing.TO_PREPARE,
    personal_data=PERSONAL_DATA,
    entry_points={EntryPoint.FACILITATE: _RUN},
    after_membership=AFTER_MEMBERSHIP,
    roles=ROLES,
    answers=(something_is_on.answered_by(phase.something_is_on), on_now.answered_by(phase.on_now)),
)
