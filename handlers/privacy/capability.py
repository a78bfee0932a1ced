"""Declares the capability of privacy: what is stored about a person, getting a copy, and being erased."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go, menu_part
from handlers.navigation import sections
from handlers.privacy import organiser, participant, schedule, topics

CAPABILITY = Capability(
    topics=(topics.DATA,),
    routes=(participant.routes,),
    organiser_routes=(organiser.routes,),
    sources=schedule.sources,
    menu=(menu_part(sections.ACCOUNT, 20, Button(_("Privacy"), Go("confidentialite"))),),
)
