"""Reads people for organisers: how many selected people joined, who is missing, and who has which name or role."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from bot.content.names import Named, collation, matches, query_words
from bot.conversation.preloading import Perform
from bot.database.engine import Transaction
from bot.database.records import record
from bot.delivery.delivery_store import may_be_written_to
from bot.membership.invitation_store import UNPRINTED
from bot.people import participant_store
from bot.people.audiences import COMES
from bot.people.participant_store import IdRange, id_ranges
from bot.people.participants import Participant


@dataclass(frozen=True, slots=True)
class JoinedShare:
    """How many people of one territory or gender were selected, and how many of them joined.

    People who withdrew are not counted.
    """

    joined: int
    selected: int


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many of the selected people have joined (`joined`), have not joined (`invited`), and withdrew (`withdrawn`).

    Of those who have not joined, `uninvited` have no invitation yet; of those who joined, `undecided` have no theme.
    """

    invited: int
    uninvited: int
    joined: int
    undecided: int
    withdrawn: int

    @property
    def selected(self) -> int:
        """Return how many people were selected and did not withdraw."""
        return self.invited + self.joined


@dataclass(frozen=True, slots=True)
class ListedPerson(Named):
    """A person as organisers see them in lists. `reachable` is False if the bot can send the person no reminder."""

    id: int
    ref: str
    given_name: str
    family_name: str
    email: str
    territory: str
    locale: str | None
    reachable: bool


async def turnout(tx: Transaction) -> Turnout:
    """Return how many of the selected people are invited, joined, or withdrew; cached for the transaction."""
    return await tx.cached("turnout", _count)


async def _count(tx: Transaction) -> Turnout:
    [turnout] = await tx.rows(
        Turnout,
        "SELECT COUNT(CASE WHEN p.status = 'invited' THEN 1 END) AS invited,"
        f" COUNT(CASE WHEN p.status = 'invited' AND {UNPRINTED} THEN 1 END) AS uninvited,"
        " COUNT(CASE WHEN p.status = 'joined' THEN 1 END) AS joined,"
        " COUNT(CASE WHEN p.status = 'joined' AND c.theme IS NULL THEN 1 END) AS undecided,"
        " COUNT(CASE WHEN p.status = 'withdrawn' THEN 1 END) AS withdrawn"
        " FROM participants p LEFT JOIN choices c ON c.participant_id = p.id WHERE p.attends = 1",
    )
    return turnout


async def by_territory(tx: Transaction) -> Mapping[str, JoinedShare]:
    """Return how many people were selected and joined, by the code of their territory ('' if it is unknown)."""
    return await _shares(tx, "territory")


async def by_gender(tx: Transaction) -> Mapping[str, JoinedShare]:
    """Return how many people were selected and joined, by gender ('' if it is unknown)."""
    return await _shares(tx, "gender")


async def by_platform(tx: Transaction) -> Mapping[str, int]:
    """Return how many of the joined participants have an account on each platform.

    A participant with accounts on two platforms is counted on both.
    """
    rows = await tx.all(
        "SELECT a.platform, COUNT(DISTINCT p.id) AS people FROM participants p"
        f" JOIN accounts a ON a.participant_id = p.id WHERE {COMES} GROUP BY a.platform"
    )
    return {row["platform"]: row["people"] for row in rows}


async def not_joined(tx: Transaction) -> Sequence[ListedPerson]:
    """Return the selected people who have not joined, sorted by name."""
    people = await tx.rows(ListedPerson, f"{_LISTED} WHERE p.attends = 1 AND p.status = 'invited'")
    return sorted(people, key=_by_name)


async def not_chosen(tx: Transaction) -> Sequence[ListedPerson]:
    """Return the participants who joined but have no theme, sorted by name."""
    return sorted(await tx.rows(ListedPerson, f"{_LISTED} WHERE {_NOT_CHOSEN}"), key=_by_name)


@dataclass(frozen=True, slots=True)
class Holder(Named):
    """A person who has a role for a scope (what the role is for); the scope is '' for a role without scopes."""

    id: int
    ref: str
    given_name: str
    family_name: str
    scope: str


async def holders(tx: Transaction, role: str) -> Sequence[Holder]:
    """Return the people who have a role, once for each scope, sorted by given name, then scope.

    Revoked people are left out. People who withdrew keep their roles and are included.
    """
    found = await tx.rows(
        Holder,
        "SELECT p.id, p.ref, p.given_name, p.family_name, r.scope FROM roles r"
        " JOIN participants p ON p.id = r.participant_id WHERE r.role = :role AND p.status <> 'revoked'"
        " ORDER BY r.scope",
        role=role,
    )
    return sorted(
        found, key=lambda each: (collation(each.given_name), collation(each.family_name), each.id, each.scope)
    )


async def add_helper(tx: Transaction, given_name: str, family_name: str, now: datetime) -> Participant:
    """Store and return a person who does not attend and to whom a role will be given. They get a reference number."""
    ref = f"F-{secrets.token_hex(4).upper()}"
    return await participant_store.add(
        tx, ref=ref, given_name=given_name, family_name=family_name, now=now, attends=False
    )


MOST_FOUND = 500
"""How many people a search finds at most: nobody reads more, and finding all could take seconds."""
_AT_ONCE = 5_000
"""How many people, by their ids, a search looks through in one transaction."""


async def search(perform: Perform, *, query: str) -> Sequence[ListedPerson]:
    """Return the people in whose names every word of `query` begins a word, sorted by name.

    Of very many such people, only some are returned. An empty query matches nobody.
    """
    people: list[ListedPerson] = []
    for ids in await perform(partial(id_ranges, size=_AT_ONCE)) if query_words(query) else ():
        people += await perform(partial(_search_among, query=query, ids=ids))
        if len(people) > MOST_FOUND:
            break
    return sorted(people, key=_by_name)


async def _search_among(tx: Transaction, *, query: str, ids: IdRange) -> Sequence[ListedPerson]:
    """Return those people with these ids whose names match."""
    wanted = query_words(query)
    # A word of several letters may go over several of a name, «jeanpierre»: where it may begin is compared here.
    contains = "".join(
        f" AND REPLACE(p.search_key, ' ', '') LIKE :word{place}"
        if len(word) > 1
        else f" AND ' ' || p.search_key LIKE :word{place}"
        for place, word in enumerate(wanted)
    )
    params = {f"word{place}": f"%{word}%" if len(word) > 1 else f"% {word}%" for place, word in enumerate(wanted)}
    rows = await tx.all(
        f"{_SELECTED}, p.search_key FROM {_PEOPLE} WHERE p.id > :after AND p.id <= :last{contains}",
        **ids._asdict(),
        **params,
    )
    return [record(ListedPerson, row) for row in rows if matches(query, row["search_key"])]


_PEOPLE = "participants p LEFT JOIN choices c ON c.participant_id = p.id"
_NOT_CHOSEN = f"{COMES} AND c.theme IS NULL"
_SELECTED = (
    "SELECT p.id, p.ref, p.given_name, p.family_name, p.email, p.territory, p.locale,"
    " CASE WHEN p.stopped = 0 AND p.muted NOT LIKE '%\"reminders\"%'"
    " AND EXISTS (SELECT 1 FROM accounts b WHERE b.participant_id = p.id"
    f" AND b.unreachable = 0 AND {may_be_written_to('b')}) THEN 1 ELSE 0 END AS reachable"
)
_LISTED = f"{_SELECTED} FROM {_PEOPLE}"


async def _shares(tx: Transaction, column: Literal["territory", "gender"]) -> Mapping[str, JoinedShare]:
    rows = await tx.all(
        f"SELECT {column} AS part, COUNT(*) AS selected,"
        " SUM(CASE WHEN status = 'joined' THEN 1 ELSE 0 END) AS joined FROM participants"
        f" WHERE attends = 1 AND status IN ('invited', 'joined') GROUP BY {column}"
    )
    return {row["part"]: JoinedShare(row["joined"], row["selected"]) for row in rows}


def _by_name(listed: ListedPerson) -> tuple[tuple[str, str, str], tuple[str, str, str], str]:
    return collation(listed.family_name), collation(listed.given_name), listed.ref
