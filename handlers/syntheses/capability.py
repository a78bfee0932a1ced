"""Declares the capability «syntheses»: what groups write in phases — syntheses, challenges, canvas, territory cards."""

from bot.capability import Capability
from bot.people import reference_store
from handlers.ideas.hooks import boxes
from handlers.syntheses import service, store
from handlers.syntheses.membership import AFTER_MEMBERSHIP
from handlers.syntheses.participant import canvas, territory_cards, territory_grid, writing
from handlers.syntheses.personal_data import PERSONAL_DATA
from handlers.workshops.hooks import is_unwritten, starting_point, unwritten_runs, what_is_written

CAPABILITY = Capability(
    routes=(
        writing.routes,
        canvas.routes,
        territory_cards.routes,
        territory_grid.routes,
    ),
    personal_data=PERSONAL_DATA,
    after_membership=AFTER_MEMBERSHIP,
    answers=(
        reference_store.quoted.answered_by(store.quoted),
        boxes.answered_by(territory_cards.boxes),
        starting_point.answered_by(service.starting_point),
        is_unwritten.answered_by(service.is_unwritten),
        unwritten_runs.answered_by(store.unwritten_runs),
        what_is_written.answered_by(service.what_is_written),
    ),
)
