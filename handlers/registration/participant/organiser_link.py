"""Makes a person an organiser by a link that works only once, or by its code on platforms without links."""

from __future__ import annotations

from typing import ClassVar

from bot.content.forms import Form, text
from bot.content.texts import Strong, Text, _
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ANYONE, ORGANISER, Go, Request, Routes
from bot.membership import accounts
from bot.people import participant_store, secret_store
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.account.messages import answer_code
from handlers.registration.messages import WRONG_CODE

routes = Routes()


class OrganiserCodeForm(Form):
    """The form for the code of an organiser's link."""

    title: ClassVar[Text] = _("An organiser's code")
    codes: ClassVar[bool] = True
    invitation: str = text(_("Your code"), max_length=60, hint=_("26 characters: what follows «o-» in your link"))


@routes.press("o", who=ANYONE, linkable=True)
async def become_organiser(request: Request, invitation: str) -> Reply:
    """Make the person who opened an organiser's link an organiser."""
    if request.person and request.person.organises:
        return _greet(request.person)
    return await answer_code(request, lambda: _open(request, invitation), again=enter_code.to(), refusal=WRONG_CODE)


@routes.form("oo", OrganiserCodeForm, who=ANYONE)
async def enter_code(request: Request, form: OrganiserCodeForm) -> Reply:
    """Make the person who typed an organiser's code an organiser."""
    return await become_organiser(request, form.invitation.removeprefix("o-"))


async def offer_code(request: Request) -> View:
    """Return the part of a screen with a button to enter an organiser's code; an empty View for organisers."""
    offered = () if request.may(ORGANISER) else (Button(_("I have an organiser's code"), enter_code.to()),)
    return View((), offered)


async def _open(request: Request, code: str) -> Reply | None:
    secret = await secret_store.find(request.tx, "organiser", code, request.now)
    if secret is None or secret.used or secret.expired:
        return None
    invited = await participant_store.find(request.tx, secret.participant_id)
    return await _take_in(request, secret, invited) if invited else None


async def _take_in(request: Request, secret: secret_store.Secret, invited: Participant) -> Reply:
    """Make the person who uses the account an organiser.

    That is the person to whom the account already belongs, or else `invited`, the one for whom the link was made.
    """
    known = request.person
    account = request.account if known else await accounts.attach(request.tx, request.account, invited.id, request.now)
    await secret_store.use(request.tx, secret, account.id, request.now)
    person = known or invited
    await participant_store.set_organises(request.tx, person.id, True)
    if known is None:
        await participant_store.join(request.tx, invited.id, request.now)
        await secret_store.keep(request.tx, invited.id, "page")
    elif known.id != invited.id:
        await participant_store.remove(request.tx, [invited.id])  # a name to be invited by, whom nobody will ever be
    return _greet(person)


def _greet(person: Participant) -> Reply:
    return reply(
        _("Welcome to the team, {name}.", name=Strong(called(person, "given"))),
        _("From here you can see and change everything. Every change can be undone for ten minutes."),
        buttons=(Button(_("Organise"), Go("organiser"), style="primary"),),
    )
