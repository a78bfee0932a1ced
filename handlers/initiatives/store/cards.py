"""The SQL of people's cards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.database.engine import Transaction
from handlers.initiatives.model import InitiativeCard, Profile
from handlers.initiatives.store.contacts import blocked, contacts_of, means_of

_CARDS = (
    "SELECT c.participant_id AS id, p.given_name, p.family_name, c.title, c.sentence, c.link,"
    " CASE WHEN c.territory = '' THEN p.territory ELSE c.territory END AS territory, c.seeks, c.offers, c.seeks_words,"
    " c.offers_words, c.locale, c.stems, c.shown, c.state, COALESCE(t.theme, '') AS theme"
    " FROM initiative_cards c JOIN participants p ON p.id = c.participant_id"
    " LEFT JOIN choices t ON t.participant_id = p.id"
)
_VISIBLE = "c.shown = 1 AND c.state = '' AND p.status = 'joined'"


async def find_card(tx: Transaction, person: int) -> InitiativeCard | None:
    """Return a person's card, even if it is hidden; None if they have none."""
    return await tx.row(InitiativeCard, f"{_CARDS} WHERE c.participant_id = :person", person=person)


async def visible_cards(tx: Transaction, reader: int = 0) -> Sequence[InitiativeCard]:
    """Return the cards that a person (an id) may see: not their own, and none of people whom either side blocked.

    For 0, return all cards that are shown.
    """
    apart = blocked(":reader", "p.id")
    return await tx.rows(
        InitiativeCard,
        f"{_CARDS} WHERE {_VISIBLE} AND c.title <> '' AND p.id <> :reader AND NOT {apart} ORDER BY p.id",
        reader=reader,
    )


async def reported_cards(tx: Transaction) -> Sequence[InitiativeCard]:
    """Return the cards that somebody reported and the team has not looked at, and all that are hidden or taken off."""
    return await tx.rows(
        InitiativeCard,
        f"{_CARDS} WHERE c.state <> '' OR EXISTS (SELECT 1 FROM contact_blocks b WHERE b.about_id = p.id"
        " AND b.reported = 1) ORDER BY p.id",
    )


async def profiles(tx: Transaction) -> Mapping[int, Profile]:
    """Return what people look for and bring, by their ids, if their cards are shown to others."""
    rows = await tx.all(
        "SELECT c.participant_id, c.seeks, c.offers FROM initiative_cards c"
        f" JOIN participants p ON p.id = c.participant_id WHERE {_VISIBLE}"
    )
    return {row["participant_id"]: Profile(tuple(row["seeks"].split()), tuple(row["offers"].split())) for row in rows}


async def count_turnout(tx: Transaction) -> tuple[int, int]:
    """Return the number of people who show a card, and the number of people who joined."""
    row = await tx.one(
        f"SELECT COUNT(*) AS joined, CAST(COALESCE(SUM(CASE WHEN {_VISIBLE} THEN 1 ELSE 0 END), 0) AS BIGINT) AS cards"
        " FROM participants p LEFT JOIN initiative_cards c ON c.participant_id = p.id"
        " WHERE p.status = 'joined' AND p.attends = 1"
    )
    return (row["cards"], row["joined"]) if row else (0, 0)


async def people_without(tx: Transaction) -> Sequence[int]:
    """Return the ids of the joined people who show no card; people whose card is hidden or taken off are left out."""
    return await tx.values(
        int,
        "SELECT p.id FROM participants p LEFT JOIN initiative_cards c ON c.participant_id = p.id"
        " WHERE p.status = 'joined' AND p.attends = 1 AND COALESCE(c.shown, 0) = 0 AND COALESCE(c.state, '') = ''"
        " ORDER BY p.id",
    )


async def put(tx: Transaction, /, person: int, **values: str | int) -> None:
    """Change some columns of a person's card, or create the card; the keyword arguments are the new values."""
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    changes = ", ".join(f"{name} = :{name}" for name in values)
    await tx.run(
        f"INSERT INTO initiative_cards (participant_id, {names}) VALUES (:person, {marks})"
        f" ON CONFLICT (participant_id) DO UPDATE SET {changes}",
        person=person,
        **values,
    )


# --- quotes


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the words that messages quote, as pairs of a key and its words.

    `kind` says what the keys name. «card»: a column and a person's id («title.12»). «contact»: what 12 was given by 7
    («12.7»). «means»: the contact details of a person, by id. For any other kind, nothing is returned.
    """
    if kind == "card":
        wanted = [(key, *key.split(".", 1)) for key in keys]
        ids = ", ".join(str(int(person)) for _key, _column, person in wanted)
        rows = await tx.all(
            "SELECT participant_id, title, sentence, seeks_words, offers_words, link FROM initiative_cards"
            f" WHERE participant_id IN ({ids})"
        )
        row_of = {row["participant_id"]: row for row in rows}
        return [(key, row_of[int(person)][column]) for key, column, person in wanted if int(person) in row_of]
    found: dict[str, str] = {}
    if kind not in ("contact", "means"):
        return ()
    for person in sorted({int(key.split(".")[0]) for key in keys}):
        if kind == "contact":
            found |= {f"{person}.{contact.id}": contact.means.words for contact in await contacts_of(tx, person)}
        elif kind == "means":
            found[str(person)] = (await means_of(tx, person)).words
    return [(key, found[key]) for key in keys if found.get(key)]
