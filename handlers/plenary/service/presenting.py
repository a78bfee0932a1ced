"""Sets the presenters of groups, and updates the clocks on their phones."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation import live_screens
from bot.database.engine import Transaction
from handlers.plenary.service.conducting import card_key, people_on_stage, presenter_keys, show_to_presenters
from handlers.plenary.store.plenaries import find_turn
from handlers.plenary.store.presenters import groups_presented_by, put_presenters

MOST_PRESENTERS = 2
"""How many people at most present for a group."""


async def set_presenters(tx: Transaction, group_id: int, people: Sequence[int]) -> None:
    """Store the presenters of a group in place of the earlier ones. Presenters who remain keep what they agreed to.

    If the group was called on stage already, new presenters get the clock, and former ones read that they no longer
    present.
    """
    before = await people_on_stage(tx, group_id)
    await put_presenters(tx, group_id, people)
    turn = await find_turn(tx, group_id)
    if turn is None or turn.called_at is None:
        return
    await show_to_presenters(tx, turn)
    for person_id in {*before, *people}:
        await live_screens.touch_each(tx, presenter_keys(turn.plenary_id, group_id, person_id))


async def replace_presenter(tx: Transaction, person_id: int) -> None:
    """After a presenter left, show the turn and the clock to whoever now presents for the group, if it was called."""
    for group_id in await groups_presented_by(tx, person_id):
        turn = await find_turn(tx, group_id)
        if turn and turn.called_at is not None and (turn.on_stage or turn.state == "waiting"):
            await show_to_presenters(tx, turn)


async def refresh_cards(tx: Transaction, group_id: int) -> None:
    """Update the card of organisers who conduct a plenary, after a group changed its wishes for its turn.

    A wish may change the next step of the plenary.
    """
    turn = await find_turn(tx, group_id)
    if turn is not None:
        await live_screens.touch(tx, card_key(turn.plenary_id))
