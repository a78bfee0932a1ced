"""Notifies each group when it presents, once the order of a plenary is drawn, and corrects these messages later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from handlers.plenary.messages import NO_ORDER, turn_view
from handlers.plenary.model.turns import Plenary, PlenaryState
from handlers.plenary.service.preparing import rooms_of_round, session_of
from handlers.plenary.store.plenaries import all_plenaries, find_state, groups_of_plenary
from handlers.plenary.store.presenters import presenters_of
from handlers.programme.model import Session

_A_MINUTE = timedelta(minutes=1)
"""How long groups are not told of their turn, as an order is often drawn once more, or two groups swapped."""


async def tell_order(tx: Transaction, round_number: int, now: datetime) -> None:
    """Notify the groups of a round (one day) when they present, or correct what they were told.

    Call this after everything that changes when groups present. A group gets one message, a minute after the order was
    drawn; later changes are corrected in that message. Without an order or a session, no new message is sent, and
    groups that were notified read that the order is no longer valid.
    """
    rooms = await rooms_of_round(tx, round_number)
    for plenary in rooms:
        state = await find_state(tx, plenary.id)
        if state is None or plenary.ended_at is not None:
            continue
        views = await _turns(tx, state, now) if plenary.seed is not None and not plenary.gallery else {}
        for group_id in await groups_of_plenary(tx, plenary.id):
            subject = _subject(rooms, group_id)
            told = await outbox.last_notified_at(tx, subject) is not None
            if told and not views and await outbox.call_back(tx, subject):
                continue
            view = views.get(group_id, NO_ORDER)
            if told:
                await outbox.follow(tx, subject, _always(view), now)
            elif views:
                await outbox.notify_groups(tx, [group_id], view, now, subject=subject, due=now + _A_MINUTE)


async def call_back_turns(tx: Transaction, round_number: int) -> None:
    """Cancel unsent messages about turns to groups that have been called on stage in the meantime."""
    rooms = await rooms_of_round(tx, round_number)
    for plenary in rooms:
        state = await find_state(tx, plenary.id)
        for turn in state.turns if state and not plenary.gallery else ():
            if turn.called_at is not None:
                await outbox.call_back(tx, _subject(rooms, turn.group_id))


def _subject(rooms: Sequence[Plenary], group_id: int) -> str:
    return f"turn:{rooms[0].id}:{group_id}"


async def correct_turns(tx: Transaction, session: Session, now: datetime) -> None:
    """Correct the messages in which groups read when they present, after their session was changed."""
    for number in {plenary.round for plenary in await all_plenaries(tx) if plenary.session_id == session.id}:
        await tell_order(tx, number, now)


def _always(view: View) -> Callable[[View], View]:
    return lambda _before: view


async def _turns(tx: Transaction, state: PlenaryState, now: datetime) -> Mapping[int, View]:
    """Return what each group of a plenary is told of its turn, by the group's id; nothing without a session."""
    session = await session_of(tx, state.plenary)
    # One of several in the same session begins when it does, not when the session did.
    starts = state.plenary.began_at or (max(session.plan.starts, now) if session else None)
    if starts is None:
        return {}
    views = {}
    for place, turn in enumerate(state.turns):
        at = starts + place * state.plenary.lengths.turn
        named = bool(await presenters_of(tx, turn.group_id))
        plan = session.plan if session else None
        views[turn.group_id] = turn_view(turn, place + 1, at, plan, now, named=named)
    return views
