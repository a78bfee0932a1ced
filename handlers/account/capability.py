"""One's own accounts and settings, a second account, leaving."""

from bot.capability import Capability
from handlers.account import accounts, leaving, linking, preferences, store

CAPABILITY = Capability(
    routes=(
        preferences.routes,
        accounts.routes,
        linking.routes,
        leaving.routes,
    ),
    chores=(store.forget_old,),
)
