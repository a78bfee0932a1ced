"""The part of the demo about initiatives: some invented people have cards. In the rehearsal, `encounters` adds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.stems import stems
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.listed import RosterPerson
from bot.rehearsal.contributions import Rehearsal
from handlers.initiatives.model import NEEDS
from handlers.initiatives.store import cards

_INITIATIVES = (
    "La cuisine partagée",
    "Un bus pour la culture",
    "Le conseil des jeunes",
    "Ateliers du numérique",
    "La ressourcerie",
)


async def populate(tx: Transaction, people: Sequence[RosterPerson], _then: datetime) -> None:
    """Store a card of an initiative for one in three of the demo's people, and show it."""
    needs = [*NEEDS]
    for number, person in enumerate(people[::3]):
        author = await participant_store.find_by_ref(tx, person.ref)
        assert author is not None, "who is on the list is stored"
        title = _INITIATIVES[number % len(_INITIATIVES)]
        seeks, offers = needs[number % len(needs)], needs[(number + 2) % len(needs)]
        words = {"title": title, "territory": person.territory, "locale": "fr", "stems": stems(title, "fr")}
        await cards.put(tx, author.id, seeks=seeks, offers=offers, shown=1, **words)


REHEARSAL = Rehearsal(populate=populate)
