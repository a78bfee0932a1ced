"""Declares the capability of initiatives: cards on what people look for and bring, and contacts that they exchange."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, fixed_part, menu_part
from bot.people import reference_store
from handlers.initiatives import organiser
from handlers.initiatives.actions import CONTACTS, DIRECTORY, MY_CARD
from handlers.initiatives.displays import WALL
from handlers.initiatives.participant import card, contacts, directory
from handlers.initiatives.personal_data import PERSONAL_DATA
from handlers.initiatives.schedule import ClosingMessage
from handlers.initiatives.settings import InitiativeSettings
from handlers.initiatives.store import cards
from handlers.initiatives.store.endings import ENDINGS
from handlers.navigation import sections

CAPABILITY = Capability(
    only_with=InitiativeSettings,
    routes=(card.routes, directory.routes, contacts.routes),
    organiser_routes=(organiser.routes,),
    sources=lambda settings, _subjects: (ClosingMessage(settings),),
    menu=(menu_part(sections.GATHERING, 17, DIRECTORY, MY_CARD, CONTACTS, when=card.may_write),),
    organiser_home=(fixed_part(30, organiser.INITIATIVES, who=ORGANISER, section=sections.PEOPLE),),
    personal_data=PERSONAL_DATA,
    displays=(WALL,),
    endings=ENDINGS,
    answers=(reference_store.quoted.answered_by(cards.quoted),),
)
