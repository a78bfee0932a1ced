"""Many people, made straight in a store: they have joined, are in groups, at work in a phase, and get announcements."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.clock import SystemClock, to_micros
from bot.config.settings import Settings
from bot.database.engine import Transaction, Unit
from bot.database.opening import open_store
from handlers.announcements.store.announcements import add_announcement, begin_release
from handlers.groups.model import Group
from handlers.groups.store.groups import add_group
from handlers.groups.store.members import put_in_group
from handlers.groups.store.rounds import mark_round_published
from tests.announcements.enqueuing import enqueue_all
from tests.world import AllSettings, seed

FIRST = 5_000_000_001
"""The Telegram id of the first person whom a Bot API server invents."""
PHASE = "solutions"
THEMES: list[dict[str, Any]] = [
    {"key": key, "title": {locale: key.title() for locale in ("fr", "en", "de")}}
    for key in ("culture", "school", "civic")
]
_WORDS = {
    "fr": (
        "nous pourrions ouvrir un jardin partagé entre les écoles et les habitants du quartier avec des ateliers de"
        " cuisine le mercredi pour que chacun apprenne la langue des autres une bibliothèque mobile passerait dans les"
        " villages des jeunes bénévoles formeraient leurs aînés au numérique la mairie prêterait ses salles un budget"
        " participatif financerait les projets choisis par les élèves et leurs familles chaque mois"
    ),
    "en": (
        "we could open a shared garden between schools and neighbours with weekly cooking workshops so that everyone"
        " learns the languages of the others a travelling library would visit villages young volunteers would train"
        " their elders in digital skills the town would lend its rooms and a budget decided by pupils"
    ),
    "de": (
        "wir könnten einen gemeinsamen Garten zwischen Schulen und Nachbarn öffnen mit wöchentlichen Werkstätten damit"
        " alle die Sprache der anderen lernen eine fahrende Bücherei käme in die Dörfer junge Freiwillige würden ältere"
        " Menschen im Umgang mit Computern schulen und die Stadt stellt ihre Säle bereit"
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in a store: their id, their account (`native_id` is '' for who has a page alone), their group's id."""

    id: int
    platform: str
    native_id: str
    group: int = 0


def sentence(chance: random.Random) -> str:
    """Something like an idea: thirteen to thirty words that stand together, mostly in French."""
    words = _WORDS[chance.choices(("fr", "en", "de"), (3, 1, 1))[0]].split() * 2
    first = chance.randrange(len(words) // 2)
    return " ".join(words[first : first + chance.randint(13, 30)])


async def add_people(
    tx: Transaction, accounts: Sequence[tuple[str, str]], now: datetime, locale: str = "fr"
) -> list[Person]:
    """Add people who have joined, by the platform and native id of each ('' for none yet), to a store without any."""
    people = [Person(number, *account) for number, account in enumerate(accounts, start=1)]
    rows: list[dict[str, Any]] = [
        {
            "id": person.id,
            "ref": f"R-{person.id}",
            "name": f"Personne {person.id}",
            "key": f"personne {person.id}",
            "locale": locale,
            "platform": person.platform,
            "native": person.native_id,
            "now": to_micros(now),
        }
        for person in people
    ]
    await tx.many(
        "INSERT INTO participants (id, ref, given_name, family_name, search_key, territory, locale, status, created_at,"
        " joined_at) VALUES (:id, :ref, :name, '', :key, 'FR', :locale, 'joined', :now, :now)",
        rows,
    )
    await tx.many(
        "INSERT INTO accounts (id, platform, native_id, participant_id, chat, name, locale, linked_at, private_pushes)"
        " VALUES (:id, :platform, :native, :id, :native, :name, :locale, :now, 1)",
        [row for row in rows if row["native"]],
    )
    await tx.run("UPDATE participants SET preferred_account = id WHERE id IN (SELECT participant_id FROM accounts)")
    if tx.dialect == "postgresql":  # the ids above were not taken from the sequences
        for table in ("participants", "accounts"):
            await tx.one(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), :last)", last=len(people))
    return people


async def choose(tx: Transaction, people: Sequence[Person], theme: str, now: datetime) -> None:
    """Let people have chosen a theme."""
    rows = [{"id": person.id, "theme": theme, "now": to_micros(now)} for person in people]
    await tx.many("INSERT INTO choices (participant_id, theme, chosen_at) VALUES (:id, :theme, :now)", rows)
    await tx.run("UPDATE themes SET taken = taken + :some WHERE key = :theme", some=len(rows), theme=theme)


async def put_into_groups(
    tx: Transaction, people: Sequence[Person], themes: Sequence[str], groups: int, now: datetime
) -> tuple[list[Group], list[Person]]:
    """Put people, in their order, into that many groups, whose themes go in turn; the groups, and who is in which."""
    made = [await add_group(tx, 1, themes[place % len(themes)], place // len(themes) + 1) for place in range(groups)]
    placed = []
    for group, some in zip(made, _even(people, groups), strict=True):
        await choose(tx, some, group.theme, now)
        for person in some:
            await put_in_group(tx, person.id, group)
            placed.append(replace(person, group=group.id))
    return made, placed


def _even(people: Sequence[Person], groups: int) -> list[Sequence[Person]]:
    return [people[len(people) * n // groups : len(people) * (n + 1) // groups] for n in range(groups)]


async def open_phase(
    tx: Transaction,
    people: Sequence[Person],
    themes: Sequence[str],
    size: int,
    now: datetime,
    *,
    revealed: bool = False,
) -> list[Person]:
    """Put people into published groups of that size that are at work in a phase, whose run has the id of the group."""
    groups, placed = await put_into_groups(tx, people, themes, -(-len(people) // size), now)
    await mark_round_published(tx, 1, now)
    begun, ends = to_micros(now - timedelta(minutes=5)), to_micros(now + timedelta(hours=1))
    await tx.many(
        "INSERT INTO phase_runs (id, group_id, phase, state, started_at, ends_at, revealed_at)"
        " VALUES (:id, :id, :phase, 'running', :now, :ends, :revealed)",
        [
            {"id": group.id, "phase": PHASE, "now": begun, "ends": ends, "revealed": begun if revealed else None}
            for group in groups
        ],
    )
    return placed


async def release(tx: Transaction, words: str, now: datetime) -> int:
    """Release an urgent announcement to everyone who comes, and return its id."""
    made = await add_announcement(tx, None, (words,), (), now)
    await begin_release(tx, made.id, now, urgent=True)
    await enqueue_all(tx, made.id, now)
    return made.id


async def in_store(url: str, unit: Unit[Any], settings: Settings | None = None) -> Any:
    """Run a unit on a store that nobody uses yet, which is made first where settings are given for it."""
    store = await open_store(url)
    try:
        if settings:
            await seed(store, settings)
        return await store.transact(unit)
    finally:
        await store.close()


async def fill_store(url: str, people: int, undecided: int, platform: str = "telegram") -> list[Person]:
    """Make a store with people who have joined, by ids from FIRST; all but the first `undecided` have a theme."""
    now = SystemClock().now()

    async def unit(tx: Transaction) -> list[Person]:
        added = await add_people(tx, [(platform, str(FIRST + place)) for place in range(people)], now)
        await choose(tx, added[undecided:], "culture", now)
        return added

    added: list[Person] = await in_store(url, unit, AllSettings.model_validate({"themes": THEMES}))
    return added


def fill(url: str, people: int, undecided: int) -> None:
    """Do the same where no loop runs."""
    asyncio.run(fill_store(url, people, undecided))
