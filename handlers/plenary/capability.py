"""Declares the capability «plenary»: every group on stage, its clock, and what the audience asks and says."""

from bot.capability import Capability
from bot.conversation.routes import FACILITATOR, ORGANISER, MenuPart, ScreenPart, menu_part
from bot.people.browser_store import now_theirs
from bot.people.reference_store import quoted
from handlers.equality.hooks import more_remedies, more_steps, more_tied_people
from handlers.navigation import sections
from handlers.plenary.actions import PLENARIES, STAGE
from handlers.plenary.answers import remedies, sheets, steps, travels
from handlers.plenary.displays.wall import WALL
from handlers.plenary.membership import AFTER_MEMBERSHIP
from handlers.plenary.organiser import asking, conducting, home, lengths, order, preparing, showing
from handlers.plenary.participant import afar, presenting, questions, room
from handlers.plenary.personal_data import PERSONAL_DATA
from handlers.plenary.schedule import StageClock
from handlers.plenary.service.telling import correct_turns
from handlers.plenary.store.endings import ENDINGS
from handlers.plenary.store.order import tied_people
from handlers.plenary.store.questions import take_as_own
from handlers.plenary.store.quotes import quoted as quoted_words
from handlers.programme.hooks import over_already, session_changed, something_is_on
from handlers.results.hooks import more_sheets
from handlers.syntheses.hooks import needed_too

CAPABILITY = Capability(
    routes=(
        room.routes,
        questions.routes,
        presenting.routes,
        afar.routes,
    ),
    organiser_routes=(
        conducting.routes,
        preparing.routes,
        order.routes,
        lengths.routes,
        asking.routes,
        showing.routes,
    ),
    listeners=(questions.LISTENER,),
    sources=lambda settings, _subjects: (StageClock(settings.gathering),),
    home=(ScreenPart(12, room.offer_stage),),
    group=(ScreenPart(40, presenting.offer_presenters), ScreenPart(45, questions.offer_questions)),
    menu=(
        MenuPart(sections.NOW, 2, room.offer_in_menu),
        menu_part(sections.WORKSHOPS, 20, STAGE, when=presenting.has_groups_to_name, who=FACILITATOR),
        menu_part(sections.NOW, 5, PLENARIES, when=conducting.is_running, who=ORGANISER),
    ),
    organiser_home=(ScreenPart(80, home.offer_plenary, ORGANISER, sections.WORKSHOPS, home.plenary_to_lead),),
    personal_data=PERSONAL_DATA,
    endings=ENDINGS,
    after_membership=AFTER_MEMBERSHIP,
    answers=(
        now_theirs.answered_by(take_as_own),
        quoted.answered_by(quoted_words),
        more_sheets.answered_by(sheets),
        more_steps.answered_by(steps),
        more_remedies.answered_by(remedies),
        more_tied_people.answered_by(tied_people),
        needed_too.answered_by(travels),
        session_changed.answered_by(correct_turns),
        something_is_on.answered_by(room.something_is_on),
        over_already.answered_by(room.over_already),
    ),
    displays=(WALL,),
)
