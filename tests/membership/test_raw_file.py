"""The file of the database holds nothing of who was erased: neither their names nor anything else of theirs."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from bot.content.texts import Name
from bot.content.views import View, encode_view
from bot.database.engine import Transaction
from bot.membership.erasure import erase, finish_erasures
from bot.people import participant_store
from bot.platforms.web import page_store
from tests.participants import number
from tests.world import DECLARED, open_world


@pytest.mark.parametrize("seed", range(3))
async def test_what_they_said_on_their_page_while_others_messages_grew(sqlite_url: str, seed: int) -> None:
    chance, path = random.Random(seed), Path(sqlite_url.removeprefix("sqlite:///"))
    async with open_world(sqlite_url) as world:
        await world.join("Max", "1")
        max_, now = await number(world, "Max"), world.clock.now()
        zoe = (
            await world.change(
                participant_store.add, ref="R-ZZ", given_name="Xanthippe", family_name="Quixotry", now=now
            )
        ).id

        async def unit(tx: Transaction) -> None:
            who = chance.choice((zoe, max_, max_))
            words = "saidfoobar " if who == zoe else "blah "
            await page_store.add(tx, who, "person", View((Name(words * chance.randint(1, 60)),)), now)
            await tx.run(
                "UPDATE page_messages SET content = :content WHERE id = (SELECT id FROM page_messages"
                " WHERE participant_id = :id ORDER BY id LIMIT 1 OFFSET :place)",
                id=max_,
                content=json.dumps(encode_view(View((Name("other words " * chance.randint(1, 120)),)))),
                place=chance.randint(0, 200),
            )

        for _ in range(500):
            await world.store.transact(unit)
        await world.change(erase, DECLARED, zoe, now, texts=True, files=world.files)
        await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)
        raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert (b"saidfoobar" in raw, b"other words" in raw) == (False, True)
