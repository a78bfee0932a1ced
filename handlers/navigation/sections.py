"""The sections of the organisers' screen and of the menu, which each part of these screens names."""

from __future__ import annotations

from bot.content.texts import _
from bot.conversation.routes import ScreenSection

# L10N: a section of the organisers' screen
PEOPLE = ScreenSection(10, "people", _("People"))
GROUPS = ScreenSection(20, "groups", _("Groups"))
PROGRAMME = ScreenSection(30, "programme", _("Programme"))
WORKSHOPS = ScreenSection(40, "workshops", _("Workshops"), stays=True)
# L10N: a section of the organisers' screen
MESSAGES = ScreenSection(50, "messages", _("Messages"), stays=True)
# L10N: a section of the organisers' screen
TEAM = ScreenSection(60, "team", _("Team"))
"""The last section of the organisers' screen; the sections above it are the others, in order."""

ORGANISING = ScreenSection(10, "organising", _("Team"))
# L10N: a section of the menu: what can be done in the workshops at this moment
NOW = ScreenSection(20, "now", _("Now"))
GATHERING = ScreenSection(50, "gathering", _("The gathering"))
# L10N: a section of the menu: asking the organisers, and what one asked
QUESTIONS = ScreenSection(52, "questions", _("Questions"))
# L10N: a section of the menu: trusted people, emergencies
SAFETY = ScreenSection(55, "safety", _("Safety"))
ACCOUNT = ScreenSection(60, "account", _("My account"))
"""The last section of the menu; the sections above it are the others, in order.

A section should have three buttons at most for participants: with the way back, so many are in sight.
"""
