"""Declares the capability of the home screen, the menu, the organisers' screen and its statistics."""

from bot.capability import Capability
from bot.content.entry_points import EntryPoint
from bot.conversation.routes import ORGANISER, ScreenPart, menu_part
from handlers.home import organiser, participant, topics
from handlers.navigation import sections
from handlers.navigation.actions import BACK, HOME

CAPABILITY = Capability(
    topics=(
        topics.ROBOT,
        topics.UNCLEAR,
        topics.MISTAKE,
        topics.THANKS,
        topics.HELLO,
    ),
    listeners=topics.LISTENERS,
    routes=(participant.routes,),
    organiser_routes=(organiser.routes,),
    home=(
        ScreenPart(0, participant.name_person),
        ScreenPart(20, participant.organise_first, ORGANISER),
        ScreenPart(44, participant.organise_too, ORGANISER),
    ),
    menu=(
        menu_part(sections.ORGANISING, 0, BACK, who=ORGANISER),
        menu_part(sections.NOW, 90, HOME),
    ),
    entry_points={EntryPoint.HOME: HOME, EntryPoint.ORGANISE: BACK},
    organiser_home=(
        ScreenPart(0, organiser.say_it_is_over, ORGANISER),
        ScreenPart(20, organiser.offer_figures, ORGANISER, sections.PEOPLE),
    ),
)
