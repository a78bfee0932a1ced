"""The buttons of initiatives and contacts that messages of more than one module show."""

from __future__ import annotations

from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go

CONTACTS = Button(_("My contacts"), Go("contacts"))
DIRECTORY = Button(_("The directory"), Go("annuaire"))
MY_CARD = Button(_("My initiative"), Go("initiative"))
