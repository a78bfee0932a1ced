"""Declares the capability of reminders: of sessions, of groups' first meetings, and of deadlines."""

from bot.capability import Capability
from bot.conversation.routes import ScreenPart, menu_part
from handlers.navigation import sections
from handlers.reminders import participant, store, topics
from handlers.reminders.personal_data import PERSONAL_DATA
from handlers.reminders.reminders import DAYS
from handlers.reminders.schedule import Reminders

CAPABILITY = Capability(
    topics=(topics.MY_REMINDERS,),
    routes=(participant.routes,),
    home=(ScreenPart(70, participant.offer_reminders),),
    menu=(menu_part(sections.GATHERING, 20, participant.REMINDERS, when=participant.reminded),),
    sources=lambda settings, subjects: (Reminders(settings, subjects),),
    chores=(store.forget_old_reminders,),
    reminders=(DAYS,),
    personal_data=PERSONAL_DATA,
)
