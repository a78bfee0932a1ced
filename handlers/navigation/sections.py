"""The sections of the screens that capabilities share: a part names the one it stands in."""

from __future__ import annotations

from bot.content.texts import _
from bot.conversation.routes import ScreenSection

PEOPLE = ScreenSection(10, "people", _("People"))
GROUPS = ScreenSection(20, "groups", _("Groups"))
PROGRAMME = ScreenSection(30, "programme", _("Programme"))
WORKSHOPS = ScreenSection(40, "workshops", _("Workshops"))
MESSAGES = ScreenSection(50, "messages", _("Messages"))
TEAM = ScreenSection(60, "team", _("Team"))
"""What organisers look after, in the order of their screen."""
