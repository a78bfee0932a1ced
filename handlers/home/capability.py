"""The home screens, and what organisers see of the whole: where the gathering stands, in words and figures."""

from dataclasses import replace

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import ANYONE, ORGANISER, ScreenPart, fixed_part
from handlers.home import figures, organiser, participant
from handlers.home.figures import Figures

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        organiser.routes,
        figures.routes,
    ),
    home=(
        ScreenPart(0, participant.name_person),
        ScreenPart(20, participant.organise_first, ORGANISER),
        ScreenPart(44, participant.organise_too, ORGANISER),
    ),
    help=(
        ScreenPart(0, participant.begin_help, ANYONE),
        fixed_part(90, replace(participant.ORGANISE, style="plain"), who=ORGANISER),
    ),
    organiser_home=(fixed_part(0, Button(_("Figures"), Figures()), who=ORGANISER),),
)
