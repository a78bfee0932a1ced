"""Declares the capability of initiatives: what people look for and bring, and contacts that change hands."""

from bot.capability import Capability
from handlers.initiatives.personal_data import PERSONAL_DATA
from handlers.initiatives.settings import InitiativeSettings

CAPABILITY = Capability(only_with=InitiativeSettings, personal_data=PERSONAL_DATA)
