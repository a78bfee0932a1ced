"""What is kept about a person, seen and forgotten."""

from bot.capability import Capability
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go, fixed_part
from handlers.privacy import participant

CAPABILITY = Capability(
    routes=(participant.routes,),
    help=(fixed_part(60, Button(_("Privacy"), Go("confidentialite"))),),
)
