"""Declares the capability of questionnaires: private fields, in which organisers keep more about people than the list.

Fields are filled in by imports and by organisers. Those about health have readers, a purpose and an end of their own.
"""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, ScreenPart, menu_part
from bot.people import reference_store
from handlers.navigation import sections
from handlers.questionnaires import organiser, participant, service, store
from handlers.questionnaires.model import HEALTH
from handlers.questionnaires.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(organiser.routes,),
    menu=(menu_part(sections.ORGANISING, 55, participant.HEALTH_ANSWERS, who=HEALTH),),
    organiser_home=(ScreenPart(98, organiser.offer_fields, ORGANISER, sections.PEOPLE),),
    personal_data=PERSONAL_DATA,
    roles=(HEALTH,),
    endings=service.ENDINGS,
    answers=(reference_store.quoted.answered_by(store.quoted),),
)
