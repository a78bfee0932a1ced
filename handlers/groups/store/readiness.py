"""The SQL of numbers that tell what organisers have still to do for a round (one day's groups)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.database.engine import Transaction
from bot.people.participant_store import IdRange
from handlers.groups.store.members import TO_BE_GROUPED


@dataclass(frozen=True, slots=True)
class Readiness:
    """Counts that tell what is left to do for a round (one day's groups).

    `groups` counts all groups of the round, `roomless` the groups without a room. `people` counts everyone who attends
    and has a theme. Three more count some of these people: `unplaced` those in no group; `unmarked` those in a group
    who have no attendance mark on the day asked for; `misplaced` those in a group who are absent, or present but in no
    group.
    """

    groups: int
    roomless: int
    people: int
    unplaced: int
    unmarked: int
    misplaced: int


async def readiness(tx: Transaction, round_number: int, day: str) -> Readiness:
    """Return the counts of what is left to do for a round (one day's groups), with the attendance on `day` (ISO).

    The answer is cached for the database transaction, which must not change groups or attendance afterwards.
    """

    async def read(tx: Transaction) -> Readiness:
        [readiness] = await tx.rows(
            Readiness,
            "SELECT (SELECT COUNT(*) FROM groups g WHERE g.round = :round) AS groups,"
            " (SELECT COUNT(*) FROM groups g WHERE g.round = :round AND g.room = '') AS roomless,"
            " COUNT(*) AS people, COUNT(CASE WHEN m.group_id IS NULL THEN 1 END) AS unplaced,"
            " COUNT(CASE WHEN m.group_id IS NOT NULL AND t.present IS NULL THEN 1 END) AS unmarked,"
            " COUNT(CASE WHEN t.present = CASE WHEN m.group_id IS NULL THEN 1 ELSE 0 END THEN 1 END) AS misplaced"
            " FROM participants p JOIN choices c ON c.participant_id = p.id"
            " LEFT JOIN members m ON m.participant_id = p.id AND m.round = :round"
            f" LEFT JOIN attendance t ON t.participant_id = p.id AND t.day = :day WHERE {TO_BE_GROUPED}",
            round=round_number,
            day=day,
        )
        return readiness

    return await tx.cached(f"readiness:{round_number}:{day}", read)


@dataclass(frozen=True, slots=True)
class Placed:
    """How many people of some kind are in a group of a round (one day), and how many are in none."""

    placed: int = 0
    unplaced: int = 0

    def __add__(self, other: Placed) -> Placed:
        """Return the sums of these counts and other ones."""
        return Placed(self.placed + other.placed, self.unplaced + other.unplaced)

    @property
    def people(self) -> int:
        """Return the number of people with and without a group together."""
        return self.placed + self.unplaced


async def count_people(tx: Transaction, round_number: int, ids: IdRange) -> Mapping[str, Placed]:
    """Return, by theme, how many people who attend are in a group of a round (one day), and how many are in none.

    People whose id is outside the range `ids` are not counted. Themes that none of the counted people has are left out.
    """
    rows = await tx.all(
        "SELECT c.theme, COUNT(m.group_id) AS placed, COUNT(*) AS people FROM choices c"
        " JOIN participants p ON p.id = c.participant_id"
        " LEFT JOIN members m ON m.participant_id = c.participant_id AND m.round = :round"
        f" WHERE c.participant_id > :after AND c.participant_id <= :last AND {TO_BE_GROUPED} GROUP BY c.theme",
        round=round_number,
        **ids._asdict(),
    )
    return {row["theme"]: Placed(row["placed"], row["people"] - row["placed"]) for row in rows}


async def count_absent(tx: Transaction, round_number: int, day: str) -> Mapping[str, Placed]:
    """Return, by theme, how many people who are absent on `day` (ISO) have a group in a round, and how many have none.

    A round is the groups of one day.
    """
    rows = await tx.all(
        "SELECT c.theme, COUNT(m.group_id) AS placed, COUNT(*) AS people FROM attendance t"
        " JOIN choices c ON c.participant_id = t.participant_id JOIN participants p ON p.id = t.participant_id"
        " LEFT JOIN members m ON m.participant_id = t.participant_id AND m.round = :round"
        f" WHERE t.day = :day AND t.present = 0 AND {TO_BE_GROUPED} GROUP BY c.theme",
        round=round_number,
        day=day,
    )
    return {row["theme"]: Placed(row["placed"], row["people"] - row["placed"]) for row in rows}
