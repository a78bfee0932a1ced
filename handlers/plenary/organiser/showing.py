"""The organisers' screens about the screen for the wall: its link and QR code, the walls that show it, the captions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit

from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Link, Strong, Text, _, _n
from bot.content.views import NOBODY, Button, Picture, Reply, reply
from bot.conversation import display_store, displays
from bot.conversation.preloading import Perform
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.drawing.qr import qr_png
from handlers.plenary.actions import PLENARIES, OpenPlenary, OpenScreen, open_screen_button
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.organiser.changing import find
from handlers.plenary.service.conducting import SCREEN
from handlers.plenary.service.preparing import rooms_of_round
from handlers.plenary.store import plenaries

routes = Routes()

_LONGEST_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class ScreenLink:
    """A new link to a screen, not stored yet: its secret, its address, and its QR code as a picture (PNG)."""

    secret: str
    address: str
    picture: bytes


async def _make_link(_perform: Perform, *, settings: Settings) -> ScreenLink:
    """Make a link, and draw its QR code in a thread: that takes longer than a transaction may."""
    secret = display_store.new_secret()
    address = displays.address_of(settings, secret)
    return ScreenLink(secret, address, await asyncio.to_thread(qr_png, address))


class CaptionsForm(Form):
    """The form for the address of live captions, which another service writes while people speak."""

    title: ClassVar[Text] = _("Captions")
    address: str = text(
        _("The captions' address (https://…)"),
        max_length=_LONGEST_ADDRESS,
        required=False,
        hint=_("People who follow remotely get it as a link. Leave it empty for none."),
    )


@routes.press(OpenScreen, who=ORGANISER)
async def open_screen(request: Request, plenary: int) -> Reply:
    """Create a new link to the screen of a plenary, and show the link with its QR code in a message below."""
    state = await find(request, plenary)
    if not request.settings.web.public_url:
        raise UserError(
            _("The screen needs an address: ask whoever hosts the bot to set public_url in config.toml."),
            buttons=(PLENARIES,),
        )
    link = await request.preload(("screen", state.plenary.id), partial(_make_link, settings=request.settings))
    subject = str(state.plenary.id)
    await display_store.issue(request.tx, SCREEN, subject, None, request.now, link.secret)
    links = await display_store.count_on_walls(request.tx, SCREEN, subject)
    others = _n("{count} link works now.", "{count} links work now.", links)
    return reply(
        # L10N: above the link to the screen that is shown on a wall
        Strong(_("The screen for the wall")),
        Link(link.address, link.address),
        _("Open this link on the projector's computer. It only shows the screen, and works until you revoke it."),
        *((others,) if links > 1 else ()),
        buttons=(Button(_("Show it here"), url=link.address, style="primary"), *_buttons(state)),
        picture=Picture(link.picture, _("QR code of the link to the screen"), _("screen.png"), NOBODY),
        fresh=True,
        secret=True,
    )


def _buttons(state: PlenaryState) -> tuple[Button, ...]:
    plenary = state.plenary
    return (
        # L10N: a button: nobody can open the link to the screen any more
        Button(_("Revoke the links"), revoke_links.to(plenary.id), style="danger"),
        # L10N: a button: the address of captions for people who follow remotely
        Button(_("Captions"), set_captions.to(plenary.id)),
        Button(_("Back to the plenary"), OpenPlenary(plenary.id)),
    )


async def screen_buttons(tx: Transaction, state: PlenaryState) -> tuple[Button, ...]:
    """Return the buttons to open a new screen and, if open walls show something else, to show the plenary on them."""
    subject, beside = str(state.plenary.id), await _other_rooms(tx, state)
    others = await display_store.count_other_walls(tx, SCREEN, subject, beside=beside)
    # L10N: a button: the walls that are open show the plenary from now on
    put_on = (Button(_("Show it on the wall"), put_on_wall.to(state.plenary.id)),) if others else ()
    return (*put_on, open_screen_button(state.plenary.id))


async def _other_rooms(tx: Transaction, state: PlenaryState) -> Sequence[str]:
    """Return the subjects of the screens of the other rooms, in which the same plenary goes on."""
    rooms = await rooms_of_round(tx, state.plenary.round)
    return [str(plenary.id) for plenary in rooms if plenary.ended_at is None and plenary.id != state.plenary.id]


@routes.press("pnzw", who=ORGANISER)
async def put_on_wall(request: Request, plenary: int) -> Reply:
    """Show a plenary, until it ends, on the walls that are open and show something else."""
    state = await find(request, plenary)
    beside = await _other_rooms(request.tx, state)
    walls = await display_store.put_on(request.tx, SCREEN, str(state.plenary.id), beside=beside)
    line = _n("{count} wall shows it now.", "{count} walls show it now.", walls) if walls else _("No wall has changed.")
    return reply(line, buttons=(Button(_("Back to the plenary"), OpenPlenary(state.plenary.id)),))


@routes.press("pnzx", who=ORGANISER)
async def revoke_links(request: Request, plenary: int) -> Reply:
    """Revoke all links to the screen of a plenary; screens opened with them say that the link was revoked."""
    state = await find(request, plenary)
    revoked = await display_store.close(request.tx, SCREEN, str(state.plenary.id), request.now)
    line = (
        _n(
            "{count} link is revoked: it no longer shows anything.",
            "{count} links are revoked: they no longer show anything.",
            revoked,
        )
        if revoked
        else _("There was no link to revoke.")
    )
    back = Button(_("Back to the plenary"), OpenPlenary(state.plenary.id))
    return reply(line, buttons=(open_screen_button(state.plenary.id), back))


# --- captions


async def _present_address(request: Request, plenary: int) -> dict[str, str]:
    return {"address": (await find(request, plenary)).plenary.captions}


@routes.form("pnzc", CaptionsForm, who=ORGANISER, prefill=_present_address)
async def set_captions(request: Request, form: CaptionsForm, plenary: int) -> Reply:
    """Store the address of a plenary's captions, which only people who follow remotely get, as a link."""
    state = await find(request, plenary)
    if form.address and not _is_encrypted(form.address):
        raise Incomplete("address", _("An address that begins with https://, please."))
    await plenaries.set_captions(request.tx, state.plenary.id, form.address)
    line = (
        _("People who follow remotely now have a link to the captions.")
        if form.address
        else _("There are no captions.")
    )
    return reply(
        line,
        buttons=(open_screen_button(state.plenary.id), Button(_("Back to the plenary"), OpenPlenary(state.plenary.id))),
    )


def _is_encrypted(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not any(sign.isspace() for sign in address)
