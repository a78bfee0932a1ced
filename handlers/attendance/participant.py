"""The participant's badge, which organisers scan at the door."""

from __future__ import annotations

import asyncio
from functools import partial

from bot.config import setting_store
from bot.content.errors import UserError
from bot.content.texts import Strong, _
from bot.content.views import Button, Picture, Reply, reply
from bot.conversation.preloading import Perform
from bot.conversation.routes import Go, Request, Routes
from bot.drawing.qr import qr_png
from bot.membership.inviting import screen_link
from bot.people.naming import called_with_ref
from handlers.attendance.organiser.badges import scan_badge
from handlers.attendance.store import badges
from handlers.navigation.actions import HOME

routes = Routes()

BADGE = Button(_("My badge"), Go("badge"))


@routes.command(
    "badge",
    _("Your badge for the door"),
    names={"en": "badge", "de": "ausweis"},
    plain_words=_("badge, my badge, QR code, my QR code"),
)
async def show_badge(request: Request) -> Reply:
    """Show the QR code that organisers scan to mark the person present. Nobody else can use or forge the code."""
    request.require_owner()
    person = request.participant
    scanned = scan_badge.to(person.id, await badges.fingerprint_of(request.tx, person.id)).encode()
    link = screen_link(request.settings, await setting_store.telegram_username(request.tx), scanned)
    if not person.takes_part or link is None:
        raise UserError(_("You need no badge: say your name at the door."), buttons=(HOME,))
    return reply(
        Strong(called_with_ref(person)),
        _("Show this code at the door: the team scans it and marks you present. Nobody else can use it."),
        buttons=(HOME,),
        picture=Picture(
            await request.preload(("badge", link), partial(_draw_badge, link=link)),
            _("Your badge"),
            _("badge.png"),
            frozenset({person.id}),
        ),
    )


async def _draw_badge(_perform: Perform, *, link: str) -> bytes:
    """Draw a QR code (PNG) in a thread: that takes longer than a transaction may."""
    return await asyncio.to_thread(qr_png, link)


async def has_badge(request: Request) -> bool:
    """Return whether the menu offers the person's badge, as it does on the gathering's days."""
    gathering = request.settings.gathering
    if not (request.participant.takes_part and gathering.starts <= request.today <= gathering.ends):
        return False
    return bool(request.settings.web.public_url) or await setting_store.telegram_username(request.tx) is not None
