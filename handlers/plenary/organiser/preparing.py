"""The organisers' screens before a plenary: what is missing, how long it takes, the order of groups, two rooms."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, integer
from bot.content.texts import Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import ORGANISER, Go, NextStep, Request, Routes, Transaction
from bot.conversation.undo import Undone, Values, changed_since, note
from handlers.equality.service import may_tie, public_facts
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import mark
from handlers.plenary.actions import (
    PLENARIES,
    BeginPlenary,
    ConductStep,
    OpenPlenary,
    RestorePlenary,
    ShowOrder,
    open_screen_button,
)
from handlers.plenary.messages import (
    gallery_line,
    heading,
    length,
    order_button,
    order_lines,
    plan_lines,
    room_words,
    visits_lines,
)
from handlers.plenary.model.gallery import GALLERY_ROUNDS, ROUNDS
from handlers.plenary.model.order import split_by_theme
from handlers.plenary.model.turns import BOUNDS, SHORT, STEP, Lengths, Part, Plenary, PlenaryState
from handlers.plenary.service import preparing
from handlers.plenary.service.conducting import planned_visits, store_step
from handlers.plenary.service.restoring import difference, restored, values_of
from handlers.plenary.settings import PlenarySettings
from handlers.plenary.store.galleries import tables_of
from handlers.plenary.store.plenaries import find_state, groups_of_plenary, set_lengths, set_session
from handlers.plenary.store.presenters import count_without_presenters
from handlers.programme.actions import SESSIONS, AddSession, EditSession
from handlers.programme.messages import heading as session_line
from handlers.programme.model import Session, local_day
from handlers.themes.store import all_themes
from handlers.workshops.store import progress

routes = Routes()

_LARGEST_SEED = 9999
_FEWEST_FOR_ROOMS = 4
"""With fewer groups, two rooms are not proposed."""


class PickPlenarySession(Action):
    """The choice of the session in which a plenary takes place; `plenary` is 0 for a new one."""

    code: ClassVar[str] = "pnp"
    plenary: int


class PrepareAnother(Action):
    """The button that asks in which session the groups present that have not done so yet."""

    code: ClassVar[str] = "pnpn"


class ShowLengths(Action):
    """The button that shows the lengths of a plenary's turns, with buttons to change them."""

    code: ClassVar[str] = "pnt"
    plenary: int


class ChangeLength(Action):
    """The button that makes one part longer or shorter by half a minute; `part` is «talk», «questions» or «change»."""

    code: ClassVar[str] = "pntc"
    plenary: int
    part: str
    longer: bool


class TakeShortLengths(Action):
    """The button that takes three minutes of talk and one of questions."""

    code: ClassVar[str] = "pnts"
    plenary: int


class DrawOrder(Action):
    """The button that draws the order of groups; `seen` is the digest of the state shown."""

    code: ClassVar[str] = "pnd"
    plenary: int
    seen: str


class DrawWithSeed(Action):
    """The button that opens the form for drawing the order with a known seed, so that it can be redone."""

    code: ClassVar[str] = "pnds"
    plenary: int


class SwapGroups(Action):
    """The button that lists the groups that wait, to choose two that change places."""

    code: ClassVar[str] = "pnwg"
    plenary: int


class SwapFirst(Action):
    """The choice of the first of two groups to be swapped."""

    code: ClassVar[str] = "pnw"
    plenary: int


class SwapSecond(Action):
    """The choice of the group with which `group` is swapped."""

    code: ClassVar[str] = "pnww"
    plenary: int
    group: int


class TwoRooms(Action):
    """The button that divides a plenary into two rooms by theme."""

    code: ClassVar[str] = "pnq"
    plenary: int


class OneRoom(Action):
    """The button that puts the groups of two rooms together again."""

    code: ClassVar[str] = "pnqo"
    plenary: int


class TakeGallery(Action):
    """The button that makes a plenary a gallery of tables."""

    code: ClassVar[str] = "pngl"
    plenary: int


class LeaveGallery(Action):
    """The button with which the groups of a gallery present one after another again."""

    code: ClassVar[str] = "pngx"
    plenary: int


class ChangeRounds(Action):
    """The button that adds a round to a gallery, or takes one away."""

    code: ClassVar[str] = "pngn"
    plenary: int
    more: bool


@dataclass(frozen=True, slots=True)
class SeedForm(Form):
    """The form for a seed."""

    title: ClassVar[Text] = _("Draw the order again")
    seed: int = integer(_("The seed that was shown"), minimum=1, maximum=_LARGEST_SEED)


def seen_of(state: PlenaryState) -> str:
    """Return a digest of the state of a plenary, to notice that somebody else changed it."""
    return mark(values_of(state))


def subject_of(plenary_id: int) -> str:
    """Return the key under which the journal stores changes of a plenary."""
    return f"plenary:{plenary_id}"


async def find(request: Request, plenary_id: int) -> PlenaryState:
    """Return the plenary with this id. Raises Stale if there is none."""
    state = await find_state(request.tx, plenary_id)
    if state is None:
        raise Stale
    return state


async def find_unbegun(request: Request, plenary_id: int) -> PlenaryState:
    """Return the plenary with this id, which has not begun. Raises Stale if there is none, UserError if it began."""
    state = await find(request, plenary_id)
    if state.plenary.began_at is not None:
        raise UserError(_("The plenary has begun: this cannot be changed any more."), buttons=(PLENARIES,))
    return state


async def offer_plenary(request: Request) -> View:
    """Return the button of the organisers' screen that leads to the plenary; none while no groups are published."""
    return View((), (PLENARIES,)) if await preparing.round_to_present(request.tx) else View(())


async def plenary_to_lead(request: Request) -> Sequence[NextStep]:
    """Return the next step that the organisers' screen proposes for today's plenary, until it is over.

    While none is prepared, it is proposed once there is one session left in which it can take place, and workshops have
    begun where there are any: the plenary that opens a gathering has no groups on stage. So it is with another session
    for groups that have not presented in the first.
    """
    round_ = await preparing.round_to_present(request.tx)
    if round_ is None:
        return ()
    plenaries = await preparing.rooms_of_round(request.tx, round_.number)
    if any(plenary.running for plenary in plenaries):
        return (NextStep(request.now, _("The plenary is going on"), PLENARIES),)
    unbegun = [plenary for plenary in plenaries if plenary.began_at is None]
    phases = (await progress(request.tx, round_.number)).phases
    if plenaries and not unbegun and not await preparing.groups_left(request.tx, round_.number):
        return ()
    if not plenaries and phases and not any(phase.begun for phase in phases):
        return ()
    held = {plenary.session_id for plenary in plenaries}
    sessions = (
        [await preparing.session_of(request.tx, unbegun[0])]
        if unbegun
        else [other for other in await preparing.possible_sessions(request.tx, request.now) if other.id not in held]
    )
    session = sessions[0] if len(sessions) == 1 else None
    if session is None or local_day(session.plan, session.plan.starts) != local_day(session.plan, request.now):
        return ()
    ready = unbegun and all(plenary.seed is not None for plenary in unbegun)
    starts = Moment(session.plan.starts, "time")
    line = (
        _("The plenary of {time} is ready to begin", time=starts)
        if ready
        else _("The plenary of {time} is to be prepared", time=starts)
    )
    return (NextStep(session.plan.starts, line, PLENARIES),)


async def ask_for_groups(_request: Request) -> Reply:
    """Show that a plenary needs published groups."""
    return reply(
        _("In the plenary every group presents what it made. No groups are published yet: publish them first."),
        buttons=(Button(_("Groups"), Go("groupes"), style="primary"), BACK),
    )


async def ask_for_session(request: Request, plenary_id: int = 0) -> Reply:
    """Show the sessions in which the plenary can take place, or that the programme has none."""
    sessions = await preparing.possible_sessions(request.tx, request.now)
    if not sessions:
        return reply(
            _("The programme has no plenary to come. Add a session of that kind, then come back here."),
            buttons=(Button(_("Add a session"), AddSession(0), style="primary"), SESSIONS, PLENARIES, BACK),
        )
    options = tuple(Option(str(session.id), session_line(session.plan, request.now)) for session in sessions)
    return reply(
        _("In which session do the groups present?"),
        choice=Choice(PickPlenarySession(plenary_id), options, listed=True),
        buttons=(SESSIONS, BACK),
    )


async def offer_another_session(tx: Transaction, round_number: int) -> View:
    """Return what is left of a round's groups when its plenaries are over, and the way to another session for them.

    Empty while a plenary goes on or is to come.
    """
    left = await preparing.groups_left(tx, round_number)
    if left is None:
        return View(())
    if not left:
        return View((_("Every group has presented."),))
    # L10N: never zero
    line = _n("{count} group has not presented yet.", "{count} groups have not presented yet.", len(left))
    # L10N: a button: the groups that have not presented yet do so in another session of the programme
    return View((line,), (Button(_("Another session for them"), PrepareAnother(), style="primary"),))


@routes.action(PrepareAnother, who=ORGANISER)
async def prepare_another(request: Request, _action: PrepareAnother) -> Reply:
    """Ask in which session the groups present that have not done so yet."""
    round_ = await preparing.round_to_present(request.tx)
    if round_ is None or not await preparing.groups_left(request.tx, round_.number):
        raise Stale
    return await ask_for_session(request)


@routes.choice(PickPlenarySession, who=ORGANISER, rides=False)
async def pick_session(request: Request, action: PickPlenarySession, values: tuple[str, ...]) -> Reply:
    """Prepare a plenary in the chosen session, or move one that has not begun to that session with its other room."""
    round_ = await preparing.round_to_present(request.tx)
    sessions = {str(session.id): session for session in await preparing.possible_sessions(request.tx, request.now)}
    if round_ is None or len(values) != 1 or values[0] not in sessions:
        raise Stale
    session = sessions[values[0]]
    known = await preparing.rooms_of_round(request.tx, round_.number)
    if not action.plenary and await preparing.groups_left(request.tx, round_.number):
        of_stage = [plenary.lengths for plenary in known if not plenary.gallery]
        lengths = of_stage[0] if of_stage else request.settings.of(PlenarySettings).lengths
        plenary_id = await preparing.prepare(request.tx, round_, session, lengths)
    elif not known:
        raise Stale
    else:
        plenary_id = action.plenary or known[0].id
        await find_unbegun(request, plenary_id)
        for plenary in known:
            await set_session(request.tx, plenary.id, session.id)
    return await show(request, await find(request, plenary_id))


async def show(request: Request, state: PlenaryState, *lines: Span, undo: tuple[Button, ...] = ()) -> Reply:
    """Show a plenary that has not begun, after `lines` that say what has just been done."""
    plenary = state.plenary
    session = await preparing.session_of(request.tx, plenary)
    if session is None:
        return await ask_for_session(request, plenary.id)
    if await preparing.add_missing_groups(request.tx, plenary):
        state = await find(request, plenary.id)
    if plenary.gallery:
        return await _show_gallery(request, state, session, *lines, undo=undo)
    rooms = await preparing.rooms_of_round(request.tx, plenary.round)
    presenting = await preparing.groups_to_present(request.tx, plenary.round)
    themes = {group.id: group.theme for group in presenting.groups.values()}
    here = {themes[turn.group_id] for turn in state.turns}
    room = (
        (room_words(plenary.room, [theme for theme in await all_themes(request.tx) if theme.key in here]),)
        if len(rooms) > 1
        else ()
    )
    silent = await count_without_presenters(request.tx, plenary.id)
    alternatives = _alternatives(request, state, session, themes, rooms)
    draw = _("Draw the order") if plenary.seed is None else _("Draw again")
    is_today = local_day(session.plan, session.plan.starts) == local_day(session.plan, request.now)
    comes_next = plenary.seed is not None and is_today
    begin = Button(_("Begin"), BeginPlenary(plenary.id, seen_of(state)), style="primary" if comes_next else "plain")
    return reply(
        *lines,
        heading(state),
        *room,
        *plan_lines(state, session, request.now),
        _("The order is not drawn yet.")
        if plenary.seed is None
        else _("The order was drawn with the seed {seed}.", seed=plenary.seed),
        *(
            (
                _n(
                    "{count} group has not said who presents.",
                    "{count} groups have not said who presents.",
                    silent,
                ),
            )
            if silent
            else ()
        ),
        *alternatives.lines,
        buttons=(
            *((begin,) if comes_next else ()),
            Button(draw, DrawOrder(plenary.id, seen_of(state)), style="primary" if plenary.seed is None else "plain"),
            *undo,
            # L10N: a button: the lengths of talks and questions
            Button(_("Times"), ShowLengths(plenary.id)),
            open_screen_button(plenary.id),
            order_button(plenary),
            *alternatives.buttons,
            *(() if comes_next else (begin,)),
            Button(_("See the session"), EditSession(session.id)),
            *((PLENARIES,) if len(rooms) > 1 else ()),
            BACK,
        ),
    )


async def _show_gallery(
    request: Request, state: PlenaryState, session: Session, *lines: Span, undo: tuple[Button, ...] = ()
) -> Reply:
    """Show a gallery of tables that has not begun: when it ends, and what is drawn."""
    plenary, tables = state.plenary, await tables_of(request.tx, state.plenary.id)
    fewest, most = ROUNDS
    rounds = len(state.turns)
    return reply(
        *lines,
        heading(state),
        *plan_lines(state, session, request.now),
        _("The visits were drawn with the seed {seed}.", seed=plenary.seed or 0),
        *visits_lines(tables, await planned_visits(request.tx, state)),
        buttons=(
            Button(_("Begin"), BeginPlenary(plenary.id, seen_of(state)), style="primary"),
            *undo,
            order_button(plenary),
            # L10N: a button: the lengths of the rounds of a gallery
            Button(_("Times"), ShowLengths(plenary.id)),
            open_screen_button(plenary.id),
            *((Button(_("One round fewer"), ChangeRounds(plenary.id, more=False)),) if rounds > fewest else ()),
            *((Button(_("One round more"), ChangeRounds(plenary.id, more=True)),) if rounds < most else ()),
            Button(_("Draw again"), DrawOrder(plenary.id, seen_of(state))),
            Button(_("Draw with a seed"), DrawWithSeed(plenary.id)),
            # L10N: a button: no gallery of tables, the groups present one after another
            Button(_("Back to the stage"), LeaveGallery(plenary.id)),
            Button(_("See the session"), EditSession(session.id)),
            BACK,
        ),
    )


def _alternatives(
    request: Request, state: PlenaryState, session: Session, themes: dict[int, str], rooms: Sequence[Plenary]
) -> View:
    """Return what would take less time: when each would end, and the button that takes it."""
    plenary, starts = state.plenary, max(session.plan.starts, request.now)
    lines: list[Span] = []
    buttons: list[Button] = []
    if plenary.lengths.talk + plenary.lengths.questions > SHORT.talk + SHORT.questions:
        short = replace(state, plenary=replace(plenary, lengths=SHORT)).planned_end(starts)
        lines.append(_("With 3 min + 1 min of questions it would end at {end}.", end=Moment(short, "time")))
        buttons.append(Button(_("3 min + 1 min"), TakeShortLengths(plenary.id)))
    of_turns = [themes[turn.group_id] for turn in state.turns]
    if len(rooms) > 1:
        if plenary.room == 1 and all(other.began_at is None for other in rooms):
            buttons.append(Button(_("Back to one room"), OneRoom(plenary.id)))
    elif len(set(of_turns)) > 1 and len(of_turns) >= _FEWEST_FOR_ROOMS:
        first, _second = split_by_theme(of_turns)
        in_first = sum(theme in first for theme in of_turns)
        larger = max(in_first, len(of_turns) - in_first)
        end = starts + larger * plenary.lengths.turn
        lines.append(_("In two rooms by theme it would end at {end}.", end=Moment(end, "time")))
        buttons.append(Button(_("Two rooms"), TwoRooms(plenary.id)))
    if len(rooms) == 1 and len(state.turns) >= _FEWEST_FOR_ROOMS:
        lines.append(gallery_line(starts))
        # L10N: a button: all groups present at once, each at its table
        buttons.append(Button(_("Gallery of tables"), TakeGallery(plenary.id)))
    return View(tuple(lines), tuple(buttons))


# --- lengths


@routes.action(ShowLengths, who=ORGANISER)
async def show_lengths(request: Request, action: ShowLengths) -> Reply:
    """Show the lengths of a plenary's turns and the end that follows from them."""
    return await _show_lengths(request, await find(request, action.plenary))


async def _show_lengths(request: Request, state: PlenaryState) -> Reply:
    plenary = state.plenary
    session = await preparing.session_of(request.tx, plenary)
    if plenary.running:
        line: Span = _("Ends about {end}", end=Moment(state.predicted_end(request.now), "time"))
    elif session is None:
        return await ask_for_session(request, plenary.id)
    else:
        line = _("Ends at {end}", end=Moment(state.planned_end(max(session.plan.starts, request.now)), "time"))
    lengths = plenary.lengths
    parts: Sequence[tuple[Part, Text, int]] = (
        (
            # L10N: on a button, before «−30 s»: a round of a gallery of tables
            ("talk", _("Round"), lengths.talk),
            # L10N: on a button, before «−30 s»: the time in which people walk to the next table
            ("change", _("Walk"), lengths.change),
        )
        if plenary.gallery
        else (
            # L10N: on a button, before «−30 s»: the talk of each group
            ("talk", _("Talk"), lengths.talk),
            # L10N: on a button, before «−30 s»: the questions to each group
            ("questions", _("Questions"), lengths.questions),
            # L10N: on a button, before «−30 s»: the time in which the next group comes on stage
            ("change", _("Changeover"), lengths.change),
        )
    )
    buttons: list[Button] = []
    for part, label, seconds in parts:
        lowest, highest = BOUNDS[part]
        if seconds > lowest:
            less = _("{part} −{seconds} s", part=label, seconds=STEP)
            buttons.append(Button(less, ChangeLength(plenary.id, part, longer=False)))
        if seconds < highest:
            more = _("{part} +{seconds} s", part=label, seconds=STEP)
            buttons.append(Button(more, ChangeLength(plenary.id, part, longer=True)))
    waiting = len(state.end(request.now).waiting) if plenary.running and not plenary.gallery else 0
    if waiting:
        # L10N: a button: the plenary ends now; the groups that wait present in another session
        buttons.append(Button(_("End here"), ConductStep(plenary.id, "e", seen_of(state))))
    return reply(
        Strong(line),
        *(_("{part}: {length}", part=label, length=length(seconds)) for _part, label, seconds in parts),
        *(
            (_("They count from the next round on.") if plenary.gallery else _("They count from the next group on."),)
            if plenary.running
            else ()
        ),
        *(
            (
                # L10N: never zero
                _n(
                    "«End here» leaves {count} group for another session.",
                    "«End here» leaves {count} groups for another session.",
                    waiting,
                ),
            )
            if waiting
            else ()
        ),
        buttons=(*buttons, Button(_("Back to the plenary"), OpenPlenary(plenary.id), style="primary")),
    )


@routes.action(ChangeLength, who=ORGANISER)
async def change_length(request: Request, action: ChangeLength) -> Reply:
    """Make one part of each turn longer or shorter by half a minute, within its bounds."""
    state = await find(request, action.plenary)
    parts: dict[str, Part] = {"talk": "talk", "questions": "questions", "change": "change"}
    no_part = action.part == "questions" and state.plenary.gallery
    if action.part not in parts or no_part or state.plenary.ended_at is not None:
        raise Stale
    lengths = state.plenary.lengths.changed(parts[action.part], STEP if action.longer else -STEP)
    return await _show_lengths(request, await _with_lengths(request, state, lengths))


async def _with_lengths(request: Request, state: PlenaryState, lengths: Lengths) -> PlenaryState:
    """Store other lengths of a plenary's turns, and return it with them; a second room gets them too."""
    for plenary in await preparing.rooms_of_round(request.tx, state.plenary.round):
        if plenary.id == state.plenary.id or plenary.began_at is None:
            await set_lengths(request.tx, plenary.id, lengths)
    return replace(state, plenary=replace(state.plenary, lengths=lengths))


@routes.action(TakeShortLengths, who=ORGANISER)
async def take_short_lengths(request: Request, action: TakeShortLengths) -> Reply:
    """Take three minutes of talk, one of questions and one to change."""
    state = await find_unbegun(request, action.plenary)
    return await show(request, state if state.plenary.gallery else await _with_lengths(request, state, SHORT))


# --- the order


@routes.action(DrawOrder, who=ORGANISER)
async def draw_order(request: Request, action: DrawOrder) -> Reply:
    """Draw the order of groups with a new seed, unless somebody else changed it since."""
    state = await find_unbegun(request, action.plenary)
    if seen_of(state) != action.seen:
        return await show(request, state, _("This changed meanwhile, so nothing more was done. Here is how it is now."))
    return await _draw(request, state, _new_seed())


def _new_seed() -> int:
    return secrets.randbelow(_LARGEST_SEED) + 1


@routes.action(DrawWithSeed, who=ORGANISER, form=SeedForm)
async def draw_with_seed(request: Request, action: DrawWithSeed, form: SeedForm) -> Reply:
    """Draw the order of groups with a known seed: the same groups come out in the same order."""
    return await _draw(request, await find_unbegun(request, action.plenary), form.seed)


async def _draw(request: Request, state: PlenaryState, seed: int) -> Reply:
    if state.plenary.gallery:
        after = replace(state, plenary=replace(state.plenary, seed=seed))
        what = _("The visits of the gallery are drawn, with the seed {seed}", seed=seed)
        return await show(request, after, undo=(await change(request, state, after, what),))
    after = await preparing.drawn(request.tx, state, seed, alternate=await _may_alternate(request, state))
    undo = await change(request, state, after, _("The order of the plenary is drawn, with the seed {seed}", seed=seed))
    return await _show_order(request, after, undo=(undo,))


async def _may_alternate(request: Request, state: PlenaryState) -> bool:
    """Return whether there are groups between which women and men can alternate, and nobody's gender would follow."""
    groups = await preparing.alternating(request.tx, state)
    people = sorted(person for presenters in groups.values() for person in presenters)
    if not people:
        return False
    look = partial(may_tie, people=people, now=request.now)
    # Looked at anew if something was published meanwhile, which the answer may depend on.
    return await request.look(("alternate", *people, *await public_facts(request.tx)), look)


async def change(request: Request, before: PlenaryState, after: PlenaryState, what: Span) -> Button:
    """Store a change of a plenary and return the button that undoes it; `what` describes it to all organisers."""
    await store_step(request.tx, before, after, request.now)
    plenary_id = before.plenary.id
    values = difference(before, after)
    return await note(request, subject_of(plenary_id), what, RestorePlenary(plenary_id), values)


@routes.action(ShowOrder, who=ORGANISER)
async def show_order(request: Request, action: ShowOrder) -> Reply:
    """Show the groups in their order, with what can be done about it."""
    return await _show_order(request, await find(request, action.plenary))


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
    seed = (_("Seed: {seed}", seed=plenary.seed),) if plenary.seed is not None else ()
    draw = (Button(_("Draw again"), DrawOrder(plenary.id, seen_of(state))),)
    redo = (*draw, Button(_("Draw with a seed"), DrawWithSeed(plenary.id))) if plenary.began_at is None else ()
    # L10N: a button: lists the groups, of which two are to change places
    swap = (Button(_("Swap two groups"), SwapGroups(plenary.id)),) if len(state.waiting) > 1 else ()
    return reply(
        *lines,
        Strong(_("The order of the plenary")),
        *seed,
        *order_lines(state, presenting.titles),
        buttons=(*undo, *swap, *redo, Button(_("Back to the plenary"), OpenPlenary(plenary.id), style="primary")),
    )


@routes.action(SwapGroups, who=ORGANISER)
async def swap_groups(request: Request, action: SwapGroups) -> Reply:
    """Show the groups that wait, of which the first to be swapped is chosen."""
    state = await find(request, action.plenary)
    if len(state.waiting) < 2 or state.plenary.gallery:
        return await _show_order(request, state)
    presenting = await preparing.groups_to_present(request.tx, state.plenary.round)
    return reply(
        _("Which two groups change places? Choose the first."),
        choice=Choice(
            SwapFirst(action.plenary),
            tuple(Option(str(turn.group_id), presenting.titles[turn.group_id]) for turn in state.waiting),
            placeholder=_("Choose a group"),
        ),
        buttons=(_back_to_order(action.plenary),),
    )


def _back_to_order(plenary_id: int) -> Button:
    return Button(_("Back to the order"), ShowOrder(plenary_id))


@routes.choice(SwapFirst, who=ORGANISER, rides=False)
async def swap_first(request: Request, action: SwapFirst, values: tuple[str, ...]) -> Reply:
    """Show the groups with which the chosen one can be swapped."""
    state = await find(request, action.plenary)
    group_id = _waiting_group(state, values)
    presenting = await preparing.groups_to_present(request.tx, state.plenary.round)
    return reply(
        _("{group} changes places with:", group=Strong(presenting.titles[group_id])),
        choice=Choice(
            SwapSecond(action.plenary, group_id),
            tuple(
                Option(str(turn.group_id), presenting.titles[turn.group_id])
                for turn in state.waiting
                if turn.group_id != group_id
            ),
            placeholder=_("Choose a group"),
        ),
        buttons=(_back_to_order(action.plenary),),
    )


@routes.choice(SwapSecond, who=ORGANISER, rides=False)
async def swap_second(request: Request, action: SwapSecond, values: tuple[str, ...]) -> Reply:
    """Let two groups that both wait change places."""
    state = await find(request, action.plenary)
    other = _waiting_group(state, values)
    after = state.swap(action.group, other)
    if after == state:
        return await _show_order(request, state, _("One of them is on stage meanwhile, so nothing was changed."))
    titles = (await preparing.groups_to_present(request.tx, state.plenary.round)).titles
    what = _("{group} and {other} change places in the plenary", group=titles[action.group], other=titles[other])
    undo = await change(request, state, after, what)
    return await _show_order(request, after, what, undo=(undo,))


def _waiting_group(state: PlenaryState, values: tuple[str, ...]) -> int:
    """Return the group that was chosen. Raises Stale unless it is one group that waits for its turn on stage."""
    waiting = {str(turn.group_id): turn.group_id for turn in state.waiting if not state.plenary.gallery}
    if len(values) != 1 or values[0] not in waiting:
        raise Stale
    return waiting[values[0]]


@inverses.declare(RestorePlenary)
async def restore(request: Request, action: RestorePlenary, values: Values) -> Undone:
    """Undo a change of a plenary. Raises UserError if it was changed again since."""
    state = await find(request, action.plenary)
    before = restored(state, values)
    if before is None:
        raise changed_since()
    await store_step(request.tx, state, before, request.now)
    return Undone(buttons=(Button(_("Back to the plenary"), OpenPlenary(action.plenary), style="primary"),))


# --- two rooms


@routes.action(TwoRooms, who=ORGANISER)
async def two_rooms(request: Request, action: TwoRooms) -> Reply:
    """Divide a plenary into two rooms by theme, each with its own clock, in the same session."""
    state = await find_unbegun(request, action.plenary)
    rooms = await preparing.rooms_of_round(request.tx, state.plenary.round)
    if len(rooms) == 1 and state.plenary.session_id is not None and not state.plenary.gallery:
        presenting = await preparing.groups_to_present(request.tx, state.plenary.round)
        themes = {group.id: group.theme for group in presenting.groups.values()}
        await preparing.divide(request.tx, state, themes)
    return await show(request, await find(request, action.plenary))


@routes.action(OneRoom, who=ORGANISER)
async def one_room(request: Request, action: OneRoom) -> Reply:
    """Put the groups of two rooms together again, before either has begun."""
    state = await find_unbegun(request, action.plenary)
    first, *others = await preparing.rooms_of_round(request.tx, state.plenary.round)
    for other in others:
        await preparing.unite(request.tx, await find_unbegun(request, first.id), await find_unbegun(request, other.id))
    return await show(request, await find(request, first.id))


# --- a gallery of tables


@routes.action(TakeGallery, who=ORGANISER)
async def take_gallery(request: Request, action: TakeGallery) -> Reply:
    """Make a plenary a gallery of tables, and draw who visits which table."""
    plenary = (await find_unbegun(request, action.plenary)).plenary
    rooms = await preparing.rooms_of_round(request.tx, plenary.round)
    if len(rooms) == 1 and not plenary.gallery:
        await preparing.take_gallery(request.tx, plenary, GALLERY_ROUNDS, _new_seed())
    return await show(request, await find(request, action.plenary))


@routes.action(LeaveGallery, who=ORGANISER)
async def leave_gallery(request: Request, action: LeaveGallery) -> Reply:
    """Let the groups of a gallery present one after another, in no drawn order and with the configured lengths."""
    plenary = (await find_unbegun(request, action.plenary)).plenary
    if plenary.gallery:
        await preparing.leave_gallery(request.tx, plenary, request.settings.of(PlenarySettings).lengths)
    return await show(request, await find(request, action.plenary))


@routes.action(ChangeRounds, who=ORGANISER)
async def change_rounds(request: Request, action: ChangeRounds) -> Reply:
    """Add a round to a gallery, or take one away, within its bounds."""
    state = await find_unbegun(request, action.plenary)
    fewest, most = ROUNDS
    if state.plenary.gallery:
        rounds = max(fewest, min(most, len(state.turns) + (1 if action.more else -1)))
        await preparing.take_gallery(request.tx, state.plenary, rounds, state.plenary.seed or _new_seed())
    return await show(request, await find(request, action.plenary))
