"""One's own accounts and settings, a second account, leaving."""

from bot.capability import Capability
from bot.people import claims
from handlers.account import accounts, leaving, linking, preferences

CAPABILITY = Capability(
    routes=(
        preferences.routes,
        accounts.routes,
        linking.routes,
        leaving.routes,
    ),
    chores=(claims.forget_old,),
)
