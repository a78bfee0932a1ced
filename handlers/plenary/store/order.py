"""Reads what the order of groups depends on, and stores the people about whom a drawn order reveals something."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from bot.database.engine import Row, Transaction
from handlers.plenary.model.order import ALTERNATING, Entrant


async def entrants_of(tx: Transaction, plenary_id: int) -> Sequence[Entrant]:
    """Return the groups of a plenary, each with what its place in the order depends on.

    The language of a group is the language of its presenters, or else of most members. The presenters' gender counts
    only if all of them agreed.
    """
    rows = await tx.all(
        "SELECT t.group_id, g.theme, COALESCE(w.remote, 0) AS remote FROM stage_turns t"
        " JOIN groups g ON g.id = t.group_id LEFT JOIN stage_wishes w ON w.group_id = t.group_id"
        " WHERE t.plenary_id = :id ORDER BY t.group_id",
        id=plenary_id,
    )
    speakers = await tx.all(
        "SELECT t.group_id, p.locale, p.gender, r.alternates, 1 AS people FROM stage_turns t"
        " JOIN presenters r ON r.group_id = t.group_id JOIN participants p ON p.id = r.participant_id"
        " WHERE t.plenary_id = :id AND p.status = 'joined'",
        id=plenary_id,
    )
    members = await tx.all(
        "SELECT t.group_id, p.locale, COUNT(*) AS people FROM stage_turns t JOIN members m ON m.group_id = t.group_id"
        " JOIN participants p ON p.id = m.participant_id WHERE t.plenary_id = :id GROUP BY t.group_id, p.locale",
        id=plenary_id,
    )
    languages = {**_commonest(members), **_commonest(speakers)}
    genders: dict[int, list[str]] = {}
    for row in speakers:
        told = row["gender"] if row["alternates"] and row["gender"] in ALTERNATING else ""
        genders.setdefault(row["group_id"], []).append(told)
    return [
        Entrant(
            row["group_id"],
            row["theme"],
            languages.get(row["group_id"], ""),
            bool(row["remote"]),
            known.pop() if len(known := {*genders.get(row["group_id"], ())}) == 1 else "",
            len(genders.get(row["group_id"], ())),
        )
        for row in rows
    ]


def _commonest(rows: Iterable[Row]) -> dict[int, str]:
    """Return the locale of most people, by group, from rows with `group_id`, `locale` and `people`."""
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        of_group = counts.setdefault(row["group_id"], {})
        of_group[row["locale"] or ""] = of_group.get(row["locale"] or "", 0) + row["people"]
    return {group: max(sorted(locales), key=lambda locale: locales[locale]) for group, locales in counts.items()}


async def tie_people(tx: Transaction, people: Collection[int]) -> None:
    """Store, for good, that a drawn order of groups shows which of these people (ids) have the same gender."""
    await tx.many(
        "INSERT INTO stage_alternations (participant_id) VALUES (:person) ON CONFLICT DO NOTHING",
        [{"person": person} for person in sorted(people)],
    )


async def tied_people(tx: Transaction) -> Sequence[int]:
    """Return the ids of all people in a drawn order of groups that shows which of them have the same gender."""
    return await tx.values(int, "SELECT participant_id FROM stage_alternations ORDER BY participant_id")
