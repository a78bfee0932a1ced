"""The organisers' screens before a plenary: its session, what it lacks, when it ends; two rooms, or a gallery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.errors import Stale, existing
from bot.content.texts import Moment, Span, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import ORGANISER, Go, Request, Routes, Transaction
from handlers.navigation.actions import BACK
from handlers.plenary.actions import (
    PLENARIES,
    BeginPlenary,
    DrawOrder,
    DrawWithSeed,
    OpenPlenary,
    ShowLengths,
)
from handlers.plenary.messages import gallery_line, heading, order_button, plan_lines, room_words, visits_lines
from handlers.plenary.model.gallery import GALLERY_ROUNDS, ROUNDS
from handlers.plenary.model.order import split_by_theme
from handlers.plenary.model.turns import SHORT, Plenary, PlenaryState
from handlers.plenary.organiser.changing import find, find_unbegun, version_of
from handlers.plenary.organiser.showing import screen_buttons
from handlers.plenary.service import preparing
from handlers.plenary.service.conducting import planned_visits
from handlers.plenary.service.telling import tell_order
from handlers.plenary.settings import PlenarySettings
from handlers.plenary.store.galleries import tables_of
from handlers.plenary.store.plenaries import set_session
from handlers.plenary.store.presenters import count_without_presenters
from handlers.programme.actions import SESSIONS, AddSession, EditSession
from handlers.programme.messages import heading as session_line
from handlers.programme.model import Session, local_day
from handlers.themes.store import all_themes

routes = Routes()

_FEWEST_FOR_ROOMS = 4
"""With fewer groups, two rooms are not proposed."""


async def ask_for_groups(_request: Request) -> Reply:
    """Tell the organiser that a plenary needs published groups."""
    return reply(
        _("In the plenary every group presents what it made. No groups are published yet: publish them first."),
        buttons=(Button(_("Groups"), Go("groupes"), style="primary"), BACK),
    )


async def prepare_first(request: Request) -> Reply:
    """Prepare the first plenary of the groups: in the only session that is possible, or ask in which of several."""
    sessions = await preparing.possible_sessions(request.tx, request.now)
    if len(sessions) != 1:
        return await ask_for_session(request)
    request.require_may_change(pick_session.handler)
    return await pick_session.handler(request, sessions[0].id, 0)


@routes.press("pnpm", who=ORGANISER)
async def ask_for_session(request: Request, plenary_id: int = 0) -> Reply:
    """Ask in which session a plenary takes place, or say that the programme has none to choose.

    `plenary_id` is 0 for a new plenary.
    """
    sessions = await preparing.possible_sessions(request.tx, request.now)
    if not sessions:
        return reply(
            _("The programme has no plenary to come. Add a session of that kind, then come back here."),
            buttons=(Button(_("Add a session"), AddSession(0), style="primary"), SESSIONS, PLENARIES, BACK),
        )
    options = tuple(Option(str(session.id), session_line(session.plan, request.now)) for session in sessions)
    return reply(
        _("In which session do the groups present?"),
        choice=Choice(pick_session.to(plenary_id), options, listed=True),
        buttons=(SESSIONS, BACK),
    )


async def offer_another_session(tx: Transaction, round_number: int) -> View:
    """Return how many groups of a round (one day) have not presented, with a button to plan another session for them.

    The View is empty while a plenary of the round is running or still to come.
    """
    left = await preparing.groups_left(tx, round_number)
    if left is None:
        return View(())
    if not left:
        return View((_("Every group has presented."),))
    # L10N: never zero
    line = _n("{count} group has not presented yet.", "{count} groups have not presented yet.", len(left))
    # L10N: a button: the groups that have not presented yet do so in another session of the programme
    return View((line,), (Button(_("Another session for them"), prepare_another.to(), style="primary"),))


@routes.press("pnpn", who=ORGANISER)
async def prepare_another(request: Request) -> Reply:
    """Ask in which session the groups that have not presented yet should present."""
    round_ = await preparing.round_to_present(request.tx)
    if round_ is None or not await preparing.groups_left(request.tx, round_.number):
        raise Stale
    return await ask_for_session.handler(request)


@routes.pick("pnp", who=ORGANISER, sent_with_press=False)
async def pick_session(request: Request, session_id: int, plenary_number: int) -> Reply:
    """Prepare a plenary in the chosen session, or move a plenary that has not begun to that session.

    `plenary_number` is the id of the plenary, 0 for a new one. If it has two rooms, both are moved.
    """
    round_ = existing(await preparing.round_to_present(request.tx))
    sessions = {session.id: session for session in await preparing.possible_sessions(request.tx, request.now)}
    session = existing(sessions.get(session_id))
    known = await preparing.rooms_of_round(request.tx, round_.number)
    if not plenary_number and await preparing.groups_left(request.tx, round_.number):
        of_stage = [plenary.lengths for plenary in known if not plenary.gallery]
        lengths = of_stage[0] if of_stage else request.settings.of(PlenarySettings).lengths
        plenary_id = await preparing.prepare(request.tx, round_, session, lengths)
    elif not known:
        raise Stale
    else:
        plenary_id = plenary_number or known[0].id
        await find_unbegun(request, plenary_id)
        for plenary in known:
            await set_session(request.tx, plenary.id, session.id)
        await tell_order(request.tx, round_.number, request.now)
    return await show(request, await find(request, plenary_id))


async def show(request: Request, state: PlenaryState, *lines: Span, undo: tuple[Button, ...] = ()) -> Reply:
    """Show a plenary that has not begun, after `lines` on what has just been done."""
    plenary = state.plenary
    session = await preparing.session_of(request.tx, plenary)
    if session is None:
        return await ask_for_session.handler(request, plenary.id)
    if await preparing.add_missing_groups(request.tx, plenary):
        await tell_order(request.tx, plenary.round, request.now)
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
    others = len(await preparing.possible_sessions(request.tx, request.now)) > 1
    alternatives = _alternatives(request, state, session, themes, rooms)
    draw = _("Draw the order") if plenary.seed is None else _("Draw again")
    is_today = local_day(session.plan, session.plan.starts) == local_day(session.plan, request.now)
    comes_next = plenary.seed is not None and is_today
    seen = version_of(state).seen
    begin = Button(_("Begin"), BeginPlenary(plenary.id, seen), style="primary" if comes_next else "plain")
    return reply(
        *lines,
        heading(state),
        *room,
        *plan_lines(state, session, request.now),
        _("The order is not drawn yet.")
        if plenary.seed is None
        else _("The order was drawn with the draw number {seed}.", seed=plenary.seed),
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
            Button(draw, DrawOrder(plenary.id, seen), style="primary" if plenary.seed is None else "plain"),
            *(() if comes_next else (begin,)),
            *undo,
            # L10N: a button: the lengths of talks and questions
            Button(_("Times"), ShowLengths(plenary.id)),
            *await screen_buttons(request.tx, state),
            order_button(plenary),
            *alternatives.buttons,
            Button(_("See the session"), EditSession(session.id)),
            *((Button(_("Another session"), ask_for_session.to(plenary.id)),) if others else ()),
            *((PLENARIES,) if len(rooms) > 1 else ()),
            BACK,
        ),
        again=OpenPlenary(plenary.id),
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
        _("The visits were drawn with the draw number {seed}.", seed=plenary.seed or 0),
        *visits_lines(tables, await planned_visits(request.tx, state)),
        buttons=(
            Button(_("Begin"), BeginPlenary(plenary.id, version_of(state).seen), style="primary"),
            *undo,
            order_button(plenary),
            # L10N: a button: the lengths of the rounds of a gallery
            Button(_("Times"), ShowLengths(plenary.id)),
            *await screen_buttons(request.tx, state),
            *((Button(_("One round fewer"), change_rounds.to(plenary.id, more=False)),) if rounds > fewest else ()),
            *((Button(_("One round more"), change_rounds.to(plenary.id, more=True)),) if rounds < most else ()),
            Button(_("Draw again"), DrawOrder(plenary.id, version_of(state).seen)),
            Button(_("Draw with a number"), DrawWithSeed(plenary.id)),
            # L10N: a button: no gallery of tables, the groups present one after another
            Button(_("Back to the stage"), leave_gallery.to(plenary.id)),
            Button(_("See the session"), EditSession(session.id)),
            BACK,
        ),
        again=OpenPlenary(plenary.id),
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
        buttons.append(Button(_("3 min + 1 min"), take_short_lengths.to(plenary.id)))
    of_turns = [themes[turn.group_id] for turn in state.turns]
    if len(rooms) > 1:
        if plenary.room == 1 and all(other.began_at is None for other in rooms):
            buttons.append(Button(_("Back to one room"), one_room.to(plenary.id)))
    elif len(set(of_turns)) > 1 and len(of_turns) >= _FEWEST_FOR_ROOMS:
        first, _second = split_by_theme(of_turns)
        in_first = sum(theme in first for theme in of_turns)
        larger = max(in_first, len(of_turns) - in_first)
        end = starts + larger * plenary.lengths.turn
        lines.append(_("In two rooms by theme it would end at {end}.", end=Moment(end, "time")))
        buttons.append(Button(_("Two rooms"), two_rooms.to(plenary.id)))
    if len(rooms) == 1 and len(state.turns) >= request.settings.of(PlenarySettings).gallery_from:
        lines.append(gallery_line(starts))
        # L10N: a button: all groups present at once, each at its table
        buttons.append(Button(_("Gallery of tables"), take_gallery.to(plenary.id)))
    return View(tuple(lines), tuple(buttons))


@routes.press("pnts", who=ORGANISER)
async def take_short_lengths(request: Request, plenary: int) -> Reply:
    """Set three minutes for each talk, one minute for questions, and one for the change of groups."""
    state = await find_unbegun(request, plenary)
    if not state.plenary.gallery:
        state = await preparing.change_lengths(request.tx, state, SHORT)
        await tell_order(request.tx, state.plenary.round, request.now)
    return await show(request, state)


@routes.press("pnq", who=ORGANISER)
async def two_rooms(request: Request, plenary: int) -> Reply:
    """Divide a plenary into two rooms by theme, each with its own clock, in the same session."""
    state = await find_unbegun(request, plenary)
    rooms = await preparing.rooms_of_round(request.tx, state.plenary.round)
    if len(rooms) == 1 and state.plenary.session_id is not None and not state.plenary.gallery:
        presenting = await preparing.groups_to_present(request.tx, state.plenary.round)
        themes = {group.id: group.theme for group in presenting.groups.values()}
        await preparing.divide(request.tx, state, themes)
        await tell_order(request.tx, state.plenary.round, request.now)
    return await show(request, await find(request, plenary))


@routes.press("pnqo", who=ORGANISER)
async def one_room(request: Request, plenary: int) -> Reply:
    """Unite the groups of a plenary's two rooms, if neither room has begun."""
    state = await find_unbegun(request, plenary)
    first, *others = await preparing.rooms_of_round(request.tx, state.plenary.round)
    for other in others:
        await preparing.unite(request.tx, await find_unbegun(request, first.id), await find_unbegun(request, other.id))
    await tell_order(request.tx, state.plenary.round, request.now)
    return await show(request, await find(request, first.id))


@routes.press("pngl", who=ORGANISER)
async def take_gallery(request: Request, plenary_id: int) -> Reply:
    """Turn a plenary into a gallery of tables, and draw who visits which table."""
    plenary = (await find_unbegun(request, plenary_id)).plenary
    rooms = await preparing.rooms_of_round(request.tx, plenary.round)
    if len(rooms) == 1 and not plenary.gallery:
        await preparing.take_gallery(request.tx, plenary, GALLERY_ROUNDS, preparing.new_seed())
        await tell_order(request.tx, plenary.round, request.now)
    return await show(request, await find(request, plenary_id))


@routes.press("pngx", who=ORGANISER)
async def leave_gallery(request: Request, plenary_id: int) -> Reply:
    """Turn a gallery into a plenary of groups one after another.

    No order is drawn yet, and the lengths are the configured ones.
    """
    plenary = (await find_unbegun(request, plenary_id)).plenary
    if plenary.gallery:
        await preparing.leave_gallery(request.tx, plenary, request.settings.of(PlenarySettings).lengths)
    return await show(request, await find(request, plenary_id))


@routes.press("pngn", who=ORGANISER)
async def change_rounds(request: Request, plenary: int, more: bool) -> Reply:
    """Add a round to a plenary that is a gallery, if `more` is true, or remove its last one, if false.

    Nothing changes if there would be too few or too many rounds.
    """
    state = await find_unbegun(request, plenary)
    fewest, most = ROUNDS
    if state.plenary.gallery:
        rounds = max(fewest, min(most, len(state.turns) + (1 if more else -1)))
        await preparing.take_gallery(request.tx, state.plenary, rounds, state.plenary.seed or preparing.new_seed())
    return await show(request, await find(request, plenary))
