"""What the demo suggests to try first, and which of it was done, as the store shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content.texts import Text
from bot.database.engine import Transaction
from bot.rehearsal.contributions import DemoMove, rehearsals


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to try: what to do, and how."""

    what: Text
    how: Text


def _moves() -> Sequence[DemoMove]:
    moves = [move for rehearsal in rehearsals().values() for move in rehearsal.moves]
    return sorted(moves, key=lambda move: move.order)


async def suggest_moves(tx: Transaction) -> Sequence[Suggestion]:
    """Return what to try first, in order, as the store is when the demo begins."""
    return [Suggestion(move.what, await move.how(tx)) for move in _moves()]


async def tried_moves(tx: Transaction, since: datetime, visitors: Collection[int]) -> tuple[bool, ...]:
    """Return for each suggestion, in order, whether it was done after the instant `since`.

    `visitors` are the ids of participants as whom the visitor acts: some suggestions count only if one of them did it.
    """
    return tuple([await move.made(tx, since, visitors) for move in _moves()])
