"""The sections of the menu, in which each capability says what can be done with it now.

Each holds about five things, for whoever can do most: more are a sign that one of them should lead to the others.
"""

from __future__ import annotations

from bot.content.texts import _
from bot.conversation.routes import MenuSection

ORGANISING = MenuSection(10, _("Organise"))
NOW = MenuSection(20, _("Now"))
WORKSHOPS = MenuSection(30, _("Workshops"))
GATHERING = MenuSection(40, _("The gathering"))
ACCOUNT = MenuSection(50, _("My account"))
