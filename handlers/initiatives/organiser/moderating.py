"""Organisers look at reported cards, and take them off or leave them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from bot.content.errors import existing
from bot.content.forms import Form, text
from bot.content.texts import Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from handlers.initiatives.actions import INITIATIVES, MY_CARD
from handlers.initiatives.messages import card_label, card_lines
from handlers.initiatives.model import MOST_REPORTS, InitiativeCard
from handlers.initiatives.store import cards, contacts
from handlers.navigation.actions import BACK
from handlers.navigation.layout import paged

routes = Routes()


class ReasonForm(Form):
    """The form for why a card is taken off, which its author reads."""

    title: ClassVar[Text] = _("Take a card off")
    read_by_others: ClassVar[bool] = True
    reason: str = text(_("Why? Its author reads this."), max_length=300, multiline=True)


def _subject(card: InitiativeCard) -> str:
    return f"initiative:{card.id}"


async def report_to_team(tx: Transaction, card: InitiativeCard, now: datetime) -> None:
    """Tell organisers that somebody reported a card; hide it if enough people have, until the team looks at it."""
    reports = await contacts.reports_about(tx, card.id)
    hidden = reports >= MOST_REPORTS
    if hidden and not card.state:
        await cards.put_state(tx, card.id, "reported")
    heading = (
        _("A card was reported by several people, and is hidden until you look at it:")
        if hidden
        else _("Someone reported a card:")
    )
    if reports == 1 or (hidden and not card.state):
        await _ask(tx, card, heading, now, report=True)


async def ask_to_look(tx: Transaction, card: InitiativeCard, now: datetime) -> None:
    """Ask organisers to look again at a card that is hidden or taken off, because its author changed it."""
    await _ask(tx, card, _("A card that is hidden was changed:"), now)


async def _ask(tx: Transaction, card: InitiativeCard, heading: Text, now: datetime, *, report: bool = False) -> None:
    view = View((Strong(heading), *card_lines(card)), _decisions(card))
    await outbox.notify_organisers(
        tx, view, now, outbox.Telling.NEWS, about=card.id, subject=_subject(card), report=report
    )


def _decisions(card: InitiativeCard) -> tuple[Button, ...]:
    return (
        # L10N: a button: a card that someone reported is shown again, or goes on being shown
        Button(_("Leave it"), leave.to(card.id)),
        # L10N: a button: nobody sees this card any more
        Button(_("Take it off"), take_off.to(card.id), style="danger"),
    )


@routes.press("nol", who=ORGANISER)
async def list_reported(request: Request, page: int = 0) -> Reply:
    """List the cards that were reported, hidden or taken off."""
    found = await cards.reported_cards(request.tx)
    shown, pages = paged(found, page, list_reported.to)
    options = tuple(Option(str(card.id), card_label(card)) for card in shown)
    return reply(
        _("Look at these cards:") if found else _("There is nothing to look at."),
        choice=Choice(look.to(), options, placeholder=_("Whose card?"), listed=True) if options else None,
        buttons=(*pages, INITIATIVES),
    )


@routes.pick("noo", who=ORGANISER, sent_with_press=False)
async def look(request: Request, person: int) -> Reply:
    """Show a card that was reported, with buttons to decide."""
    card = existing(await cards.find_card(request.tx, person))
    reports = await contacts.reports_about(request.tx, person)
    line = _("Taken off.") if card.state == "off" else _n("{count} report", "{count} reports", reports)
    return reply(*card_lines(card), "", line, buttons=(*_decisions(card), INITIATIVES))


@routes.press("nok", who=ORGANISER)
async def leave(request: Request, person: int) -> Reply:
    """Decide that a card is in place: it is shown, and its reports count no more."""
    card = existing(await cards.find_card(request.tx, person))
    await _settle(request, card)
    await cards.put_state(request.tx, card.id, "")
    if card.state == "off":
        await _tell_author(request, card, _("The team shows your card again."))
    return reply(_("It stays where it is."), buttons=(INITIATIVES, BACK))


@routes.form("nof", ReasonForm, who=ORGANISER)
async def take_off(request: Request, form: ReasonForm, person: int) -> Reply:
    """Take a card off, and tell its author why."""
    card = existing(await cards.find_card(request.tx, person))
    await _settle(request, card)
    await cards.put_state(request.tx, card.id, "off")
    taken = _("The team took your card off. Change it, and the team looks at it again. The reason:")
    await _tell_author(request, card, taken, *map(Name, form.reason.splitlines()))
    return reply(_("It is taken off, and its author is told why."), buttons=(INITIATIVES, BACK))


async def _settle(request: Request, card: InitiativeCard) -> None:
    await contacts.settle_reports(request.tx, card.id)
    decided = _("This has already been decided.")
    await message_updates.close_messages(request.tx, _subject(card), decided, request.now)


async def _tell_author(request: Request, card: InitiativeCard, *lines: Span) -> None:
    await outbox.notify(request.tx, card.id, View(lines, (MY_CARD,)), request.now, outbox.Telling.AWAITED)
