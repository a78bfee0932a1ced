"""The SQL of people's cards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.database.engine import Transaction
from handlers.initiatives.model import CONTACT, InitiativeCard, Profile


async def profiles(tx: Transaction, people: Collection[int]) -> Mapping[int, Profile]:
    """Return what these people (ids) look for and bring, by their ids, if their cards are shown to others."""
    rows = await tx.all("SELECT participant_id, seeks, offers FROM initiative_cards WHERE shown = 1")
    wanted = frozenset(people)
    return {
        row["participant_id"]: Profile(tuple(row["seeks"].split()), tuple(row["offers"].split()))
        for row in rows
        if row["participant_id"] in wanted
    }


async def card_of(tx: Transaction, person: int) -> InitiativeCard:
    """Return a person's own card; an empty one if they have none."""
    row = await tx.one(
        "SELECT seeks, offers, contact, shown FROM initiative_cards WHERE participant_id = :person", person=person
    )
    if row is None:
        return InitiativeCard()
    return InitiativeCard(tuple(row["seeks"].split()), tuple(row["offers"].split()), row["contact"], bool(row["shown"]))


async def put_card(tx: Transaction, person: int, card: InitiativeCard) -> None:
    """Store a person's card in place of an earlier one."""
    await tx.run(
        "INSERT INTO initiative_cards (participant_id, seeks, offers, contact, shown)"
        " VALUES (:person, :seeks, :offers, :contact, :shown) ON CONFLICT (participant_id)"
        " DO UPDATE SET seeks = :seeks, offers = :offers, contact = :contact, shown = :shown",
        person=person,
        seeks=" ".join(card.seeks),
        offers=" ".join(card.offers),
        contact=card.contact,
        shown=int(card.shown),
    )


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return how to reach each person in `keys` (ids), because messages store that by reference.

    Returns nothing for other kinds of quotes.
    """
    if kind != CONTACT:
        return ()
    ids = ", ".join(str(int(key)) for key in keys)
    rows = await tx.all(
        f"SELECT participant_id, contact FROM initiative_cards WHERE contact <> '' AND participant_id IN ({ids})"
    )
    return [(str(row["participant_id"]), row["contact"]) for row in rows]
