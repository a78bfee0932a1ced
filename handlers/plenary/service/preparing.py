"""Prepares a plenary: its session, the groups that present, the lengths of their turns, the order, and two rooms."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.content.texts import Text
from bot.conversation import display_store
from bot.database.engine import Transaction
from handlers.groups.messages.cards import title
from handlers.groups.model import Group, Round
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.rounds import all_rounds
from handlers.plenary.model.gallery import GALLERY
from handlers.plenary.model.order import balanced, draw_order, split_by_theme
from handlers.plenary.model.turns import Lengths, Plenary, PlenaryState
from handlers.plenary.service.conducting import SCREEN
from handlers.plenary.store.galleries import put_rounds
from handlers.plenary.store.order import entrants_of, tie_people
from handlers.plenary.store.plenaries import (
    add_plenary,
    all_plenaries,
    find_state,
    groups_of_plenary,
    put_turns,
    remove_plenary,
    remove_turns,
    running_plenaries,
    set_gallery,
    set_lengths,
)
from handlers.plenary.store.presenters import presenters_of
from handlers.programme.model import Session
from handlers.programme.store import find_session, still_to_come
from handlers.themes.store import all_themes

LARGEST_SEED = 9999
"""The largest seed; seeds are short, so that they can be read aloud and typed."""


@dataclass(frozen=True, slots=True)
class PresentingGroups:
    """The groups of a round (one day) that can present, by id, and the title of each."""

    groups: Mapping[int, Group]
    titles: Mapping[int, Text]


async def round_to_present(tx: Transaction) -> Round | None:
    """Return the last published round (one day), whose groups present; None if no groups are published."""
    published = [round_ for round_ in await all_rounds(tx) if round_.published]
    return published[-1] if published else None


async def running_now(tx: Transaction) -> Sequence[Plenary]:
    """Return the running plenaries; () if no groups are published, without reading plenaries."""
    return await running_plenaries(tx) if await round_to_present(tx) else ()


async def groups_to_present(tx: Transaction, round_number: int) -> PresentingGroups:
    """Return the groups of a round (one day) and their titles, in the order of themes and numbers."""
    groups = {group.id: group for group in await groups_of_round(tx, round_number)}
    themes = {theme.key: theme for theme in await all_themes(tx)}
    return PresentingGroups(groups, {group.id: title(group, themes[group.theme]) for group in groups.values()})


async def rooms_of_round(tx: Transaction, round_number: int) -> Sequence[Plenary]:
    """Return the latest plenary of a round (one day's groups) or, if it has two rooms, both plenaries, by room.

    Plenaries of earlier sessions, which are over, are left out.
    """
    plenaries = [plenary for plenary in await all_plenaries(tx) if plenary.round == round_number]
    first = max((plenary.id for plenary in plenaries if plenary.room == 1), default=0)
    return sorted((plenary for plenary in plenaries if plenary.id >= first), key=lambda plenary: plenary.room)


async def groups_left(tx: Transaction, round_number: int) -> Sequence[int] | None:
    """Return the ids of a round's groups (one day) that have not presented yet, in the order of themes and numbers.

    Returns None while a plenary of the round is running or still to come, because every group has a turn in it.
    """
    presented: set[int] = set()
    for plenary in await all_plenaries(tx):
        if plenary.round != round_number:
            continue
        if plenary.ended_at is None:
            return None
        state = await find_state(tx, plenary.id)
        assert state is not None, "a plenary that is listed is there"
        presented.update(
            await groups_of_plenary(tx, plenary.id)
            if plenary.gallery
            else (turn.group_id for turn in state.turns if turn.state == "done")
        )
    return [group.id for group in await groups_of_round(tx, round_number) if group.id not in presented]


async def possible_sessions(tx: Transaction, now: datetime) -> Sequence[Session]:
    """Return the sessions in which a plenary can take place: plenary sessions that are not over."""
    return [
        session
        for session in await still_to_come(tx, now)
        if session.plan.kind == "plenary" and not session.plan.cancelled
    ]


async def prepare(tx: Transaction, round_: Round, session: Session, lengths: Lengths) -> int:
    """Prepare a plenary in a session for the groups of a round (one day) that have not presented yet; return its id.

    No order is drawn yet. The round must have no other plenary that is running or still to come.
    """
    group_ids = await groups_left(tx, round_.number)
    assert group_ids is not None, "two plenaries of the same groups are never prepared at once"
    plenary_id = await add_plenary(tx, round_.number, session.id, 1, lengths)
    await remove_turns(tx, group_ids)
    await put_turns(tx, plenary_id, group_ids)
    return plenary_id


async def add_missing_groups(tx: Transaction, plenary: Plenary) -> bool:
    """Give a turn at the end of a plenary to groups that were formed after it was prepared.

    With two rooms, a group is added to the room of its theme, or else to the first room. Returns whether any group was
    missing.
    """
    rooms = await rooms_of_round(tx, plenary.round)
    plenaries = [other for other in await all_plenaries(tx) if other.round == plenary.round]
    present = {other.id: await groups_of_plenary(tx, other.id) for other in plenaries}
    known = {group_id for group_ids in present.values() for group_id in group_ids}
    groups = {group.id: group for group in await groups_of_round(tx, plenary.round)}
    room_of_theme = {groups[group_id].theme: room.id for room in rooms for group_id in present[room.id]}
    missing = [group for group in groups.values() if group.id not in known]
    for room in rooms:
        here = [group.id for group in missing if room_of_theme.get(group.theme, rooms[0].id) == room.id]
        if here and not room.ended_at:
            await put_turns(tx, room.id, [*present[room.id], *here])
    return bool(missing)


async def session_of(tx: Transaction, plenary: Plenary) -> Session | None:
    """Return the session in which a plenary takes place; None if the session was deleted or is not to take place."""
    session = await find_session(tx, plenary.session_id) if plenary.session_id is not None else None
    return session if session and session.plan.takes_place else None


async def change_lengths(tx: Transaction, state: PlenaryState, lengths: Lengths) -> PlenaryState:
    """Store new lengths for a plenary's turns, and for its second room if that has not begun; return the plenary."""
    for plenary in await rooms_of_round(tx, state.plenary.round):
        if plenary.id == state.plenary.id or plenary.began_at is None:
            await set_lengths(tx, plenary.id, lengths)
    return replace(state, plenary=replace(state.plenary, lengths=lengths))


def new_seed() -> int:
    """Return an unpredictable seed for an order of groups, or for the visits of a gallery."""
    return secrets.randbelow(LARGEST_SEED) + 1


async def alternating(tx: Transaction, state: PlenaryState) -> Mapping[int, Sequence[int]]:
    """Return, by group id, the ids of the presenters of groups between which women and men can alternate.

    All presenters of these groups agreed that the order may alternate.
    """
    groups = [entrant.group_id for entrant in balanced(await entrants_of(tx, state.plenary.id)) if entrant.gender]
    return {group_id: [person.id for person in await presenters_of(tx, group_id)] for group_id in groups}


async def drawn(tx: Transaction, state: PlenaryState, seed: int, *, alternate: bool) -> PlenaryState:
    """Return a plenary that has not begun, with its groups in the order that the seed leads to.

    With `alternate`, women and men alternate among the groups that agreed, and the people on whose gender the order
    depends are stored.
    """
    entrants = balanced(await entrants_of(tx, state.plenary.id))
    if alternate:
        people = (await alternating(tx, state)).values()
        await tie_people(tx, [person for presenters in people for person in presenters])
    else:
        entrants = [replace(entrant, gender="") for entrant in entrants]
    ordered = state.ordered(draw_order(entrants, seed))
    return replace(ordered, plenary=replace(ordered.plenary, seed=seed))


async def take_gallery(tx: Transaction, plenary: Plenary, rounds: int, seed: int) -> None:
    """Turn a plenary that has not begun into a gallery with `rounds` rounds; the seed determines the visits."""
    await set_gallery(tx, plenary.id, gallery=True, seed=seed)
    await put_rounds(tx, plenary.id, rounds)
    if not plenary.gallery:
        await set_lengths(tx, plenary.id, GALLERY)


async def leave_gallery(tx: Transaction, plenary: Plenary, lengths: Lengths) -> None:
    """Turn a gallery that has not begun into a plenary of groups one after another, with these lengths."""
    await set_gallery(tx, plenary.id, gallery=False, seed=None)
    await put_rounds(tx, plenary.id, 0)
    await set_lengths(tx, plenary.id, lengths)


async def divide(tx: Transaction, state: PlenaryState, themes: Mapping[int, str]) -> int:
    """Divide a plenary that has not begun into two rooms by theme; return the id of the plenary in the second room.

    `themes` has the theme of each group. The order is kept within each room.
    """
    first, second = split_by_theme(themes[turn.group_id] for turn in state.turns)
    plenary = state.plenary
    assert plenary.session_id is not None, "a plenary without a session is not divided"
    other = await add_plenary(tx, plenary.round, plenary.session_id, 2, plenary.lengths)
    for plenary_id, room in ((plenary.id, first), (other, second)):
        await put_turns(tx, plenary_id, [turn.group_id for turn in state.turns if themes[turn.group_id] in room])
    return other


async def unite(tx: Transaction, state: PlenaryState, other: PlenaryState) -> None:
    """Move the groups of the `other` room to the end of a plenary, and delete that room; neither may have begun."""
    await put_turns(tx, state.plenary.id, [turn.group_id for turn in (*state.turns, *other.turns)])
    await display_store.take_off(tx, SCREEN, str(other.plenary.id))
    await remove_plenary(tx, other.plenary.id)
