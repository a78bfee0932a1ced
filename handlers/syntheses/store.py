"""Reads and writes versions of syntheses, opinions on them, and territory cards.

A synthesis is what a group writes in a phase. Each save adds a version; no version is overwritten. One version is
current; versions that were written at the same time and could not be joined are its rivals, from which the group
chooses; all others are past. A territory card is what a member writes about the group's solution in a territory.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.clock import to_micros
from bot.database.engine import Row, Transaction
from bot.database.records import record
from handlers.syntheses.model import (
    CARD_FIELDS,
    MOST_PAST,
    RUNNERS_UP,
    TEXT,
    Content,
    Opinion,
    Synthesis,
    SynthesisState,
    TerritoryCard,
    TerritoryGrid,
    changed_fields,
    ideas_in,
    is_incomplete,
    lay_out,
    merge_contents,
    points_of,
    tidy,
)

_SYNTHESIS = "SELECT id, group_id, phase, author_id, content, based_on, state, created_at FROM syntheses"
_OF_PHASE = "group_id = :group AND phase = :phase"
_COPIED = "FROM copied_ideas c JOIN syntheses s ON s.id = c.synthesis_id"
_NEARLY_THE_SAME = 85  # per cent; «A libary of tools» and «A library of tools» are 97
_OF_BEFORE = ".line"
"""The end of some keys in messages that were stored once: the words of a quote that is cut are on one line anyway."""

SaveOutcome = Literal["first", "next", "merged", "rival", "same", "full"]
"""The outcome of saving a version.

«first»: the group's first version. «next»: a version that replaced the one its author had read. «merged»: a version
that joins the changes of two people. «rival»: another version, so that the group must choose. «same»: nothing new was
stored. «full»: nothing was stored, as there are too many rivals.
"""


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """The result of saving a version of what a group writes in a phase.

    `outcome` is «first», «next» (it replaced the version that its author had read), «merged» (it joins the changes of
    two people), «rival» (the group must choose), «same» (nothing was new) or «full» (too many rivals). `synthesis` is
    the new version; for «same» the stored version with the same content, for «full» the current version.
    """

    synthesis: Synthesis
    outcome: SaveOutcome


# --- versions


async def find_version(tx: Transaction, synthesis_id: int) -> Synthesis | None:
    """Return the version with this id of what a group wrote; None if there is none."""
    return await tx.row(Synthesis, f"{_SYNTHESIS} WHERE id = :id", id=synthesis_id)


async def current_version(tx: Transaction, group_id: int, phase: str) -> Synthesis | None:
    """Return the current version of what a group wrote in a phase (a key); None before anything was written."""
    versions = await _versions_in_state(tx, group_id, phase, "current")
    return versions[0] if versions else None


async def rival_versions(tx: Transaction, group_id: int, phase: str) -> Sequence[Synthesis]:
    """Return the rival versions of what a group wrote in a phase (a key), oldest first.

    A rival was written at the same time as the current version, and the group can choose it instead.
    """
    return await _versions_in_state(tx, group_id, phase, "rival")


async def past_versions(tx: Transaction, group_id: int, phase: str) -> Sequence[Synthesis]:
    """Return the past versions of what a group wrote in a phase (a key), which can be restored, newest first."""
    return list(reversed(await _versions_in_state(tx, group_id, phase, "past")))


async def save_version(
    tx: Transaction,
    group_id: int,
    phase: str,
    author_id: int,
    content: Content,
    based_on: int,
    now: datetime,
    *,
    most_rivals: int | None = None,
) -> SavedVersion:
    """Store what a participant wrote after reading the version `based_on` (an id; 0 for none).

    If `based_on` is the current version or a rival, the new version replaces it. Otherwise somebody saved meanwhile: if
    both people changed different fields, the new content is merged with the current version. If both changed the same
    field, the new version becomes a rival of the current one; nothing is stored if there are `most_rivals` already
    (None: no limit).
    """
    content = tidy(content)
    present = await current_version(tx, group_id, phase)
    if present is None:
        return SavedVersion(await _add(tx, group_id, phase, author_id, content, None, "current", now), "first")
    others = await rival_versions(tx, group_id, phase)
    for version in (present, *others):
        if not changed_fields(version.content, content):
            return SavedVersion(version, "same")
    base = next((version for version in (present, *others) if version.id == based_on), None)
    if base is not None:
        await _set_state(tx, base.id, "past")
        return SavedVersion(await _add(tx, group_id, phase, author_id, content, base.id, base.state, now), "next")
    before = await find_version(tx, based_on)
    ours = before is not None and (before.group_id, before.phase) == (group_id, phase)
    joined = merge_contents(before.content if before and ours else {}, present.content, content)
    if joined is None and most_rivals is not None and len(others) >= most_rivals:
        return SavedVersion(present, "full")
    if joined is None:
        base_id = based_on if ours else None
        return SavedVersion(await _add(tx, group_id, phase, author_id, content, base_id, "rival", now), "rival")
    if not changed_fields(present.content, joined):
        return SavedVersion(present, "same")
    await _set_state(tx, present.id, "past")
    return SavedVersion(await _add(tx, group_id, phase, author_id, joined, present.id, "current", now), "merged")


async def choose_version(tx: Transaction, chosen: Synthesis) -> bool:
    """Make one of several versions of what a group wrote the current one; the others become past versions.

    Returns False, and changes nothing, if there are no rivals any more or `chosen` is past; True otherwise.
    """
    assert chosen.group_id is not None
    others = await rival_versions(tx, chosen.group_id, chosen.phase)
    present = await current_version(tx, chosen.group_id, chosen.phase)
    versions = [version for version in (present, *others) if version is not None]
    if not others or chosen.id not in {version.id for version in versions}:
        return False
    for version in versions:
        await _set_state(tx, version.id, "current" if version.id == chosen.id else "past")
    return True


async def take_back_version(tx: Transaction, wanted: Synthesis, instead_of: int) -> bool:
    """Restore a past version of what a group wrote, instead of the version with the id `instead_of`.

    If the current version has rivals, the restored version becomes another rival; otherwise it becomes the current one.
    Returns False, and changes nothing, if `instead_of` is not the current version any more or `wanted` is not past;
    True otherwise.
    """
    assert wanted.group_id is not None
    present = await current_version(tx, wanted.group_id, wanted.phase)
    if wanted.state != "past" or present is None or present.id != instead_of:
        return False
    if await rival_versions(tx, wanted.group_id, wanted.phase):
        await _set_state(tx, wanted.id, "rival")
    else:
        await _set_state(tx, present.id, "past")
        await _set_state(tx, wanted.id, "current")
    return True


async def versions_alone(tx: Transaction, author_id: int) -> Sequence[Synthesis]:
    """Return the versions to which only their author contributed, the latest first.

    Nobody else wrote a later version from them or has an opinion on them, and they were never posted.
    """
    return await tx.rows(
        Synthesis,
        f"{_SYNTHESIS} s WHERE author_id = :author AND posted_at IS NULL AND NOT EXISTS (SELECT 1"
        " FROM synthesis_opinions o WHERE o.synthesis_id = s.id AND o.participant_id <> :author)"
        " AND NOT EXISTS (SELECT 1 FROM syntheses n WHERE n.group_id = s.group_id AND n.phase = s.phase AND n.id > s.id"
        " AND COALESCE(n.author_id, 0) <> :author) ORDER BY id DESC",
        author=author_id,
    )


async def versions_after_ideas(tx: Transaction, author_id: int) -> Sequence[tuple[Synthesis, frozenset[str]]]:
    """Return the versions of groups' texts that contain ideas of `author_id`, each with the words of these ideas.

    The words are as they were at the time of the version. Words are left out if an even earlier version had them, or if
    another member of the group gave nearly the same: they may be that member's own words, corrected since.
    """
    from rapidfuzz import fuzz, process  # 2 MB, of use only where somebody is erased

    of_groups = (
        "group_id IN (SELECT s.group_id FROM copied_ideas c JOIN syntheses s ON s.id = c.synthesis_id"
        " WHERE c.participant_id = :author)"
    )
    given, others, saved = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in await tx.all(
        f"SELECT c.synthesis_id AS id, c.participant_id, s.group_id, c.words {_COPIED} WHERE {of_groups}",
        author=author_id,
    ):
        if row["participant_id"] == author_id:
            given[row["group_id"], _words(row["words"])].append(row["id"])
        else:
            others[row["group_id"]].append(_words(row["words"]))
    for row in await tx.all(
        f"SELECT group_id, text FROM ideas WHERE {of_groups} AND COALESCE(author_id, 0) <> :author",
        author=author_id,
    ):
        others[row["group_id"]].append(_words(row["text"]))
    for row in await tx.all(f"SELECT id, group_id, content FROM syntheses WHERE {of_groups}", author=author_id):
        words = " ".join(_words(str(value)) for value in json.loads(row["content"]).values())
        saved[row["group_id"]].append((row["id"], words))
    found: dict[int, set[str]] = defaultdict(set)
    for (group, mine), versions in given.items():
        if process.extractOne(mine, others[group], scorer=fuzz.ratio, score_cutoff=_NEARLY_THE_SAME):
            continue
        if not any(mine in words for version_id, words in saved[group] if version_id < min(versions)):
            for version_id in versions:
                found[version_id].add(mine)
    all_found = [(await find_version(tx, version_id), words) for version_id, words in sorted(found.items())]
    return [(version, frozenset(words)) for version, words in all_found if version is not None]


def _words(text: str) -> str:
    return " ".join(text.split())


async def _note_copies(tx: Transaction, version: Synthesis) -> None:
    """Store whose ideas a new version holds: later they may be given other words, or be deleted."""
    copies = ideas_in(version.content)
    if not copies:
        return
    rows = await tx.all(
        "SELECT author_id AS id, text AS words FROM ideas WHERE group_id = :group AND author_id IS NOT NULL"
        f" UNION SELECT c.participant_id, c.words {_COPIED} WHERE s.group_id = :group",
        group=version.group_id,
    )
    theirs = {(row["id"], words) for row in rows if (words := _words(row["words"])) in copies}
    await tx.many(
        "INSERT INTO copied_ideas (synthesis_id, participant_id, words) VALUES (:version, :person, :words)",
        [{"version": version.id, "person": person, "words": words} for person, words in sorted(theirs)],
    )


async def rewrite_version(tx: Transaction, version_id: int, content: Content) -> None:
    """Replace the content of a version, from which somebody's words were erased."""
    await tx.run(
        "UPDATE syntheses SET content = :content WHERE id = :id",
        content=json.dumps(dict(content), ensure_ascii=False),
        id=version_id,
    )


async def drop_version(tx: Transaction, version_id: int) -> None:
    """Delete a version. If only it replaced an earlier version, this one gets its state: current, or to be chosen."""
    version = await find_version(tx, version_id)
    if version is None:
        return
    await tx.run("DELETE FROM syntheses WHERE id = :id", id=version_id)
    if version.based_on is None or version.state == "past":
        return
    replaced_too = await tx.exists("SELECT 1 FROM syntheses WHERE based_on = :id LIMIT 1", id=version.based_on)
    if version.state == "current" or not replaced_too:
        await _set_state(tx, version.based_on, version.state)


async def mark_posted(tx: Transaction, synthesis: Synthesis, now: datetime) -> bool:
    """Store that a version is posted in the group's channels.

    Returns False, and changes nothing, if this version is the one that was posted last; True otherwise.
    """
    row = await tx.one(
        f"SELECT id FROM syntheses WHERE {_OF_PHASE} AND posted_at IS NOT NULL"
        " ORDER BY posted_at DESC, id DESC LIMIT 1",
        group=synthesis.group_id,
        phase=synthesis.phase,
    )
    if row and row["id"] == synthesis.id:
        return False
    await tx.run("UPDATE syntheses SET posted_at = :now WHERE id = :id", id=synthesis.id, now=to_micros(now))
    return True


async def _versions_in_state(tx: Transaction, group_id: int, phase: str, state: SynthesisState) -> Sequence[Synthesis]:
    return await tx.rows(
        Synthesis,
        f"{_SYNTHESIS} WHERE {_OF_PHASE} AND state = :state ORDER BY id",
        group=group_id,
        phase=phase,
        state=state,
    )


async def _add(
    tx: Transaction,
    group_id: int,
    phase: str,
    author_id: int,
    content: Content,
    based_on: int | None,
    state: SynthesisState,
    now: datetime,
) -> Synthesis:
    added_id = await tx.value(
        int,
        # What organisers took out of prints stays out in the next version.
        "INSERT INTO syntheses (group_id, phase, author_id, content, based_on, state, created_at, unprinted)"
        " VALUES (:group, :phase, :author, :content, CAST(:based_on AS BIGINT), :state, :now,"
        " COALESCE((SELECT b.unprinted FROM syntheses b WHERE b.id = CAST(:based_on AS BIGINT)), '')) RETURNING id",
        group=group_id,
        phase=phase,
        author=author_id,
        content=json.dumps(dict(content), ensure_ascii=False),
        based_on=based_on,
        state=state,
        now=to_micros(now),
    )
    # Authors approve of their own version.
    await put_opinion(tx, added_id, author_id, approves=True, comment="", now=now)
    added = await find_version(tx, added_id)
    assert added is not None
    await _note_copies(tx, added)
    await _forget_oldest(tx, added)
    return added


async def _forget_oldest(tx: Transaction, saved: Synthesis) -> None:
    """Delete the oldest past version that the author of a new one saved, if they saved very many; none that was posted.

    What others saved stays, however often one person saves.
    """
    oldest = await tx.one(
        f"SELECT id, based_on FROM syntheses WHERE {_OF_PHASE} AND author_id = :author AND state = 'past'"
        " AND posted_at IS NULL ORDER BY id DESC LIMIT 1 OFFSET :most",
        group=saved.group_id,
        phase=saved.phase,
        author=saved.author_id,
        most=MOST_PAST,
    )
    if oldest is not None:
        before, gone = oldest["based_on"], oldest["id"]
        await tx.run(
            "UPDATE syntheses SET based_on = CAST(:before AS BIGINT) WHERE based_on = :gone", before=before, gone=gone
        )
        await tx.run("DELETE FROM syntheses WHERE id = :gone", gone=gone)


async def _set_state(tx: Transaction, synthesis_id: int, state: SynthesisState) -> None:
    await tx.run("UPDATE syntheses SET state = :state WHERE id = :id", id=synthesis_id, state=state)


# --- opinions, and who writes


async def put_opinion(
    tx: Transaction, synthesis_id: int, participant_id: int, *, approves: bool, comment: str, now: datetime
) -> None:
    """Store a participant's opinion on a version of what the group wrote, in place of their earlier opinion on it.

    If `approves` is True, `comment` is ''; otherwise `comment` is the opinion.
    """
    await tx.run(
        "INSERT INTO synthesis_opinions (synthesis_id, participant_id, approves, comment, at)"
        " VALUES (:synthesis, :person, :approves, :comment, :now) ON CONFLICT (synthesis_id, participant_id)"
        " DO UPDATE SET approves = :approves, comment = :comment, at = :now",
        synthesis=synthesis_id,
        person=participant_id,
        approves=int(approves),
        comment=comment,
        now=to_micros(now),
    )


async def opinions_of(tx: Transaction, synthesis_id: int) -> Sequence[Opinion]:
    """Return the opinions on a version of what a group wrote, oldest first."""
    return await tx.rows(
        Opinion,
        "SELECT participant_id, approves, comment FROM synthesis_opinions WHERE synthesis_id = :id"
        " ORDER BY at, participant_id",
        id=synthesis_id,
    )


# --- what is written, of many groups at once

_WRITTEN = (
    "SELECT r.id, r.group_id, h.collects,"
    " (SELECT s.content FROM syntheses s WHERE s.group_id = g.id AND s.phase = r.phase AND s.state = 'current'"
    " ORDER BY s.id DESC LIMIT 1) AS written"
    " FROM phase_runs r JOIN groups g ON g.id = r.group_id JOIN phases h ON h.key = r.phase WHERE g.round = :round"
)


async def unwritten_runs(tx: Transaction, round_number: int) -> frozenset[int]:
    """Return the ids of the runs of a round (one day) in which the group has still to write something.

    A run is a phase as one group lives it.
    """
    rows = await tx.all(_WRITTEN, round=round_number)
    with_grid = any(row["collects"] == "territories" for row in rows)
    grids = await grids_of_round(tx, round_number) if with_grid else {}

    def unwritten(row: Row) -> bool:
        if row["collects"] == "territories":
            grid = grids.get(row["group_id"])
            return grid is None or not grid.complete
        return is_incomplete(row["collects"], json.loads(row["written"]) if row["written"] else None)

    return frozenset(row["id"] for row in rows if unwritten(row))


async def grids_of_round(tx: Transaction, round_number: int) -> Mapping[int, TerritoryGrid]:
    """Return the grid of each group of a round (one day), by the id of the group.

    A grid shows a group's territory cards, with a row for each territory; groups without members or cards are left out.
    """
    territories: dict[int, list[str]] = defaultdict(list)
    for row in await tx.all(
        "SELECT m.group_id, p.territory FROM members m JOIN participants p ON p.id = m.participant_id"
        " WHERE m.round = :round AND p.status = 'joined' ORDER BY p.id",
        round=round_number,
    ):
        territories[row["group_id"]].append(row["territory"])
    cards: dict[int, list[TerritoryCard]] = defaultdict(list)
    for row in await tx.all(
        f"{_CARD} JOIN groups g ON g.id = c.group_id WHERE g.round = :round ORDER BY c.id", round=round_number
    ):
        cards[row["group_id"]].append(record(TerritoryCard, row))
    return {group: lay_out(territories[group], cards[group]) for group in {*territories, *cards}}


# --- Territory cards: each member writes one about the group's solution in their own territory.


_COLUMNS = "c.id, c.group_id, c.participant_id, c.territory, c.present, c.obstacle, c.change, c.carrier"
_CARD = f"SELECT {_COLUMNS} FROM territory_cards c"


async def cards_of_group(tx: Transaction, group_id: int) -> Sequence[TerritoryCard]:
    """Return the territory cards of a group, oldest first."""
    return await tx.rows(TerritoryCard, f"{_CARD} WHERE c.group_id = :group ORDER BY c.id", group=group_id)


async def card_of_person(tx: Transaction, group_id: int, participant_id: int) -> TerritoryCard | None:
    """Return a participant's territory card in a group; None before they wrote one."""
    return await tx.row(
        TerritoryCard,
        f"{_CARD} WHERE c.group_id = :group AND c.participant_id = :person",
        group=group_id,
        person=participant_id,
    )


async def card_left_behind(tx: Transaction, group_id: int, participant_id: int) -> TerritoryCard | None:
    """Return the last changed territory card of a participant in a group that they left or that was dissolved.

    Returns None if there is none. `group_id` is the present group; the card in it is not considered.
    """
    return await tx.row(
        TerritoryCard,
        f"{_CARD} WHERE c.participant_id = :person AND (c.group_id IS NULL OR (c.group_id <> :group AND NOT EXISTS"
        " (SELECT 1 FROM members m WHERE m.group_id = c.group_id AND m.participant_id = c.participant_id)))"
        " ORDER BY c.updated_at DESC, c.id DESC LIMIT 1",
        group=group_id,
        person=participant_id,
    )


async def put_card(
    tx: Transaction,
    group_id: int,
    participant_id: int,
    territory: str,
    now: datetime,
    *,
    present: str,
    obstacle: str,
    change: str,
    carrier: str,
) -> None:
    """Store a participant's territory card in a group, in place of their earlier card in it.

    `territory` is a code. The other four texts are the card's fields; '' leaves a field empty.
    """
    await tx.run(
        "INSERT INTO territory_cards (group_id, participant_id, territory, present, obstacle, change, carrier,"
        " updated_at) VALUES (:group, :person, :territory, :present, :obstacle, :change, :carrier, :now)"
        " ON CONFLICT (group_id, participant_id) DO UPDATE SET territory = excluded.territory,"
        " present = excluded.present, obstacle = excluded.obstacle, change = excluded.change,"
        " carrier = excluded.carrier, updated_at = excluded.updated_at",
        group=group_id,
        person=participant_id,
        territory=territory,
        present=present,
        obstacle=obstacle,
        change=change,
        carrier=carrier,
        now=to_micros(now),
    )


async def bring_card(tx: Transaction, card_id: int, group_id: int) -> None:
    """Move a territory card to another group of its author, who must have no card in that group."""
    await tx.run("UPDATE territory_cards SET group_id = :group WHERE id = :id", id=card_id, group=group_id)


async def territories_of_group(tx: Transaction, group_id: int) -> Sequence[str]:
    """Return the territories (codes) of a group's members who joined, each once, in the order of the members' ids.

    The code is '' for members without a territory.
    """
    rows = await tx.all(
        "SELECT p.territory FROM members m JOIN participants p ON p.id = m.participant_id"
        " WHERE m.group_id = :group AND p.status = 'joined' ORDER BY p.id",
        group=group_id,
    )
    return list(dict.fromkeys(row["territory"] for row in rows))


# --- Words that messages quote


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the words that messages quote from what groups wrote, by key; () for the kinds of other capabilities.

    «synthesis» is a field of the current version («12.challenge.sentence»: group, phase, field), «version» a field of
    one version («7.sentence») or one line of a field («7.text.0»), «opinion» a comment («7.31»: version, participant),
    and «territorycard» a field of a card («5.obstacle»).
    """
    match kind:
        case "synthesis":
            found = await _present_fields(tx, _ids(keys))
        case "version":
            found = await _fields_of_versions(tx, _ids(keys))
        case "opinion":
            found = await _comments_on(tx, _ids(keys))
        case "territorycard":
            found = await _fields_of_cards(tx, _ids(keys))
        case _:
            return ()
    return [(key, words) for key in keys if (words := _words_of(key, found))]


def _words_of(key: str, found: Mapping[str, str]) -> str:
    """Return the words for a key; '' where they were erased."""
    return found.get(key.removesuffix(_OF_BEFORE), "")


def _ids(keys: Collection[str]) -> str:
    """Return the ids with which keys begin, as a list in SQL."""
    return ", ".join(map(str, sorted({int(key.partition(".")[0]) for key in keys})))


async def _present_fields(tx: Transaction, groups: str) -> Mapping[str, str]:
    rows = await tx.all(
        f"SELECT group_id, phase, content FROM syntheses WHERE group_id IN ({groups}) AND state = 'current' ORDER BY id"
    )
    found: dict[str, str] = {}
    for row in rows:
        found |= _quotable(f"{row['group_id']}.{row['phase']}", json.loads(row["content"]))
    return found


async def _fields_of_versions(tx: Transaction, versions: str) -> Mapping[str, str]:
    rows = await tx.all(f"SELECT id, content FROM syntheses WHERE id IN ({versions})")
    found: dict[str, str] = {}
    for row in rows:
        found |= _quotable(str(row["id"]), json.loads(row["content"]))
    return found


def _quotable(beginning: str, content: Content) -> Mapping[str, str]:
    """Return what can be quoted of a content, by key: its fields, and single lines of those that are lists."""
    lists = {TEXT: points_of(content.get(TEXT, "")), RUNNERS_UP: content.get(RUNNERS_UP, "").splitlines()}
    lines = {f"{field}.{number}": line for field, listed in lists.items() for number, line in enumerate(listed)}
    return {f"{beginning}.{key}": words for key, words in (*content.items(), *lines.items())}


async def _comments_on(tx: Transaction, versions: str) -> Mapping[str, str]:
    rows = await tx.all(
        f"SELECT synthesis_id, participant_id, comment FROM synthesis_opinions WHERE synthesis_id IN ({versions})"
    )
    return {f"{row['synthesis_id']}.{row['participant_id']}": row["comment"] for row in rows}


async def _fields_of_cards(tx: Transaction, cards: str) -> Mapping[str, str]:
    found = await tx.rows(TerritoryCard, f"{_CARD} WHERE c.id IN ({cards})")
    return {f"{card.id}.{field}": card.text_of(field) for card in found for field in CARD_FIELDS}
