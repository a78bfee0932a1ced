"""Questions to the team."""

from bot.capability import Capability
from bot.content.ways import Way
from bot.conversation.routes import ORGANISER, ScreenPart, fixed_part
from handlers.navigation import sections
from handlers.navigation.actions import ASK
from handlers.team import participant
from handlers.team.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(participant.routes,),
    home=(ScreenPart(70, participant.offer_to_ask),),
    help=(fixed_part(40, ASK, participant.MY_QUESTIONS),),
    organiser_home=(
        ScreenPart(20, participant.count_questions, ORGANISER, sections.MESSAGES, participant.questions_to_answer),
    ),
    personal_data=PERSONAL_DATA,
    ways={Way.ASK: ASK},
)
