"""A participant's screens of their group's slides: reading them as words, getting them as a file, confirming them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.errors import UserError, existing
from bot.content.roles import Required
from bot.content.texts import _
from bot.content.views import Button, JobRequest, Reply, View, reply, reply_with_job, with_lines_first
from bot.conversation.routes import FACILITATOR, Go, Request, Routes, Transaction
from bot.delivery import outbox
from bot.people import facilitator_store
from bot.people.declared import Declared
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.groups.messages.cards import MY_GROUP
from handlers.navigation.actions import HOME
from handlers.results import service
from handlers.results.jobs import make_decks
from handlers.results.service import ALL_DECKS, ConfirmDeck, GroupDeck
from handlers.results.store.snapshots import read_snapshot
from handlers.syntheses.service import open_button
from handlers.workshops.actions import MyDeck
from handlers.workshops.model import Collects
from handlers.workshops.store.phases import all_phases
from handlers.workshops.store.runs import runs_of_group

routes = Routes()

AT_ONCE = 5
"""How many groups' slides one job makes; another job makes the next ones."""
_SHOWN: tuple[tuple[Collects, str], ...] = (("challenge", "sentence"), ("solution", "idea"))
"""What the first slides show: what a phase collects, and the field of the group's text in this phase."""


@routes.command(
    "diapos",
    _("Your group's slides for the plenary"),
    names={"en": "slides", "de": "folien"},
    plain_words=_("slides, our slides, the slides"),
)
async def my_deck(request: Request) -> Reply:
    """Show the slides of the group with which the person last worked on a phase, or else of their group today."""
    group = await service.own_group(request.tx, request.participant.id, request.today)
    if group is not None:
        return await show_deck(request, group.id)
    others = (ALL_DECKS,) if request.participant.organises and await service.all_decks(request.tx) else ()
    raise UserError(_("You have no group yet, so there are no slides."), buttons=(*others, HOME))


@routes.press(MyDeck)
async def show_deck(request: Request, group_id: int) -> Reply:
    """Show the slides of a group to its members, its facilitators and organisers."""
    deck = await _deck(request, group_id)
    confirm = () if deck.empty or deck.confirmed else (deck.confirm_button,)
    write = await _unwritten(request, deck) if _belongs(request, deck) else ()
    buttons = (*confirm, *write, Button(_("The slides as a file"), get_deck.to(group_id)), await _back(request, deck))
    shown = reply(*service.deck_lines(deck), buttons=buttons, again=MyDeck(group_id))
    return shown.meant_for(_whose(request, deck))


async def _unwritten(request: Request, deck: GroupDeck) -> Sequence[Button]:
    """Return the buttons that open the challenge and the solution which the slides lack.

    There is a button only for a phase that the group began.
    """
    runs = {run.phase: run for run in await runs_of_group(request.tx, deck.group.id)}
    return [
        open_button(phase, runs[phase.key].id)
        for phase in await all_phases(request.tx)
        for collects, field in _SHOWN
        if phase.collects == collects
        and phase.key in runs
        and not deck.results.current(deck.group, collects).get(field)
    ]


async def _deck(request: Request, group_id: int) -> GroupDeck:
    """Return the slides of a group, for a person who may see them.

    Raises Stale if there is no such group, UserError for people who may not see the slides.
    """
    deck = existing(await service.find_deck(request.tx, group_id))
    await _check(request.tx, request.participant, deck)
    return deck


async def _check(tx: Transaction, person: Participant, deck: GroupDeck) -> None:
    """Raise UserError for people who may not see the slides of a group.

    Its members, its facilitators and organisers may.
    """
    may_see = person.organises or any(member.id == person.id for member in deck.group.members)
    runs = person.facilitates and await facilitator_store.runs_group(tx, person.id, deck.group.id)
    if not (may_see or runs):
        raise UserError(_("These are the slides of another group. See yours with /diapos."), buttons=(HOME,))


def _belongs(request: Request, deck: GroupDeck) -> bool:
    return any(member.id == request.participant.id for member in deck.group.members)


def _whose(request: Request, deck: GroupDeck) -> Required | None:
    """Return the role by which the person reads a group's slides; None for a member of the group."""
    return None if _belongs(request, deck) else FACILITATOR


async def _back(request: Request, deck: GroupDeck) -> Button:
    if _belongs(request, deck):
        return MY_GROUP
    return ALL_DECKS if request.participant.organises else Button(_("The results"), Go("bilan"))


@routes.press(ConfirmDeck)
async def approve_deck(request: Request, group: int, digest: str) -> Reply:
    """Confirm the slides for the group with the id `group`, and notify its other members.

    `digest` is the digest of the slides that the person was shown. If the slides have changed since, nothing is
    confirmed and the new slides are shown. If they are already confirmed, nobody is notified. Raises UserError for
    empty slides.
    """
    deck = await _deck(request, group)
    if deck.digest != digest:
        changed = _("They have changed in the meantime, so nothing is confirmed. Look again:")
        return with_lines_first(await show_deck(request, group), changed)
    if deck.empty:
        raise UserError(service.deck_state(deck), buttons=(await _back(request, deck),))
    if not deck.confirmed:
        await service.confirm_deck(request.tx, deck, request.participant.id, request.now)
        notice = View(
            (_("{person} confirmed your slides for the plenary.", person=called(request.participant)),),
            (deck.open_button,),
        )
        await outbox.notify_groups(request.tx, [group], notice, request.now, but=request.participant.id)
        await facilitator_store.touch_panels(request.tx, [group])
    return await show_deck(request, group)


@routes.press("wdf")
async def get_deck(request: Request, group: int) -> Reply:
    """Start the job that makes the group's slides as a file, which takes longer than a transaction may last."""
    deck = await _deck(request, group)
    payload = service.file_payload(request.settings, request.locale, groups=[group])
    return reply_with_job(
        _("I am making your slides. They will be here in a moment."),
        buttons=(Button(service.OUR_SLIDES, MyDeck(group)),),
        job=JobRequest("deck", payload),
    ).meant_for(_whose(request, deck))


async def read_groups(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Return the payload of a job with a `snapshot` of the next few groups that the payload names.

    A snapshot is all data of the groups' results, read at once. `_declared` is for other jobs.
    """
    return {**payload, "snapshot": await read_snapshot(tx, payload["groups"][:AT_ONCE], ideas=False)}


@routes.job("deck", work=make_decks, read=read_groups)
async def deck_is_made(tx: Transaction, person: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with a group's slides as a file, and with a button to confirm them.

    `result` has the slides that a job made, as the only item of `decks`. Raises UserError if the group was deleted.
    """
    if not result["decks"]:
        raise UserError(_("This group is gone, so it has no slides."))
    if deck := await service.find_deck(tx, result["decks"][0]["group"]):
        await _check(tx, person, deck)
    view = await deck_message(tx, result["decks"][0])
    return view or View((_("Here are your slides."),), (HOME,), attachments=result["decks"][0]["attachments"])


async def deck_message(tx: Transaction, file: Mapping[str, Any]) -> View | None:
    """Return the message by which a group gets its slides; None if the slides show nothing but its members.

    `file` describes the slides that a job made: the id of the `group`, the `digest` of what they show, and the
    `attachments` of the message.
    """
    deck = await service.find_deck(tx, file["group"])
    if deck is None or deck.empty:
        return None
    if deck.group.confirmed == file["digest"]:
        return View((_("Here are your slides."),), (deck.open_button,), attachments=file["attachments"])
    confirm = Button(_("We confirm them"), ConfirmDeck(file["group"], file["digest"]), style="primary")
    return View(
        (_("Your slides for the plenary. Is everything right?"),),
        (confirm, deck.open_button),
        attachments=file["attachments"],
    )
