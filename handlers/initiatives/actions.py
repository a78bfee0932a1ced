"""The buttons to one's own card and contacts, which other capabilities show too."""

from __future__ import annotations

from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go

# L10N: a button: what my initiative looks for and brings, and how to reach me
INITIATIVE = Button(_("My initiative"), Go("initiative"))
# L10N: a button: the people with whom I keep in touch
CONTACTS = Button(_("My contacts"), Go("contacts"))
