"""The SQL of people's cards."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.database.engine import Transaction
from handlers.initiatives.model import Profile


async def profiles(tx: Transaction, people: Collection[int]) -> Mapping[int, Profile]:
    """Return what these people (ids) look for and bring, by their ids, if their cards are shown to others."""
    rows = await tx.all("SELECT participant_id, seeks, offers FROM initiative_cards WHERE shown = 1")
    wanted = frozenset(people)
    return {
        row["participant_id"]: Profile(tuple(row["seeks"].split()), tuple(row["offers"].split()))
        for row in rows
        if row["participant_id"] in wanted
    }


async def put_card(tx: Transaction, person: int, profile: Profile) -> None:
    """Store what a person's initiative looks for and brings, and show it to others."""
    await tx.run(
        "INSERT INTO initiative_cards (participant_id, seeks, offers, shown) VALUES (:person, :seeks, :offers, 1)"
        " ON CONFLICT (participant_id) DO UPDATE SET seeks = :seeks, offers = :offers, shown = 1",
        person=person,
        seeks=" ".join(profile.seeks),
        offers=" ".join(profile.offers),
    )
