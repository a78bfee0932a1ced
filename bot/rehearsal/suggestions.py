"""What the demo suggests to its visitor to try first, in order, and which of it was done according to the database."""

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
    """Return what the demo suggests to try, in order. Instructions fit the database as it is when the demo begins."""
    return [Suggestion(move.what, await move.how(tx)) for move in _moves()]


async def tried_moves(tx: Transaction, since: datetime, visitors: Collection[int]) -> tuple[bool, ...]:
    """Return, for each suggestion in order, whether it was done after `since`.

    `visitors` are the ids of the people whose pages the visitor opened; for some suggestions only what these did
    counts.
    """
    return tuple([await move.made(tx, since, visitors) for move in _moves()])
