"""Declares the capability of practical information, which people read and which answers many questions."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, MenuPart, ScreenPart
from bot.conversation.sent_tables import forms_for_tables
from handlers.navigation import sections
from handlers.practical import answers, participant, store
from handlers.practical.organiser import editing, importing, preparing, printing, publishing
from handlers.practical.personal_data import PERSONAL_DATA
from handlers.registration.hooks import gathering_address
from handlers.results.hooks import more_sheets
from handlers.team.hooks import answer_first

CAPABILITY = Capability(
    topics=(participant.SECTIONS,),
    routes=(participant.routes,),
    organiser_routes=(editing.routes, importing.routes, preparing.routes, printing.routes, publishing.routes),
    chores=(store.forget_old,),
    menu=(MenuPart(sections.GATHERING, 20, participant.offer_information),),
    organiser_home=(ScreenPart(60, editing.count_self_answered, ORGANISER, sections.MESSAGES),),
    to_prepare=preparing.TO_PREPARE,
    offline=(participant.all_to_read,),
    files_in_use=(store.FILES,),
    personal_data=PERSONAL_DATA,
    answers=(
        answer_first.answered_by(participant.answer_first),
        more_sheets.answered_by(answers.sheets),
        gathering_address.answered_by(answers.address),
        forms_for_tables.answered_by(importing.offer_form),
    ),
)
