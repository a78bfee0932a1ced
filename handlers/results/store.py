"""The SQL of results: snapshots from which files and charts are made, counts for the summary, confirmed slides.

A snapshot is all data of the results as one database transaction read them. It is read in slices of rows, each of which
is turned into JSON at once: so no step is so long that it holds up other work of the thread, and the slices travel to
another process as they are. Hidden and withdrawn ideas are not read, nor late ones unless their authors sent them to
the facilitator; nor is the author of an anonymous idea.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clock import from_micros, to_micros
from bot.database.engine import Row, Transaction
from handlers.results.model import COLUMNS, Snapshot
from handlers.workshops.store.ideas import counts, is_shown

_GROUPS_AT_ONCE = 10
_ROWS_AT_ONCE = 500
_ASIDE = "i.state IN ('homeless', 'offered') AND i.hidden = 0"
# An idea that was merged into a hidden one is hidden too.
_SHOWN = f"{is_shown('i')} AND NOT EXISTS (SELECT 1 FROM ideas x WHERE x.id = i.merged_into AND x.hidden = 1)"
_NAMED = "CASE WHEN i.anonymous = 1 THEN NULL ELSE {column} END"

_THEMES = "SELECT key, title FROM themes ORDER BY position"
_PHASES = "SELECT key, title, collects FROM phases ORDER BY position"
_GROUPS = (
    "SELECT g.id, g.round, r.day, g.theme, g.number, g.name, g.room FROM groups g JOIN rounds r ON r.number = g.round"
    " JOIN themes t ON t.key = g.theme WHERE r.published_at IS NOT NULL ORDER BY g.round, t.position, g.number"
)
_BETWEEN = "BETWEEN :first AND :last"
_MEMBERS = (
    "SELECT m.group_id, p.id, p.given_name, p.family_name, p.territory FROM members m"
    f" JOIN participants p ON p.id = m.participant_id WHERE m.group_id {_BETWEEN} ORDER BY m.group_id, p.id"
)
_RUNS = (
    "SELECT group_id, phase, state, started_at, ended_at FROM phase_runs"
    f" WHERE group_id {_BETWEEN} ORDER BY group_id, started_at, id"
)
_IDEAS = (
    f"SELECT i.id, i.group_id, i.theme, i.phase, {_NAMED.format(column='i.author_id')} AS author_id,"
    f" {_NAMED.format(column='p.given_name')} AS given_name, {_NAMED.format(column='p.family_name')} AS family_name,"
    f" {_NAMED.format(column='i.territory')} AS territory, i.category, i.text, i.anonymous, i.state,"
    " i.parent_id, i.merged_into, i.hidden, i.created_at FROM ideas i"
    " LEFT JOIN participants p ON p.id = i.author_id WHERE {which} AND i.id > :after ORDER BY i.id"
    f" LIMIT {_ROWS_AT_ONCE}"
)
_OF_GROUPS, _OF_NONE = f"{_SHOWN} AND i.group_id {_BETWEEN}", f"{_SHOWN} AND i.group_id IS NULL"
_FILES = (
    "SELECT f.idea_id, i.group_id, i.phase, f.digest, f.name, f.media_type, f.picture, f.size FROM idea_files f"
    " JOIN ideas i ON i.id = f.idea_id WHERE {which} ORDER BY f.idea_id, f.position"
)
_VOTES = (
    "SELECT v.idea_id, v.participant_id FROM idea_votes v JOIN ideas i ON i.id = v.idea_id"
    " WHERE {which} AND i.id BETWEEN :lowest AND :highest"
)
_SYNTHESES = (
    "SELECT s.id, s.group_id, s.phase, p.given_name, p.family_name, s.content, s.state, s.created_at FROM syntheses s"
    " LEFT JOIN participants p ON p.id = s.author_id"
    f" WHERE s.state IN ('current', 'rival') AND s.group_id {_BETWEEN} ORDER BY s.group_id, s.state, s.id"
)
_OPINIONS = (
    "SELECT o.synthesis_id, p.given_name, p.family_name, o.approves, o.comment FROM synthesis_opinions o"
    " JOIN syntheses s ON s.id = o.synthesis_id JOIN participants p ON p.id = o.participant_id"
    f" WHERE s.state IN ('current', 'rival') AND s.group_id {_BETWEEN} ORDER BY o.synthesis_id, o.participant_id"
)
_CARDS = (
    "SELECT c.group_id, p.given_name, p.family_name, c.territory, c.present, c.obstacle, c.change, c.carrier"
    " FROM territory_cards c LEFT JOIN participants p ON p.id = c.participant_id"
    f" WHERE c.group_id {_BETWEEN} ORDER BY c.group_id, c.id"
)
_EQUALITY = f"SELECT {', '.join(COLUMNS['equality'])} FROM equality_steps ORDER BY published_at, key"
_CONFIRMATIONS = f"SELECT group_id, digest FROM deck_confirmations WHERE group_id {_BETWEEN}"


async def read_snapshot(tx: Transaction, group_ids: Sequence[int] | None = None, *, ideas: bool = True) -> Snapshot:
    """Return a snapshot of the results of the groups with these ids; for None, of all groups of published rounds.

    A snapshot of all groups also holds ideas whose group was dissolved, and ideas that wait for a group or for a
    facilitator's decision, and what is published about women and men. Without `ideas`, the snapshot holds only what
    slides of groups show.
    """
    snapshot: Snapshot = {table: [] for table in COLUMNS}
    await _read_table(tx, snapshot, "themes", _THEMES)
    await _read_table(tx, snapshot, "phases", _PHASES)
    groups = [row for row in await tx.all(_GROUPS) if group_ids is None or row["id"] in group_ids]
    _add_slices(snapshot, "groups", groups)
    ids = sorted(row["id"] for row in groups)
    at_once = 1 if group_ids is not None else _GROUPS_AT_ONCE if ideas else max(len(ids), 1)
    for start in range(0, len(ids), at_once):
        await _read_groups(tx, snapshot, ids[start : start + at_once], ideas=ideas)
    if group_ids is None and ideas:
        for which in (_OF_NONE, _ASIDE):
            await _read_ideas(tx, snapshot, which)
            await _read_table(tx, snapshot, "files", _FILES.format(which=which))
        await _read_table(tx, snapshot, "equality", _EQUALITY)
    return snapshot


async def _read_groups(tx: Transaction, snapshot: Snapshot, ids: Sequence[int], *, ideas: bool) -> None:
    """Read the rows of all groups whose ids lie between the first and the last of `ids`, which must be sorted."""
    between = {"first": ids[0], "last": ids[-1]}
    for table, sql in (
        ("members", _MEMBERS),
        ("runs", _RUNS),
        ("files", _FILES.format(which=_OF_GROUPS)),
        ("syntheses", _SYNTHESES),
        ("opinions", _OPINIONS),
        ("cards", _CARDS),
        ("confirmations", _CONFIRMATIONS),
    ):
        await _read_table(tx, snapshot, table, sql, **between)
    if ideas:
        await _read_ideas(tx, snapshot, _OF_GROUPS, **between)


async def _read_ideas(tx: Transaction, snapshot: Snapshot, which: str, **between: int) -> None:
    after = 0
    while rows := await tx.all(_IDEAS.format(which=which), after=after, **between):
        _add_slices(snapshot, "ideas", rows)
        first, after = rows[0]["id"], rows[-1]["id"]
        await _read_table(tx, snapshot, "votes", _VOTES.format(which=which), **between, lowest=first, highest=after)


async def _read_table(tx: Transaction, snapshot: Snapshot, table: str, sql: str, **params: Any) -> None:
    _add_slices(snapshot, table, await tx.all(sql, **params))


def _add_slices(snapshot: Snapshot, table: str, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        snapshot[table].append(_encode_slice(table, rows[start : start + _ROWS_AT_ONCE]))


def _encode_slice(table: str, rows: Iterable[Row]) -> str:
    return json.dumps([[row[column] for column in COLUMNS[table]] for row in rows], ensure_ascii=False)


# --- confirmed slides


async def put_confirmation(tx: Transaction, group_id: int, digest: str, participant_id: int, now: int) -> None:
    """Store that a participant confirms the slides of a group.

    `digest` identifies what the slides show; `now` is in microseconds since 1970.
    """
    await tx.run(
        "INSERT INTO deck_confirmations (group_id, digest, confirmed_by, confirmed_at)"
        " VALUES (:group, :digest, :person, :now) ON CONFLICT (group_id) DO UPDATE SET digest = :digest,"
        " confirmed_by = :person, confirmed_at = :now",
        group=group_id,
        digest=digest,
        person=participant_id,
        now=now,
    )


async def confirmed_digest(tx: Transaction, group_id: int) -> str:
    """Return the digest of the slides that a group confirmed; '' for none."""
    row = await tx.one("SELECT digest FROM deck_confirmations WHERE group_id = :group", group=group_id)
    return row["digest"] if row else ""


# --- what is left to do


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How many groups have finished their work (`done`), and how many of these have never confirmed their slides.

    A group has finished if it began at least one phase, and has ended every phase or its day is past. `running` says
    that some group is in a phase; `plenary` is when (UTC) the next plenary begins, None if none is planned.
    """

    done: int
    unconfirmed: int
    running: bool
    plenary: datetime | None


_DONE = (
    "groups g JOIN rounds r ON r.number = g.round WHERE r.published_at IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM phase_runs q WHERE q.group_id = g.id) AND (r.day < :today OR NOT EXISTS"
    " (SELECT 1 FROM phases h WHERE NOT EXISTS (SELECT 1 FROM phase_runs q WHERE q.group_id = g.id AND q.phase = h.key"
    " AND q.state = 'ended')))"
)


async def unfinished(tx: Transaction, today: date, now: datetime) -> Unfinished:
    """Return how many groups have finished their work, and what is left to do at `now`.

    `today` is the date at the place of the gathering.
    """
    row = await tx.one(
        f"SELECT (SELECT COUNT(*) FROM {_DONE}) AS done, (SELECT COUNT(*) FROM {_DONE} AND NOT EXISTS"
        " (SELECT 1 FROM deck_confirmations d WHERE d.group_id = g.id)) AS unconfirmed,"
        " (SELECT COUNT(*) FROM phase_runs q WHERE q.state <> 'ended') AS running,"
        " (SELECT MIN(s.starts_at) FROM sessions s WHERE s.kind = 'plenary' AND s.cancelled = 0 AND s.starts_at > :now)"
        " AS plenary",
        today=today.isoformat(),
        now=to_micros(now),
    )
    assert row is not None
    plenary = None if row["plenary"] is None else from_micros(row["plenary"])
    return Unfinished(row["done"], row["unconfirmed"], row["running"] > 0, plenary)


# --- numbers


async def count_results(tx: Transaction) -> Mapping[str, int]:
    """Return the numbers that the summary shows, by name.

    They are «groups» of published rounds, «ideas» that are not hidden or merged into others, their «authors», «votes»,
    «files», and «territories» that have a card.
    """
    row = await tx.one(
        "SELECT (SELECT COUNT(*) FROM groups g JOIN rounds r ON r.number = g.round WHERE r.published_at IS NOT NULL)"
        " AS groups, COUNT(*) AS ideas, COUNT(DISTINCT i.author_id) AS authors, (SELECT COUNT(*) FROM idea_votes v"
        f" JOIN ideas i ON i.id = v.idea_id WHERE {is_shown('i')}) AS votes,"
        f" (SELECT COUNT(*) FROM idea_files f JOIN ideas i ON i.id = f.idea_id WHERE {is_shown('i')}) AS files,"
        " (SELECT COUNT(DISTINCT c.territory) FROM territory_cards c WHERE c.territory <> '') AS territories"
        f" FROM ideas i WHERE {counts('i')}"
    )
    assert row is not None
    return {key: row[key] for key in ("groups", "ideas", "authors", "votes", "files", "territories")}


async def count_results_of_group(tx: Transaction, group_id: int) -> Sequence[tuple[str, int, int]]:
    """Return for each phase that a group began: its key, the number of ideas, and the number of their authors.

    Hidden ideas and those merged into others are not counted. The phases are in the order in which groups have them.
    """
    rows = await tx.all(
        "SELECT h.key, COUNT(i.id) AS ideas, COUNT(DISTINCT i.author_id) AS authors FROM phase_runs r"
        " JOIN phases h ON h.key = r.phase LEFT JOIN ideas i ON i.group_id = r.group_id AND i.phase = r.phase"
        f" AND {counts('i')} WHERE r.group_id = :group GROUP BY h.key, h.position"
        " ORDER BY h.position",
        group=group_id,
    )
    return [(row["key"], row["ideas"], row["authors"]) for row in rows]


async def ideas_of_member(tx: Transaction, participant_id: int, group_id: int) -> Sequence[int]:
    """Return the ids of the ideas that a person gave in a group, those without their name too, oldest first.

    Hidden and withdrawn ideas are left out.
    """
    rows = await tx.all(
        f"SELECT i.id FROM ideas i WHERE {_SHOWN} AND i.author_id = :person AND i.group_id = :group ORDER BY i.id",
        person=participant_id,
        group=group_id,
    )
    return [row["id"] for row in rows]


async def stands_on_a_page(tx: Transaction, file_name: str) -> bool:
    """Return whether a file of this name is on the web page of any person."""
    row = await tx.one("SELECT 1 AS one FROM page_files WHERE name = :name LIMIT 1", name=file_name)
    return row is not None
