"""What a group has to show on stage: the texts that it wrote or, without any, its ideas, the most voted first."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Text, _
from bot.database.engine import Transaction
from handlers.ideas.store.votes import most_voted_of_group
from handlers.syntheses.store import current_version
from handlers.workshops.model import Collects, Idea
from handlers.workshops.store.phases import all_phases
from handlers.workshops.store.runs import run_of_group

_WRITTEN: tuple[tuple[Text, Collects, str], ...] = (
    (_("Our challenge"), "challenge", "sentence"),
    (_("Our solution"), "solution", "idea"),
)
"""What is shown of a group: a label, what a phase collects, and the field of the group's text in it."""
_MOST_IDEAS = 3
"""How many ideas stand for what a group wrote, where it wrote nothing."""


async def texts_of(tx: Transaction, group_id: int) -> Sequence[tuple[Text, str]]:
    """Return the challenge and the solution of a group, those that it wrote, each with a label."""
    phases = await all_phases(tx)
    texts = []
    for label, collects, field in _WRITTEN:
        for phase in phases:
            version = await current_version(tx, group_id, phase.key) if phase.collects == collects else None
            if version and version.content.get(field):
                texts.append((label, version.content[field]))
                break
    return texts


async def ideas_instead(tx: Transaction, group_id: int) -> Sequence[tuple[Idea, int]]:
    """Return the ideas that stand for the texts of a group, with their votes; none if the group wrote a text.

    These are the ideas with most votes or, where nobody voted, the only idea that the group could read.
    """
    if await texts_of(tx, group_id):
        return ()
    ideas = [
        each
        for phase in await all_phases(tx)
        for each in await most_voted_of_group(tx, group_id, phase.key)
        if each[0].text
    ]
    if len(ideas) == 1:
        run = await run_of_group(tx, group_id, ideas[0][0].phase)
        return ideas if run and run.revealed else ()
    return sorted((each for each in ideas if each[1]), key=lambda each: -each[1])[:_MOST_IDEAS]
