"""What goes from a group's syntheses when somebody is erased with their texts: only what is theirs alone.

What a member typed for the group stays, as soon as anybody else of the group has gone on from it, said something of it,
or it was posted. Their own ideas go where a synthesis holds one unchanged, in groups that they were in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.content.texts import _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from handlers.syntheses import store
from handlers.syntheses.messages import TITLES
from handlers.syntheses.model import RUNNERS_UP, Content, Synthesis, tidy
from handlers.workshops.messages import phase_title
from handlers.workshops.store.phases import find_phase

_IDEA = "idea"
"""The field of a solution that holds an idea of the group as it was given."""
_VOTES = re.compile(r" \(\d+\)$")


async def _before_erasing(tx: Transaction, person: Participant, now: datetime, texts: bool) -> None:
    """Take what is a person's alone out of the syntheses of their groups, and tell these; nothing without `texts`."""
    if not texts:
        return
    changed = [*await _take_out_ideas(tx, person.id), *await _take_out_versions(tx, person.id)]
    for group_id, phase_key in sorted({(each.group_id, each.phase) for each in changed if each.group_id is not None}):
        phase = await find_phase(tx, phase_key)
        if phase is None:
            continue
        line = _(
            "{what} · {phase}: words were erased by the person who wrote them. What stood there before is there.",
            what=TITLES[phase.collects],
            phase=phase_title(phase),
        )
        await outbox.notify_groups(tx, [group_id], View((line,)), now, but=person.id)


async def _take_out_ideas(tx: Transaction, person_id: int) -> Sequence[Synthesis]:
    """Remove a person's ideas from the syntheses that hold them unchanged; return those that were in force."""
    changed = []
    for version, ideas in await store.versions_after_ideas(tx, person_id):
        content = tidy({field: _without(field, words, ideas) for field, words in version.content.items()})
        if content == version.content:
            continue
        await _keep(tx, version, content)
        changed.append(version)
    return [version for version in changed if version.state == "current"]


def _without(field: str, words: str, ideas: frozenset[str]) -> str:
    """Return the words of a field without ideas that stand in it unchanged."""
    if field == RUNNERS_UP:
        return "\n".join(line for line in words.splitlines() if _VOTES.sub("", line) not in ideas)
    return "" if field == _IDEA and " ".join(words.split()) in ideas else words


async def _keep(tx: Transaction, version: Synthesis, content: Content) -> None:
    """Store what remains of a version; one of which nothing remains goes."""
    if content:
        await store.rewrite_version(tx, version.id, content)
    else:
        await store.drop_version(tx, version.id)


async def _take_out_versions(tx: Transaction, person_id: int) -> Sequence[Synthesis]:
    """Delete the versions that are a person's alone; return those that were in force: what they replaced is now."""
    versions = await store.versions_alone(tx, person_id)
    for version in versions:
        await store.drop_version(tx, version.id)
    return [version for version in versions if version.state == "current"]


AFTER_MEMBERSHIP = AfterMembership(before_erasing=_before_erasing)
