"""The programme: read, kept in a calendar, edited, imported."""

from bot.capability import Capability
from handlers.programme import adding, editing, importing, organiser, participant, store
from handlers.programme.calendar_entries import calendar_entry

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        organiser.routes,
        adding.routes,
        editing.routes,
        importing.routes,
    ),
    chores=(store.forget_old,),
    calendar=calendar_entry,
)
