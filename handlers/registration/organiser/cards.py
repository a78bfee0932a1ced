"""The organisers' cards to print and to cut out: each has a new invitation for a person who has not joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.clock import from_micros, to_micros
from bot.config import purpose_store, setting_store
from bot.content.errors import UserError
from bot.content.texts import _, _n
from bot.content.views import Button, File, JobRequest, Reply, View, reply_with_job
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.membership import inviting, letters
from bot.people.declared import Declared
from bot.people.participants import Participant
from handlers.navigation.actions import BACK
from handlers.navigation.people_store import not_joined
from handlers.registration.jobs import make_cards

routes = Routes()


@routes.press("oic", who=ORGANISER)
async def print_invitation_cards(request: Request) -> Reply:
    """Start the job that draws cards to print and cut out, with a new invitation for everybody who has not joined."""
    await purpose_store.must_stay(request.tx, request.settings, request.now)
    return await _start(request, without_address=False)


@routes.press("oicw", who=ORGANISER)
async def print_cards_without_address(request: Request) -> Reply:
    """Start the job that draws cards only for people who have neither an e-mail address nor an invitation."""
    if not (await letters.without_letter(request.tx))[1]:
        raise UserError(_("Nobody without an address needs a card any more."), buttons=(BACK,))
    await purpose_store.must_stay(request.tx, request.settings, request.now)
    return await _start(request, without_address=True)


async def _start(request: Request, *, without_address: bool) -> Reply:
    settings, username = request.settings, await setting_store.telegram_username(request.tx)
    gathering, discord = settings.gathering, settings.discord
    ways = {
        "page": inviting.page_link(settings, "") if settings.web.public_url else "",
        "telegram": inviting.telegram_link(username, "j-") if username else "",
        "welcome": discord.welcome_link,
    }
    if not any(ways.values()):
        raise UserError(
            _("A card needs a link: a page, Telegram, or the welcome channel on Discord."),
            buttons=(BACK,),
        )
    return reply_with_job(
        _("The cards are being made. They come in a moment.")
        if without_address
        else _("The cards are being made, with a new way in for everybody who has not joined. They come in a moment."),
        buttons=(BACK,),
        job=JobRequest(
            "invitation_cards",
            {
                **ways,
                "without_address": without_address,
                "on_discord": bool(discord.token),
                "locales": [*gathering.locales],
                "zone": gathering.zone,
                "now": to_micros(request.now),
                **gathering.look(request.locale),
            },
        ),
    )


async def _read_invited(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Return the payload of the job, completed with the people who have not joined."""
    people = await not_joined(tx)
    if payload.get("without_address"):  # absent from jobs that an earlier version started
        only = {*(await letters.without_letter(tx))[1]}
        people = [person for person in people if person.id in only]
    if not people:
        raise UserError(_("Everyone selected has joined."), buttons=(BACK,))
    return {
        **payload,
        "people": [
            {
                "participant_id": person.id,
                "ref": person.ref,
                "given_name": person.given_name,
                "family_name": person.family_name,
                "locale": person.locale,
            }
            for person in people
        ],
    }


@routes.job("invitation_cards", work=make_cards, read=_read_invited)
async def cards_are_made(tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Store the invitations that a job drew on cards, and return the message with the file to print."""
    still = {person.id for person in await not_joined(tx)}
    # Whoever joined or was erased meanwhile has a card that is worth nothing.
    made = [(person_id, code, page) for person_id, code, page in result["made"] if person_id in still]
    await inviting.keep_invitations(tx, made, from_micros(result["now"]))
    named = frozenset(person_id for person_id, _code, _page in result["made"])
    return View(
        (
            _n("{count} card, to print and to cut out.", "{count} cards, eight to a sheet, to cut out.", len(named)),
            _("They are not shown again. Until one of a person's invitations is used, the earlier ones work too."),
        ),
        (BACK,),
        attachments=(File(_("cards.pdf"), result["content"], "application/pdf", named),),
        secret=True,
    )


CARDS = Button(_("Cards to print"), print_invitation_cards.to())
"""The button that requests cards to print."""
CARDS_WITHOUT_ADDRESS = Button(_("Cards to print"), print_cards_without_address.to())
"""The button that requests cards only for people who have neither an e-mail address nor an invitation."""
