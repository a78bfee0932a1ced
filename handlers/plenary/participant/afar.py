"""The personal screen for people who are not in the room: what the wall shows, a form for questions, and captions."""

from __future__ import annotations

from bot.content.errors import Stale, UserError
from bot.content.texts import Link, _
from bot.content.views import Button, Reply, reply
from bot.conversation import displays
from bot.conversation.routes import Request, Routes
from handlers.navigation.actions import HOME
from handlers.plenary.actions import STAGE
from handlers.plenary.service.conducting import SCREEN
from handlers.plenary.store.plenaries import find_state

routes = Routes()


@routes.press("pnf")
async def follow_from_afar(request: Request, plenary: int) -> Reply:
    """Create a person's own link to the screen of a plenary, and send it.

    The link replaces the person's earlier one. Questions asked through it are stored as the person's.
    """
    if await find_state(request.tx, plenary) is None:
        raise Stale
    address = await displays.issue_link(
        request.tx,
        request.settings,
        SCREEN,
        str(plenary),
        request.now,
        participant_id=request.participant.id,
    )
    if address is None:
        raise UserError(
            _("There is no screen to follow remotely. Follow the stage here in the chat."), buttons=(STAGE, HOME)
        )
    return reply(
        Link(address, address),
        _("Follow the stage and ask your questions on this page. The link is yours alone: keep it to yourself."),
        # L10N: a button: opens the screen that one follows remotely
        buttons=(Button(_("Open it"), url=address, style="primary"), STAGE, HOME),
        fresh=True,
        secret=True,
    )
