"""Asking those who are silent for a sentence: in private, not too often, and nobody else learns who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot import phase_words
from bot.delivery import outbox
from bot.domain.workshops import PhaseRun
from bot.storage import nudges, panels, phases
from bot.storage.engine import Transaction
from bot.texts import _
from bot.views import View


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
    silent = await panels.silent(tx, run.id)
    lately = await nudges.in_peace(tx, silent, now)
    asked = await nudges.reachable(tx, [each for each in silent if each not in lately])
    phase = await phases.find(tx, run.phase)
    assert phase is not None
    view = View((_("Your group would like to hear you: one sentence is enough."),), (phase_words.give(phase, run),))
    for person in asked:
        await outbox.notify(tx, person, view, now, urgent=True)
    await nudges.note(tx, asked, now)
    return Nudged(len(asked), len(lately), len(silent) - len(lately) - len(asked))
