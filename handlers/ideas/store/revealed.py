"""Reads the ideas that all groups of a round (one day) have revealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.database.engine import Transaction
from handlers.ideas.store.walls import LIGHT
from handlers.workshops.store.ideas import counts


@dataclass(frozen=True, slots=True)
class RevealedIdea:
    """An idea that its group can read, with its group, its author's first name, and its first photo (a digest).

    The name is '' for an anonymous idea, or if the author no longer takes part. The photo is '' if there is none that
    is small enough to be shown without being asked for.
    """

    group_id: int
    text: str
    author: str
    photo: str


@dataclass(frozen=True, slots=True)
class RevealedIdeas:
    """The ideas of a phase in a round (one day): the latest revealed ones, and the numbers of all ideas and authors."""

    latest: Sequence[RevealedIdea]
    ideas: int
    people: int


async def revealed_of_round(tx: Transaction, round_number: int, phase: str, most: int) -> RevealedIdeas:
    """Return the latest revealed ideas of a phase in a round (one day), at most `most`, the newest first.

    The result also counts all ideas and their authors, including ideas that are not revealed yet.
    """
    latest = await tx.rows(
        RevealedIdea,
        "SELECT i.group_id, i.text, CASE WHEN i.anonymous = 0 AND p.status = 'joined' THEN p.given_name ELSE '' END"
        " AS author, COALESCE((SELECT f.digest FROM idea_files f WHERE f.idea_id = i.id AND f.picture = 1"
        " AND f.size <= :light ORDER BY f.position LIMIT 1), '') AS photo"
        " FROM ideas i JOIN groups g ON g.id = i.group_id"
        " JOIN phase_runs r ON r.group_id = i.group_id AND r.phase = i.phase"
        " LEFT JOIN participants p ON p.id = i.author_id"
        f" WHERE g.round = :round AND i.phase = :phase AND r.revealed_at IS NOT NULL AND i.text <> '' AND {counts('i')}"
        " ORDER BY i.id DESC LIMIT :most",
        round=round_number,
        phase=phase,
        light=LIGHT,
        most=most,
    )
    [row] = await tx.all(
        "SELECT COUNT(*) AS ideas, COUNT(DISTINCT i.author_id) AS people FROM ideas i"
        f" JOIN groups g ON g.id = i.group_id WHERE g.round = :round AND i.phase = :phase AND {counts('i')}",
        round=round_number,
        phase=phase,
    )
    return RevealedIdeas(latest, row["ideas"], row["people"])
