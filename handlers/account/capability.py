"""One's own accounts and settings, a second account, leaving."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go, ScreenPart, fixed_part
from handlers.account import accounts, leaving, linking, preferences

CAPABILITY = Capability(
    routes=(
        preferences.routes,
        accounts.routes,
        linking.routes,
        leaving.routes,
    ),
    home=(
        ScreenPart(10, leaving.offer_return),
        ScreenPart(60, preferences.offer_to_be_told),
    ),
    help=(
        fixed_part(30, preferences.SETTINGS),
        fixed_part(50, Button(_("Add another account"), Go("lier"))),
    ),
)
