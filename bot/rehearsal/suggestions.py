"""What the demo suggests to try first, in order, and which of it was done: seen in the store, whoever did it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content.texts import Text
from bot.database.engine import Transaction
from bot.rehearsal.contributions import DemoMove, rehearsals


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to try, and where."""

    what: Text
    how: Text


def _moves() -> Sequence[DemoMove]:
    moves = [move for rehearsal in rehearsals().values() for move in rehearsal.moves]
    return sorted(moves, key=lambda move: move.order)


async def suggest_moves(tx: Transaction) -> Sequence[Suggestion]:
    """What to try first, as things stand when the demo begins."""
    return [Suggestion(move.what, await move.how(tx)) for move in _moves()]


async def tried_moves(tx: Transaction, since: datetime, visitors: Collection[int]) -> tuple[bool, ...]:
    """Which of these were made after an instant; what only the visitors' own doing ticks counts from them, by id."""
    return tuple([await move.made(tx, since, visitors) for move in _moves()])
