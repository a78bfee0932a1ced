"""The home screens, and what organisers see of the whole: where the gathering stands, in words and figures."""

from dataclasses import replace

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.content.ways import Way
from bot.conversation.routes import ANYONE, ORGANISER, Go, ScreenPart, fixed_part
from handlers.home import figures, organiser, participant
from handlers.navigation import sections
from handlers.navigation.actions import BACK, HOME

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        organiser.routes,
        figures.routes,
    ),
    home=(
        ScreenPart(0, participant.name_person),
        ScreenPart(20, participant.organise_first, ORGANISER),
        fixed_part(80, Button(_("Help"), Go("aide"))),
        ScreenPart(95, participant.organise_too, ORGANISER),
    ),
    help=(
        ScreenPart(0, participant.begin_help, ANYONE),
        fixed_part(90, replace(participant.ORGANISE, style="plain"), who=ORGANISER),
    ),
    ways={Way.HOME: HOME, Way.ORGANISE: BACK},
    organiser_home=(
        ScreenPart(0, organiser.say_it_is_over, ORGANISER),
        ScreenPart(20, figures.offer_figures, ORGANISER, sections.PEOPLE),
    ),
)
