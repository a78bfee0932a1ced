"""Declares the capability of how the gathering looks: its colour and logos, which organisers change in chat."""

from bot.capability import Capability
from handlers.appearance.organiser import routes

CAPABILITY = Capability(organiser_routes=(routes,))
