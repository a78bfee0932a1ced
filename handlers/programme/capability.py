"""The programme: read, kept in a calendar, edited, imported."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, ScreenPart, fixed_part
from handlers.navigation import sections
from handlers.programme import adding, editing, importing, organiser, participant, store
from handlers.programme.calendar_entries import CALENDAR
from handlers.programme.personal_data import PERSONAL_DATA
from handlers.programme.reminders import MEETINGS, SESSIONS
from handlers.programme.service import PROGRAMME

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        organiser.routes,
        adding.routes,
        editing.routes,
        importing.routes,
    ),
    chores=(store.forget_old,),
    help=(fixed_part(20, PROGRAMME),),
    organiser_home=(ScreenPart(40, organiser.name_next, ORGANISER, sections.PROGRAMME, organiser.programme_to_bring),),
    reminders=(MEETINGS, SESSIONS),
    personal_data=PERSONAL_DATA,
    calendar=CALENDAR,
)
