"""Declares the capability of a person's own accounts and settings, linking a second account, and leaving."""

from bot.capability import Capability
from bot.conversation.routes import ScreenPart, menu_part
from bot.membership import letters
from bot.membership.accounts import MINE
from bot.membership.browsers import tell_of_untold
from bot.people import participant_store
from handlers.account import topics
from handlers.account.actions import SETTINGS
from handlers.account.content import write_code
from handlers.account.participant import accounts, addresses, browsers, leaving, linking, preferences
from handlers.navigation import sections

CAPABILITY = Capability(
    answers=(participant_store.reachable_again.answered_by(tell_of_untold),),
    topics=(
        topics.LANGUAGE,
        topics.LEAVE,
    ),
    routes=(
        preferences.routes,
        addresses.routes,
        accounts.routes,
        browsers.routes,
        linking.routes,
        leaving.routes,
    ),
    letters={letters.ADDRESS: write_code},
    home=(
        ScreenPart(10, leaving.offer_return),
        ScreenPart(28, preferences.offer_to_be_told),
    ),
    menu=(
        menu_part(sections.NOW, 0, leaving.COMING_AFTER_ALL, when=leaving.has_left),
        menu_part(sections.ACCOUNT, 10, SETTINGS, MINE),
        menu_part(sections.ACCOUNT, 30, leaving.NOT_COMING, when=leaving.may_leave),
    ),
)
