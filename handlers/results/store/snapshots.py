"""Reads snapshots of the results, from which files and charts are made.

A snapshot is all data of the results as one database transaction read them. It is read in slices of rows, each of which
is turned into JSON at once. So no step blocks other work of the thread for long, and the slices can be passed to
another process. Hidden and withdrawn ideas are not read, nor late ones unless their authors sent them to the
facilitator; nor is the author of an anonymous idea. What organisers excluded from prints and exports is not read
either, nor ideas that nobody saw, unless organisers included them (`handlers.results.store.printed`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from bot.database.engine import Row, Transaction
from handlers.results.model import COLUMNS, Snapshot
from handlers.results.store.printed import ASIDE, SHOWN, is_printed, is_unrevealed, is_unseen
from handlers.syntheses.model import CARD_FIELDS, RUNNERS_UP

_GROUPS_AT_ONCE = 10
_ROWS_AT_ONCE = 500
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
_PRINTED = is_printed(is_unseen("x", f"h.group_id {_BETWEEN}"))
_OF_GROUPS = f"{SHOWN} AND i.group_id {_BETWEEN} AND (i.author_id = :own OR ({_PRINTED}))"
# A group checks its own slides, so they lack only what it could not read either.
_ON_SLIDES = f"{SHOWN} AND i.group_id {_BETWEEN} AND {is_printed(is_unrevealed('x'))}"
_WITHOUT_GROUP = (
    f"{SHOWN} AND i.group_id IS NULL AND {is_printed(is_unseen('x'))}",
    f"{ASIDE} AND {is_printed(is_unseen('x'))}",
)
_TAKEN_OUT = (
    "SELECT i.group_id, i.phase, i.text FROM ideas i"
    f" WHERE i.group_id {_BETWEEN} AND i.text <> '' AND (i.printed = 0 OR i.hidden = 1)"
)
_FILES = (
    "SELECT f.idea_id, i.group_id, i.phase, f.digest, f.name, f.media_type, f.picture, f.size FROM idea_files f"
    " JOIN ideas i ON i.id = f.idea_id WHERE {which} ORDER BY f.idea_id, f.position"
)
_VOTES = (
    "SELECT v.idea_id, v.participant_id FROM idea_votes v JOIN ideas i ON i.id = v.idea_id"
    " WHERE {which} AND i.id BETWEEN :lowest AND :highest"
)
_SYNTHESES = (
    "SELECT s.id, s.group_id, s.phase, p.given_name, p.family_name, s.content, s.state, s.created_at,"
    " s.unprinted FROM syntheses s LEFT JOIN participants p ON p.id = s.author_id"
    f" WHERE s.state IN ('current', 'rival') AND s.group_id {_BETWEEN} ORDER BY s.group_id, s.state, s.id"
)
_OPINIONS = (
    "SELECT o.synthesis_id, p.given_name, p.family_name, o.approves,"
    " CASE WHEN o.unprinted = 1 THEN '' ELSE o.comment END AS comment FROM synthesis_opinions o"
    " JOIN syntheses s ON s.id = o.synthesis_id JOIN participants p ON p.id = o.participant_id"
    f" WHERE s.state IN ('current', 'rival') AND s.group_id {_BETWEEN} AND (o.unprinted = 0 OR o.approves = 1)"
    " ORDER BY o.synthesis_id, o.participant_id"
)
_CARDS = (
    "SELECT c.group_id, p.given_name, p.family_name, c.territory, c.present, c.obstacle, c.change, c.carrier,"
    " c.unprinted FROM territory_cards c LEFT JOIN participants p ON p.id = c.participant_id"
    f" WHERE c.group_id {_BETWEEN} ORDER BY c.group_id, c.id"
)
_AUTHORS = " UNION ".join(
    f"SELECT {group} AS group_id, {author} AS id FROM {table} WHERE {group} {_BETWEEN} AND {author} IS NOT NULL"
    for table, group, author in (
        ("ideas", "group_id", "author_id"),
        ("syntheses", "group_id", "author_id"),
        ("territory_cards", "group_id", "participant_id"),
    )
)
_EQUALITY = f"SELECT {', '.join(COLUMNS['equality'])} FROM equality_steps ORDER BY published_at, key"
_CONFIRMATIONS = f"SELECT group_id, digest FROM deck_confirmations WHERE group_id {_BETWEEN}"


async def read_snapshot(
    tx: Transaction, group_ids: Sequence[int] | None = None, *, ideas: bool = True, own: int = 0
) -> Snapshot:
    """Return a snapshot of the results of the groups `group_ids`; None stands for all published groups.

    A snapshot is all data, read at once. A snapshot of all groups also has ideas whose group was dissolved, ideas that
    wait for a group or for a facilitator's decision, and what is published about women and men. If `ideas` is False,
    the snapshot has only what slides of groups show to the groups themselves. If it is True, the ideas of the
    participant with the id `own` are included even if they are not printed.
    """
    snapshot: Snapshot = {table: [] for table in COLUMNS}
    await _read_table(tx, snapshot, "themes", _THEMES)
    await _read_table(tx, snapshot, "phases", _PHASES)
    groups = [row for row in await tx.all(_GROUPS) if group_ids is None or row["id"] in group_ids]
    _add_slices(snapshot, "groups", groups)
    ids = sorted(row["id"] for row in groups)
    at_once = 1 if group_ids is not None else _GROUPS_AT_ONCE if ideas else max(len(ids), 1)
    for start in range(0, len(ids), at_once):
        between = {"first": ids[start], "last": ids[start : start + at_once][-1]}
        await _read_groups(tx, snapshot, between)
        if ideas:
            await _read_table(tx, snapshot, "files", _FILES.format(which=_OF_GROUPS), **between, own=own)
            await _read_ideas(tx, snapshot, _OF_GROUPS, **between, own=own)
        else:
            await _read_table(tx, snapshot, "files", _FILES.format(which=_ON_SLIDES), **between)
    if group_ids is None and ideas:
        for which in _WITHOUT_GROUP:
            await _read_ideas(tx, snapshot, which)
            await _read_table(tx, snapshot, "files", _FILES.format(which=which))
        await _read_table(tx, snapshot, "equality", _EQUALITY)
    return snapshot


async def _read_groups(tx: Transaction, snapshot: Snapshot, between: Mapping[str, int]) -> None:
    """Read the rows, without ideas and files, of all groups whose ids lie between `first` and `last`."""
    for table, sql in (
        ("members", _MEMBERS),
        ("authors", _AUTHORS),
        ("runs", _RUNS),
        ("opinions", _OPINIONS),
        ("confirmations", _CONFIRMATIONS),
    ):
        await _read_table(tx, snapshot, table, sql, **between)
    taken_out: dict[tuple[int, str], set[str]] = defaultdict(set)
    for row in await tx.all(_TAKEN_OUT, **between):
        taken_out[row["group_id"], row["phase"]].add(" ".join(row["text"].split()))
    syntheses = [_version(row, taken_out) for row in await tx.all(_SYNTHESES, **between)]
    _add_slices(snapshot, "syntheses", [row for row in syntheses if row is not None])
    cards = [_card(row) for row in await tx.all(_CARDS, **between)]
    _add_slices(snapshot, "cards", [row for row in cards if row is not None])


def _version(row: Row, taken_out: Mapping[tuple[int, str], Collection[str]]) -> Mapping[str, Any] | None:
    """Return a version of what a group wrote, without the fields that are out; None if nothing is left of it.

    The program adds the words of further ideas to a challenge. Words of ideas that were taken out, which are by group
    and phase in `taken_out`, are left out there too.
    """
    version = {column: row[column] for column in COLUMNS["syntheses"]}
    words = taken_out.get((row["group_id"], row["phase"]), ())
    if not (row["unprinted"] or words):
        return version
    unprinted = row["unprinted"].split()
    fields = {field: text for field, text in json.loads(row["content"]).items() if field not in unprinted}
    if RUNNERS_UP in fields:
        others = fields[RUNNERS_UP].splitlines()
        fields[RUNNERS_UP] = "\n".join(line for line in others if line.rpartition(" (")[0] not in words)
    content = {field: text for field, text in fields.items() if text}
    return {**version, "content": json.dumps(content, ensure_ascii=False)} if content else None


def _card(row: Row) -> Mapping[str, Any] | None:
    """Return a territory card with its fields that are out emptied; None if nothing is left of it."""
    card = {column: row[column] for column in COLUMNS["cards"]}
    if not row["unprinted"]:
        return card
    card |= dict.fromkeys(row["unprinted"].split(), "")
    return card if any(card[field] for field in CARD_FIELDS) else None


async def _read_ideas(tx: Transaction, snapshot: Snapshot, which: str, **between: int) -> None:
    after = 0
    while rows := await tx.all(_IDEAS.format(which=which), after=after, **between):
        _add_slices(snapshot, "ideas", rows)
        first, after = rows[0]["id"], rows[-1]["id"]
        await _read_table(tx, snapshot, "votes", _VOTES.format(which=which), **between, lowest=first, highest=after)


async def _read_table(tx: Transaction, snapshot: Snapshot, table: str, sql: str, **params: Any) -> None:
    _add_slices(snapshot, table, await tx.all(sql, **params))


def _add_slices(snapshot: Snapshot, table: str, rows: Sequence[Row | Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        snapshot[table].append(_encode_slice(table, rows[start : start + _ROWS_AT_ONCE]))


def _encode_slice(table: str, rows: Iterable[Row | Mapping[str, Any]]) -> str:
    return json.dumps([[row[column] for column in COLUMNS[table]] for row in rows], ensure_ascii=False)
