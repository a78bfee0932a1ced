"""Workshops made straight in the store: groups, phases, ideas, votes, photos, syntheses and territory cards."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from PIL import Image

from bot.clock import to_micros
from bot.database.engine import Store, Transaction
from bot.files.folder import Files

PHASES = ("stakes", "challenge", "solutions", "territories")
COLLECTS = ("facts", "challenge", "solution", "territories")
TERRITORIES = ("FR", "CA-QC", "BE-WBR", "CH", "DE", "SN", "CI")
NAMES = ("Zoé", "Léo", "Inès", "Émile", "Nour", "Chloé", "Ibrahima")
CANVAS = {
    "idea": "Une cuisine partagée",
    "for_whom": "Les familles du quartier",
    "what": "Une cuisine ouverte le soir",
    "how": "Des bénévoles et un planning",
    "with_whom": "La mairie et l'école",
    "first_step": "Un repas en mai",
    "measure": "Trente repas en un an",
}


def titled(word: str) -> str:
    """A title in three languages, as the store keeps it."""
    return json.dumps({"fr": f"{word} (fr)", "en": word.capitalize(), "de": f"{word} (de)"})


def photo(colour: str = "#e6f0f4", size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A photo of a sheet of paper, as a phone sends it."""
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG")
    return target.getvalue()


@dataclass
class Made:
    """Ids in the store: groups in order, members of each, ideas of each."""

    groups: list[int] = field(default_factory=list)
    members: dict[int, list[int]] = field(default_factory=dict)
    ideas: dict[int, list[int]] = field(default_factory=dict)


async def insert(tx: Transaction, table: str, **values: Any) -> int:
    """A row; its id where it has one."""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    returning = "RETURNING id" if table in {"participants", "groups", "ideas", "syntheses", "phase_runs"} else ""
    row = await tx.one(f"INSERT INTO {table} ({names}) VALUES ({marks}) {returning}", **values)
    return int(row["id"]) if row and returning else 0


async def add_phases(tx: Transaction) -> None:
    """The four of the method, where they are not there yet."""
    for position, (key, collects) in enumerate(zip(PHASES, COLLECTS, strict=True)):
        await tx.run(
            "INSERT INTO phases (key, position, title, instruction, example, minutes, collects)"
            " VALUES (:key, :position, :title, :title, :title, 30, :collects) ON CONFLICT DO NOTHING",
            key=key,
            position=position,
            title=titled(key),
            collects=collects,
        )


async def add_idea(tx: Transaction, group: int | None, phase: str, author: int | None, text: str, **more: Any) -> int:
    """An idea of a group; by default live, signed, and of no particular hour."""
    values: Mapping[str, Any] = {"territory": "FR", "created_at": 1_800_000_000_000_000, **more}
    return await insert(tx, "ideas", group_id=group, phase=phase, author_id=author, text=text, **values)


async def write_down(tx: Transaction, group: int, phase: str, author: int, state: str = "current", **said: str) -> int:
    """A version of what a group makes of a phase."""
    content = json.dumps(said, ensure_ascii=False)
    values = {"author_id": author, "content": content, "state": state, "created_at": 1_800_000_000_000_000}
    return await insert(tx, "syntheses", group_id=group, phase=phase, **values)


async def populate(
    store: Store, now: datetime, *, groups: int = 3, ideas: int = 8, files: Files | None = None, seed: int = 1
) -> Made:
    """Groups of six in a published round, with all they can make; `ideas` for each group and phase."""
    chance = random.Random(seed)
    made = Made()

    async def unit(tx: Transaction) -> None:
        nonlocal made
        made = Made()
        await add_phases(tx)
        await tx.run("UPDATE rounds SET published_at = 1 WHERE number = 1")
        themes = [row["key"] for row in await tx.all("SELECT key FROM themes ORDER BY position")]
        for number in range(groups):
            group = await insert(
                tx, "groups", round=1, theme=themes[number % len(themes)], number=number // len(themes) + 1
            )
            made.groups.append(group)
            made.members[group] = [await _member(tx, group, number * 6 + place, now) for place in range(6)]
            made.ideas[group] = await _lived(tx, group, made.members[group], ideas, now, chance, files)

    await store.transact(unit)
    return made


async def _member(tx: Transaction, group: int, place: int, now: datetime) -> int:
    name = NAMES[place % len(NAMES)]
    person = await insert(
        tx,
        "participants",
        ref=f"X-{place:05}",
        given_name=name,
        family_name=f"Famille{place}",
        search_key=name.lower(),
        territory=TERRITORIES[place % len(TERRITORIES)],
        status="joined",
        created_at=to_micros(now),
    )
    await insert(tx, "members", participant_id=person, round=1, group_id=group)
    return person


async def _lived(
    tx: Transaction,
    group: int,
    members: Sequence[int],
    count: int,
    now: datetime,
    chance: random.Random,
    files: Files | None,
) -> list[int]:
    given = []
    for place, phase in enumerate(PHASES):
        begun = now + timedelta(hours=place)
        await insert(
            tx,
            "phase_runs",
            group_id=group,
            phase=phase,
            state="ended",
            started_at=to_micros(begun),
            ended_at=to_micros(begun + timedelta(minutes=40)),
            revealed_at=to_micros(begun),
        )
        for number in range(count):
            author = chance.choice(members)
            at = to_micros(begun + timedelta(minutes=chance.uniform(0, 40)))
            text = f"Idée {number} du groupe {group} : {chance.choice(('un jardin', 'une cuisine', 'un atelier'))}"
            idea = await add_idea(tx, group, phase, author, text, created_at=at, theme=None)
            await tx.run(
                "UPDATE ideas SET theme = (SELECT theme FROM groups WHERE id = :g) WHERE id = :i", g=group, i=idea
            )
            given.append(idea)
            for voter in chance.sample(list(members), k=chance.randrange(3)):
                await insert(tx, "idea_votes", participant_id=voter, idea_id=idea)
    writer = members[0]
    await write_down(tx, group, "stakes", writer, text="Ce que nous savons.")
    await write_down(tx, group, "challenge", writer, sentence="Comment cuisiner ensemble ?", runners_up="Autre (2)")
    await write_down(tx, group, "solutions", writer, **CANVAS)
    for person in members[:-1]:
        row = await tx.one("SELECT territory FROM participants WHERE id = :id", id=person)
        assert row is not None
        await insert(
            tx,
            "territory_cards",
            group_id=group,
            participant_id=person,
            territory=row["territory"],
            present="Des cantines",
            obstacle="Les normes",
            change="La loi",
            carrier="",
            updated_at=to_micros(now),
        )
    if files:
        await attach(tx, files, given[0], photo(chance.choice(("#e6f0f4", "#f4e6f0", "#f0f4e6", "#ffffff"))))
    return given


async def attach(
    tx: Transaction, files: Files, idea: int, content: bytes, name: str = "IMG_1.jpg", media: str = "image/jpeg"
) -> str:
    """Hang a file on an idea."""
    digest = files.keep(content)
    row = await tx.one("SELECT COUNT(*) AS there FROM idea_files WHERE idea_id = :id", id=idea)
    assert row is not None
    await insert(
        tx,
        "idea_files",
        idea_id=idea,
        position=row["there"],
        digest=digest,
        name=name,
        media_type=media,
        picture=int(media.startswith("image/")),
        size=len(content),
    )
    return digest
