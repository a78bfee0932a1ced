"""What workshops made, read for those who take it away: files, charts, the balance.

Everything is read in slices, each put into JSON at once: no step is long enough to hold up whoever waits for the
same thread, and the slices travel to another process as they are. What is hidden or withdrawn is not read, nor what
came late unless its author sent it on; of who gave an anonymous idea nothing is.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clock import from_micros, to_micros
from bot.content.names import collation, display_name
from bot.database.engine import Row, Transaction
from handlers.results.model import (
    Attachment,
    Card,
    Gathering,
    Lived,
    ResultGroup,
    ResultMember,
    ResultPhase,
    Version,
    Voice,
)
from handlers.syntheses.model import CARD_FIELDS
from handlers.workshops.store import COUNTS, LIVE

Slices = list[str]
"""Rows of one table: JSON texts, each a list of rows with the columns named in COLUMNS."""
Snapshot = dict[str, Slices]
"""Slices by table: what `read` found in one transaction."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "themes": ("key", "title"),
    "phases": ("key", "title", "collects"),
    "groups": ("id", "round", "day", "theme", "number", "name", "room"),
    "members": ("group_id", "id", "given_name", "family_name", "territory"),
    "runs": ("group_id", "phase", "state", "started_at", "ended_at"),
    "ideas": (
        *("id", "group_id", "theme", "phase", "author_id", "given_name", "family_name", "territory", "category"),
        *("text", "anonymous", "state", "parent_id", "merged_into", "hidden", "created_at"),
    ),
    "files": ("idea_id", "group_id", "phase", "digest", "name", "media_type", "picture", "size"),
    "votes": ("idea_id", "participant_id"),
    "syntheses": ("id", "group_id", "phase", "given_name", "family_name", "content", "state", "created_at"),
    "opinions": ("synthesis_id", "given_name", "family_name", "approves", "comment"),
    "cards": (
        *("group_id", "given_name", "family_name", "territory", "present", "obstacle", "change", "carrier"),
        "updated_at",
    ),
    "confirmations": ("group_id", "digest", "confirmed_at"),
}
"""The columns of every table of a snapshot, in order."""

_GROUPS_AT_ONCE = 10
_ROWS_AT_ONCE = 500
_ASIDE = "i.state IN ('homeless', 'offered') AND i.hidden = 0"
# An idea merged into one that others may not read goes with it.
_SHOWN = f"{LIVE} AND NOT EXISTS (SELECT 1 FROM ideas x WHERE x.id = i.merged_into AND x.hidden = 1)"
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
    "SELECT c.group_id, p.given_name, p.family_name, c.territory, c.present, c.obstacle, c.change, c.carrier,"
    " c.updated_at FROM territory_cards c LEFT JOIN participants p ON p.id = c.participant_id"
    f" WHERE c.group_id {_BETWEEN} ORDER BY c.group_id, c.id"
)
_CONFIRMATIONS = f"SELECT group_id, digest, confirmed_at FROM deck_confirmations WHERE group_id {_BETWEEN}"


async def read_snapshot(tx: Transaction, group_ids: Sequence[int] | None = None, *, ideas: bool = True) -> Snapshot:
    """What the groups of published rounds made, or only some of them; without `ideas`, what decks show and no more.

    Where every group is asked for, ideas come along whose group was dissolved, and those that wait for a group or for
    the word of a facilitator.
    """
    found: Snapshot = {table: [] for table in COLUMNS}
    await _take(tx, found, "themes", _THEMES)
    await _take(tx, found, "phases", _PHASES)
    groups = [row for row in await tx.all(_GROUPS) if group_ids is None or row["id"] in group_ids]
    _put(found, "groups", groups)
    ids = sorted(row["id"] for row in groups)
    at_once = 1 if group_ids is not None else _GROUPS_AT_ONCE if ideas else max(len(ids), 1)
    for start in range(0, len(ids), at_once):
        await _take_groups(tx, found, ids[start : start + at_once], ideas=ideas)
    if group_ids is None and ideas:
        for which in (_OF_NONE, _ASIDE):
            await _take_ideas(tx, found, which)
            await _take(tx, found, "files", _FILES.format(which=which))
    return found


async def _take_groups(tx: Transaction, found: Snapshot, ids: Sequence[int], *, ideas: bool) -> None:
    """The rows of groups whose ids lie together, and of groups of other rounds between them."""
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
        await _take(tx, found, table, sql, **between)
    if ideas:
        await _take_ideas(tx, found, _OF_GROUPS, **between)


async def _take_ideas(tx: Transaction, found: Snapshot, which: str, **between: int) -> None:
    after = 0
    while rows := await tx.all(_IDEAS.format(which=which), after=after, **between):
        _put(found, "ideas", rows)
        first, after = rows[0]["id"], rows[-1]["id"]
        await _take(tx, found, "votes", _VOTES.format(which=which), **between, lowest=first, highest=after)


async def _take(tx: Transaction, found: Snapshot, table: str, sql: str, **params: Any) -> None:
    _put(found, table, await tx.all(sql, **params))


def _put(found: Snapshot, table: str, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        found[table].append(_packed(table, rows[start : start + _ROWS_AT_ONCE]))


def _packed(table: str, rows: Iterable[Row]) -> str:
    return json.dumps([[row[column] for column in COLUMNS[table]] for row in rows], ensure_ascii=False)


def unpack_table(found: Mapping[str, Slices], table: str) -> list[dict[str, Any]]:
    """The rows of one table of a snapshot, by column; titles and contents are read too."""
    columns = COLUMNS[table]
    rows = [dict(zip(columns, row, strict=True)) for each in found[table] for row in json.loads(each)]
    for row in rows:
        for column in {"title", "content"} & row.keys():
            row[column] = json.loads(row[column])
    return rows


# --- decks confirmed


async def put_confirmation(tx: Transaction, group_id: int, digest: str, participant_id: int, now: int) -> None:
    """Note that a group confirms its deck as it is; `now` in microseconds."""
    await tx.run(
        "INSERT INTO deck_confirmations (group_id, digest, confirmed_by, confirmed_at)"
        " VALUES (:group, :digest, :person, :now) ON CONFLICT (group_id) DO UPDATE SET digest = :digest,"
        " confirmed_by = :person, confirmed_at = :now",
        group=group_id,
        digest=digest,
        person=participant_id,
        now=now,
    )


# --- what is left to do


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Of the groups that have worked, those that are done: how many, and how many of them confirmed no deck yet.

    A group is done that has had every phase, or whose day is over. `running` says that some group is in a phase;
    `plenary` is when the next plenary begins, None where none is planned.
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
    """How many groups are done, on a local date, and how many have still to confirm what they show."""
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
    """What a balance counts: groups of published rounds, ideas that count, who gave one, votes, photos, territories."""
    row = await tx.one(
        "SELECT (SELECT COUNT(*) FROM groups g JOIN rounds r ON r.number = g.round WHERE r.published_at IS NOT NULL)"
        " AS groups, COUNT(*) AS ideas, COUNT(DISTINCT i.author_id) AS authors, (SELECT COUNT(*) FROM idea_votes v"
        f" JOIN ideas i ON i.id = v.idea_id WHERE {LIVE}) AS votes, (SELECT COUNT(*) FROM idea_files f JOIN ideas i"
        f" ON i.id = f.idea_id WHERE {LIVE}) AS files, (SELECT COUNT(DISTINCT c.territory) FROM territory_cards c"
        " WHERE c.territory <> '') AS territories"
        f" FROM ideas i WHERE {COUNTS}"
    )
    assert row is not None
    return {key: row[key] for key in ("groups", "ideas", "authors", "votes", "files", "territories")}


async def count_results_of_group(tx: Transaction, group_id: int) -> Sequence[tuple[str, int, int]]:
    """For each phase a group began, in the order of the method: its key, the ideas that count, who gave them."""
    rows = await tx.all(
        "SELECT h.key, COUNT(i.id) AS ideas, COUNT(DISTINCT i.author_id) AS authors FROM phase_runs r"
        " JOIN phases h ON h.key = r.phase LEFT JOIN ideas i ON i.group_id = r.group_id AND i.phase = r.phase"
        f" AND {COUNTS} WHERE r.group_id = :group GROUP BY h.key, h.position"
        " ORDER BY h.position",
        group=group_id,
    )
    return [(row["key"], row["ideas"], row["authors"]) for row in rows]


async def stands_on_a_page(tx: Transaction, file_name: str) -> bool:
    """Whether somebody's page shows a file of this name."""
    row = await tx.one("SELECT 1 AS one FROM page_files WHERE name = :name LIMIT 1", name=file_name)
    return row is not None


# --- A snapshot, understood: what was read row by row, as those who make files think of it.


def understand(found: Mapping[str, Slices]) -> Gathering:
    """The gathering in a snapshot."""
    groups = {
        row["id"]: ResultGroup(
            row["id"],
            row["round"],
            date.fromisoformat(row["day"]),
            row["theme"],
            row["number"],
            row["name"],
            row["room"],
        )
        for row in unpack_table(found, "groups")
    }
    for row in _theirs(found, "members", groups):
        groups[row["group_id"]].members.append(ResultMember(row["id"], _name(row), row["territory"]))
    for group in groups.values():
        group.members.sort(key=lambda each: (collation(each.name), each.id))
    for row in _theirs(found, "runs", groups):
        groups[row["group_id"]].lived.append(
            Lived(row["phase"], from_micros(row["started_at"]), _instant(row["ended_at"]))
        )
    strays, aside = _add_ideas(found, groups)
    _add_versions(found, groups)
    for row in _theirs(found, "cards", groups):
        said = (row[name] for name in CARD_FIELDS)
        groups[row["group_id"]].cards.append(Card(_name(row), row["territory"], *said))
    for row in _theirs(found, "confirmations", groups):
        groups[row["group_id"]].confirmed = row["digest"]
    phases = [ResultPhase(row["key"], row["title"], row["collects"]) for row in unpack_table(found, "phases")]
    themes = {row["key"]: row["title"] for row in unpack_table(found, "themes")}
    return Gathering(themes, phases, list(groups.values()), strays, aside)


def _add_ideas(found: Mapping[str, Slices], groups: Mapping[int, ResultGroup]) -> tuple[list[Voice], list[Voice]]:
    """Give groups their ideas and files; the ideas that no group has, and those that were put aside."""
    voices = {}
    into: dict[int, int | None] = {}
    for row in unpack_table(found, "ideas"):
        voices[row["id"]] = Voice(
            row["id"],
            row["group_id"],
            row["theme"] or "",
            row["phase"],
            _name(row),
            bool(row["anonymous"]),
            row["territory"] or "",
            row["category"],
            row["text"],
            from_micros(row["created_at"]),
            row["parent_id"],
            row["state"],
        )
        into[row["id"]] = row["merged_into"]
    voters: dict[int, set[int]] = defaultdict(set)
    for row in unpack_table(found, "votes"):
        voters[_last(row["idea_id"], into)].add(row["participant_id"])  # a voter counts once, wherever they voted
    strays, aside = [], []
    for voice in voices.values():
        voice.votes = len(voters[voice.id])
        last = _last(voice.id, into)
        if voice.state != "live":
            aside.append(voice)
        elif last != voice.id:
            voices[last].merged.append(voice)
        elif (group := groups.get(voice.group_id or 0)) is not None:
            group.ideas.append(voice)
        else:
            strays.append(voice)
    for group in groups.values():
        group.ideas.sort(key=lambda each: (-each.votes, each.at, each.id))
    for row in unpack_table(found, "files"):
        kept = Attachment(
            row["idea_id"],
            row["phase"],
            row["digest"],
            row["name"],
            row["media_type"],
            bool(row["picture"]),
            row["size"],
        )
        said = voices.get(row["idea_id"])
        if said:
            said.files.append(kept)
        if row["group_id"] in groups and (said is None or said.state == "live"):  # decks are read without ideas
            groups[row["group_id"]].files.append(kept)
    return strays, aside


def _last(idea: int, into: Mapping[int, int | None]) -> int:
    """Where an idea went in the end, of those that are there; itself if nowhere."""
    seen = {idea}
    while (target := into.get(idea)) in into and target not in seen and target is not None:
        seen.add(target)
        idea = target
    return idea


def _add_versions(found: Mapping[str, Slices], groups: Mapping[int, ResultGroup]) -> None:
    opinions: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for row in unpack_table(found, "opinions"):
        opinions[row["synthesis_id"]].append((_name(row), bool(row["approves"]), row["comment"]))
    for row in _theirs(found, "syntheses", groups):
        groups[row["group_id"]].versions.append(
            Version(
                row["id"],
                row["phase"],
                _name(row),
                row["content"],
                row["state"] == "rival",
                from_micros(row["created_at"]),
                opinions[row["id"]],
            )
        )


def _theirs(found: Mapping[str, Slices], table: str, groups: Mapping[int, ResultGroup]) -> list[dict[str, Any]]:
    """The rows of these groups; those of rounds nobody was told of are read along with their neighbours."""
    return [row for row in unpack_table(found, table) if row["group_id"] in groups]


def _name(row: Mapping[str, Any]) -> str:
    return display_name(row["given_name"] or "", row["family_name"] or "")


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
