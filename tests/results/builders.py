"""Workshops made straight in the store: groups, phases, ideas, votes, photos, syntheses and territory cards."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from bot.database.engine import Store, Transaction
from bot.files.stored_files import Files
from bot.people import participant_store
from handlers.groups.model import Group
from handlers.groups.store.groups import add_group
from handlers.groups.store.members import put_in_group
from handlers.groups.store.rounds import mark_round_published
from handlers.ideas.store.files import add_file
from handlers.ideas.store.ideas import add_idea
from handlers.ideas.store.moderation import merge_into, set_hidden
from handlers.ideas.store.votes import cast_votes
from handlers.results.store.lines import put_idea
from handlers.syntheses.model import Content
from handlers.syntheses.store import current_version, put_card, save_version
from handlers.themes.store import all_themes
from handlers.workshops.model import Collects, Phase
from handlers.workshops.store.changes import begin_runs, end_run
from handlers.workshops.store.phases import all_phases, put_phase

PHASES = ("stakes", "challenge", "solutions", "territories")
COLLECTS: Sequence[Collects] = ("facts", "challenge", "solution", "territories")
GIVEN = datetime(2027, 1, 15, 8, tzinfo=UTC)
"""When ideas were given and versions written that are of no particular hour."""
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


def make_phase(key: str, position: int, collects: Collects = "ideas") -> Phase:
    """A phase of half an hour, with titles in three languages."""
    titles = {"fr": f"{key} (fr)", "en": key.capitalize(), "de": f"{key} (de)"}
    return Phase(key, position, titles, titles, titles, 30, collects)


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


async def give_idea(
    tx: Transaction,
    /,
    group: int | None,
    phase: str,
    author: int,
    text: str,
    *,
    at: datetime = GIVEN,
    hidden: bool = False,
    merged_into: int | None = None,
    ticked: bool = True,
    **how: Any,
) -> int:
    """An idea of a group; by default live, signed, taken into files, and of no particular hour. Its id."""
    idea = await add_idea(tx, author, group, phase, text, at, stems="", **how)
    if ticked:
        await put_idea(tx, idea.id, 1)
    if hidden:
        await set_hidden(tx, idea.id, True)
    if merged_into is not None:
        await merge_into(tx, [idea.id], merged_into)
    return idea.id


async def write_down(
    tx: Transaction, /, group: int, phase: str, author: int, content: Content, *, rival: bool = False
) -> None:
    """What a group makes of a phase, in place of what it made before; with `rival`, beside that, to choose from."""
    present = await current_version(tx, group, phase)
    base = present.id if present and not rival else 0
    saved = await save_version(tx, group, phase, author, content, base, GIVEN)
    assert saved.outcome == ("rival" if rival else "next" if present else "first")


async def write_card(tx: Transaction, group: int, person: int, now: datetime = GIVEN, **said: str) -> None:
    """What someone writes of their territory, in place of what they wrote before."""
    author = await participant_store.find(tx, person)
    assert author is not None
    words = {"present": "Des cantines", "obstacle": "Les normes", "change": "La loi", "carrier": "", **said}
    await put_card(tx, group, person, author.territory, now, **words)


async def add_member(tx: Transaction, group: Group, now: datetime, **facts: Any) -> int:
    """Someone who came in, in a group; their id."""
    person = await participant_store.add(tx, now=now, **facts)
    await participant_store.join(tx, person.id, now)
    await put_in_group(tx, person.id, group)
    return person.id


async def populate(
    store: Store,
    now: datetime,
    *,
    groups: int = 3,
    ideas: int = 8,
    files: Files | None = None,
    seed: int = 1,
    bare: bool = False,
    ticked: bool = True,
) -> Made:
    """Groups of six in a published round, with all they can make; `ideas` for each group and phase.

    `bare` groups have the phases before them, and have made nothing yet. Unless `ticked`, organisers have not decided
    about any idea.
    """
    chance = random.Random(seed)
    made = Made()

    async def unit(tx: Transaction) -> None:
        nonlocal made
        made = Made()
        if not await all_phases(tx):
            for position, (key, collects) in enumerate(zip(PHASES, COLLECTS, strict=True)):
                await put_phase(tx, make_phase(key, position, collects))
        await mark_round_published(tx, 1, now)
        themes = [theme.key for theme in await all_themes(tx)]
        for number in range(groups):
            group = await add_group(tx, 1, themes[number % len(themes)], number // len(themes) + 1)
            made.groups.append(group.id)
            made.members[group.id] = [await _member(tx, group, number * 6 + place, now) for place in range(6)]
            if not bare:
                made.ideas[group.id] = await _lived(
                    tx, group.id, made.members[group.id], ideas, now, chance, files, ticked=ticked
                )

    await store.transact(unit)
    return made


async def _member(tx: Transaction, group: Group, place: int, now: datetime) -> int:
    return await add_member(
        tx,
        group,
        now,
        ref=f"X-{place:05}",
        given_name=NAMES[place % len(NAMES)],
        family_name=f"Famille{place}",
        territory=TERRITORIES[place % len(TERRITORIES)],
    )


async def _lived(
    tx: Transaction,
    group: int,
    members: Sequence[int],
    count: int,
    now: datetime,
    chance: random.Random,
    files: Files | None,
    *,
    ticked: bool,
) -> list[int]:
    given = []
    for place, key in enumerate(PHASES):
        begun, lasted = now + timedelta(hours=place), timedelta(minutes=40)
        [run] = await begin_runs(
            tx, key, [group], begun, lasted, warning=timedelta(), warned_beyond=lasted, by=None, revealed=True
        )
        await end_run(tx, run.id, begun + lasted)
        votes: dict[int, list[int]] = {}
        for number in range(count):
            author = chance.choice(members)
            at = begun + timedelta(minutes=chance.uniform(0, 40))
            text = f"Idée {number} du groupe {group} : {chance.choice(('un jardin', 'une cuisine', 'un atelier'))}"
            idea = await give_idea(tx, group, key, author, text, at=at, ticked=ticked)
            given.append(idea)
            for voter in chance.sample(list(members), k=chance.randrange(3)):
                votes.setdefault(voter, []).append(idea)
        for voter, chosen in votes.items():
            await cast_votes(tx, voter, group, key, chosen)
    writer = members[0]
    challenge = {"sentence": "Comment cuisiner ensemble ?", "runners_up": "Autre (2)"}
    await write_down(tx, group, "stakes", writer, {"text": "Ce que nous savons."})
    await write_down(tx, group, "challenge", writer, challenge)
    await write_down(tx, group, "solutions", writer, CANVAS)
    for person in members[:-1]:
        await write_card(tx, group, person, now)
    if files:
        await attach(tx, files, given[0], photo(chance.choice(("#e6f0f4", "#f4e6f0", "#f0f4e6", "#ffffff"))))
    return given


async def begin(tx: Transaction, group: int, phase: str, now: datetime, *, revealed: bool) -> int:
    """A group begins a phase, and its ideas are revealed or not; the id of the run."""
    lasts = timedelta(minutes=40)
    [run] = await begin_runs(
        tx, phase, [group], now, lasts, warning=timedelta(), warned_beyond=lasts, by=None, revealed=revealed
    )
    return run.id


async def seen_and_unseen(tx: Transaction, made: Made, now: datetime) -> dict[str, int]:
    """Ideas of a bare group about which no organiser decided, by their words.

    In «stakes» two were revealed, and one of them has a vote; in «challenge» one was, and nobody voted at all; in
    «solutions» one was given, and never revealed.
    """
    group = made.groups[0]
    zoe, leo, *_others = made.members[group]
    given = {}
    for phase, author, text, revealed in (
        ("stakes", zoe, "Un jardin", True),
        ("stakes", leo, "Un four", True),
        ("challenge", zoe, "Un bus", True),
        ("solutions", leo, "Je n'en peux plus", False),
    ):
        if text != "Un four":
            run = await begin(tx, group, phase, now, revealed=revealed)
        given[text] = await give_idea(tx, group, phase, author, text, at=now, ticked=False)
        if text == "Un four":
            await cast_votes(tx, leo, group, "stakes", [given["Un jardin"]])
        if text in ("Un four", "Un bus"):
            await end_run(tx, run, now)
    return given


async def attach(
    tx: Transaction, files: Files, idea: int, content: bytes, name: str = "IMG_1.jpg", media: str = "image/jpeg"
) -> str:
    """Hang a file on an idea; its digest."""
    digest = files.keep(content)
    picture = media.startswith("image/")
    await add_file(tx, idea, digest=digest, name=name, media_type=media, picture=picture, size=len(content))
    return digest
