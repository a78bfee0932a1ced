"""The buttons of encounters that more than one module shows."""

from __future__ import annotations

from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go

# L10N: a button: the sessions in which people sit in pairs, with somebody else every few minutes
ENCOUNTERS = Button(_("Encounters"), Go("cafes"))
