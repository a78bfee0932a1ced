"""The theme rule: one theme a person, never more people than places, and the waiting list moved up by itself.

Every way a place can be freed or added (changing, not coming, erasing, a larger capacity) ends in `fill`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from bot.content.texts import Text, _
from bot.database.engine import Transaction
from bot.delivery import outbox, standing
from bot.people.participants import Participant
from handlers.themes import hooks, store
from handlers.themes.messages import moved_up
from handlers.themes.model import THEMES, choosing_is_open


class Outcome(Enum):
    """What became of a choice."""

    CHOSEN = "chosen"
    ALREADY = "already"
    FULL = "full"


async def choose_theme(
    tx: Transaction, person: Participant, key: str, now: datetime, *, beyond: bool = False, by: int | None = None
) -> Outcome:
    """Give someone a place in a theme, and the one they leave to who waits for it.

    `beyond` its capacity too: only organisers may. `by`, the organiser who did it and is answered, is told nothing
    of the group they get.
    """
    before = await store.choice_of(tx, person.id)
    if before.theme == key:
        return Outcome.ALREADY
    if not await store.take_seat(tx, key, beyond=beyond):
        return Outcome.FULL
    second = before.second if before.second != key else None
    await _settle(tx, person.id, before.theme, key, second, awaited=before.awaited, now=now, by=by)
    if before.theme:
        await fill_free_seats(tx, before.theme, now)
    return Outcome.CHOSEN


async def choose_second_theme(tx: Transaction, person: Participant, key: str | None, now: datetime) -> None:
    """Note what someone would take if their theme could not be held; no place is taken."""
    before = await store.choice_of(tx, person.id)
    await store.put_choice(tx, person.id, before.theme, key, now)


async def leave_theme(
    tx: Transaction, participant_id: int, now: datetime, *, forgotten: bool = False, quiet: bool = False
) -> None:
    """Give up theme, second choice, waiting list and group.

    `forgotten`: no one left is told their name; `quiet`: the organisers are told by the caller.
    """
    before = await store.choice_of(tx, participant_id)
    await hooks.theme_left(tx, participant_id, now, forgotten=forgotten, quiet=quiet)
    await store.leave_waiting_list(tx, participant_id)
    await store.put_choice(tx, participant_id, None, None, now)
    if before.theme:
        await store.free_seat(tx, before.theme)
        await fill_free_seats(tx, before.theme, now)


async def wait(tx: Transaction, participant_id: int, key: str, now: datetime) -> None:
    """Put someone on the waiting list of a theme, off that of another."""
    await store.join_waiting_list(tx, participant_id, key, now)


async def may_choose_theme(tx: Transaction, now: datetime) -> bool:
    """Whether themes can still be chosen, so that buttons for it are worth showing."""
    return choosing_is_open(await store.theme_deadline(tx), now)


async def fill_free_seats(tx: Transaction, key: str, now: datetime) -> int:
    """Move people up from the waiting list into free places, and tell them; how many moved."""
    moved = 0
    freed = [key]
    while freed:
        first = await store.first_waiting(tx, freed[-1])
        theme = await store.find_theme(tx, freed[-1]) if first is not None else None
        if first is None or theme is None or not await store.take_seat(tx, theme.key):
            freed.pop()
            continue
        before = await store.choice_of(tx, first)
        second = before.second if before.second != theme.key else None
        await _settle(tx, first, before.theme, theme.key, second, awaited=before.awaited, now=now)
        await outbox.notify(tx, first, moved_up(theme), now)
        moved += 1
        if before.theme:
            freed.append(before.theme)
    return moved


async def _settle(
    tx: Transaction,
    participant_id: int,
    old: str | None,
    new: str,
    second: str | None,
    *,
    awaited: str | None,
    now: datetime,
    by: int | None = None,
) -> None:
    """Write down a choice whose place is taken; the old place is freed, and the list left if its turn came.

    Groups follow: out of that of the old theme, and, where they are published, into one of the new.
    """
    left: Mapping[int, Text] = {}
    if old:
        left = await hooks.theme_left(tx, participant_id, now, quiet=True)
        await store.free_seat(tx, old)
    await store.put_choice(tx, participant_id, new, second, now)
    if not old:  # only who has no theme is reminded to choose one
        await standing.settle(tx, THEMES, _("You have one now."), now, participant_id=participant_id)
    await standing.outdate(tx, (participant_id,), ("moi", "theme"), now)
    await hooks.theme_taken(tx, participant_id, now, by=by, left=left)
    if awaited == new:
        await store.leave_waiting_list(tx, participant_id)
    await outbox.refresh_membership(tx, participant_id, now)
