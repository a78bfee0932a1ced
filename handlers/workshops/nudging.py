"""Asking those who are silent for a sentence: in private, not too often, and nobody else learns who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.content.texts import _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from handlers.workshops import messages, nudge_store, panel_store, store
from handlers.workshops.model import PhaseRun


@dataclass(frozen=True, slots=True)
class Nudged:
    """How many of a group were asked, were lately and are left in peace, or take no message in private."""

    asked: int = 0
    lately: int = 0
    out_of_reach: int = 0

    def __add__(self, other: Nudged) -> Nudged:
        """Both together."""
        return Nudged(self.asked + other.asked, self.lately + other.lately, self.out_of_reach + other.out_of_reach)


async def nudge(tx: Transaction, run: PhaseRun, now: datetime) -> Nudged:
    """Ask those who are there and said nothing in an open phase."""
    silent = await panel_store.silent(tx, run.id)
    lately = await nudge_store.in_peace(tx, silent, now)
    asked = await nudge_store.reachable(tx, [each for each in silent if each not in lately])
    phase = await store.find(tx, run.phase)
    assert phase is not None
    view = View((_("Your group would like to hear you: one sentence is enough."),), (messages.give(phase, run),))
    for person in asked:
        await outbox.notify(tx, person, view, now, urgent=True)
    await nudge_store.note(tx, asked, now)
    return Nudged(len(asked), len(lately), len(silent) - len(lately) - len(asked))
