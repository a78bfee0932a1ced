"""What can be done with practical information: publishing changes of sections, and notifying recent readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content.texts import Strong, _
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery import outbox
from handlers.practical import store
from handlers.practical.actions import ReadSection, subject
from handlers.practical.model.sections import SectionChange

CHANGED = "practical"
"""The kind of the deliveries that notify readers of a changed section."""


@dataclass(frozen=True, slots=True)
class Published:
    """The result of publishing changes: how many people are notified, or the changes that clash with stored values.

    If any change clashes, nothing was stored.
    """

    told: int = 0
    clashes: Sequence[SectionChange] = ()


async def publish(
    tx: Transaction, changes: Sequence[SectionChange], now: datetime, *, by: int | None = None
) -> Published:
    """Change sections, and notify people who read one during the last day in a language whose text changes.

    The participant with the id `by` (None for nobody) is not notified. Nothing is stored if any part was changed after
    the changes were prepared.
    """
    stored = {section.key: section.parts for section in await store.all_sections(tx)}
    clashes = [change for change in changes if change.clashes(stored.get(change.key, {}))]
    if clashes:
        return Published(clashes=clashes)
    people: set[int] = set()
    for change in changes:
        parts = stored.get(change.key, {})
        await store.put_section(tx, change.key, change.applied_to(parts))
        if locales := change.read_in(parts):
            readers = await store.readers_to_tell(tx, change.key, locales, now, but=by)
            people.update([reader for reader in readers if await _tell(tx, reader, change, now)])
    return Published(told=len(people))


async def _tell(tx: Transaction, participant_id: int, change: SectionChange, now: datetime) -> bool:
    view = View(
        (_("What you read about «{section}» has changed.", section=Strong(change.title)),),
        (Button(_("Read it again"), ReadSection(change.key), style="primary"),),
    )
    return await outbox.notify(
        tx, participant_id, view, now, outbox.Telling.BULK_NEWS, topic="team", subject=subject(change.key), kind=CHANGED
    )


async def rebased(tx: Transaction, changes: Iterable[SectionChange]) -> Sequence[SectionChange]:
    """Return changes that lead to the same values as `changes` and start from the sections' present values."""
    stored = {section.key: section.parts for section in await store.all_sections(tx)}
    return [change.rebased(stored.get(change.key, {})) for change in changes]
