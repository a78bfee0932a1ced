"""The rule of themes: one theme for each person, never more people than seats, and a waiting list for full themes.

Everything that frees or adds a seat (a change of theme, leaving, erasure, a larger capacity) calls `fill_free_seats`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.content.texts import Text, _
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from bot.people import participant_store
from bot.people.participants import Participant
from handlers.themes import hooks, store
from handlers.themes.messages import seat_found_view
from handlers.themes.model import THEMES, ThemeChoice, choosing_is_open


class ChoiceOutcome(Enum):
    """The outcome of choosing a theme: chosen, already the person's theme, or full."""

    CHOSEN = "chosen"
    ALREADY = "already"
    FULL = "full"


async def choose_theme(
    tx: Transaction,
    person: Participant,
    key: str,
    now: datetime,
    *,
    beyond: bool = False,
    by: int | None = None,
    before: ThemeChoice | None = None,
) -> ChoiceOutcome:
    """Give a participant a seat in a theme, and their former seat to the first person who waits for it.

    Returns FULL, and changes nothing, if all seats are taken; ALREADY if the participant has the theme with this `key`;
    else CHOSEN. With `beyond`, which only organisers may use, the participant gets a seat even in a full theme. `by` is
    the id of the organiser who gives the theme and gets no notice of the participant's new group; None if the
    participant chooses. `before` is what the participant has chosen so far; None reads it from the database.
    """
    before = before or await store.choice_of(tx, person.id)
    if before.theme == key:
        return ChoiceOutcome.ALREADY
    if not await store.take_seat(tx, key, beyond=beyond):
        return ChoiceOutcome.FULL
    second = before.second if before.second != key else None
    await _settle(tx, person.id, before.theme, key, second, awaited=before.awaited, now=now, by=by)
    if before.theme:
        await fill_free_seats(tx, before.theme, now)
    return ChoiceOutcome.CHOSEN


async def choose_second_theme(tx: Transaction, person: Participant, key: str | None, now: datetime) -> None:
    """Store a participant's second choice of theme (a key, None for none) in place of an earlier one.

    A second choice takes no seat.
    """
    before = await store.choice_of(tx, person.id)
    await store.put_choice(tx, person.id, before.theme, key, now)


@dataclass(frozen=True, slots=True)
class Wish:
    """A participant's theme and second choice (keys; None for no second choice), as an imported list names them."""

    participant_id: int
    theme: str
    second: str | None


async def give_theme(tx: Transaction, wish: Wish, now: datetime) -> bool:
    """Give a participant the theme and the second choice that an imported list names.

    Returns True if the theme is full: the participant is then on its waiting list. Returns False if they got a seat,
    have one already, or were erased.
    """
    person = await participant_store.find(tx, wish.participant_id)
    if person is None:
        return False
    outcome = await choose_theme(tx, person, wish.theme, now)
    if outcome is ChoiceOutcome.FULL:
        await join_waiting_list(tx, person.id, wish.theme, now)
    await choose_second_theme(tx, person, wish.second, now)
    return outcome is ChoiceOutcome.FULL


async def give_newcomers_themes(tx: Transaction, wishes: Sequence[Wish], now: datetime) -> int:
    """Give themes to people who were just added from a list, in the order of `wishes`, without notifying them.

    Returns how many people must wait because their theme is full.
    """
    if await hooks.groups_follow(tx, now):
        return sum([await give_theme(tx, wish, now) for wish in wishes])
    by_theme: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        by_theme[wish.theme].append(wish)
    waiting = 0
    for theme, people in by_theme.items():
        seats = await store.take_seats(tx, theme, len(people))
        await store.add_choices(tx, [(wish.participant_id, theme, wish.second) for wish in people[:seats]], now)
        await store.add_choices(tx, [(wish.participant_id, None, wish.second) for wish in people[seats:]], now)
        await store.add_waiting(tx, [wish.participant_id for wish in people[seats:]], theme, now)
        waiting += len(people) - seats
    return waiting


async def leave_theme(
    tx: Transaction, participant_id: int, now: datetime, *, forgotten: bool = False, quiet: bool = False
) -> None:
    """Delete a participant's theme, second choice and place on a waiting list, and take them out of their groups.

    The first person on the waiting list gets the seat. With `forgotten`, the participant is about to be erased, and
    notices leave out the name. With `quiet`, organisers get no notice, because the caller notifies them.
    """
    before = await store.choice_of(tx, participant_id)
    await hooks.theme_left(tx, participant_id, now, forgotten=forgotten, quiet=quiet)
    await store.leave_waiting_list(tx, participant_id)
    await store.put_choice(tx, participant_id, None, None, now)
    if before.theme:
        await store.free_seat(tx, before.theme)
        await fill_free_seats(tx, before.theme, now)


async def join_waiting_list(tx: Transaction, participant_id: int, key: str, now: datetime) -> None:
    """Put a participant on the waiting list of the theme with this key, and remove them from any other waiting list."""
    await store.join_waiting_list(tx, participant_id, key, now)


async def may_choose_theme(tx: Transaction, now: datetime) -> bool:
    """Return whether participants can still choose a theme: before the deadline, or always if there is none."""
    return choosing_is_open(await store.theme_deadline(tx), now)


async def fill_free_seats(tx: Transaction, key: str, now: datetime) -> int:
    """Give the free seats of the theme with this key to the people who have waited longest, and notify them.

    If such a person had a seat in another theme, it goes to the first person who waits for that theme. Returns how many
    people got a seat in all.
    """
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
        await outbox.notify(tx, first, seat_found_view(theme), now, outbox.Telling.AWAITED)
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
    """Store a choice for which a seat was taken, and free the seat in the theme `old` (None for none).

    `second` is the participant's second choice, `awaited` the theme whose waiting list they are on, which they leave if
    it is `new`. They leave the groups of the old theme and, where groups are published, get groups of the new one. `by`
    is the id of the organiser who did it, None for nobody.
    """
    left: Mapping[int, Text] = {}
    if old:
        left = await hooks.theme_left(tx, participant_id, now, quiet=True)
        await store.free_seat(tx, old)
    await store.put_choice(tx, participant_id, new, second, now)
    if not old:  # only people without a theme have a reminder that is now outdated
        await message_updates.close_messages(tx, THEMES, _("You have one now."), now, people=(participant_id,))
    await message_updates.expire_screens(tx, (participant_id,), ("moi", "theme"), now)
    await hooks.theme_taken(tx, participant_id, now, by=by, left=left)
    if awaited == new:
        await store.leave_waiting_list(tx, participant_id)
    await outbox.refresh_membership(tx, participant_id, now)
