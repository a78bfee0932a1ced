"""The capability «team»: participants ask the organisers questions, and organisers answer them."""

from bot.capability import Capability
from bot.content.entry_points import EntryPoint
from bot.conversation.routes import ORGANISER, MenuPart, ScreenPart, menu_part
from bot.people import browser_store, reference_store
from handlers.navigation import sections
from handlers.navigation.actions import ASK
from handlers.team import participant, store, topics
from handlers.team.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    topics=(topics.QUESTIONS,),
    listeners=topics.LISTENERS,
    routes=(participant.routes,),
    home=(ScreenPart(80, participant.offer_to_ask),),
    menu=(
        MenuPart(sections.ORGANISING, 50, participant.offer_questions, ORGANISER),
        menu_part(sections.QUESTIONS, 30, ASK, when=participant.may_ask),
        menu_part(sections.QUESTIONS, 40, participant.MY_QUESTIONS, when=participant.has_asked),
    ),
    organiser_home=(
        ScreenPart(20, participant.count_questions, ORGANISER, sections.MESSAGES, participant.questions_to_answer),
    ),
    personal_data=PERSONAL_DATA,
    answers=(
        reference_store.quoted.answered_by(store.quoted),
        browser_store.now_theirs.answered_by(store.take_as_own),
    ),
    entry_points={EntryPoint.ASK: ASK},
)
