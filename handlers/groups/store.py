"""The SQL of rounds, groups and their members, attendance, rules about two people, and proposals of groups.

A round is the set of groups of one day; a day is a local date in ISO format.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.content.names import collation
from bot.database.engine import Row, Transaction
from bot.delivery.delivery_store import may_be_written_to
from bot.people.audiences import COMES
from bot.people.participant_store import IdRange
from handlers.groups.model import (
    Attendee,
    Group,
    Member,
    PairKind,
    Proposal,
    Round,
    Terms,
    decode,
    decode_terms,
    encode,
)

_ROUND = "SELECT number, day, meets_at, published_at FROM rounds"
_GROUP = "SELECT g.id, g.round, g.theme, g.number, g.name, g.room, g.locked FROM groups g"
_PEOPLE = (
    "SELECT p.id, p.ref, p.given_name, p.family_name, p.territory, p.gender, p.birth_year, p.status, c.theme,"
    " c.second_theme, a.platform, m.group_id, m.pinned FROM participants p"
    " JOIN choices c ON c.participant_id = p.id LEFT JOIN accounts a ON a.id = p.preferred_account"
    " LEFT JOIN members m ON m.participant_id = p.id AND m.round = :round"
)
_ROUNDS = "rounds"  # key of what is read once a transaction
_TERMS = "terms of kept proposals"  # likewise
_SIZES = "group_sizes"  # key of a stored setting
# Not IN ('invited', 'joined'): nearly everyone has these states, and SQLite would look each of them up in the index.
_TO_BE_GROUPED = "p.attends = 1 AND p.status NOT IN ('withdrawn', 'revoked') AND c.theme IS NOT NULL"


def _round(row: Row) -> Round:
    return Round(
        row["number"],
        date.fromisoformat(row["day"]),
        from_micros(row["meets_at"]) if row["meets_at"] is not None else None,
        row["published_at"] is not None,
    )


def _group(row: Row) -> Group:
    return Group(row["id"], row["round"], row["theme"], row["number"], row["name"], row["room"], bool(row["locked"]))


def _member(row: Row) -> Member:
    return Member(
        row["id"],
        row["ref"],
        row["given_name"],
        row["family_name"],
        row["theme"],
        row["second_theme"],
        row["territory"],
        row["gender"],
        row["birth_year"],
        row["status"] == "joined",
        row["platform"] or "",
        row["group_id"],
        bool(row["pinned"]),
    )


# --- rounds


async def all_rounds(tx: Transaction) -> Sequence[Round]:
    """Return every round (the groups of one day), in order."""
    return await tx.once(_ROUNDS, _read_rounds)


async def _read_rounds(tx: Transaction) -> Sequence[Round]:
    return tuple(_round(row) for row in await tx.all(f"{_ROUND} ORDER BY number"))


async def group_sizes(tx: Transaction) -> tuple[int, int, int]:
    """Return the smallest, the largest and the target size of a group in people, as configured at the last start."""
    smallest, largest, target = (await setting_store.get(tx, _SIZES) or "5 7 6").split()
    return int(smallest), int(largest), int(target)


async def set_group_sizes(tx: Transaction, smallest: int, largest: int, target: int) -> None:
    """Store the configured sizes of groups, in people, so that code without the settings can read them."""
    await setting_store.put(tx, _SIZES, f"{smallest} {largest} {target}")


async def find_round(tx: Transaction, number: int) -> Round | None:
    """Return the round (the groups of one day) with this number, counted from 1; None if there is none."""
    row = await tx.one(f"{_ROUND} WHERE number = :number", number=number)
    return _round(row) if row else None


async def add_round(tx: Transaction, number: int, day: date, meets_at: datetime | None) -> None:
    """Store a configured round (one day), or update it unless it is published or its meeting was set in chat.

    `meets_at` is when (UTC) its groups first meet, None for unknown.
    """
    tx.read_anew(_ROUNDS)
    await tx.run(
        "INSERT INTO rounds (number, day, meets_at, configured) VALUES (:number, :day, :meets_at, :meets_at)"
        " ON CONFLICT (number) DO UPDATE SET day = excluded.day, meets_at = excluded.meets_at,"
        " configured = excluded.configured WHERE rounds.published_at IS NULL"
        " AND COALESCE(rounds.meets_at, -1) = COALESCE(rounds.configured, -1)",
        number=number,
        day=day.isoformat(),
        meets_at=to_micros(meets_at) if meets_at else None,
    )


async def set_meeting(tx: Transaction, number: int, meets_at: datetime | None) -> None:
    """Set when (UTC) the groups of a round (one day) first meet; None for unknown."""
    tx.read_anew(_ROUNDS)
    await tx.run(
        "UPDATE rounds SET meets_at = :meets_at WHERE number = :number",
        number=number,
        meets_at=to_micros(meets_at) if meets_at else None,
    )


async def mark_round_published(tx: Transaction, number: int, now: datetime) -> bool:
    """Mark the groups of a round (one day) as published. Returns False if they were published before."""
    tx.read_anew(_ROUNDS)
    return bool(
        await tx.run(
            "UPDATE rounds SET published_at = :now WHERE number = :number AND published_at IS NULL",
            number=number,
            now=to_micros(now),
        )
    )


@dataclass(frozen=True, slots=True)
class Readiness:
    """Counts that tell what is left to do for a round (one day's groups).

    `groups` counts its groups, `roomless` those without a room, and `people` everyone who comes and has a theme. Of
    these people, `unplaced` are in no group, `unmarked` are in a group and not marked on the day asked for, and
    `misplaced` are in a group and absent that day, or present and in no group.
    """

    groups: int
    roomless: int
    people: int
    unplaced: int
    unmarked: int
    misplaced: int


async def readiness(tx: Transaction, round_number: int, day: str) -> Readiness:
    """Return what is left to do for a round (one day's groups), with the attendance on `day` (ISO).

    The answer is cached for the database transaction: if the transaction also changes groups or attendance, it must do
    so first.
    """

    async def read(tx: Transaction) -> Readiness:
        row = await tx.one(
            "SELECT (SELECT COUNT(*) FROM groups g WHERE g.round = :round) AS groups,"
            " (SELECT COUNT(*) FROM groups g WHERE g.round = :round AND g.room = '') AS roomless,"
            " COUNT(*) AS people, COUNT(CASE WHEN m.group_id IS NULL THEN 1 END) AS unplaced,"
            " COUNT(CASE WHEN m.group_id IS NOT NULL AND t.present IS NULL THEN 1 END) AS unmarked,"
            " COUNT(CASE WHEN t.present = CASE WHEN m.group_id IS NULL THEN 1 ELSE 0 END THEN 1 END) AS misplaced"
            " FROM participants p JOIN choices c ON c.participant_id = p.id"
            " LEFT JOIN members m ON m.participant_id = p.id AND m.round = :round"
            f" LEFT JOIN attendance t ON t.participant_id = p.id AND t.day = :day WHERE {_TO_BE_GROUPED}",
            round=round_number,
            day=day,
        )
        assert row is not None
        return Readiness(
            row["groups"], row["roomless"], row["people"], row["unplaced"], row["unmarked"], row["misplaced"]
        )

    return await tx.once(f"readiness:{round_number}:{day}", read)


# --- groups


async def groups_of_round(tx: Transaction, round_number: int) -> Sequence[Group]:
    """Return the groups of a round (one day), sorted by theme in the themes' order, then by number."""
    rows = await tx.all(
        f"{_GROUP} JOIN themes t ON t.key = g.theme WHERE g.round = :round ORDER BY t.position, g.number",
        round=round_number,
    )
    return [_group(row) for row in rows]


async def find_group(tx: Transaction, group_id: int) -> Group | None:
    """Return the group with this id, None if there is none."""
    row = await tx.one(f"{_GROUP} WHERE g.id = :id", id=group_id)
    return _group(row) if row else None


async def find_published_group(tx: Transaction, group_id: int) -> Group | None:
    """Return the group with this id if it is published; None otherwise, since only organisers may see it then."""
    row = await tx.one(
        f"{_GROUP} JOIN rounds r ON r.number = g.round WHERE g.id = :id AND r.published_at IS NOT NULL", id=group_id
    )
    return _group(row) if row else None


async def add_group(tx: Transaction, round_number: int, theme: str, number: int) -> Group:
    """Store an empty group, and return it. Its number must be free in the theme and round (day).

    The highest number ever given in a theme and round is stored as well.
    """
    row = await tx.one(
        "INSERT INTO groups (round, theme, number) VALUES (:round, :theme, :number) RETURNING id",
        round=round_number,
        theme=theme,
        number=number,
    )
    assert row is not None
    await tx.run(
        "INSERT INTO group_numbers (round, theme, highest) VALUES (:round, :theme, :number) ON CONFLICT (round, theme)"
        " DO UPDATE SET highest = excluded.highest WHERE group_numbers.highest < excluded.highest",
        round=round_number,
        theme=theme,
        number=number,
    )
    return Group(row["id"], round_number, theme, number)


async def highest_group_numbers(tx: Transaction, round_number: int) -> Mapping[str, int]:
    """Return, by theme key, the highest number that a group ever had in a round (day), deleted groups included."""
    rows = await tx.all("SELECT theme, highest FROM group_numbers WHERE round = :round", round=round_number)
    return {row["theme"]: row["highest"] for row in rows}


async def remove_group(tx: Transaction, group_id: int) -> None:
    """Delete a group. Its members are then in no group that day."""
    await tx.run("DELETE FROM groups WHERE id = :id", id=group_id)


async def groups_of_theme(tx: Transaction, theme: str) -> Sequence[int]:
    """Return the ids of a theme's groups on all days (in all rounds)."""
    rows = await tx.all("SELECT id FROM groups WHERE theme = :theme ORDER BY id", theme=theme)
    return [row["id"] for row in rows]


async def remove_empty_groups(tx: Transaction, theme: str) -> None:
    """Delete the groups of a theme that have no members."""
    await tx.run(
        "DELETE FROM groups WHERE theme = :theme AND NOT EXISTS (SELECT 1 FROM members WHERE group_id = groups.id)",
        theme=theme,
    )


async def rename_group(tx: Transaction, group_id: int, name: str) -> None:
    """Set the name of a group, '' for none."""
    await tx.run("UPDATE groups SET name = :name WHERE id = :id", id=group_id, name=name)


async def set_room(tx: Transaction, group_id: int, room: str) -> None:
    """Set the room where a group meets, '' for unknown."""
    await tx.run("UPDATE groups SET room = :room WHERE id = :id", id=group_id, room=room)


async def set_locked(tx: Transaction, group_id: int, locked: bool) -> None:
    """Set whether a group stays as it is when groups are formed again."""
    await tx.run("UPDATE groups SET locked = :locked WHERE id = :id", id=group_id, locked=int(locked))


# --- members


async def people_with_theme(tx: Transaction, round_number: int) -> Sequence[Member]:
    """Return everyone who comes and has a theme, with their group in a round (one day), sorted by id.

    People who have not joined the bot yet are included.
    """
    rows = await tx.all(f"{_PEOPLE} WHERE {_TO_BE_GROUPED} ORDER BY p.id", round=round_number)
    return [_member(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Placed:
    """How many people there are of some kind, by whether they are in a group of a round (one day)."""

    placed: int = 0
    unplaced: int = 0

    def __add__(self, other: Placed) -> Placed:
        """Return how many these and others are."""
        return Placed(self.placed + other.placed, self.unplaced + other.unplaced)

    @property
    def people(self) -> int:
        """Return how many people these are together."""
        return self.placed + self.unplaced


async def count_people(tx: Transaction, round_number: int, ids: IdRange) -> Mapping[str, Placed]:
    """Return how many of these people come and are, or are not, in a group of a round (one day), by their themes.

    Themes that none of them has are left out.
    """
    rows = await tx.all(
        "SELECT c.theme, COUNT(m.group_id) AS placed, COUNT(*) AS people FROM choices c"
        " JOIN participants p ON p.id = c.participant_id"
        " LEFT JOIN members m ON m.participant_id = c.participant_id AND m.round = :round"
        f" WHERE c.participant_id > :after AND c.participant_id <= :last AND {_TO_BE_GROUPED} GROUP BY c.theme",
        round=round_number,
        **ids._asdict(),
    )
    return {row["theme"]: Placed(row["placed"], row["people"] - row["placed"]) for row in rows}


async def count_absent(tx: Transaction, round_number: int, day: str) -> Mapping[str, Placed]:
    """Return the same of the people marked absent on `day` (ISO)."""
    rows = await tx.all(
        "SELECT c.theme, COUNT(m.group_id) AS placed, COUNT(*) AS people FROM attendance t"
        " JOIN choices c ON c.participant_id = t.participant_id JOIN participants p ON p.id = t.participant_id"
        " LEFT JOIN members m ON m.participant_id = t.participant_id AND m.round = :round"
        f" WHERE t.day = :day AND t.present = 0 AND {_TO_BE_GROUPED} GROUP BY c.theme",
        round=round_number,
        day=day,
    )
    return {row["theme"]: Placed(row["placed"], row["people"] - row["placed"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many groups there are, and how many members the smallest and the largest have that are not locked.

    These two are None if all groups are locked.
    """

    groups: int
    smallest: int | None
    largest: int | None


async def group_sizes_by_theme(tx: Transaction, round_number: int) -> Mapping[str, Sizes]:
    """Return how many groups of a round (one day) each theme has, and their sizes. Other themes are left out."""
    rows = await tx.all(
        "SELECT g.theme, COUNT(*) AS groups, MIN(CASE WHEN g.locked = 0 THEN COALESCE(s.members, 0) END) AS smallest,"
        " MAX(CASE WHEN g.locked = 0 THEN COALESCE(s.members, 0) END) AS largest FROM groups g"
        " LEFT JOIN (SELECT group_id, COUNT(*) AS members FROM members WHERE round = :round GROUP BY group_id) s"
        " ON s.group_id = g.id WHERE g.round = :round GROUP BY g.theme",
        round=round_number,
    )
    return {row["theme"]: Sizes(row["groups"], row["smallest"], row["largest"]) for row in rows}


async def person_with_theme(tx: Transaction, round_number: int, participant_id: int) -> Member | None:
    """Return a participant with their group in a round (one day); None if they do not come or have no theme."""
    row = await tx.one(f"{_PEOPLE} WHERE {_TO_BE_GROUPED} AND p.id = :id", round=round_number, id=participant_id)
    return _member(row) if row else None


async def members_of(tx: Transaction, group: Group) -> Sequence[Member]:
    """Return the members of a group, sorted by first name."""
    rows = await tx.all(f"{_PEOPLE} WHERE m.group_id = :group", round=group.round, group=group.id)
    return sorted_by_name(_member(row) for row in rows)


async def arrived_members(tx: Transaction, group_id: int) -> Sequence[int]:
    """Return the ids of the members of a group who joined the bot and take part."""
    rows = await tx.all(
        "SELECT p.id FROM members m JOIN participants p ON p.id = m.participant_id"
        f" WHERE m.group_id = :group AND {COMES} ORDER BY p.id",
        group=group_id,
    )
    return [row["id"] for row in rows]


def sorted_by_name(people: Iterable[Member]) -> Sequence[Member]:
    """Return people sorted by first name, then by family name, regardless of accents and case."""
    return sorted(people, key=lambda person: (collation(person.given_name), collation(person.family_name), person.id))


async def group_of(tx: Transaction, participant_id: int, round_number: int) -> Group | None:
    """Return the group of a participant in a round (one day), None if they are in none."""
    row = await tx.one(
        f"{_GROUP} JOIN members m ON m.group_id = g.id WHERE m.participant_id = :id AND m.round = :round",
        id=participant_id,
        round=round_number,
    )
    return _group(row) if row else None


async def published_groups_of(tx: Transaction, people: Collection[int]) -> Mapping[int, Sequence[tuple[Round, Group]]]:
    """Return the published groups of each of these people, by participant id, sorted by day.

    People without such a group are left out.
    """
    if not people:
        return {}
    rows = await tx.all(
        "SELECT m.participant_id, r.day, r.meets_at, g.id, g.round, g.theme, g.number, g.name, g.room, g.locked"
        " FROM members m JOIN rounds r ON r.number = m.round"
        " JOIN groups g ON g.id = m.group_id WHERE r.published_at IS NOT NULL"
        " AND m.participant_id >= :first AND m.participant_id <= :last ORDER BY m.participant_id, r.number",
        first=min(people),
        last=max(people),
    )
    groups: dict[int, list[tuple[Round, Group]]] = {}
    wanted = frozenset(people)
    for row in rows:
        if row["participant_id"] in wanted:
            meets_at = from_micros(row["meets_at"]) if row["meets_at"] is not None else None
            round_ = Round(row["round"], date.fromisoformat(row["day"]), meets_at, published=True)
            groups.setdefault(row["participant_id"], []).append((round_, _group(row)))
    return groups


async def groups_of_person(tx: Transaction, participant_id: int) -> Sequence[tuple[Round, Group]]:
    """Return a participant's published groups with their rounds (days), sorted by day.

    The answer is cached for the database transaction: if the transaction also changes groups, it must do so first.
    """
    if not any(round_.published for round_ in await all_rounds(tx)):
        return ()
    people = (participant_id,)
    published = await tx.once(f"groups of {participant_id}", lambda tx: published_groups_of(tx, people))
    return published.get(participant_id, ())


async def put_in_group(tx: Transaction, participant_id: int, group: Group, *, pinned: bool = False) -> None:
    """Put a participant in a group, in place of their former group of that day. The caller notifies people.

    `pinned` is whether the participant stays there when groups are formed again.
    """
    await tx.run(
        "INSERT INTO members (participant_id, round, group_id, pinned) VALUES (:id, :round, :group, :pinned)"
        " ON CONFLICT (participant_id, round) DO UPDATE SET group_id = :group, pinned = :pinned",
        id=participant_id,
        round=group.round,
        group=group.id,
        pinned=int(pinned),
    )


async def take_out_of_group(tx: Transaction, participant_id: int, round_number: int) -> None:
    """Take a participant out of their group in a round (one day). The caller notifies people."""
    await tx.run(
        "DELETE FROM members WHERE participant_id = :id AND round = :round", id=participant_id, round=round_number
    )


async def set_pinned(tx: Transaction, participant_id: int, round_number: int, pinned: bool) -> None:
    """Set whether a participant stays in their group of a round (one day) when groups are formed again."""
    await tx.run(
        "UPDATE members SET pinned = :pinned WHERE participant_id = :id AND round = :round",
        id=participant_id,
        round=round_number,
        pinned=int(pinned),
    )


async def pairs_of(tx: Transaction, participant_id: int) -> Sequence[tuple[int, PairKind]]:
    """Return the organisers' rules about a participant and one other: the other's id, and «together» or «apart»."""
    rows = await tx.all(
        "SELECT first_id, second_id, kind FROM pairs WHERE first_id = :id OR second_id = :id", id=participant_id
    )
    return [(row["first_id"] + row["second_id"] - participant_id, row["kind"]) for row in rows]


async def placements_of_round(tx: Transaction, round_number: int) -> Sequence[tuple[int, int, bool]]:
    """Return participant id, group id and whether pinned of everyone in a group of a round (one day), sorted by id.

    People who do not come any more are included. A pinned person stays in their group when groups are formed again.
    """
    rows = await tx.all(
        "SELECT participant_id, group_id, pinned FROM members WHERE round = :round ORDER BY participant_id",
        round=round_number,
    )
    return [(row["participant_id"], row["group_id"], bool(row["pinned"])) for row in rows]


# --- pairs and attendance, as forming groups needs them


async def all_pairs(tx: Transaction) -> Sequence[tuple[int, int, str]]:
    """Return all organisers' rules about two people, sorted: two participant ids, and «together» or «apart»."""
    rows = await tx.all("SELECT first_id, second_id, kind FROM pairs ORDER BY first_id, second_id")
    return [(row["first_id"], row["second_id"], row["kind"]) for row in rows]


async def absent_on(tx: Transaction, day: str) -> frozenset[int]:
    """Return the ids of the people marked absent on a day (a local date, ISO)."""
    rows = await tx.all("SELECT participant_id FROM attendance WHERE day = :day AND present = 0", day=day)
    return frozenset(row["participant_id"] for row in rows)


async def any_pair(tx: Transaction, participant_ids: Iterable[int]) -> bool:
    """Return whether an organisers' rule says of any two of these people that they must be together or apart."""
    ids = set(participant_ids)
    rows = await tx.all("SELECT first_id, second_id FROM pairs")
    return any(row["first_id"] in ids and row["second_id"] in ids for row in rows)


async def platforms_reached_in_round(tx: Transaction, round_number: int) -> Mapping[int, str | None]:
    """Return, by id, the platform on which each member of the groups of a round (one day) gets messages.

    None stands for a member whom no message reaches.
    """
    platforms = await platforms_reached(tx)
    return {person: platforms.get(person) for person, _group_id, _pinned in await placements_of_round(tx, round_number)}


async def platforms_reached(tx: Transaction) -> Mapping[int, str]:
    """Return, by id, the platform on which each person gets messages; people whom none reaches are left out.

    Both the preview («3 people will be told») and the confirmation use this to count people.
    """
    rows = await tx.all(
        "SELECT p.id, a.platform FROM participants p"
        " JOIN accounts a ON a.id = (SELECT b.id FROM accounts b JOIN participants q ON q.id = b.participant_id"
        f" WHERE q.id = p.id AND b.unreachable = 0 AND {may_be_written_to('b')}"
        " ORDER BY CASE b.id WHEN q.preferred_account THEN 0 ELSE 1 END, b.id LIMIT 1) WHERE p.stopped = 0",
    )
    return {row["id"]: row["platform"] for row in rows}


# --- Attendance, day by day. A day is a local date, ISO.


@dataclass(frozen=True, slots=True)
class AttendanceMark:
    """How a person was marked on a day: whether present, when (UTC) and by whom.

    The author's names are '' if the author's data was erased since.
    """

    present: bool
    by_given_name: str
    by_family_name: str
    at: datetime


async def attendance_on(tx: Transaction, day: str) -> Mapping[int, bool]:
    """Return whether each marked person was present on a day (ISO), by participant id."""
    rows = await tx.all("SELECT participant_id, present FROM attendance WHERE day = :day", day=day)
    return {row["participant_id"]: bool(row["present"]) for row in rows}


async def attendance_of(tx: Transaction, participant_id: int, day: str) -> AttendanceMark | None:
    """Return the mark of a participant on a day (ISO); None if the participant was not marked."""
    row = await tx.one(
        "SELECT t.present, t.marked_at, p.given_name, p.family_name FROM attendance t"
        " LEFT JOIN participants p ON p.id = t.marked_by WHERE t.participant_id = :id AND t.day = :day",
        id=participant_id,
        day=day,
    )
    if row is None:
        return None
    return AttendanceMark(
        bool(row["present"]), row["given_name"] or "", row["family_name"] or "", from_micros(row["marked_at"])
    )


async def mark_attendance(
    tx: Transaction, participant_id: int, day: str, present: bool | None, by: int, now: datetime
) -> None:
    """Mark a participant present or absent on a day (ISO); None removes the mark. `by` is the organiser's id."""
    if present is None:
        await tx.run("DELETE FROM attendance WHERE participant_id = :id AND day = :day", id=participant_id, day=day)
        return
    await tx.run(
        "INSERT INTO attendance (participant_id, day, present, marked_by, marked_at)"
        " VALUES (:id, :day, :present, :by, :now) ON CONFLICT (participant_id, day)"
        " DO UPDATE SET present = :present, marked_by = :by, marked_at = :now",
        id=participant_id,
        day=day,
        present=int(present),
        by=by,
        now=to_micros(now),
    )


async def everyone_who_may_come(tx: Transaction) -> Sequence[Attendee]:
    """Return everyone who is invited or joined and did not say that they are not coming, sorted by id."""
    rows = await tx.all(
        "SELECT id, given_name, family_name, status FROM participants"
        " WHERE attends = 1 AND status IN ('invited', 'joined') ORDER BY id"
    )
    return [Attendee(row["id"], row["given_name"], row["family_name"], row["status"] == "joined") for row in rows]


# --- Pairs of people who must, or must not, be in one group.


async def kind_of_pair(tx: Transaction, one: int, other: int) -> PairKind | None:
    """Return «together» or «apart» if the organisers want that of two people in groups; None if there is no rule."""
    row = await tx.one(
        "SELECT kind FROM pairs WHERE first_id = :first AND second_id = :second",
        first=min(one, other),
        second=max(one, other),
    )
    return row["kind"] if row else None


async def put_pair(tx: Transaction, one: int, other: int, kind: PairKind | None) -> None:
    """Set that two different people must be «together» or «apart» in groups; None removes the rule."""
    pair = {"first": min(one, other), "second": max(one, other)}
    if kind is None:
        await tx.run("DELETE FROM pairs WHERE first_id = :first AND second_id = :second", **pair)
        return
    await tx.run(
        "INSERT INTO pairs (first_id, second_id, kind) VALUES (:first, :second, :kind)"
        " ON CONFLICT (first_id, second_id) DO UPDATE SET kind = :kind",
        **pair,
        kind=kind,
    )


# --- Proposals of groups. One that no organiser applies is deleted after a day.


PROPOSAL_LIFETIME = timedelta(days=1)
"""How long after it was computed a proposal of groups can be shown and applied."""

_SELECT = "SELECT id, content, kept_at FROM proposals"


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A proposal of groups with its id, and whether it was applied (buttons say «kept»)."""

    id: int
    proposal: Proposal
    applied: bool


def _stored(row: Row) -> StoredProposal:
    return StoredProposal(row["id"], decode(json.loads(row["content"])), row["kept_at"] is not None)


async def add_proposal(tx: Transaction, author_id: int, proposal: Proposal, now: datetime) -> int:
    """Store a proposal of groups and return its id."""
    row = await tx.one(
        "INSERT INTO proposals (author_id, content, created_at) VALUES (:author, :content, :now) RETURNING id",
        author=author_id,
        content=json.dumps(encode(proposal), separators=(",", ":")),
        now=to_micros(now),
    )
    assert row is not None
    proposal_id: int = row["id"]
    return proposal_id


async def find_proposal(tx: Transaction, proposal_id: int, now: datetime) -> StoredProposal | None:
    """Return the proposal of groups with this id; None if it is too old and was not applied."""
    row = await tx.one(
        f"{_SELECT} WHERE id = :id AND (kept_at IS NOT NULL OR created_at >= :since)",
        id=proposal_id,
        since=to_micros(now - PROPOSAL_LIFETIME),
    )
    return _stored(row) if row else None


async def applied_terms(tx: Transaction) -> Sequence[Terms]:
    """Return what all applied proposals decided for each theme and round (day), the last proposal first."""
    return await tx.once(_TERMS, _read_terms)


async def _read_terms(tx: Transaction) -> Sequence[Terms]:
    rows = await tx.all("SELECT content FROM proposals WHERE kept_at IS NOT NULL ORDER BY kept_at DESC, id DESC")
    return [terms for row in rows for terms in decode_terms(json.loads(row["content"]))]


async def set_proposal_applied(tx: Transaction, proposal_id: int, now: datetime | None) -> None:
    """Mark a proposal of groups as applied at `now`; None marks it as not applied, after the change was undone."""
    tx.read_anew(_TERMS)
    await tx.run(
        "UPDATE proposals SET kept_at = CAST(:now AS BIGINT) WHERE id = :id",
        id=proposal_id,
        now=to_micros(now) if now else None,
    )


async def forget_old_proposals(tx: Transaction, now: datetime) -> int:
    """Delete old proposals of groups that were not applied. Returns how many were deleted."""
    return await tx.run(
        "DELETE FROM proposals WHERE kept_at IS NULL AND created_at < :before",
        before=to_micros(now - PROPOSAL_LIFETIME),
    )


async def were_groups_published(tx: Transaction, since: datetime) -> bool:
    """Return whether groups were published after `since` (UTC)."""
    row = await tx.one("SELECT 1 AS one FROM rounds WHERE published_at > :since LIMIT 1", since=to_micros(since))
    return row is not None
