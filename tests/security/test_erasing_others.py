"""Whoever is erased, whatever they were called and wrote: what others wrote stays as it is, to the letter."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pytest

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.membership.erasure import erase
from bot.people import participant_store
from handlers.groups.store.groups import find_group
from handlers.groups.store.members import put_in_group
from handlers.themes.service import choose_theme
from tests.security.builders import Gathering, open_gathering
from tests.security.test_erasing import live
from tests.world import DECLARED

ERASURES, AT_ONCE = 500, 100
WORDS = ("the", "go", "B12", "112", "a", "Culture", "phase", "…", "someone", "Ali", "Max R.", "(Belgium)")
CHANGING = {"screens", "erasures", "endings", "jobs", "leases", "push_devices"}
"""Tables that hold no words of anybody, or only for a moment."""
DRAWN_ANEW = ("The file here named someone", "is not known yet.")
"""What is read in place of a file that the program made, and the card of a group that somebody left."""

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def said(rows: Rows) -> Iterator[str]:
    """All that stands in texts of a gathering: names, sentences, and the words of these."""
    for table, stored in rows.items():
        for row in stored:
            for value in row.values():
                if isinstance(value, str) and value and table not in CHANGING:
                    yield value[:60]
                    yield from value.split()[:8]


def each_in_turn(words: Sequence[str], chance: random.Random) -> Iterator[str]:
    """All of these words in an order of chance, again and again: each is a name of somebody, and a text."""
    while True:
        yield from chance.sample(words, len(words))


def texts_of(rows: Rows) -> dict[tuple[str, str], Mapping[str, str]]:
    """The texts of each row that has an id, by table and id; those that say how far a message came are left out."""
    return {
        (table, str(row["id"])): {
            column: value
            for column, value in row.items()
            if isinstance(value, str) and column not in {"state", "op", "shown", "reference", "progress", "reason"}
        }
        for table, stored in rows.items()
        if table not in CHANGING
        for row in stored
        if "id" in row
    }


async def add(tx: Transaction, chance: random.Random, names: Iterator[str], texts: Iterator[str], now: Any) -> int:
    """Somebody with a name and texts that others wrote, perhaps in a group of theirs."""
    given, family = next(names), next(names) if chance.random() < 0.6 else ""
    person = await participant_store.add(
        tx, ref=f"M-{chance.getrandbits(48)}", given_name=given, family_name=family, now=now
    )
    numbers = [row["id"] for row in await tx.all("SELECT id FROM groups ORDER BY id")]
    group = await find_group(tx, chance.choice([*numbers, 0]))
    if group:
        await choose_theme(tx, person, group.theme, now)
        await put_in_group(tx, person.id, group)
    phases = await tx.all("SELECT key FROM phases")
    for text in islice(texts, 3):
        await tx.run(
            "INSERT INTO ideas (group_id, phase, author_id, text, created_at)"
            " VALUES (:group, :phase, :person, :text, :at)",
            group=group.id if group else None,
            phase=chance.choice(phases)["key"],
            person=person.id,
            text=text,
            at=to_micros(now),
        )
        await tx.run(
            "INSERT INTO questions (participant_id, question, asked_at) VALUES (:person, :text, :at)",
            person=person.id,
            text=text,
            at=to_micros(now),
        )
    return person.id


async def erase_many(gathering: Gathering, chance: random.Random, names: Iterator[str], texts: Iterator[str]) -> None:
    world = gathering.world
    now = world.clock.now()

    async def unit(tx: Transaction) -> None:
        for _ in range(AT_ONCE):
            person = await add(tx, chance, names, texts, now)
            await erase(tx, DECLARED, person, now, texts=chance.random() < 0.7, files=world.files)

    await world.store.transact(unit)
    await gathering.finish_erasing()


@pytest.mark.first
@pytest.mark.timeout(600)  # of ten seconds of work, which a busy machine does in minutes
async def test_hundreds_of_erasures_change_no_byte_of_what_others_wrote(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, "telegram") as gathering:
        await live(gathering, "web")
        await gathering.world.store.transact(pretend_that_all_was_stored_before)
        before = await gathering.rows()
        chance = random.Random(29)
        pool = [*WORDS, *sorted(set(said(before)))]
        names, texts = each_in_turn(pool, chance), each_in_turn(pool, chance)
        last = max(delivery["id"] for delivery in before["deliveries"])
        for _ in range(ERASURES // AT_ONCE):
            await erase_many(gathering, chance, names, texts)
            await gathering.world.change(forget_deliveries_since, last)
        kept, after = texts_of(before), texts_of(await gathering.rows())
    assert len(kept) > len(WORDS)
    changed = {key: (kept[key], after.get(key)) for key in kept if after.get(key) != kept[key]}
    assert {key: both for key, both in changed.items() if not any(said in str(both) for said in DRAWN_ANEW)} == {}


async def forget_deliveries_since(tx: Transaction, last: int) -> None:
    """Delete what groups were told meanwhile of who came and went: every later erasure would look through it."""
    await tx.run("DELETE FROM deliveries WHERE id > :last", last=last)


async def pretend_that_all_was_stored_before(tx: Transaction) -> None:
    """Have erasures look through every message, as through messages of earlier versions."""
    for table in ("page_messages", "deliveries", "journal"):
        await tx.run(f"INSERT INTO stored_before (name, last_id) SELECT '{table}', COALESCE(MAX(id), 0) FROM {table}")
