"""Declares the capability of attendance: who is there, day by day, and the badges by which people are found."""

from bot.capability import Capability
from bot.conversation.routes import FACILITATOR, ScreenPart, menu_part
from handlers.attendance import facilitator, participant, topics
from handlers.attendance.organiser import badges, by_group, by_name, by_theme, days, marking, newcomers
from handlers.attendance.personal_data import PERSONAL_DATA
from handlers.navigation import sections

CAPABILITY = Capability(
    topics=(topics.MY_BADGE,),
    routes=(participant.routes,),
    organiser_routes=(
        days.routes,
        by_theme.routes,
        by_group.routes,
        by_name.routes,
        marking.routes,
        newcomers.routes,
        badges.routes,
    ),
    home=(ScreenPart(16, facilitator.offer_attendance, FACILITATOR),),
    menu=(menu_part(sections.GATHERING, 25, participant.BADGE, when=participant.has_badge),),
    offline=("badge",),
    personal_data=PERSONAL_DATA,
)
