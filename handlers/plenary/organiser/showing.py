"""The organisers' screens about the screen for the wall: its link and QR code, the walls that show it, the captions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from handlers.navigation.walls import open_wall, revoke_walls, show_on_walls, wall_buttons
from handlers.plenary.actions import OpenPlenary, OpenScreen, open_screen_button
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.organiser.changing import find
from handlers.plenary.service.conducting import SCREEN
from handlers.plenary.service.preparing import rooms_of_round
from handlers.plenary.store import plenaries

routes = Routes()

_LONGEST_ADDRESS = 300


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
    return await open_wall(request, SCREEN, str(state.plenary.id), *_buttons(state))


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
    number = state.plenary.id
    beside = await _other_rooms(tx, state)
    return await wall_buttons(tx, SCREEN, str(number), put_on_wall.to(number), OpenScreen(number), beside=beside)


async def _other_rooms(tx: Transaction, state: PlenaryState) -> Sequence[str]:
    """Return the subjects of the screens of the other rooms, in which the same plenary goes on."""
    rooms = await rooms_of_round(tx, state.plenary.round)
    return [str(plenary.id) for plenary in rooms if plenary.ended_at is None and plenary.id != state.plenary.id]


@routes.press("pnzw", who=ORGANISER)
async def put_on_wall(request: Request, plenary: int) -> Reply:
    """Show a plenary, until it ends, on the walls that are open and show something else."""
    state = await find(request, plenary)
    back = Button(_("Back to the plenary"), OpenPlenary(state.plenary.id))
    beside = await _other_rooms(request.tx, state)
    return await show_on_walls(request, SCREEN, str(state.plenary.id), back, beside=beside)


@routes.press("pnzx", who=ORGANISER)
async def revoke_links(request: Request, plenary: int) -> Reply:
    """Revoke all links to the screen of a plenary; screens opened with them say that the link was revoked."""
    state = await find(request, plenary)
    back = Button(_("Back to the plenary"), OpenPlenary(state.plenary.id))
    return await revoke_walls(request, SCREEN, str(state.plenary.id), open_screen_button(state.plenary.id), back)


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
