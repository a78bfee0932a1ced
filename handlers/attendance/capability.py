"""Declares the capability of attendance: who is there, day by day."""

from bot.capability import Capability
from handlers.attendance.personal_data import PERSONAL_DATA

CAPABILITY = Capability(personal_data=PERSONAL_DATA)
