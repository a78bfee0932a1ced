"""A Telegram Bot API server on loopback, with invented people: for tests, rehearsals and benchmarks.

    async with BotApi() as api:
        anna = TelegramUser(api, "Anna", language_code="fr")
        anna.start("invitation")
        assert (await anna.next()).buttons == ("Culture", "CivicTech")

Nothing here leaves the machine, and no chat library is used.
"""

from bot.rehearsal.botapi.chats import SeenMessage, StoredFile, StoredMessage, StoredPress
from bot.rehearsal.botapi.conversation import TelegramConversation, TelegramGroup
from bot.rehearsal.botapi.faults import InjectedFault
from bot.rehearsal.botapi.pace import RateLimits
from bot.rehearsal.botapi.people import TelegramUser
from bot.rehearsal.botapi.server import TOKEN, BotApi
from bot.rehearsal.botapi.updates import Update
from bot.rehearsal.botapi.wire import MethodCall

__all__ = [
    "TOKEN",
    "BotApi",
    "InjectedFault",
    "MethodCall",
    "RateLimits",
    "SeenMessage",
    "StoredFile",
    "StoredMessage",
    "StoredPress",
    "TelegramConversation",
    "TelegramGroup",
    "TelegramUser",
    "Update",
]
