"""Reminders of sessions, first meetings and deadlines."""

from bot.capability import Capability
from handlers.reminders import participant, store
from handlers.reminders.personal_data import PERSONAL_DATA

CAPABILITY = Capability(
    routes=(participant.routes,),
    chores=(store.forget_old,),
    personal_data=PERSONAL_DATA,
)
