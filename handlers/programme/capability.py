"""The programme: read, kept in a calendar, edited, imported."""

from bot.capability import Capability
from handlers.programme import adding, editing, importing, organiser, participant, store
from handlers.programme.calendar_entries import calendar_entry
from handlers.programme.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        organiser.routes,
        adding.routes,
        editing.routes,
        importing.routes,
    ),
    chores=(store.forget_old,),
    personal_data=PERSONAL_DATA,
    calendar=calendar_entry,
)
