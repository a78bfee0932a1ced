"""The screens of territory cards: each member writes one about the group's solution in their own territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Form, territory, text
from bot.content.territories import territory_name
from bot.content.texts import Listing, Span, Strong, Territory, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.conflicts import form_again
from bot.conversation.routes import Request, Routes
from bot.people import facilitator_store
from bot.people.participants import Participant
from handlers.ideas.messages import change_button
from handlers.ideas.service import remove_idea
from handlers.ideas.store.ideas import find_idea
from handlers.syntheses import store
from handlers.syntheses.messages import BOXES, CARD_QUESTIONS, card_lines
from handlers.syntheses.model import CARD_FIELDS
from handlers.syntheses.participant.writing import not_saved
from handlers.syntheses.service import open_phase, starting_point
from handlers.workshops.actions import MyTerritory, OpenTerritories, WriteCard
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import Idea, PhaseRun
from handlers.workshops.store.runs import run_of_group

routes = Routes()

_FIELD = 250


class CardForm(Form):
    """The form for a territory card."""

    title: ClassVar[Text] = _("My territory")
    read_by_others: ClassVar[bool] = True
    present: str = text(CARD_QUESTIONS["present"], max_length=_FIELD, multiline=True, required=False)
    obstacle: str = text(CARD_QUESTIONS["obstacle"], max_length=_FIELD, multiline=True, required=False)
    change: str = text(CARD_QUESTIONS["change"], max_length=_FIELD, multiline=True, required=False)
    carrier: str = text(CARD_QUESTIONS["carrier"], max_length=_FIELD, multiline=True, required=False)


class CardOfForm(Form):
    """The form for a territory card that also asks for the territory."""

    title: ClassVar[Text] = _("My territory")
    read_by_others: ClassVar[bool] = True
    territory: str = territory(_("Your country or region"))
    present: str = text(CARD_QUESTIONS["present"], max_length=_FIELD, multiline=True, required=False)
    obstacle: str = text(CARD_QUESTIONS["obstacle"], max_length=_FIELD, multiline=True, required=False)
    change: str = text(CARD_QUESTIONS["change"], max_length=_FIELD, multiline=True, required=False)
    carrier: str = text(CARD_QUESTIONS["carrier"], max_length=_FIELD, multiline=True, required=False)


@routes.press(MyTerritory)
async def my_territory(request: Request, run_id: int, *notes: Span, fresh: bool = False) -> Reply:
    """Show the person's territory card and its empty fields, below `notes`, which tell what was done.

    A person without a card reads how to write one. A person whose card is in an earlier group sees it, and can move it
    to this group. `run_id` is the id of the group's run of the phase. With `fresh`, a new message is sent.
    """
    run = await _run_of_member(request, run_id)
    person = request.participant
    card = await store.card_of_person(request.tx, run.group_id, person.id)
    buttons = (Button(_("Our territories"), OpenTerritories(run.group_id)), SHOW_PHASE)
    if card is not None:
        empty = [BOXES[field] for field in CARD_FIELDS if not card.text_of(field)]
        missing = (_("Still empty: {fields}", fields=Listing(tuple(empty))),) if empty else ()
        lines = (*notes, Strong(Territory(card.territory)), *card_lines(card), *missing)
        change = Button(_("Change my card"), _write(person, run.id), style="primary" if empty else "plain")
        return reply(*lines, buttons=(change, *buttons), fresh=fresh)
    before = await store.card_left_behind(request.tx, run.group_id, person.id)
    if before is not None:
        return reply(
            *notes,
            _("You wrote a card in another group. Bring it here, or start a new one?"),
            Strong(Territory(before.territory)),
            *card_lines(before),
            buttons=(
                # L10N: a button: use the territory card from one's earlier group in this one
                Button(_("Bring it here"), bring.to(run.id, before.id), style="primary"),
                # L10N: a button: write a new territory card
                Button(_("Start a new one"), _write(person, run.id)),
                *buttons,
            ),
            fresh=fresh,
        )
    question: Span = (
        _(
            "How would your solution work in {territory}? Only you write this card.",
            territory=Strong(Territory(person.territory)),
        )
        if person.territory
        else _("How would your solution work in your country? First say which one; only you write this card.")
    )
    write = Button(_("Write my card"), _write(person, run.id), style="primary")
    return reply(*notes, question, buttons=(write, *buttons), fresh=fresh)


async def _run_of_member(request: Request, run_id: int) -> PhaseRun:
    """Return the run with this id, of the person's group. Raises UserError for people who are not in the group."""
    at = await open_phase(request.tx, request.participant, run_id)
    if not at.member:
        raise UserError(
            _("The members of the group write their own cards."),
            buttons=(Button(_("Our territories"), OpenTerritories(at.group.id)),),
        )
    return at.run


def _write(person: Participant, run_id: int) -> Action:
    return WriteCard(run_id) if person.territory else write_card_of.to(run_id)


# --- writing one's own card


async def _initial_values(request: Request, run_id: int) -> Mapping[str, str]:
    """Return the initial values of the form: the territory and fields of the person's card."""
    run = await _run_of_member(request, run_id)
    card = await store.card_of_person(request.tx, run.group_id, request.participant.id)
    if card is None:
        return {}
    return {
        "territory": territory_name(card.territory, request.locale),
        **{field: card.text_of(field) for field in CARD_FIELDS},
    }


async def _initial_fields(request: Request, run: int) -> Mapping[str, str]:
    return {field: words for field, words in (await _initial_values(request, run)).items() if field != "territory"}


async def _solution(request: Request, run: int) -> Span | None:
    """Return the solution of the group, which the questions of the form are about; None where there is none."""
    at = await open_phase(request.tx, request.participant, run)
    return await starting_point(request.tx, at.group.id, at.phase)


@routes.form(WriteCard, CardForm, prefill=_initial_fields, about=_solution)
async def write_card(request: Request, form: CardForm, run: int) -> Reply:
    """Save the territory card in which the person wrote about their own territory, and show it.

    `run` is the id of the phase's run in the group. A person who has left the group meanwhile sees the words again, and
    reads that nothing was saved.
    """
    return await write_card_of(request, CardOfForm(territory=request.participant.territory, **asdict(form)), run)


@routes.form("xu", CardOfForm, prefill=_initial_values)
async def write_card_of(request: Request, form: CardOfForm, run_id: int) -> Reply:
    """Save the person's card for the territory that they chose in the form, and show it.

    `run_id` is the id of the group's run of the phase. A person who has left the group meanwhile sees the words again,
    and reads that nothing was saved. If no territory is known, the form asks for it, with the texts still in it.
    """
    territory = form.territory
    fields: dict[str, str] = {field: getattr(form, field) for field in CARD_FIELDS}
    try:
        run = await _run_of_member(request, run_id)
    except (Stale, UserError):
        return not_saved(fields)
    me = request.participant.id
    if not territory:  # the profile lost its territory while the form was open
        card = await store.card_of_person(request.tx, run.group_id, me)
        territory = card.territory if card else ""
    if not territory:
        line = _("Your text is kept. Say which country it is about.")
        return await form_again(request, write_card_of.to(run_id), fields, line, label=_("My territory"))
    await store.put_card(request.tx, run.group_id, me, territory, request.now, **fields)
    await facilitator_store.touch_panels(request.tx, [run.group_id])
    return await my_territory(request, run.id, _("Saved. It is in your group's grid."), fresh=True)


@routes.pick("xq")
async def put_in_box(request: Request, box: str, idea_id: int) -> Reply:
    """Move a sentence that the person gave as an idea to a box of their territory card, below the text of the box.

    `box` is the name of the box. The sentence stays an idea if it does not fit (raises UserError), if a facilitator has
    hidden or merged it since (raises Stale), or if the territory is unknown: then a form asks for the territory.
    """
    idea, me = existing(await find_idea(request.tx, idea_id)), request.participant
    if idea.author_id != me.id or idea.group_id is None or not idea.counts or box not in CARD_FIELDS:
        raise Stale
    run = await _run_of_member(request, existing(await run_of_group(request.tx, idea.group_id, idea.phase)).id)
    card = await store.card_of_person(request.tx, run.group_id, me.id)
    fields: dict[str, str] = {field: card.text_of(field) if card else "" for field in CARD_FIELDS}
    fields[box] = "\n".join(filter(None, (fields[box], idea.text)))
    if (over := len(fields[box]) - _FIELD) > 0:
        full = _n("{count} character too many for this box.", "{count} characters too many for this box.", over)
        raise UserError(full, buttons=(Button(_("My territory"), MyTerritory(run.id)), change_button(idea)))
    territory = card.territory if card else me.territory
    if not territory:
        line = _("Your text is kept. Say which country it is about.")
        return await form_again(request, write_card_of.to(run.id), fields, line, label=_("My territory"))
    await store.put_card(request.tx, run.group_id, me.id, territory, request.now, **fields)
    await remove_idea(request.tx, idea, request.now)
    await facilitator_store.touch_panels(request.tx, [run.group_id])
    return await my_territory(request, run.id, _("Saved. It is in your group's grid."))


async def boxes(idea: Idea) -> Choice | None:
    """Return the choice of a box of the territory card to which the author of an idea can move the idea."""
    options = tuple(Option(field, label) for field, label in BOXES.items())
    return Choice(put_in_box.to(idea.id), options, placeholder=_("Which box does it go in?"))


@routes.press("xf")
async def bring(request: Request, run_id: int, card: int) -> Reply:
    """Move the territory card that the person wrote in another group to their present group.

    `card` is the id of the card, `run_id` the id of the present group's run of the phase. If the person has a card in
    the present group already, this card is shown, and nothing is moved. Raises Stale if the card can no longer be
    moved.
    """
    run = await _run_of_member(request, run_id)
    me = request.participant.id
    before = await store.card_left_behind(request.tx, run.group_id, me)
    if await store.card_of_person(request.tx, run.group_id, me) is not None:
        return await my_territory(request, run.id)
    if before is None or before.id != card:
        raise Stale
    await store.bring_card(request.tx, before.id, run.group_id)
    await facilitator_store.touch_panels(request.tx, [run.group_id, *([before.group_id] if before.group_id else [])])
    return await my_territory(request, run.id, _("Your card is now in this group."))
