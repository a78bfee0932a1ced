"""Reminders of sessions, first meetings and deadlines."""

from bot.capability import Capability
from handlers.reminders import participant, store

CAPABILITY = Capability(
    routes=(participant.routes,),
    chores=(store.forget_old,),
)
