"""Invitations: a file of those not printed yet, and a new one for someone; each shown once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot import inviting
from bot.actions import Action
from bot.domain.participants import Participant
from bot.errors import Stale
from bot.inviting import HEADINGS, issue_invitations, rows, telegram_username
from bot.routes import ORGANISER, Request, Routes
from bot.sheets import write_csv
from bot.storage import participants
from bot.texts import Link, Name, Span, Strong, _, _n
from bot.views import Button, File, Reply, reply
from handlers.organising.layout import BACK, back_to

routes = Routes()


@dataclass(frozen=True, slots=True)
class ShowInvitations(Action):
    """Show how many invitations are printed."""

    code: ClassVar[str] = "oi"


@dataclass(frozen=True, slots=True)
class Print(Action):
    """Issue the invitations not printed yet."""

    code: ClassVar[str] = "oip"


@dataclass(frozen=True, slots=True)
class AskToRenew(Action):
    """Ask before someone's invitation is made anew."""

    code: ClassVar[str] = "oin"
    person: int


@dataclass(frozen=True, slots=True)
class Renew(Action):
    """Make someone's invitation anew."""

    code: ClassVar[str] = "oiy"
    person: int


@routes.action(ShowInvitations, who=ORGANISER)
async def show_invitations(request: Request, _action: ShowInvitations) -> Reply:
    """Printed and not yet, and the button that prints."""
    printed, unprinted = await inviting.counts(request.tx)
    make = (Button(_("Make the file"), Print(), style="primary"),) if unprinted else ()
    return reply(
        _(
            "Invitations made and not used yet: {printed}. Still to make: {unprinted}.",
            printed=printed,
            unprinted=unprinted,
        ),
        _("The file holds everyone's way in. It is made once: keep it, and send each line to its person only."),
        buttons=(*make, BACK),
    )


@routes.action(Print, who=ORGANISER)
async def print_invitations(request: Request, _action: Print) -> Reply:
    """The file, for a mail merge or for printing."""
    username = await telegram_username(request.tx)
    made = await issue_invitations(request.tx, request.settings, request.now, bot_username=username)
    if not made:
        return reply(_("Every invitation is made already. You can renew someone's from their card."), buttons=(BACK,))
    return reply(
        _n("{count} invitation. It is not shown again.", "{count} invitations. They are not shown again.", len(made)),
        file=File("invitations.csv", write_csv(rows(made), HEADINGS), "text/csv"),
        buttons=(BACK,),
        fresh=True,
        secret=True,
    )


async def _person(request: Request, participant_id: int) -> Participant:
    person = await participants.find(request.tx, participant_id)
    if person is None:
        raise Stale
    return person


@routes.action(AskToRenew, who=ORGANISER)
async def ask_to_renew(request: Request, action: AskToRenew) -> Reply:
    """What a new invitation does to the earlier one."""
    person = await _person(request, action.person)
    return reply(
        _("A new invitation for {name}? The earlier one stops working.", name=Strong(Name(person.name))),
        buttons=(Button(_("New invitation"), Renew(person.id), style="primary"), *back_to(person.id)),
    )


@routes.action(Renew, who=ORGANISER)
async def renew(request: Request, action: Renew) -> Reply:
    """The ways in, shown once."""
    person = await _person(request, action.person)
    username = await telegram_username(request.tx)
    made = await issue_invitations(request.tx, request.settings, request.now, bot_username=username, renew=person.ref)
    invitation = made[0]
    lines: list[Span] = [
        _("{name}'s invitation. It is not shown again.", name=Name(invitation.name)),
        _("Code: {code}", code=Strong(invitation.code)),
    ]
    if invitation.telegram_link:
        lines.append(_("On Telegram: {link}", link=Link(invitation.telegram_link, invitation.telegram_link)))
    if invitation.page_link:
        lines.append(_("In a browser: {link}", link=Link(invitation.page_link, invitation.page_link)))
    return reply(*lines, buttons=back_to(person.id), fresh=True, secret=True)
