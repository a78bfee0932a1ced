"""The SQL of people's answers about each other: whether they want to keep in touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.database.engine import Transaction
from handlers.initiatives.model import Contact


async def put_answer(tx: Transaction, person: int, about: int, *, yes: bool, met: str) -> None:
    """Store a person's answer about another one in place of an earlier answer; `met` says where they met."""
    await tx.run(
        "INSERT INTO contact_answers (participant_id, about_id, yes, met) VALUES (:person, :about, :yes, :met)"
        " ON CONFLICT (participant_id, about_id) DO UPDATE SET yes = :yes",
        person=person,
        about=about,
        yes=int(yes),
        met=met,
    )


async def answers_of(tx: Transaction, person: int) -> Mapping[int, bool]:
    """Return a person's own answers, by the id of the person whom each is about."""
    rows = await tx.all("SELECT about_id, yes FROM contact_answers WHERE participant_id = :person", person=person)
    return {row["about_id"]: bool(row["yes"]) for row in rows}


async def contacts_of(tx: Transaction, person: int) -> Sequence[Contact]:
    """Return the people with whom a person keeps in touch, as both want, sorted by id."""
    return await tx.rows(
        Contact,
        "SELECT p.id, p.given_name, p.family_name, p.territory, COALESCE(c.contact, '') AS contact"
        " FROM contact_answers a JOIN contact_answers b ON b.participant_id = a.about_id"
        " AND b.about_id = a.participant_id JOIN participants p ON p.id = a.about_id"
        " LEFT JOIN initiative_cards c ON c.participant_id = p.id"
        " WHERE a.participant_id = :person AND a.yes = 1 AND b.yes = 1 ORDER BY p.id",
        person=person,
    )


async def exchanged(tx: Transaction, person: int) -> Sequence[int]:
    """Return the ids of the people who want to keep in touch with a person who wants it too."""
    return await tx.values(
        int,
        "SELECT a.about_id FROM contact_answers a JOIN contact_answers b ON b.participant_id = a.about_id"
        " AND b.about_id = a.participant_id WHERE a.participant_id = :person AND a.yes = 1 AND b.yes = 1"
        " ORDER BY a.about_id",
        person=person,
    )
