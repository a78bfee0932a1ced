"""The capability «ideas»: participants give, read and build on ideas and vote for them; facilitators moderate."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, ScreenPart
from bot.people import reference_store
from handlers.equality.hooks import more_remedies
from handlers.groups.hooks import left_behind
from handlers.ideas import facilitator, organiser, service
from handlers.ideas.answers import ballot, pictured, remedies
from handlers.ideas.participant import card, giving, inspiring, own, voting, wall
from handlers.ideas.personal_data import PERSONAL_DATA
from handlers.ideas.store import files
from handlers.ideas.store.endings import ENDINGS
from handlers.ideas.store.giving import forget_hints
from handlers.ideas.store.quotes import quoted as quoted_ideas
from handlers.navigation import sections
from handlers.navigation.hooks import taken_wrongly
from handlers.workshops import hooks

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
    organiser_routes=(organiser.routes,),
    listeners=(giving.LISTENER,),
    organiser_home=(ScreenPart(65, organiser.offer_names, ORGANISER, sections.WORKSHOPS),),
    chores=(forget_hints,),
    files_in_use=(files.TABLE,),
    personal_data=PERSONAL_DATA,
    endings=ENDINGS,
    answers=(
        reference_store.quoted.answered_by(quoted_ideas),
        reference_store.pictured.answered_by(pictured),
        left_behind.answered_by(service.offer_to_take_along),
        more_remedies.answered_by(remedies),
        hooks.ballot.answered_by(ballot),
        taken_wrongly.answered_by(giving.ask_whether_idea),
    ),
)
