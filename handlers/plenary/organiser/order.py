"""The organisers' screens for the order of groups: drawing it, drawing again, and changing it by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import ClassVar

from bot.content.errors import Stale
from bot.content.forms import Form, integer
from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes, StoredVersion
from handlers.equality.service import may_tie, public_facts
from handlers.plenary.actions import DrawOrder, DrawWithSeed, OpenPlenary, ShowOrder
from handlers.plenary.messages import order_lines
from handlers.plenary.model.turns import PlenaryState
from handlers.plenary.organiser.changing import change, find, find_unbegun, version_of
from handlers.plenary.organiser.preparing import show
from handlers.plenary.service import preparing
from handlers.plenary.store.plenaries import groups_of_plenary

routes = Routes()


class SeedForm(Form):
    """The form for the seed from which the order of groups is drawn again."""

    title: ClassVar[Text] = _("Draw the order again")
    seed: int = integer(_("The draw number that was shown"), minimum=1, maximum=preparing.LARGEST_SEED)


async def _now(request: Request, plenary: int) -> StoredVersion:
    return version_of(await find_unbegun(request, plenary))


@routes.press(DrawOrder, who=ORGANISER, unless_changed=_now)
async def draw_order(request: Request, plenary: int, *, seed: int | None = None) -> Reply:
    """Draw lots for the order in which groups present; the same `seed` draws the same order, None takes a new one."""
    state, seed = await find_unbegun(request, plenary), preparing.new_seed() if seed is None else seed
    if state.plenary.gallery:
        after = replace(state, plenary=replace(state.plenary, seed=seed))
        what = _("The visits of the gallery are drawn, with the draw number {seed}", seed=seed)
        return await show(request, after, undo=(await change(request, state, after, what),))
    after = await preparing.drawn(request.tx, state, seed, alternate=await _may_alternate(request, state))
    undo = await change(
        request, state, after, _("The order of the plenary is drawn, with the draw number {seed}", seed=seed)
    )
    return await _show_order(request, after, undo=(undo,))


@routes.form(DrawWithSeed, SeedForm, who=ORGANISER)
async def draw_with_seed(request: Request, form: SeedForm, plenary: int) -> Reply:
    """Draw the order of groups with the typed seed. The same groups and seed lead to the same order."""
    return await draw_order(request, plenary, seed=form.seed)


async def _may_alternate(request: Request, state: PlenaryState) -> bool:
    """Return whether there are groups between which women and men can alternate, and nobody's gender would follow."""
    groups = await preparing.alternating(request.tx, state)
    people = sorted(person for presenters in groups.values() for person in presenters)
    if not people:
        return False
    look = partial(may_tie, people=people, now=request.now)
    # Looked at anew if something was published meanwhile, which the answer may depend on.
    return await request.preload(("alternate", *people, *await public_facts(request.tx)), look)


@routes.press(ShowOrder, who=ORGANISER)
async def show_order(request: Request, plenary: int) -> Reply:
    """Show the groups in their order, with buttons to change it; while the plenary runs, below its card."""
    state = await find(request, plenary)
    return replace(await _show_order(request, state), fresh=state.plenary.running)


async def _show_order(request: Request, state: PlenaryState, *lines: Span, undo: tuple[Button, ...] = ()) -> Reply:
    plenary = state.plenary
    presenting = await preparing.groups_to_present(request.tx, plenary.round)
    if plenary.gallery:
        tables = await groups_of_plenary(request.tx, plenary.id)
        numbered = (
            _("Table {number}: {group}", number=number, group=presenting.titles[group_id])
            for number, group_id in enumerate(tables, start=1)
        )
        return reply(
            *lines,
            Strong(_("The tables of the gallery")),
            *numbered,
            buttons=(*undo, Button(_("Back to the plenary"), OpenPlenary(plenary.id), style="primary")),
        )
    seed = (_("Draw number: {seed}", seed=plenary.seed),) if plenary.seed is not None else ()
    draw = (Button(_("Draw again"), DrawOrder(plenary.id, version_of(state).seen)),)
    redo = (*draw, Button(_("Draw with a number"), DrawWithSeed(plenary.id))) if plenary.began_at is None else ()
    # L10N: a button: lists the groups, of which two are to change places
    swap = (Button(_("Swap two groups"), swap_groups.to(plenary.id)),) if len(state.waiting) > 1 else ()
    return reply(
        *lines,
        Strong(_("The order of the plenary")),
        *seed,
        *order_lines(state, presenting.titles),
        buttons=(*undo, *swap, *redo, Button(_("Back to the plenary"), OpenPlenary(plenary.id), style="primary")),
    )


@routes.press("pnwg", who=ORGANISER)
async def swap_groups(request: Request, plenary: int) -> Reply:
    """Show the groups that have not presented yet, to choose the first of two to swap."""
    state = await find(request, plenary)
    if len(state.waiting) < 2 or state.plenary.gallery:
        return await _show_order(request, state)
    presenting = await preparing.groups_to_present(request.tx, state.plenary.round)
    return reply(
        _("Which two groups change places? Choose the first."),
        choice=Choice(
            swap_first.to(plenary),
            tuple(Option(str(turn.group_id), presenting.titles[turn.group_id]) for turn in state.waiting),
            placeholder=_("Choose a group"),
        ),
        buttons=(_back_to_order(plenary),),
    )


def _back_to_order(plenary_id: int) -> Button:
    return Button(_("Back to the order"), ShowOrder(plenary_id))


@routes.pick("pnw", who=ORGANISER, sent_with_press=False)
async def swap_first(request: Request, group_id: int, plenary: int) -> Reply:
    """Show the groups with which the chosen one can be swapped."""
    state = await find(request, plenary)
    _check_waits(state, group_id)
    presenting = await preparing.groups_to_present(request.tx, state.plenary.round)
    return reply(
        _("{group} changes places with:", group=Strong(presenting.titles[group_id])),
        choice=Choice(
            swap_second.to(plenary, group_id),
            tuple(
                Option(str(turn.group_id), presenting.titles[turn.group_id])
                for turn in state.waiting
                if turn.group_id != group_id
            ),
            placeholder=_("Choose a group"),
        ),
        buttons=(_back_to_order(plenary),),
    )


@routes.pick("pnww", who=ORGANISER, sent_with_press=False)
async def swap_second(request: Request, other: int, plenary: int, group: int) -> Reply:
    """Swap two waiting groups: `group`, chosen first, and `other`, chosen now."""
    state = await find(request, plenary)
    _check_waits(state, other)
    after = state.swap(group, other)
    if after == state:
        return await _show_order(request, state, _("One of them is now on stage, so nothing was changed."))
    titles = (await preparing.groups_to_present(request.tx, state.plenary.round)).titles
    what = _("{group} and {other} change places in the plenary", group=titles[group], other=titles[other])
    undo = await change(request, state, after, what)
    return await _show_order(request, after, what, undo=(undo,))


def _check_waits(state: PlenaryState, group_id: int) -> None:
    """Raise Stale unless a group waits for its turn on stage."""
    if state.plenary.gallery or group_id not in {turn.group_id for turn in state.waiting}:
        raise Stale
