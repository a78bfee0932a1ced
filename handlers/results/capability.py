"""What workshops made, taken away: the summary, the slides, the files."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.content.ways import Way
from bot.conversation.routes import ORGANISER, Go, fixed_part
from handlers.navigation import sections
from handlers.results import deck, organiser, summary
from handlers.results.personal_data import PERSONAL_DATA

_RESULTS = Button(_("The results"), Go("bilan"))

CAPABILITY = Capability(
    routes=(
        deck.routes,
        summary.routes,
    ),
    organiser_routes=(organiser.routes,),
    organiser_home=(fixed_part(70, _RESULTS, who=ORGANISER, section=sections.WORKSHOPS),),
    personal_data=PERSONAL_DATA,
    ways={Way.RESULTS: _RESULTS},
)
