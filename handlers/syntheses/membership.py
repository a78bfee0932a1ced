"""Deletes texts from a group's syntheses when somebody is erased together with their texts.

What a member typed for the group stays if another member has continued from it or commented on it, or it was posted. A
person's own ideas are deleted from a synthesis that contains one unchanged, in groups that they were in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.texts import Text, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from handlers.syntheses import service, store
from handlers.syntheses.model import IDEA, RUNNERS_UP, Content, Synthesis, tidy, without_votes
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import run_of_group


async def _before_erasing(tx: Transaction, person: Participant, now: datetime, texts: bool) -> None:
    """Take what is a person's alone out of the syntheses of their groups, and tell these; nothing without `texts`."""
    if not texts:
        return
    ideas, versions = await _take_out_ideas(tx, person.id), await _take_out_versions(tx, person.id)
    before = [*((version, False) for version in versions), *ideas]
    for version, emptied in {
        (version.group_id, version.phase): (version, emptied) for version, emptied in before
    }.values():
        await _tell(tx, person, version, await _what_became(tx, version, emptied=emptied), now)


async def _what_became(tx: Transaction, version: Synthesis, *, emptied: bool) -> Text:
    """Return how a version that was in force, or to be chosen, changed.

    `emptied` says whether an idea stood in a field of its own.
    """
    assert version.group_id is not None
    if version.state == "rival":
        return _("A version to choose from was erased by the person who wrote it.")
    left = await store.current_version(tx, version.group_id, version.phase)
    if left is None:
        return _("What was written was erased by the person who wrote it; nothing is written now.")
    if left.id != version.id:
        return _("The last version was erased by the person who wrote it; the one before is back.")
    if emptied:
        return _("An idea was erased by the person who gave it; its box is empty.")
    return _("An idea was erased by the person who gave it; it is no longer among the runners-up.")


async def _tell(tx: Transaction, person: Participant, version: Synthesis, line: Text, now: datetime) -> None:
    """Tell the group of a version how it changed, with the button that opens it."""
    phase = await find_phase(tx, version.phase)
    if version.group_id is None or phase is None:
        return
    run = await run_of_group(tx, version.group_id, version.phase)
    buttons = (service.open_button(phase, run.id),) if run else ()
    view = View((service.heading(phase), line), buttons)
    await outbox.notify_groups(tx, [version.group_id], view, now, but=person.id)


async def _take_out_ideas(tx: Transaction, person_id: int) -> Sequence[tuple[Synthesis, bool]]:
    """Remove a person's ideas from the syntheses that hold them unchanged.

    Returns those that were in force, as they were, each with whether an idea stood in a field of its own.
    """
    changed = []
    for version, ideas in await store.versions_after_ideas(tx, person_id):
        content = tidy({field: _without(field, words, ideas) for field, words in version.content.items()})
        if content == version.content:
            continue
        await _keep(tx, version, content)
        if version.state == "current" and version.group_id is not None:
            changed.append((version, IDEA in version.content and IDEA not in content))
    return changed


def _without(field: str, words: str, ideas: frozenset[str]) -> str:
    """Return the words of a field without ideas that stand in it unchanged."""
    if field == RUNNERS_UP:
        return "\n".join(line for line in words.splitlines() if without_votes(line) not in ideas)
    return "" if field == IDEA and " ".join(words.split()) in ideas else words


async def _keep(tx: Transaction, version: Synthesis, content: Content) -> None:
    """Store what remains of a version; one of which nothing remains goes."""
    if content:
        await store.rewrite_version(tx, version.id, content)
    else:
        await store.drop_version(tx, version.id)


async def _take_out_versions(tx: Transaction, person_id: int) -> Sequence[Synthesis]:
    """Delete the versions that are a person's alone; return those that were in force or to be chosen, these first.

    What they replaced stands in their place.
    """
    versions = await store.versions_alone(tx, person_id)
    for version in versions:
        await store.drop_version(tx, version.id)
    shown = (version for version in versions if version.state != "past" and version.group_id is not None)
    return sorted(shown, key=lambda version: version.state == "current")


AFTER_MEMBERSHIP = AfterMembership(before_erasing=_before_erasing)
