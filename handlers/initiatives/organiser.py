"""The organisers' screens of initiatives: counting cards, reminding people, printing, walls, and moderating."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from bot.config import setting_store
from bot.content.errors import UserError, existing
from bot.content.forms import Form, text
from bot.content.texts import Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, File, JobRequest, Option, Reply, View, reply, reply_with_job
from bot.conversation import display_store
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox, outbox_store
from bot.people.participants import Participant
from handlers.initiatives import service
from handlers.initiatives.actions import MY_CARD
from handlers.initiatives.displays import ALL, SCREEN
from handlers.initiatives.drawing import draw_print, read_cards
from handlers.initiatives.messages import card_label, card_lines
from handlers.initiatives.model import MOST_REPORTS, InitiativeCard
from handlers.initiatives.store import cards, contacts
from handlers.navigation.actions import BACK
from handlers.navigation.layout import paged
from handlers.navigation.walls import open_wall, revoke_walls, show_on_walls, wall_buttons

routes = Routes()

_CHANGED = ":changed"
_REMINDED = "initiatives_reminded_at"
_ASKED_AGAIN = timedelta(minutes=10)
"""The shortest time between two messages that a hidden card was changed: each shows the card as it is when read."""


class ReasonForm(Form):
    """The form for the reason why a card is taken off; the author of the card reads it."""

    title: ClassVar[Text] = _("Take a card off")
    read_by_others: ClassVar[bool] = True
    reason: str = text(_("Why? Its author reads this."), max_length=300, multiline=True)


@routes.press("no", who=ORGANISER)
async def show_overview(request: Request) -> Reply:
    """Show how many people show a card, with buttons to remind the others, print cards, and show them on walls."""
    shown, joined = await cards.count_turnout(request.tx)
    reported = len(await cards.reported_cards(request.tx))
    reminded = await setting_store.get(request.tx, _REMINDED) is not None
    buttons: list[Button] = []
    if reported:
        buttons.append(Button(_("Reported cards: {count}", count=reported), list_reported.to(0), style="danger"))
    if shown < joined and not reminded:
        buttons.append(Button(_("Send a reminder"), remind.ask.to(), style="primary"))
    if shown:
        # L10N: buttons: files (PDF) with everybody's cards, one a page to hang up, or all in a booklet
        buttons += (
            Button(_("Print posters"), print_cards.to("posters")),
            Button(_("Print the booklet"), print_cards.to("booklet")),
        )
        if await display_store.count_on_walls(request.tx, SCREEN, ALL):
            buttons.append(Button(_("Take it off the wall"), change_walls.to("off")))
        buttons += await wall_buttons(request.tx, SCREEN, ALL, change_walls.to("show"), change_walls.to("open"))
    return reply(
        Strong(_("Initiatives")),
        _("Cards shown: {shown} of {joined}.", shown=shown, joined=joined),
        *((_("The others were reminded."),) if reminded else ()),
        buttons=(*buttons, BACK),
    )


INITIATIVES = Button(_("Initiatives"), show_overview.to())


async def _sure_to_remind(request: Request) -> Question:
    people = await cards.people_without(request.tx)
    line = _n(
        "Remind {count} person who shows no card? This can be done once.",
        "Remind {count} people who show no card? This can be done once.",
        len(people),
    )
    return Question(line, yes=_("Yes, remind them"), back=(INITIATIVES,), style="primary")


@routes.press("nory", who=ORGANISER, first=Asks("nor", _sure_to_remind))
async def remind(request: Request) -> Reply:
    """Remind everyone who shows no card. Raises UserError if an organiser did so before: people are reminded once."""
    if await setting_store.get(request.tx, _REMINDED) is not None:
        raise UserError(_("The others were reminded."), buttons=(INITIATIVES,))
    line = _("What is your initiative? Present it in two minutes: somebody here may have what you look for.")
    await setting_store.put(request.tx, _REMINDED, request.now.isoformat())
    people = await cards.people_without(request.tx)
    told = await outbox.notify_many(request.tx, people, View((line,), (MY_CARD,)), request.now, outbox.Telling.NEWS)
    return reply(_n("{count} person is reminded.", "{count} people are reminded.", told), buttons=(INITIATIVES, BACK))


# --- on paper


@routes.press("nop", who=ORGANISER)
async def print_cards(request: Request, what: str) -> Reply:
    """Start the job that prints the shown cards, as «posters», one on a page, or as a «booklet» by territory."""
    gathering = request.settings.gathering
    payload = {**gathering.look(request.locale), "zone": gathering.zone, "posters": what == "posters"}
    return reply_with_job(
        _("The file is being made. It comes in a moment."),
        buttons=(INITIATIVES, BACK),
        job=JobRequest("initiatives_print", payload),
    )


@routes.job("initiatives_print", work=draw_print, read=read_cards)
async def print_is_made(tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the printed cards; if somebody has hidden theirs meanwhile, it has no file."""
    named = frozenset(result["people"])
    if not named <= {card.id for card in await cards.visible_cards(tx)}:
        return View((_("A card has been hidden in the meantime. Print again."),), (INITIATIVES, BACK))
    file = File(_("initiatives.pdf"), result["content"], "application/pdf", named)
    return View((_("The initiatives, to print."),), (INITIATIVES, BACK), attachments=(file,))


# --- on the wall


@routes.press("now", who=ORGANISER)
async def change_walls(request: Request, what: str = "show") -> Reply:
    """Show the cards on the open walls, «open» a new wall, or take them «off» all walls and revoke the links."""
    if what == "open":
        return await open_wall(request, SCREEN, ALL, INITIATIVES)
    change = revoke_walls if what == "off" else show_on_walls
    return await change(request, SCREEN, ALL, INITIATIVES, BACK)


# --- reported cards


def _subject(card: InitiativeCard, after: str = "") -> str:
    return f"initiative:{card.id}{after}"


async def report_to_team(tx: Transaction, card: InitiativeCard, now: datetime) -> None:
    """Notify organisers that somebody reported a card; if enough people did, hide it until organisers look at it."""
    reports = await contacts.reports_about(tx, card.id)
    if reports >= MOST_REPORTS and not card.state:
        await service.set_state(tx, card, "reported")
        heading = _("A card was reported by several people, and stays hidden until the team decides:")
        await _ask(tx, replace(card, state="reported"), heading, now, _subject(card))
    elif reports == 1:
        await _ask(tx, card, _("Someone reported a card:"), now, _subject(card))


async def ask_to_look(tx: Transaction, card: InitiativeCard, now: datetime) -> None:
    """Ask organisers to look again at a card that is hidden or taken off, because its author changed it.

    They are asked at most every ten minutes, however often the author changes it.
    """
    subject = _subject(card, _CHANGED)
    asked = await outbox_store.last_notified_at(tx, subject)
    if asked is None or asked <= now - _ASKED_AGAIN:
        await _ask(tx, card, _("A card that is hidden was changed:"), now, subject)


async def _ask(tx: Transaction, card: InitiativeCard, heading: Text, now: datetime, subject: str) -> None:
    view = View((Strong(heading), *card_lines(card)), _decisions(card))
    report = subject == _subject(card)
    await outbox.notify_organisers(tx, view, now, outbox.Telling.NEWS, about=card.id, subject=subject, report=report)


def _decisions(card: InitiativeCard) -> tuple[Button, ...]:
    return (
        # L10N: a button, a verb: a card that was hidden or taken off is shown to everybody again
        Button(_("Show it again") if card.state else _("Leave it"), leave.to(card.id)),
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
    """Show a card that was reported, with buttons to leave it or to take it off."""
    card = await _reported(request, person)
    reports = await contacts.reports_about(request.tx, person)
    line = _("Taken off.") if card.state == "off" else _n("{count} report", "{count} reports", reports)
    return reply(*card_lines(card), "", line, buttons=(*_decisions(card), INITIATIVES))


async def _reported(request: Request, person: int) -> InitiativeCard:
    """Return a card that was reported or taken off. Raises Stale for any other: it may be nobody's to read yet."""
    return existing(next((card for card in await cards.reported_cards(request.tx) if card.id == person), None))


@routes.press("nok", who=ORGANISER)
async def leave(request: Request, person: int) -> Reply:
    """Decide that a reported card is acceptable: it is shown again, and its reports no longer count."""
    card = await _reported(request, person)
    await _settle(request, card)
    await service.set_state(request.tx, card, "")
    if card.state == "off":
        await _tell_author(request, card, _("The team shows your card again."))
    said = _("It is shown again.") if card.state else _("It stays where it is.")
    return reply(said, buttons=(INITIATIVES, BACK))


@routes.form("nof", ReasonForm, who=ORGANISER)
async def take_off(request: Request, form: ReasonForm, person: int) -> Reply:
    """Take a card off, and tell its author why."""
    card = await _reported(request, person)
    await _settle(request, card)
    await service.set_state(request.tx, card, "off")
    taken = _("The team took your card off. Change it, and the team looks at it again. The reason:")
    await _tell_author(request, card, taken, *map(Name, form.reason.splitlines()))
    return reply(_("It is taken off, and its author is told why."), buttons=(INITIATIVES, BACK))


async def _settle(request: Request, card: InitiativeCard) -> None:
    await contacts.settle_reports(request.tx, card.id)
    decided = _("This has already been decided.")
    for subject in (_subject(card), _subject(card, _CHANGED)):
        await message_updates.close_messages(request.tx, subject, decided, request.now)


async def _tell_author(request: Request, card: InitiativeCard, *lines: Span) -> None:
    await outbox.notify(request.tx, card.id, View(lines, (MY_CARD,)), request.now, outbox.Telling.AWAITED)
