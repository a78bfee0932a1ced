"""Declares the capability of initiatives: what people look for and bring, and contacts that change hands."""

from bot.capability import Capability
from bot.conversation.routes import menu_part
from bot.people import reference_store
from handlers.initiatives import participant
from handlers.initiatives.actions import CONTACTS, INITIATIVE
from handlers.initiatives.personal_data import PERSONAL_DATA
from handlers.initiatives.settings import InitiativeSettings
from handlers.initiatives.store import cards
from handlers.navigation import sections

CAPABILITY = Capability(
    only_with=InitiativeSettings,
    routes=(participant.routes,),
    menu=(
        menu_part(sections.GATHERING, 17, INITIATIVE, when=participant.takes_part),
        menu_part(sections.GATHERING, 18, CONTACTS, when=participant.has_contacts),
    ),
    personal_data=PERSONAL_DATA,
    answers=(reference_store.quoted.answered_by(cards.quoted),),
)
