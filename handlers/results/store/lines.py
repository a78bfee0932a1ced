"""Stores which lines organisers excluded from prints and exports or included, and reads lines.

Lines are ideas, the fields of what groups wrote, the fields of territory cards, and comments (`LineKey`). Nothing here
changes walls or votes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.database.engine import Row, Transaction, one_column
from handlers.results.model import COMMENT, LineKey, LineState, PrintLine
from handlers.results.store.printed import ASIDE, EVERY_GROUP, SHOWN, is_unrevealed, is_unseen
from handlers.syntheses.model import CARD_FIELDS
from handlers.workshops.store.ideas import counts

_SHARED = f"(({SHOWN}) OR ({ASIDE}))"
_AUTHOR = "i.author_id, CASE WHEN i.anonymous = 1 THEN '' ELSE COALESCE(p.given_name, '') END AS author"
_UNSEEN = (
    f"ideas i WHERE ({counts('i')} OR {ASIDE}) AND i.merged_into IS NULL AND COALESCE(i.printed, 1) <> 0"
    f" AND {is_unseen('i')}"
)


# --- ideas that nobody revealed or voted for


@dataclass(frozen=True, slots=True)
class UnseenIdea:
    """An idea that nobody saw: it was not revealed (`unrevealed`), or nobody voted for it. It is printed if `ticked`.

    `author` is a first name, '' for an anonymous idea or an erased author, and `author_id` the author's participant id.
    `phase` is the key of the phase. `group_id` is None for an idea without a group.
    """

    id: int
    text: str
    author: str
    author_id: int | None
    group_id: int | None
    phase: str
    unrevealed: bool
    ticked: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many ideas nobody revealed or voted for (`unseen`), and how many of these organisers ticked (`ticked`).

    Files leave out the ideas that are not ticked. `taken` is how many further lines of prints organisers excluded.
    """

    unseen: int
    ticked: int
    taken: int

    @property
    def unticked(self) -> int:
        """How many ideas are left out of files, because nobody revealed, voted for or ticked them."""
        return self.unseen - self.ticked


async def count_left_out(tx: Transaction) -> LeftOut:
    """Return how many ideas nobody revealed or voted for, and how many lines organisers excluded from prints."""
    unseen = await tx.one(f"SELECT COUNT(*) AS unseen, COUNT(i.printed) AS ticked FROM {_UNSEEN}")
    taken = await tx.one(
        f"SELECT (SELECT COUNT(*) FROM ideas i WHERE i.printed = 0 AND {_SHARED}) AS ideas,"
        " (SELECT COUNT(*) FROM synthesis_opinions o JOIN syntheses s ON s.id = o.synthesis_id"
        " WHERE o.unprinted = 1 AND s.state <> 'past') AS comments"
    )
    fields = await tx.all(
        "SELECT s.unprinted FROM syntheses s WHERE s.unprinted <> '' AND s.state <> 'past' AND s.group_id IS NOT NULL"
        " UNION ALL SELECT c.unprinted FROM territory_cards c WHERE c.unprinted <> '' AND c.group_id IS NOT NULL"
    )
    assert unseen is not None
    assert taken is not None
    written = sum(len(row["unprinted"].split()) for row in fields)
    return LeftOut(unseen["unseen"], unseen["ticked"], taken["ideas"] + taken["comments"] + written)


async def page_of_unseen(tx: Transaction, start: int, most: int) -> Sequence[UnseenIdea]:
    """Return at most `most` ideas that nobody revealed or voted for, from index `start` (from 0), oldest first."""
    return await tx.rows(
        UnseenIdea,
        f"SELECT i.id, i.text, {_AUTHOR}, i.group_id, i.phase, CASE WHEN i.printed = 1 THEN 1 ELSE 0 END AS ticked,"
        f" CASE WHEN {is_unrevealed('i')} THEN 1 ELSE 0 END AS unrevealed"
        " FROM ideas i LEFT JOIN participants p ON p.id = i.author_id WHERE i.id IN"
        f" (SELECT i.id FROM {_UNSEEN} ORDER BY i.id LIMIT :most OFFSET :start) ORDER BY i.id",
        start=start,
        most=most,
    )


async def rank_of_unseen(tx: Transaction, idea_id: int) -> int:
    """Return how many unseen ideas are older than the idea with this id.

    An unseen idea is one that nobody revealed or voted for.
    """
    return await tx.value(int, f"SELECT COUNT(*) FROM {_UNSEEN} AND i.id < :id", id=idea_id)


async def tick_unseen(tx: Transaction, first: int, last: int, chosen: Collection[int]) -> None:
    """Include the ideas with `chosen` ids in files, and leave out other unseen ideas with ids from `first` to `last`.

    An unseen idea is one that nobody revealed or voted for. Ideas that an organiser excluded stay excluded.
    """
    between = {"first": first, "last": last, "chosen": one_column(chosen)}
    among = "i.id BETWEEN :first AND :last AND i.id {} (SELECT CAST(value ->> 0 AS BIGINT) FROM {{json_rows}}(:chosen))"
    for printed, which in (("1", among.format("IN")), ("NULL", among.format("NOT IN"))):
        await tx.run(
            f"UPDATE ideas SET printed = {printed} WHERE id IN (SELECT i.id FROM {_UNSEEN} AND {which})", **between
        )


async def take_in_unseen(tx: Transaction, up_to: int) -> Sequence[int]:
    """Include in files all ideas with ids up to `up_to` that nobody revealed or voted for.

    Returns the ids of the ideas that were not included before.
    """
    rows = await tx.all(
        f"SELECT i.id FROM {_UNSEEN} AND i.printed IS NULL AND i.id <= :up_to ORDER BY i.id", up_to=up_to
    )
    ids = [row["id"] for row in rows]
    await _put_ideas(tx, ids, "1", "printed IS NULL")
    return ids


async def leave_out_unseen(tx: Transaction, idea_ids: Iterable[int]) -> int:
    """Take the ideas with these ids out of files again, except ideas that an organiser has excluded meanwhile.

    Returns how many ideas changed.
    """
    return await _put_ideas(tx, idea_ids, "NULL", "printed = 1")


async def _put_ideas(tx: Transaction, idea_ids: Iterable[int], printed: str, condition: str) -> int:
    return await tx.run(
        f"UPDATE ideas SET printed = {printed} WHERE {condition}"
        " AND id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {json_rows}(:ids))",
        ids=one_column(idea_ids),
    )


async def latest_idea(tx: Transaction) -> int:
    """Return the id of the latest idea, 0 for none."""
    return await tx.value(int, "SELECT COALESCE(MAX(id), 0) FROM ideas")


# --- all lines


async def published_groups(tx: Transaction) -> Sequence[int]:
    """Return the ids of the published groups of all days, in the order in which files show them."""
    return await tx.values(
        int,
        "SELECT g.id FROM groups g JOIN rounds r ON r.number = g.round JOIN themes t ON t.key = g.theme"
        " WHERE r.published_at IS NOT NULL ORDER BY g.round, t.position, g.number",
    )


async def count_lines(tx: Transaction, group_id: int | None, phase: str, *, cards: bool) -> int:
    """Return how many lines (ideas and other texts) a group has in a phase.

    If `group_id` is None, lines of ideas without a group are counted. `phase` is the key of the phase. If `cards` is
    True, the fields of territory cards are counted too.
    """
    return len(await _written_lines(tx, group_id, phase, cards=cards)) + await _count_ideas(tx, group_id, phase)


async def page_of_lines(
    tx: Transaction, group_id: int | None, phase: str, start: int, most: int, *, cards: bool
) -> Sequence[PrintLine]:
    """Return at most `most` lines (ideas and other texts) of a group in a phase, from number `start` (from 0) on.

    Texts of syntheses come first, then territory cards if `cards` is True, then the ideas, oldest first. If `group_id`
    is None, the lines are the ideas without a group. `phase` is the key of the phase.
    """
    written = await _written_lines(tx, group_id, phase, cards=cards)
    shown = written[start : start + most]
    if len(shown) == most:
        return shown
    rows = await tx.all(
        f"{_line_of_idea(group_id)} AND i.phase = :phase ORDER BY i.id LIMIT :most OFFSET :start",
        **_of(group_id),
        phase=phase,
        start=max(0, start - len(written)),
        most=most - len(shown),
    )
    return [*shown, *map(_idea_line, rows)]


async def find_line(tx: Transaction, key: LineKey) -> PrintLine | None:
    """Return the line of prints (an idea or another text) with this key; None if there is none."""
    match key.kind:
        case "i":
            row = await tx.one("SELECT i.group_id FROM ideas i WHERE i.id = :id", id=key.id)
            if row is None:
                return None
            group_id = row["group_id"]
            row = await tx.one(f"{_line_of_idea(group_id)} AND i.id = :id", **_of(group_id), id=key.id)
            return _idea_line(row) if row else None
        case "c":
            found = _card_lines(await tx.all(f"{_CARD} WHERE c.id = :id", id=key.id))
        case "s":
            found = _version_lines(await tx.all(f"{_VERSION} AND s.id = :id", id=key.id))
        case "o":
            found = _comment_lines(await tx.all(f"{_COMMENT} AND s.id = :id", id=key.id))
    return next((line for line in found if line.key == key), None)


async def put_line(tx: Transaction, key: LineKey, *, printed: bool) -> None:
    """Include a line (an idea or another text) in all prints and exports, or exclude it if `printed` is False.

    The same is done to the same field of earlier versions, because the group can restore these.
    """
    match key.kind:
        case "i":
            await put_idea(tx, key.id, int(printed))
        case "c":
            await _put_field(tx, "territory_cards", "t.id = :id", key, printed=printed)
        case "s":
            past = (
                "t.id = :id OR (t.state = 'past' AND EXISTS (SELECT 1 FROM syntheses s WHERE s.id = :id"
                " AND s.group_id = t.group_id AND s.phase = t.phase))"
            )
            await _put_field(tx, "syntheses", past, key, printed=printed)
        case "o":
            await tx.run(
                "UPDATE synthesis_opinions SET unprinted = :out WHERE synthesis_id = :id AND participant_id = :person",
                id=key.id,
                person=int(key.part),
                out=int(not printed),
            )


async def put_idea(tx: Transaction, idea_id: int, printed: int | None) -> None:
    """Store what organisers decided about printing an idea: 1 for yes, 0 for no, None for no decision."""
    await tx.run("UPDATE ideas SET printed = CAST(:printed AS BIGINT) WHERE id = :id", id=idea_id, printed=printed)


async def decided_on_idea(tx: Transaction, idea_id: int) -> int | None:
    """Return what organisers decided about printing an idea: 1 for yes, 0 for no, None for no decision."""
    return await tx.value_or_none(int, "SELECT printed FROM ideas WHERE id = :id", id=idea_id)


async def _put_field(tx: Transaction, table: str, which: str, key: LineKey, *, printed: bool) -> None:
    for row in await tx.all(f"SELECT t.id, t.unprinted FROM {table} t WHERE {which}", id=key.id):
        others = [field for field in row["unprinted"].split() if field != key.part]
        fields = others if printed else [*others, key.part]
        await tx.run(f"UPDATE {table} SET unprinted = :fields WHERE id = :id", id=row["id"], fields=" ".join(fields))


# --- the lines of each kind


def _of(group_id: int | None) -> dict[str, int]:
    return {} if group_id is None else {"group": group_id}


def _line_of_idea(group_id: int | None) -> str:
    """Return the statement, to be continued, for the ideas of a group that are lines; for None, those without a group.

    An idea that was merged into another is a line of its own where that one is in.
    """
    unseen = is_unseen("x", EVERY_GROUP if group_id is None else "h.group_id = :group")
    state = (
        "CASE WHEN i.printed = 0 OR x.printed = 0 THEN 'out' WHEN x.printed = 1 THEN 'in'"
        f" WHEN {is_unrevealed('x')} THEN 'unrevealed' WHEN {unseen} THEN 'unvoted' ELSE 'in' END"
    )
    return (
        f"SELECT i.id, i.text, {_AUTHOR}, i.group_id, {state} AS state,"
        " (SELECT COUNT(DISTINCT v.participant_id) FROM idea_votes v WHERE v.idea_id = i.id) AS votes"
        " FROM ideas i JOIN ideas x ON x.id = COALESCE(i.merged_into, i.id)"
        " LEFT JOIN participants p ON p.id = i.author_id"
        f" WHERE {_SHARED} AND {_in_group(group_id)} AND (i.merged_into IS NULL OR i.printed = 0 OR {state} = 'in')"
    )


def _in_group(group_id: int | None) -> str:
    return "i.group_id IS NULL" if group_id is None else "i.group_id = :group"


async def _count_ideas(tx: Transaction, group_id: int | None, phase: str) -> int:
    return await tx.value(
        int,
        f"SELECT COUNT(*) FROM ({_line_of_idea(group_id)} AND i.phase = :phase) lines",
        **_of(group_id),
        phase=phase,
    )


def _idea_line(row: Row) -> PrintLine:
    state: LineState = row["state"]
    key = LineKey("i", row["id"])
    return PrintLine(
        key,
        row["text"],
        row["author"],
        state,
        group_id=row["group_id"],
        votes=row["votes"],
        author_id=row["author_id"],
    )


_VERSION = (
    "SELECT s.id, s.group_id, s.author_id, COALESCE(p.given_name, '') AS author, s.content, s.unprinted"
    " FROM syntheses s LEFT JOIN participants p ON p.id = s.author_id WHERE s.state IN ('current', 'rival')"
)
_COMMENT = (
    "SELECT s.id, s.group_id, p.id AS author_id, COALESCE(p.given_name, '') AS author, o.comment, o.unprinted"
    " FROM synthesis_opinions o JOIN syntheses s ON s.id = o.synthesis_id"
    " JOIN participants p ON p.id = o.participant_id WHERE s.state IN ('current', 'rival') AND o.comment <> ''"
)
_CARD = (
    "SELECT c.id, c.group_id, c.participant_id AS author_id, COALESCE(p.given_name, '') AS author, c.territory,"
    " c.present, c.obstacle, c.change, c.carrier, c.unprinted FROM territory_cards c"
    " LEFT JOIN participants p ON p.id = c.participant_id"
)


async def _written_lines(tx: Transaction, group_id: int | None, phase: str, *, cards: bool) -> list[PrintLine]:
    if group_id is None:
        return []
    of: dict[str, Any] = {"group": group_id, "phase": phase}
    in_phase = "s.group_id = :group AND s.phase = :phase"
    lines = [
        *_version_lines(await tx.all(f"{_VERSION} AND {in_phase} ORDER BY s.state, s.id", **of)),
        *_comment_lines(await tx.all(f"{_COMMENT} AND {in_phase} ORDER BY s.state, s.id, p.id", **of)),
    ]
    if cards:
        lines += _card_lines(await tx.all(f"{_CARD} WHERE c.group_id = :group ORDER BY c.id", group=group_id))
    return lines


def _version_lines(rows: Iterable[Row]) -> list[PrintLine]:
    return [
        PrintLine(
            key,
            text,
            row["author"],
            _state(out=field in row["unprinted"].split()),
            field,
            group_id=row["group_id"],
            author_id=row["author_id"],
        )
        for row in rows
        for field, text in json.loads(row["content"]).items()
        if text and (key := LineKey.parse(f"s{row['id']}_{field}"))
    ]


def _comment_lines(rows: Iterable[Row]) -> list[PrintLine]:
    return [
        PrintLine(
            LineKey("o", row["id"], str(row["author_id"])),
            row["comment"],
            row["author"],
            _state(out=bool(row["unprinted"])),
            COMMENT,
            group_id=row["group_id"],
            author_id=row["author_id"],
        )
        for row in rows
    ]


def _card_lines(rows: Iterable[Row]) -> list[PrintLine]:
    return [
        PrintLine(
            LineKey("c", row["id"], field),
            row[field],
            row["author"],
            _state(out=field in row["unprinted"].split()),
            field,
            row["territory"],
            row["group_id"],
            author_id=row["author_id"],
        )
        for row in rows
        for field in CARD_FIELDS
        if row[field]
    ]


def _state(*, out: bool) -> LineState:
    return "out" if out else "in"
