"""The capability «themes»: participants choose a theme or wait for one, and organisers edit themes."""

from bot.capability import Capability
from bot.conversation.routes import ORGANISER, MenuPart, ScreenPart
from handlers.navigation import sections
from handlers.themes import participant, store, topics
from handlers.themes.membership import AFTER_MEMBERSHIP
from handlers.themes.organiser import deadline, editing, placing
from handlers.themes.personal_data import PERSONAL_DATA
from handlers.themes.reminders import DEADLINE

CAPABILITY = Capability(
    topics=(
        topics.THEME,
        topics.CHANGE_THEME,
        topics.SIGN_UP,
    ),
    routes=(participant.routes,),
    organiser_routes=(
        editing.routes,
        deadline.routes,
        placing.routes,
    ),
    home=(ScreenPart(50, participant.show_choice),),
    menu=(
        MenuPart(sections.NOW, 20, participant.offer_to_choose),
        MenuPart(sections.WORKSHOPS, 30, participant.offer_to_change),
    ),
    organiser_home=(ScreenPart(40, editing.count_seats, ORGANISER, sections.GROUPS),),
    reminders=(DEADLINE,),
    personal_data=PERSONAL_DATA,
    claims=(store.CLAIMED,),
    after_membership=AFTER_MEMBERSHIP,
)
