"""The organisers' screen: where the gathering stands, and the way to everything they do."""

from __future__ import annotations

from bot.content.errors import UserError
from bot.content.texts import _
from bot.content.views import Reply, reply
from bot.conversation.routes import ANYONE, ORGANISER, Request, Routes
from handlers.navigation.assembling import assemble

routes = Routes()


@routes.command(
    "organiser",
    _("For the organisers"),
    names={"en": "organise", "de": "organisieren"},
    who=ANYONE,
    said=_("organise, organize"),
)
async def organise(request: Request) -> Reply:
    """Where the gathering stands; whoever does not organise reads so, with the way to become an organiser."""
    view = await assemble(request, request.shared.organiser_home)
    if not request.may(ORGANISER):
        raise UserError(
            _("This is for the organisers. A question? Write to the team with /equipe."), buttons=view.buttons
        )
    return reply(*view.lines, buttons=view.buttons, who=ORGANISER)
