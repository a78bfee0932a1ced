"""Territory cards: what each member writes of the solution in their own country, nobody but them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, territory, text
from bot.content.territories import territory_name
from bot.content.texts import Listing, Name, Span, Strong, Territory, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation import dialogue_store
from bot.conversation.routes import Request, Routes
from bot.people import facilitator_store
from bot.people.participants import Participant
from handlers.navigation.actions import HOME
from handlers.syntheses import store
from handlers.syntheses.messages import CARD_LABELS, CARD_QUESTIONS, card_lines
from handlers.syntheses.model import CARD_FIELDS
from handlers.syntheses.service import opened
from handlers.workshops.actions import Grid, MyTerritory, WriteCard
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import PhaseRun

routes = Routes()

_FIELD = 250


@dataclass(frozen=True, slots=True)
class WriteCardOf(Action):
    """Write one's card and say for which territory, for who speaks for none."""

    code: ClassVar[str] = "xu"
    run: int


@dataclass(frozen=True, slots=True)
class BringCard(Action):
    """Take along the card one wrote in another group."""

    code: ClassVar[str] = "xf"
    run: int
    card: int


@dataclass(frozen=True, slots=True)
class CardForm(Form):
    """The solution in one's own territory."""

    title: ClassVar[Text] = _("My territory")
    present: str = text(CARD_QUESTIONS["present"], max_length=_FIELD, multiline=True, required=False)
    obstacle: str = text(CARD_QUESTIONS["obstacle"], max_length=_FIELD, multiline=True, required=False)
    change: str = text(CARD_QUESTIONS["change"], max_length=_FIELD, multiline=True, required=False)
    carrier: str = text(CARD_QUESTIONS["carrier"], max_length=_FIELD, multiline=True, required=False)


@dataclass(frozen=True, slots=True)
class CardOfForm(Form):
    """The same, and which territory it is."""

    title: ClassVar[Text] = _("My territory")
    territory: str = territory(_("Your country or region"))
    present: str = text(CARD_QUESTIONS["present"], max_length=_FIELD, multiline=True, required=False)
    obstacle: str = text(CARD_QUESTIONS["obstacle"], max_length=_FIELD, multiline=True, required=False)
    change: str = text(CARD_QUESTIONS["change"], max_length=_FIELD, multiline=True, required=False)
    carrier: str = text(CARD_QUESTIONS["carrier"], max_length=_FIELD, multiline=True, required=False)


@routes.action(MyTerritory)
async def my_territory(request: Request, action: MyTerritory) -> Reply:
    """One's own card, what is still empty on it; another group's that may come along."""
    return await _show(request, await _mine(request, action.run))


async def _mine(request: Request, run_id: int) -> PhaseRun:
    """The phase, for who is in its group. Raises UserError for everyone else."""
    at = await opened(request.tx, request.participant, run_id)
    if not at.member:
        raise UserError(
            _("The members of the group write their own cards."),
            buttons=(Button(_("Our territories"), Grid(at.group.id)),),
        )
    return at.run


async def _show(request: Request, run: PhaseRun, *said: Span, fresh: bool = False) -> Reply:
    person = request.participant
    card = await store.card_of_person(request.tx, run.group_id, person.id)
    ways = (Button(_("Our territories"), Grid(run.group_id)), SHOW_PHASE)
    if card is not None:
        left = [CARD_LABELS[field] for field in CARD_FIELDS if not card.said(field)]
        missing = (_("Still empty: {fields}", fields=Listing(tuple(left))),) if left else ()
        lines = (*said, Strong(Territory(card.territory)), *card_lines(card), *missing)
        change = Button(_("Change my card"), _write(person, run.id), style="primary" if left else "plain")
        return reply(*lines, buttons=(change, *ways), fresh=fresh)
    before = await store.card_left_behind(request.tx, run.group_id, person.id)
    if before is not None:
        return reply(
            *said,
            _("You wrote a card in another group. Take it along, or begin a new one?"),
            Strong(Territory(before.territory)),
            *card_lines(before),
            buttons=(
                Button(_("Take it along"), BringCard(run.id, before.id), style="primary"),
                Button(_("Begin a new one"), _write(person, run.id)),
                *ways,
            ),
            fresh=fresh,
        )
    where: Span = (
        _("How would your solution work in {territory}? You alone write this card.", territory=_own(person))
        if person.territory
        else _("How would your solution work in your country? You say which one; you alone write this card.")
    )
    write = Button(_("Write my card"), _write(person, run.id), style="primary")
    return reply(*said, where, buttons=(write, *ways), fresh=fresh)


def _own(person: Participant) -> Span:
    return Strong(Territory(person.territory))


def _write(person: Participant, run_id: int) -> Action:
    return WriteCard(run_id) if person.territory else WriteCardOf(run_id)


# --- writing one's own


async def _written(request: Request, action: WriteCard | WriteCardOf) -> Mapping[str, str]:
    """What one's own card says."""
    run = await _mine(request, action.run)
    card = await store.card_of_person(request.tx, run.group_id, request.participant.id)
    if card is None:
        return {}
    return {
        "territory": territory_name(card.territory, request.locale),
        **{field: card.said(field) for field in CARD_FIELDS},
    }


async def _fields_written(request: Request, action: WriteCard) -> Mapping[str, str]:
    return {field: words for field, words in (await _written(request, action)).items() if field != "territory"}


@routes.action(WriteCard, form=CardForm, before=_fields_written)
async def write_card(request: Request, action: WriteCard, form: CardForm) -> Reply:
    """Keep one's card, for the territory one speaks for."""
    return await _keep(request, action.run, request.participant.territory, form)


@routes.action(WriteCardOf, form=CardOfForm, before=_written)
async def write_card_of(request: Request, action: WriteCardOf, form: CardOfForm) -> Reply:
    """Keep one's card, for the territory one says."""
    return await _keep(request, action.run, form.territory, form)


async def _keep(request: Request, run_id: int, territory: str, form: CardForm | CardOfForm) -> Reply:
    """Keep the card; who is not in the group any more gets their words back."""
    said: dict[str, str] = {field: getattr(form, field) for field in CARD_FIELDS}
    try:
        run = await _mine(request, run_id)
    except (Stale, UserError):
        words = "\n".join(word for word in said.values() if word)
        return reply(
            _("You are not in this group any more, so nothing was saved. Your words:"),
            Name(words),
            buttons=(HOME,),
            fresh=True,
        )
    if not territory:  # the profile lost its territory while the form was open
        card = await store.card_of_person(request.tx, run.group_id, request.participant.id)
        territory = card.territory if card else ""
    if not territory:
        again, account = WriteCardOf(run_id), request.account
        await dialogue_store.keep_draft(request.tx, account.platform, account.chat, again.encode(), said, request.now)
        return reply(
            _("Your words are kept. Say which country they are about."),
            buttons=(Button(_("My territory"), again, style="primary"),),
            fresh=True,
        )
    me = request.participant.id
    await store.put_card(request.tx, run.group_id, me, territory, request.now, **said)
    await facilitator_store.touch_panels(request.tx, [run.group_id])
    return await _show(request, run, _("Saved. It is in your group's grid."), fresh=True)


@routes.action(BringCard)
async def bring(request: Request, action: BringCard) -> Reply:
    """Let the card of another group follow its author, who has none here."""
    run = await _mine(request, action.run)
    me = request.participant.id
    before = await store.card_left_behind(request.tx, run.group_id, me)
    if await store.card_of_person(request.tx, run.group_id, me) is not None:
        return await _show(request, run)
    if before is None or before.id != action.card:
        raise Stale
    await store.bring_card(request.tx, before.id, run.group_id)
    await facilitator_store.touch_panels(request.tx, [run.group_id, *([before.group_id] if before.group_id else [])])
    return await _show(request, run, _("Your card came along."))
