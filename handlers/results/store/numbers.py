"""Reads the numbers of the summary, the ideas of one person, and which files were sent already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.database.engine import Transaction
from handlers.results.store.printed import SHOWN
from handlers.workshops.store.ideas import counts, is_shown


async def count_results(tx: Transaction) -> Mapping[str, int]:
    """Return the numbers that the summary of the workshops shows, by name.

    The names are «groups» (published ones), «ideas» (without hidden and merged ones), «authors» of these ideas,
    «votes», «files», and «territories» (how many have a card).
    """
    [row] = await tx.all(
        "SELECT (SELECT COUNT(*) FROM groups g JOIN rounds r ON r.number = g.round WHERE r.published_at IS NOT NULL)"
        " AS groups, COUNT(*) AS ideas, COUNT(DISTINCT i.author_id) AS authors, (SELECT COUNT(*) FROM idea_votes v"
        f" JOIN ideas i ON i.id = v.idea_id WHERE {is_shown('i')}) AS votes,"
        f" (SELECT COUNT(*) FROM idea_files f JOIN ideas i ON i.id = f.idea_id WHERE {is_shown('i')}) AS files,"
        " (SELECT COUNT(DISTINCT c.territory) FROM territory_cards c WHERE c.territory <> '') AS territories"
        f" FROM ideas i WHERE {counts('i')}"
    )
    return {key: row[key] for key in ("groups", "ideas", "authors", "votes", "files", "territories")}


async def count_results_of_group(tx: Transaction, group_id: int) -> Sequence[tuple[str, int, int]]:
    """Return for each phase that a group began: its key, the number of ideas, and the number of their authors.

    Hidden ideas and ideas merged into others are not counted. The phases are in the order in which groups have them.
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
    """Return the ids of the ideas that a person gave in a group, also anonymously, oldest first.

    Hidden and withdrawn ideas are left out.
    """
    return await tx.values(
        int,
        f"SELECT i.id FROM ideas i WHERE {SHOWN} AND i.author_id = :person AND i.group_id = :group ORDER BY i.id",
        person=participant_id,
        group=group_id,
    )


async def count_own(tx: Transaction, participant_id: int) -> Mapping[str, int]:
    """Return three counts of what a person did, by name: «ideas» given, «votes» given, «people» met.

    Hidden and withdrawn ideas are left out. The people met are all people who joined and were in a published group with
    the person, on any day.
    """
    [row] = await tx.all(
        f"SELECT (SELECT COUNT(*) FROM ideas i WHERE i.author_id = :person AND {is_shown('i')}) AS ideas,"
        " (SELECT COUNT(*) FROM idea_votes v WHERE v.participant_id = :person) AS votes,"
        " (SELECT COUNT(DISTINCT o.participant_id) FROM members m JOIN members o ON o.group_id = m.group_id"
        " JOIN participants p ON p.id = o.participant_id JOIN rounds r ON r.number = m.round"
        " WHERE m.participant_id = :person AND o.participant_id <> :person AND p.status = 'joined'"
        " AND r.published_at IS NOT NULL) AS people",
        person=participant_id,
    )
    return {key: row[key] for key in ("ideas", "votes", "people")}


async def stands_on_a_page(tx: Transaction, file_name: str) -> bool:
    """Return whether a file with this name was sent to anybody's personal page."""
    return await tx.exists("SELECT 1 FROM page_files WHERE name = :name LIMIT 1", name=file_name)
