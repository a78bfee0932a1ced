"""Declares the capability by which organisers change the gathering's colour and logos in chat."""

from bot.capability import Capability
from handlers.appearance.organiser import routes

CAPABILITY = Capability(organiser_routes=(routes,))
