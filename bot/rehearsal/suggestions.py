"""What the demo suggests to its visitor to try first, in order; the database tells which of it was tried."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content.texts import Text
from bot.database.engine import Transaction
from bot.rehearsal.contributions import DemoMove, rehearsals


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to try in the demo: `what` to do, and `how`."""

    what: Text
    how: Text


def _moves() -> Sequence[DemoMove]:
    moves = [move for rehearsal in rehearsals().values() for move in rehearsal.moves]
    return sorted(moves, key=lambda move: move.order)


async def suggest_moves(tx: Transaction) -> Sequence[Suggestion]:
    """Return what the demo suggests to its visitor to try, in order.

    Some instructions depend on the database: call this when the demo begins.
    """
    return [Suggestion(move.what, move.how if isinstance(move.how, Text) else await move.how(tx)) for move in _moves()]


async def tried_moves(tx: Transaction, since: datetime, visitors: Collection[int]) -> tuple[bool, ...]:
    """Return, for each suggestion of the demo in order, whether it was tried after `since`.

    `visitors` are the ids of the people whose pages the visitor opened. Some suggestions count only if one of these
    people tried them.
    """
    return tuple([await _is_made(tx, move, since, visitors) for move in _moves()])


async def _is_made(tx: Transaction, move: DemoMove, since: datetime, visitors: Collection[int]) -> bool:
    if move.made_by:
        return any([await move.made_by(tx, visitor) for visitor in visitors])
    return move.made is not None and bool(await move.made(tx, since))
