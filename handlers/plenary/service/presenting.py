"""Sets who presents for a group, and keeps the clocks on their phones in step with that."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation import live_screens
from bot.database.engine import Transaction
from handlers.plenary.service.conducting import card_key, people_on_stage, presenter_key, show_to_presenters
from handlers.plenary.store.plenaries import find_state, find_turn
from handlers.plenary.store.presenters import groups_presented_by, put_presenters

MOST_PRESENTERS = 2
"""How many people at most present for a group."""


async def set_presenters(tx: Transaction, group_id: int, people: Sequence[int]) -> None:
    """Store who presents for a group, instead of those named before, who keep what they agreed to if they stay.

    If they were told to come already, who is new gets the clock, and who does not present any more reads that.
    """
    before = await people_on_stage(tx, group_id)
    await put_presenters(tx, group_id, people)
    turn = await find_turn(tx, group_id)
    if turn is None or turn.called_at is None:
        return
    state = await find_state(tx, turn.plenary_id)
    assert state is not None, "a turn belongs to a plenary"
    await show_to_presenters(tx, state.plenary, group_id)
    for person_id in {*before, *people}:
        await live_screens.touch(tx, presenter_key(turn.plenary_id, group_id, person_id))


async def replace_presenter(tx: Transaction, person_id: int) -> None:
    """Show the turn and the clock to who presents instead of a person, in groups that were told to come already."""
    for group_id in await groups_presented_by(tx, person_id):
        turn = await find_turn(tx, group_id)
        state = await find_state(tx, turn.plenary_id) if turn else None
        if turn and state and turn.called_at is not None and (turn.on_stage or turn.state == "waiting"):
            await show_to_presenters(tx, state.plenary, group_id)


async def refresh_cards(tx: Transaction, group_id: int) -> None:
    """Have the conductor's card drawn again after what a group wants has changed: the next step may be another."""
    turn = await find_turn(tx, group_id)
    if turn is not None:
        await live_screens.touch(tx, card_key(turn.plenary_id))
