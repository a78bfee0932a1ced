"""Ideas: given, read, voted for, built on, moderated."""

from bot.capability import Capability
from handlers.groups.hooks import left_behind
from handlers.ideas import (
    cards,
    file_store,
    inspiring,
    merging,
    moderating,
    opening_store,
    own,
    participant,
    photos,
    service,
    voting,
    wall,
)
from handlers.ideas.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(
        participant.routes,
        photos.routes,
        own.routes,
        wall.routes,
        cards.routes,
        voting.routes,
        inspiring.routes,
    ),
    facilitator_routes=(
        moderating.routes,
        merging.routes,
    ),
    chores=(opening_store.forget_hints,),
    files_in_use=(file_store.TABLE,),
    personal_data=PERSONAL_DATA,
    answers=(left_behind.answered_by(service.along),),
)
