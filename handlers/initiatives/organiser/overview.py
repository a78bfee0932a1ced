"""Organisers see how many cards are shown, remind the others once, print the cards, and show them on the wall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.config import setting_store
from bot.content.errors import UserError
from bot.content.texts import Link, Strong, _, _n
from bot.content.views import Button, File, JobRequest, Reply, View, reply, reply_with_job
from bot.conversation import display_store, displays
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people.participants import Participant
from handlers.initiatives.actions import INITIATIVES, MY_CARD, OpenInitiatives
from handlers.initiatives.displays import ALL, SCREEN
from handlers.initiatives.drawing import plan_print
from handlers.initiatives.jobs import make_print
from handlers.initiatives.organiser.moderating import list_reported
from handlers.initiatives.store import cards
from handlers.navigation.actions import BACK

routes = Routes()

_REMINDED = "initiatives_reminded_at"


async def offer_initiatives(_request: Request) -> View:
    """Return the organisers' button to the initiatives."""
    return View((), (INITIATIVES,))


@routes.press(OpenInitiatives, who=ORGANISER)
async def show_overview(request: Request) -> Reply:
    """Show how many people show a card, with buttons to remind the others, to print, and for walls."""
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
        on_walls = await display_store.count_on_walls(request.tx, SCREEN, ALL)
        buttons.append(
            Button(_("Take it off the wall"), take_off_wall.to())
            if on_walls
            else Button(_("Show it on the wall"), put_on_wall.to())
        )
    return reply(
        Strong(_("Initiatives")),
        _("{shown} of {joined} people show their card.", shown=shown, joined=joined),
        *((_("The others were reminded."),) if reminded else ()),
        buttons=(*buttons, BACK),
    )


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
    """Remind everyone who shows no card, once. Raises UserError if another organiser did so before."""
    if await setting_store.get(request.tx, _REMINDED) is not None:
        raise UserError(_("The others were reminded."), buttons=(INITIATIVES,))
    view = View(
        (_("What do you do at home? Tell it in two minutes: others here may have what you look for."),), (MY_CARD,)
    )
    await setting_store.put(request.tx, _REMINDED, request.now.isoformat())
    told = await outbox.notify_many(
        request.tx, await cards.people_without(request.tx), view, request.now, outbox.Telling.NEWS
    )
    return reply(_n("{count} person is reminded.", "{count} people are reminded.", told), buttons=(INITIATIVES, BACK))


# --- on paper


@routes.press("nop", who=ORGANISER)
async def print_cards(request: Request, what: str) -> Reply:
    """Start the job that prints the cards that are shown: «posters», one a page, or a «booklet» by territory."""
    gathering = request.settings.gathering
    plan = plan_print(await cards.visible_cards(request.tx), request.locale, gathering.zone, posters=what == "posters")
    return reply_with_job(
        _("The file is being made. It comes in a moment."),
        buttons=(INITIATIVES, BACK),
        job=JobRequest("initiatives_print", {"print": plan, **gathering.look(request.locale)}),
    )


@routes.job("initiatives_print", work=make_print)
async def print_is_made(tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the cards on paper; without them if somebody has hidden theirs in the meantime."""
    named = frozenset(result["people"])
    if not named <= {card.id for card in await cards.visible_cards(tx)}:
        return View((_("Somebody has hidden their card in the meantime. Print again."),), (INITIATIVES, BACK))
    file = File(_("initiatives.pdf"), result["content"], "application/pdf", named)
    return View((_("The initiatives, to print."),), (INITIATIVES, BACK), attachments=(file,))


# --- on the wall


@routes.press("now", who=ORGANISER)
async def put_on_wall(request: Request) -> Reply:
    """Show the cards on the walls that are open or, if none is, by a new link for a wall."""
    walls = await display_store.put_on(request.tx, SCREEN, ALL)
    if walls:
        line = _n("{count} wall shows it now.", "{count} walls show it now.", walls)
        return reply(line, buttons=(INITIATIVES, BACK))
    address = await displays.issue_link(request.tx, request.settings, SCREEN, ALL, request.now)
    if address is None:
        raise UserError(
            _("The screen needs an address: ask whoever hosts the bot to set public_url in config.toml."),
            buttons=(INITIATIVES,),
        )
    return reply(
        Strong(_("The screen for the wall")),
        Link(address, address),
        _("Open this link on the projector's computer. It only shows the screen, and works until you revoke it."),
        buttons=(Button(_("Show it here"), url=address, style="primary"), INITIATIVES),
        fresh=True,
        secret=True,
    )


@routes.press("nox", who=ORGANISER)
async def take_off_wall(request: Request) -> Reply:
    """Let walls show again what they showed before, and revoke the links that were made for the cards."""
    await display_store.take_off(request.tx, SCREEN, ALL)
    await display_store.close(request.tx, SCREEN, ALL, request.now)
    return reply(_("No wall shows the initiatives any more."), buttons=(INITIATIVES, BACK))
