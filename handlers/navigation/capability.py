"""Declares the capability of what screens of several capabilities share, and of the organisers' recent changes."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import ORGANISER, fixed_part
from handlers.navigation import changes, sections

CAPABILITY = Capability(
    organiser_routes=(changes.routes,),
    organiser_home=(
        fixed_part(110, Button(_("Recent changes"), changes.RecentChanges()), who=ORGANISER, section=sections.TEAM),
    ),
)
