"""Coming in: the list of selected people, invitations, joining, and what organisers correct of a person."""

from bot.capability import Capability
from handlers.registration import (
    editing,
    entering,
    importing_screen,
    imports,
    invitations,
    missing,
    organiser,
    participant,
    reading_lists,
    roles,
)
from handlers.registration.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(participant.routes,),
    organiser_routes=(
        missing.routes,
        organiser.routes,
        editing.routes,
        roles.routes,
        invitations.routes,
        reading_lists.routes,
        importing_screen.routes,
        entering.routes,
    ),
    chores=(imports.forget_old,),
    personal_data=PERSONAL_DATA,
)
