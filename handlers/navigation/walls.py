"""Screens by which organisers open a wall (a display on a projector), show something on it, and revoke its links."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.texts import Link, Strong, _, _n
from bot.content.views import NOBODY, Button, Picture, Reply, reply
from bot.conversation import display_store, displays
from bot.conversation.preloading import Perform
from bot.conversation.routes import Request, Transaction
from bot.drawing.qr import qr_png


@dataclass(frozen=True, slots=True)
class WallLink:
    """A new link to a wall, not stored yet: its secret, its address, and its QR code as a picture (PNG)."""

    secret: str
    address: str
    picture: bytes


async def _make_link(_perform: Perform, *, settings: Settings) -> WallLink:
    """Make a link, and draw its QR code in a thread: that takes longer than a transaction may."""
    secret = display_store.new_secret()
    address = displays.address_of(settings, secret)
    return WallLink(secret, address, await asyncio.to_thread(qr_png, address))


async def open_wall(request: Request, kind: str, subject: str, *buttons: Button) -> Reply:
    """Create a new link to a display on a wall, and show the link with its QR code in a message below.

    `kind` and `subject` say which display; `buttons` follow. Raises UserError, with the last button, if pages have no
    address.
    """
    if not request.settings.web.public_url:
        raise UserError(
            _("The screen needs an address: ask whoever hosts the bot to set public_url in config.toml."),
            buttons=buttons[-1:],
        )
    link = await request.preload(("wall", kind, subject), partial(_make_link, settings=request.settings))
    await display_store.issue(request.tx, kind, subject, None, request.now, link.secret)
    links = await display_store.count_on_walls(request.tx, kind, subject)
    others = _n("{count} link works now.", "{count} links work now.", links)
    return reply(
        # L10N: above the link to the screen that is shown on a wall
        Strong(_("The screen for the wall")),
        Link(link.address, link.address),
        _("Open this link on the projector's computer. It only shows the screen, and works until you revoke it."),
        *((others,) if links > 1 else ()),
        buttons=(Button(_("Show it here"), url=link.address, style="primary"), *buttons),
        picture=Picture(link.picture, _("QR code of the link to the screen"), _("screen.png"), NOBODY),
        fresh=True,
        secret=True,
    )


async def wall_buttons(
    tx: Transaction, kind: str, subject: str, show: Action, open_screen: Action, *, beside: Iterable[str] = ()
) -> tuple[Button, ...]:
    """Return the buttons to open a new wall and, if open walls show something else, to `show` this display on them.

    `kind` and `subject` say which display. The walls of `beside`, subjects in other rooms, are left alone.
    """
    others = await display_store.count_other_walls(tx, kind, subject, beside=beside)
    # L10N: a button: the walls that are open show the plenary, or the encounters, from now on
    put_on = (Button(_("Show it on the wall"), show),) if others else ()
    # L10N: a button: shows the link to the screen for the wall
    return (*put_on, Button(_("Open the screen"), open_screen))


async def show_on_walls(
    request: Request, kind: str, subject: str, *buttons: Button, beside: Iterable[str] = ()
) -> Reply:
    """Show a display, until it ends, on the walls that are open and show something else; `buttons` follow."""
    walls = await display_store.put_on(request.tx, kind, subject, beside=beside)
    line = _n("{count} wall shows it now.", "{count} walls show it now.", walls) if walls else _("No wall has changed.")
    return reply(line, buttons=buttons)


async def revoke_walls(request: Request, kind: str, subject: str, *buttons: Button) -> Reply:
    """Revoke all links to a display; walls opened with them say that the link was revoked. `buttons` follow.

    Walls that were opened for something else show that again.
    """
    revoked = await display_store.close(request.tx, kind, subject, request.now)
    line = (
        _n(
            "{count} link is revoked: it no longer shows anything.",
            "{count} links are revoked: they no longer show anything.",
            revoked,
        )
        if revoked
        else _("There was no link to revoke.")
    )
    return reply(line, buttons=buttons)
