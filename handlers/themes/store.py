"""Reads and writes themes, people's choices and waiting lists.

Each person who has a theme takes a seat in it. The column `taken` of a theme changes with each choice in one
conditional UPDATE. So both database engines give the last seat only once, and counting is as fast for a hundred
thousand people as for a hundred.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.database.engine import Transaction, one_column
from bot.database.records import record
from bot.delivery.contributions import ClaimPart
from handlers.themes.model import Theme, ThemeChoice

CLAIMED = ClaimPart(joins="LEFT JOIN choices c ON c.participant_id = d.participant_id", columns={"label": "c.theme"})
"""The part of the query for messages to send that reads each recipient's theme (of delivery `d`) as their label."""

DEADLINE = "theme_deadline"
"""The name of the setting that holds the deadline for choosing a theme."""
_COLUMNS = "key, title, description, capacity, taken"

RECOUNT = "UPDATE themes SET taken = (SELECT COUNT(*) FROM choices WHERE choices.theme = themes.key)"
"""The SQL that counts the taken seats of all themes again.

An administrator runs it if the counts differ from people's choices.
"""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A theme that a participant asks for, what the participant has chosen so far, and the deadline (None for none)."""

    theme: Theme
    choice: ThemeChoice
    deadline: datetime | None


async def all_themes(tx: Transaction) -> Sequence[Theme]:
    """Return every theme, in the order that organisers gave them."""
    return await tx.rows(Theme, f"SELECT {_COLUMNS} FROM themes ORDER BY position")


@dataclass(frozen=True, slots=True)
class Totals:
    """The numbers of all themes together.

    `themes` is how many there are, `taken` how many seats people have, `capacity` how many seats there are (None if a
    theme has no limit), `waiting` how many people are on waiting lists.
    """

    themes: int
    taken: int
    capacity: int | None
    waiting: int


async def totals(tx: Transaction) -> Totals:
    """Return the numbers of all themes together: themes, seats taken, all seats, people on waiting lists."""
    [totals] = await tx.rows(
        Totals,
        "SELECT COUNT(*) AS themes, CAST(COALESCE(SUM(taken), 0) AS BIGINT) AS taken,"
        " CASE WHEN COUNT(capacity) = COUNT(*) THEN CAST(SUM(capacity) AS BIGINT) END AS capacity,"
        " (SELECT COUNT(*) FROM waiting) AS waiting FROM themes",
    )
    return totals


async def count_waiting(tx: Transaction) -> Mapping[str, int]:
    """Return how many people are on the waiting list of each theme, by its key. Empty lists are left out."""
    rows = await tx.all("SELECT theme, COUNT(*) AS people FROM waiting GROUP BY theme")
    return {row["theme"]: row["people"] for row in rows}


async def find_theme(tx: Transaction, key: str) -> Theme | None:
    """Return the theme with this key; None if there is none."""
    return await tx.row(Theme, f"SELECT {_COLUMNS} FROM themes WHERE key = :key", key=key)


async def put_theme(
    tx: Transaction,
    key: str,
    position: int,
    title: Mapping[str, str],
    description: Mapping[str, str],
    capacity: int | None,
) -> None:
    """Store a theme, or replace the position, texts and capacity of the theme with the same key.

    Themes are shown in the order of `position`. The number of taken seats does not change. `title` and `description`
    are by locale; None as `capacity` means no limit.
    """
    await tx.run(
        "INSERT INTO themes (key, position, title, description, capacity)"
        " VALUES (:key, :position, :title, :description, :capacity)"
        " ON CONFLICT (key) DO UPDATE SET position = :position, title = :title, description = :description,"
        " capacity = :capacity",
        key=key,
        position=position,
        title=json.dumps(dict(title), ensure_ascii=False),
        description=json.dumps(dict(description), ensure_ascii=False),
        capacity=capacity,
    )


async def position_of(tx: Transaction, key: str) -> int | None:
    """Return the position of a theme in the order of all themes, from 0; None if there is no such theme."""
    return await tx.value_or_none(int, "SELECT position FROM themes WHERE key = :key", key=key)


async def next_position(tx: Transaction) -> int:
    """Return the position after the last theme, for a new theme."""
    return await tx.value(int, "SELECT COALESCE(MAX(position) + 1, 0) FROM themes")


async def take_seat(tx: Transaction, key: str, *, beyond: bool = False) -> bool:
    """Count one more seat of the theme with this key as taken; with `beyond`, even if the theme is full.

    Returns False, and counts nothing, if all seats are taken or there is no such theme.
    """
    return bool(
        await tx.run(
            "UPDATE themes SET taken = taken + 1"
            " WHERE key = :key AND (capacity IS NULL OR taken < capacity OR :beyond = 1)",
            key=key,
            beyond=int(beyond),
        )
    )


async def take_seats(tx: Transaction, key: str, most: int) -> int:
    """Count up to `most` free seats of the theme with this key as taken. Returns how many seats these are."""
    theme = await find_theme(tx, key)
    if theme is None:
        return 0
    seats = most if theme.seats_left is None else min(most, theme.seats_left)
    await tx.run("UPDATE themes SET taken = taken + :seats WHERE key = :key", key=key, seats=seats)
    return seats


async def add_choices(tx: Transaction, choices: Iterable[tuple[int, str | None, str | None]], now: datetime) -> None:
    """Store the choices of people who have chosen nothing yet.

    Each choice is a participant id, the key of a theme and the key of a second choice; each key may be None. The caller
    counts the seats that the choices take.
    """
    await tx.run(
        "INSERT INTO choices (participant_id, theme, second_theme, chosen_at)"
        " SELECT CAST(value ->> 0 AS BIGINT), value ->> 1, value ->> 2, :now FROM {json_rows}(:choices)",
        choices=json.dumps([*choices]),
        now=to_micros(now),
    )


async def add_waiting(tx: Transaction, participant_ids: Iterable[int], theme: str, now: datetime) -> None:
    """Put people who are on no waiting list on the list of a theme."""
    await tx.run(
        "INSERT INTO waiting (participant_id, theme, since)"
        " SELECT CAST(value ->> 0 AS BIGINT), :theme, :now FROM {json_rows}(:people)",
        theme=theme,
        people=one_column(participant_ids),
        now=to_micros(now),
    )


async def free_seat(tx: Transaction, key: str) -> None:
    """Count one seat fewer of the theme with this key as taken."""
    await tx.run("UPDATE themes SET taken = taken - 1 WHERE key = :key", key=key)


async def remove_theme(tx: Transaction, key: str) -> bool:
    """Delete the theme with this key unless a person has it, has it as second choice or waits for it.

    The theme must have no groups. Returns whether it was deleted.
    """
    return bool(
        await tx.run(
            "DELETE FROM themes WHERE key = :key"
            " AND NOT EXISTS (SELECT 1 FROM choices WHERE theme = :key OR second_theme = :key)"
            " AND NOT EXISTS (SELECT 1 FROM waiting WHERE theme = :key)",
            key=key,
        )
    )


async def count_choices(tx: Transaction) -> Mapping[str, int]:
    """Return how many people have each theme, by its key. Themes that nobody has are left out."""
    rows = await tx.all("SELECT theme, COUNT(*) AS people FROM choices WHERE theme IS NOT NULL GROUP BY theme")
    return {row["theme"]: row["people"] for row in rows}


async def choice_of(tx: Transaction, participant_id: int) -> ThemeChoice:
    """Return the theme that a participant has, their second choice, and the theme they wait for."""
    choice = await tx.row(
        ThemeChoice,
        "SELECT c.theme, c.second_theme AS second, w.theme AS awaited FROM participants p"
        " LEFT JOIN choices c ON c.participant_id = p.id LEFT JOIN waiting w ON w.participant_id = p.id"
        " WHERE p.id = :id",
        id=participant_id,
    )
    return choice or ThemeChoice()


async def ask_for_theme(tx: Transaction, participant_id: int, key: str) -> AskedFor | None:
    """Return the theme that a participant asks for, with what they have chosen; None if there is no such theme."""
    row = await tx.one(
        f"SELECT {_COLUMNS}, c.theme, c.second_theme AS second, w.theme AS awaited,"
        " (SELECT value FROM settings WHERE settings.key = :deadline) AS deadline FROM themes"
        " LEFT JOIN choices c ON c.participant_id = :id LEFT JOIN waiting w ON w.participant_id = :id"
        " WHERE themes.key = :key",
        id=participant_id,
        key=key,
        deadline=DEADLINE,
    )
    if row is None:
        return None
    return AskedFor(record(Theme, row), record(ThemeChoice, row), _instant(row["deadline"]))


async def put_choice(
    tx: Transaction, participant_id: int, theme: str | None, second: str | None, now: datetime
) -> None:
    """Store a participant's `theme` and `second` choice (keys; None for none), in place of their earlier ones.

    The caller counts the seats that the choice takes or frees.
    """
    await tx.run(
        "INSERT INTO choices (participant_id, theme, second_theme, chosen_at) VALUES (:id, :theme, :second, :now)"
        " ON CONFLICT (participant_id) DO UPDATE SET theme = :theme, second_theme = :second, chosen_at = :now",
        id=participant_id,
        theme=theme,
        second=second,
        now=to_micros(now),
    )


async def join_waiting_list(tx: Transaction, participant_id: int, theme: str, now: datetime) -> None:
    """Put a participant on the waiting list of a theme, and remove them from any other waiting list.

    Nothing changes if they are on this list already.
    """
    await tx.run(
        "INSERT INTO waiting (participant_id, theme, since) VALUES (:id, :theme, :now)"
        " ON CONFLICT (participant_id) DO UPDATE SET theme = :theme, since = :now WHERE waiting.theme <> :theme",
        id=participant_id,
        theme=theme,
        now=to_micros(now),
    )


async def leave_waiting_list(tx: Transaction, participant_id: int) -> bool:
    """Remove a participant from the waiting list they are on. Returns False if they were on none."""
    return bool(await tx.run("DELETE FROM waiting WHERE participant_id = :id", id=participant_id))


async def first_waiting(tx: Transaction, theme: str) -> int | None:
    """Return the id of the participant who has waited longest for a theme; None if nobody waits."""
    return await tx.value_or_none(
        int,
        "SELECT participant_id FROM waiting WHERE theme = :theme ORDER BY since, participant_id LIMIT 1",
        theme=theme,
    )


async def rank_in_waiting_list(tx: Transaction, participant_id: int) -> int | None:
    """Return a participant's rank on the waiting list they are on, from 1; None if they are on none."""
    row = await tx.one(
        "SELECT COUNT(*) AS place FROM waiting w JOIN waiting mine ON mine.participant_id = :id"
        " WHERE w.theme = mine.theme"
        " AND (w.since < mine.since OR (w.since = mine.since AND w.participant_id <= mine.participant_id))",
        id=participant_id,
    )
    return (row["place"] or None) if row else None


async def was_chosen(tx: Transaction, since: datetime) -> bool:
    """Return whether any participant chose a theme after `since`."""
    return await tx.exists(
        "SELECT 1 FROM choices WHERE theme IS NOT NULL AND chosen_at > :since LIMIT 1", since=to_micros(since)
    )


# --- the deadline


async def theme_deadline(tx: Transaction) -> datetime | None:
    """Return the deadline for choosing a theme; None for no deadline."""
    return _instant(await setting_store.get(tx, DEADLINE))


def _instant(value: str | None) -> datetime | None:
    """Return the instant that the setting DEADLINE holds."""
    return from_micros(int(value)) if value else None


async def set_theme_deadline(tx: Transaction, deadline: datetime | None) -> None:
    """Set the deadline for choosing a theme; None removes the deadline."""
    await setting_store.put(tx, DEADLINE, str(to_micros(deadline)) if deadline else "")
