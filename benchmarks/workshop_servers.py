"""Gatherings in the middle of a workshop, made straight in a store: people in groups, a phase open, ideas, votes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import to_micros
from bot.content.stems import stems
from bot.database.engine import Transaction

PHASE = "solutions"
SIZE = 6
"""Members of a group."""
_GROUPS_BEFORE = 1_000
_VOCABULARY = {
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
    """Someone who takes part: their id, group, the run of its phase, and their account's platform and native id."""

    id: int
    group: int
    run: int
    platform: str
    native_id: str


def sentence(chance: random.Random) -> str:
    """An idea as people write them: eight to thirty words, mostly in French."""
    locale = chance.choices(("fr", "en", "de"), (3, 1, 1))[0]
    return " ".join(chance.choices(_VOCABULARY[locale].split(), k=chance.randint(8, 30)))


async def gather(
    tx: Transaction,
    accounts: Sequence[tuple[str, str]],
    themes: Sequence[str],
    now: datetime,
    *,
    revealed: bool = False,
) -> list[Person]:
    """Who takes part, by platform and native id ('' for none yet), in groups of six where a phase has begun."""
    started, ends = to_micros(now - timedelta(minutes=5)), to_micros(now + timedelta(hours=1))
    groups = range(_GROUPS_BEFORE + 1, _GROUPS_BEFORE + 1 + -(-len(accounts) // SIZE))
    theme_of = {group: themes[place % len(themes)] for place, group in enumerate(groups)}
    people = [
        Person(number, groups[place // SIZE], groups[place // SIZE], platform, native_id)
        for place, (number, (platform, native_id)) in enumerate(enumerate(accounts, 1))
    ]
    rows: list[dict[str, Any]] = [
        {
            "id": person.id,
            "group": person.group,
            "theme": theme_of[person.group],
            "platform": person.platform,
            "now": started,
        }
        | {"native": person.native_id, "name": f"personne {person.id}", "ref": f"R-{person.id}"}
        for person in people
    ]
    await tx.run("UPDATE rounds SET published_at = :now WHERE number = 1", now=started)
    await tx.many(
        "INSERT INTO participants (id, ref, given_name, family_name, search_key, territory, locale, status, created_at,"
        " joined_at) VALUES (:id, :ref, :name, :name, :name, 'FR', 'fr', 'joined', :now, :now)",
        rows,
    )
    await tx.many(
        "INSERT INTO accounts (platform, native_id, participant_id, chat, name, locale, linked_at)"
        " VALUES (:platform, :native, :id, :native, :name, 'fr', :now)",
        [row for row in rows if row["native"]],
    )
    await tx.many("INSERT INTO choices (participant_id, theme, chosen_at) VALUES (:id, :theme, :now)", rows)
    await tx.many(
        "INSERT INTO groups (id, round, theme, number) VALUES (:id, 1, :theme, :number)",
        [{"id": group, "theme": theme_of[group], "number": group - _GROUPS_BEFORE} for group in groups],
    )
    await tx.many("INSERT INTO members (participant_id, round, group_id) VALUES (:id, 1, :group)", rows)
    await tx.many(
        "INSERT INTO phase_runs (id, group_id, phase, state, started_at, ends_at, revealed_at)"
        " VALUES (:id, :id, :phase, 'running', :now, :ends, :revealed)",
        [
            {"id": group, "phase": PHASE, "now": started, "ends": ends, "revealed": started if revealed else None}
            for group in groups
        ],
    )
    return people


async def fill(
    tx: Transaction, people: Sequence[Person], count: int, now: datetime, *, into: int | None = None, seed: int = 1
) -> None:
    """So many ideas of these people, in their own groups or all in one, and three votes of each person."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        author, words = people[number % len(people)], sentence(chance)
        rows.append(
            {"id": number + 1, "group": into or author.group, "author": author.id, "text": words, "phase": PHASE}
            | {"stems": stems(words, "fr"), "now": to_micros(now) + number}
        )
    await tx.many(
        "INSERT INTO ideas (id, group_id, theme, phase, author_id, territory, text, stems, created_at)"
        " SELECT :id, g.id, g.theme, :phase, :author, 'FR', :text, :stems, :now FROM groups g WHERE g.id = :group",
        rows,
    )
    await tx.many(
        "INSERT INTO idea_votes (participant_id, idea_id) VALUES (:person, :idea)",
        [
            {"person": person.id, "idea": idea}
            for person in people
            for idea in chance.sample(range(1, count + 1), k=min(3, count))
        ],
    )
