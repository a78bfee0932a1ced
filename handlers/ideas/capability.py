"""The capability «ideas»: participants give, read and build on ideas and vote for them; facilitators moderate."""

from bot.capability import Capability
from handlers.groups.hooks import left_behind
from handlers.ideas import facilitator, service, store
from handlers.ideas.participant import card, giving, inspiring, own, voting, wall
from handlers.ideas.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(
        giving.routes,
        own.routes,
        wall.routes,
        card.routes,
        voting.routes,
        inspiring.routes,
    ),
    facilitator_routes=(facilitator.routes,),
    chores=(store.forget_hints,),
    files_in_use=(store.TABLE,),
    personal_data=PERSONAL_DATA,
    answers=(left_behind.answered_by(service.offer_to_take_along),),
)
