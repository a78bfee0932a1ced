"""Carries out each step of a plenary: everybody's cards are updated, and presenters are called on stage, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.conversation import display_store, live_screens
from bot.database.engine import Transaction
from bot.delivery import outbox
from handlers.groups.store.members import arrived_members
from handlers.plenary.model.gallery import Visits, plan_visits
from handlers.plenary.model.turns import Plenary, PlenaryState, StageTurn
from handlers.plenary.store.galleries import put_visits, tables_of
from handlers.plenary.store.listeners import groups_of_listeners, listeners_of
from handlers.plenary.store.plenaries import mark_called, save_state, set_tick
from handlers.plenary.store.presenters import presenters_of

_SAME_SESSION = timedelta(hours=3)
_AHEAD = 2
"""How many groups before their turn presenters are told to come."""

SCREEN = "stage"
"""The kind of display that shows a plenary on a wall; its subject is the plenary's id."""


def card_key(plenary_id: int) -> str:
    """Return the key of the live screen (a message kept up to date) with which organisers conduct a plenary."""
    return f"plenary:{plenary_id}"


def room_key(plenary_id: int, group_id: int | None = None) -> str:
    """Return the key of the live screen (a message kept up to date) for people in the audience of a plenary.

    With `group_id`, return the key for the members of that group, which presents in the plenary.
    """
    return f"stage:{plenary_id}" if group_id is None else f"stage:{plenary_id}:{group_id}"


def table_key(plenary_id: int, person_id: int) -> str:
    """Return the key of the live screen (a message kept up to date) that tells a person their table in a gallery."""
    return f"table:{plenary_id}:{person_id}"


def listener_key(plenary: Plenary, person_id: int, group_id: int | None) -> str:
    """Return the key of the live screen (a message kept up to date) that a listener sees during a plenary.

    In a gallery, each person has a screen of their own. `group_id` is the person's group if it presents in the plenary,
    and None otherwise.
    """
    return table_key(plenary.id, person_id) if plenary.gallery else room_key(plenary.id, group_id)


def presenter_keys(plenary_id: int, group_id: int, person_id: int) -> tuple[str, str]:
    """Return the keys of a presenter's two live screens: when the group's turn is, and the clock on stage.

    A live screen is a message that is kept up to date.
    """
    subject = f"{plenary_id}:{group_id}:{person_id}"
    return f"presenter:{subject}", f"clock:{subject}"


def begun(state: PlenaryState, starts: datetime, now: datetime) -> PlenaryState:
    """Return a plenary that begins now; `starts` is when its session begins in the programme.

    The planned end is counted from `starts`, so that a late start shows as a delay. If the plenary begins at least
    three hours earlier or later, its end is counted from now.
    """
    planned = starts if abs(now - starts) < _SAME_SESSION else now
    return state.begin(now, state.planned_end(planned))


async def store_step(tx: Transaction, before: PlenaryState, after: PlenaryState, now: datetime) -> None:
    """Store a step of a plenary, update everybody's cards, and call presenters who were not called yet.

    At the first step everybody gets a card. Presenters who are called at once get only the presenters' card, which has
    a button to that card. At the end, walls on which the plenary was put show again what they were opened for.
    """
    await save_state(tx, before, after, now)
    if after.plenary.ended_at is not None:
        await display_store.take_off(tx, SCREEN, str(after.plenary.id))
    called = await _call_presenters(tx, before, after, now)
    if before.plenary.began_at is None and after.plenary.running:
        if after.plenary.gallery:
            await put_visits(tx, after.plenary.id, await planned_visits(tx, after))
        keys = await _keys_of_listeners(tx, after.plenary)
        await outbox.push_live_screens(tx, {person: keys[person] for person in keys if person not in called})
    await refresh(tx, before, after)


async def planned_visits(tx: Transaction, state: PlenaryState) -> Sequence[Visits]:
    """Return who visits which table in each round of a gallery, drawn among the people who take part now."""
    return plan_visits(await tables_of(tx, state.plenary.id), len(state.turns), state.plenary.seed or 0)


async def _keys_of_listeners(tx: Transaction, plenary: Plenary) -> Mapping[int, str]:
    """Return the key of the live screen that each person has who listens in a plenary, by their id."""
    group_of = await groups_of_listeners(tx, plenary.id)
    return {
        person: listener_key(plenary, person, group_of.get(person)) for person in await listeners_of(tx, plenary.id)
    }


async def refresh(tx: Transaction, before: PlenaryState, after: PlenaryState) -> None:
    """Update the cards (messages) that a step changed: the organisers', the presenters' and the audience's."""
    plenary_id = after.plenary.id
    await live_screens.touch(tx, card_key(plenary_id))
    if _seen_by_room(before) != _seen_by_room(after):
        await _touch_listeners(tx, after)
    for turn in after.turns:
        was = before.find(turn.group_id)
        if turn.called_at is not None and (turn.on_stage or turn.state == "waiting" or turn != was):
            await touch_presenters(tx, plenary_id, turn.group_id)


async def _touch_listeners(tx: Transaction, state: PlenaryState) -> None:
    plenary = state.plenary
    if plenary.gallery:
        keys: Iterable[str] = (await _keys_of_listeners(tx, plenary)).values()
    else:
        keys = (room_key(plenary.id, group_id) for group_id in (None, *(turn.group_id for turn in state.turns)))
    await live_screens.touch_each(tx, keys)


def _seen_by_room(state: PlenaryState) -> tuple[object, ...]:
    """Return what the room's card shows of a plenary. It is drawn again for nothing else: edits are rationed."""
    turn = state.current
    following = [waiting.key for waiting in state.waiting[:1]]
    # The card of a gallery says until when a round goes on.
    ends = (turn.ends_at, state.plenary.paused_at) if turn and state.plenary.gallery else ()
    return turn and (turn.key, turn.state), following, state.plenary.running, ends


async def touch_presenters(tx: Transaction, plenary_id: int, group_id: int) -> None:
    """Update the live screens (messages that are kept up to date) of a group's presenters."""
    for person_id in await people_on_stage(tx, group_id):
        await live_screens.touch_each(tx, presenter_keys(plenary_id, group_id, person_id))


async def _call_presenters(
    tx: Transaction, before: PlenaryState, state: PlenaryState, now: datetime
) -> Collection[int]:
    """Send a live screen to the presenters of the next two groups, and another one to a group that comes on stage.

    Each group gets each of them once. Who waits in a group that named nobody is called by the card of the room, and
    gets no other where they have it. Returns the ids of the people whom their group named and who were sent one now.
    """
    called: set[int] = set()
    if not state.plenary.running or state.plenary.gallery:
        return called
    comes = (
        state.current if state.current and not (before.current and before.current.key == state.current.key) else None
    )
    for turn in (state.current, *state.waiting[:_AHEAD]):
        if turn is None or not (await mark_called(tx, turn.group_id, now) or turn is comes):
            continue
        named = await presenters_of(tx, turn.group_id)
        if named or turn.on_stage:
            await show_to_presenters(tx, turn)
        elif before.plenary.began_at is not None:
            reads = await live_screens.people_shown(tx, room_key(turn.plenary_id, turn.group_id))
            await show_to_presenters(tx, turn, but=reads)
        called.update(presenter.id for presenter in named)
    return called


async def show_to_presenters(tx: Transaction, turn: StageTurn, but: Collection[int] = ()) -> None:
    """Send a new live screen (a message kept up to date) to the presenters of a group.

    It shows when the group's turn is or, once the group is on stage, the clock. A new message is needed because the
    earlier one may be far up in the chat. If a group has no presenters, all its members get it. `but` are ids of people
    who get none.
    """
    for person_id in [each for each in await people_on_stage(tx, turn.group_id) if each not in but]:
        called, clock = presenter_keys(turn.plenary_id, turn.group_id, person_id)
        await outbox.push_live_screen(tx, clock if turn.on_stage else called, (person_id,))


async def people_on_stage(tx: Transaction, group_id: int) -> Sequence[int]:
    """Return the ids of a group's presenters or, if it has none, of all its members who take part."""
    presenters = [presenter.id for presenter in await presenters_of(tx, group_id)]
    return presenters or await arrived_members(tx, group_id)


async def tick(tx: Transaction, state: PlenaryState, now: datetime) -> None:
    """Update the clocks of a plenary, and store when they change next."""
    await set_tick(tx, state.plenary.id, state.next_tick(now))
    await live_screens.touch(tx, card_key(state.plenary.id))
    if (turn := state.current) and not state.plenary.gallery:
        await touch_presenters(tx, state.plenary.id, turn.group_id)
