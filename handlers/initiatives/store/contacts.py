"""The SQL of who wants to keep in touch with whom, of exchanged contacts, and of who blocked or reported whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.initiatives.model import Contact, Means


def blocked(one: str, other: str) -> str:
    """Return the SQL condition that one of two people blocked or reported the other; `one` and `other` are SQL too."""
    return (
        f"EXISTS (SELECT 1 FROM contact_blocks x WHERE (x.participant_id = {one} AND x.about_id = {other})"
        f" OR (x.participant_id = {other} AND x.about_id = {one}))"
    )


_MUTUAL = (
    "contact_answers a JOIN contact_answers b ON b.participant_id = a.about_id AND b.about_id = a.participant_id"
    f" AND a.yes = 1 AND b.yes = 1 AND NOT {blocked('a.participant_id', 'a.about_id')}"
)
"""The pairs of answers by which two people both want to keep in touch, and neither has blocked the other."""


async def put_answer(tx: Transaction, person: int, about: int, *, yes: bool, met: str) -> None:
    """Store a person's answer about another one in place of an earlier answer; `met` says where they met.

    With a «no», the person loses the contact that they were given of the other one, who keeps theirs.
    """
    sql = (
        "INSERT INTO contact_answers (participant_id, about_id, yes, met) VALUES (:person, :about, :yes, :met)"
        " ON CONFLICT (participant_id, about_id) DO UPDATE SET yes = :yes, met = :met"
    )
    await tx.run(sql, person=person, about=about, yes=int(yes), met=met)
    if not yes:
        sql = "DELETE FROM contacts WHERE participant_id = :person AND about_id = :about"
        await tx.run(sql, person=person, about=about)


async def answers_of(tx: Transaction, person: int) -> Mapping[int, bool]:
    """Return a person's own answers, True for wanting to keep in touch, by the ids of the people they are about."""
    rows = await tx.all("SELECT about_id, yes FROM contact_answers WHERE participant_id = :person", person=person)
    return {row["about_id"]: bool(row["yes"]) for row in rows}


async def exchanged(tx: Transaction, person: int) -> Sequence[int]:
    """Return the ids of the people with whom a person wants to keep in touch, and who want it too."""
    sql = f"SELECT a.about_id FROM {_MUTUAL} WHERE a.participant_id = :person ORDER BY a.about_id"
    return await tx.values(int, sql, person=person)


async def hand_over(tx: Transaction, one: int, other: int) -> Collection[int]:
    """Give two people each other's contact if both want to keep in touch, take part, and neither blocked the other.

    Returns the ids of the people, none to two, who had not been given it before.
    """
    return await tx.values(
        int,
        "INSERT INTO contacts (participant_id, about_id, mail, phone, handle, met)"
        " SELECT a.participant_id, a.about_id, COALESCE(c.mail, ''), COALESCE(c.phone, ''), COALESCE(c.handle, ''),"
        f" a.met FROM {_MUTUAL} LEFT JOIN initiative_cards c ON c.participant_id = a.about_id"
        " WHERE a.participant_id IN (:one, :other) AND a.about_id IN (:one, :other)"
        " AND NOT EXISTS (SELECT 1 FROM participants p WHERE p.id IN (:one, :other) AND p.status <> 'joined')"
        " ON CONFLICT (participant_id, about_id) DO NOTHING RETURNING participant_id",
        one=one,
        other=other,
    )


async def give_anew(tx: Transaction, person: int) -> None:
    """Give a person's present contact details to everyone with whom they are in touch."""
    await tx.run(
        "UPDATE contacts SET mail = c.mail, phone = c.phone, handle = c.handle FROM initiative_cards c"
        " WHERE c.participant_id = :person AND contacts.about_id = :person AND EXISTS (SELECT 1"
        f" FROM {_MUTUAL} WHERE a.participant_id = :person AND a.about_id = contacts.participant_id)",
        person=person,
    )


async def contacts_of(tx: Transaction, person: int) -> Sequence[Contact]:
    """Return the contacts that a person was given and has kept."""
    columns = "p.id, p.given_name, p.family_name, c.mail, c.phone, c.handle, c.met"
    where = "JOIN participants p ON p.id = c.about_id WHERE c.participant_id = :person ORDER BY p.id"
    return await tx.rows(Contact, f"SELECT {columns} FROM contacts c {where}", person=person)


async def contact_of(tx: Transaction, person: int, other: int) -> Contact | None:
    """Return the contact of another person that a person was given; None if there is none."""
    return next((contact for contact in await contacts_of(tx, person) if contact.id == other), None)


async def count_contacts(tx: Transaction) -> Mapping[int, int]:
    """Return how many contacts each person has, by id; people without any are left out."""
    rows = await tx.all("SELECT participant_id, COUNT(*) AS number FROM contacts GROUP BY participant_id")
    return {row["participant_id"]: row["number"] for row in rows}


# --- what people give


async def means_of(tx: Transaction, person: int) -> Means:
    """Return the contact details that a person gives to people with whom they keep in touch."""
    sql = "SELECT mail, phone, handle FROM initiative_cards WHERE participant_id = :person"
    return await tx.row(Means, sql, person=person) or Means()


# --- blocking and reporting


async def block(tx: Transaction, person: int, about: int, now: datetime, *, reported: bool) -> None:
    """Store that a person blocks another one or, with `reported`, reports the other's card, which also blocks."""
    sql = (
        "INSERT INTO contact_blocks (participant_id, about_id, reported, at) VALUES (:person, :about, :reported, :now)"
        " ON CONFLICT (participant_id, about_id) DO UPDATE SET at = :now, reported ="
        " CASE WHEN contact_blocks.reported = 0 THEN :reported ELSE contact_blocks.reported END"
    )
    await tx.run(sql, person=person, about=about, reported=int(reported), now=to_micros(now))


async def unblock_all(tx: Transaction, person: int) -> Sequence[int]:
    """Delete a person's blocks and reports, and return the ids of the people whom they were about."""
    sql = "DELETE FROM contact_blocks WHERE participant_id = :person AND reported <> 1 RETURNING about_id"
    return await tx.values(int, sql, person=person)


async def count_blocked(tx: Transaction, person: int) -> int:
    """Return how many people a person has blocked or reported."""
    sql = "SELECT COUNT(*) FROM contact_blocks WHERE participant_id = :person AND reported <> 1"
    return await tx.value(int, sql, person=person)


async def is_blocked(tx: Transaction, one: int, other: int) -> bool:
    """Return whether either of two people has blocked or reported the other."""
    return await tx.exists(f"SELECT 1 WHERE {blocked(':one', ':other')}", one=one, other=other)


async def pairs_apart(tx: Transaction) -> Collection[frozenset[int]]:
    """Return the pairs of people of whom one has blocked or reported the other, so that they must not share a table."""
    rows = await tx.all("SELECT participant_id, about_id FROM contact_blocks")
    return {frozenset((row["participant_id"], row["about_id"])) for row in rows}


async def reports_about(tx: Transaction, person: int) -> int:
    """Return how many people reported a person's card since the team last looked at it."""
    sql = "SELECT COUNT(*) FROM contact_blocks WHERE about_id = :person AND reported = 1"
    return await tx.value(int, sql, person=person)


async def reported_before(tx: Transaction, person: int, back: int) -> datetime | None:
    """Return when a person made one of their last reports: `back` is 1 for the last; None for fewer reports."""
    of_person = "SELECT at FROM contact_blocks WHERE participant_id = :person AND reported > 0"
    sql = f"{of_person} ORDER BY at DESC LIMIT 1 OFFSET :before"
    return await tx.value_or_none(datetime, sql, person=person, before=back - 1)


async def settle_reports(tx: Transaction, person: int) -> None:
    """Store that organisers have looked at the reports about a person's card."""
    await tx.run("UPDATE contact_blocks SET reported = 2 WHERE about_id = :person AND reported = 1", person=person)
