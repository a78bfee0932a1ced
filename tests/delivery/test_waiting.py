"""What the outbox holds, counted alike on both engines."""

from __future__ import annotations

from datetime import timedelta

from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.delivery.waiting_store import given_up, outstanding
from tests.world import open_world


async def test_rows_alike_are_counted_together(store_url: str) -> None:
    async with open_world(store_url) as world:
        for number, name in enumerate(("Zoe", "Leo"), start=1):
            await world.join(name, str(number))
        now = world.clock.now()

        async def tell(tx: Transaction) -> None:
            for person in await tx.all("SELECT id FROM participants WHERE status = 'joined' ORDER BY id"):
                await outbox.notify(tx, person["id"], View(("Now",)), now, outbox.Telling.NEWS)
                await outbox.notify(tx, person["id"], View(("Later",)), now + timedelta(hours=1), outbox.Telling.NEWS)
            await tx.run("INSERT INTO channels (group_id, platform, due_at) VALUES (1, 'discord', 0)")

        await world.store.transact(tell)
        found = await world.store.read(lambda tx: outstanding(tx, now))
        assert [(each.platform, each.kind, each.count, each.later) for each in found] == [
            ("discord", "channel", 1, False),
            ("telegram", "message", 2, False),
            ("telegram", "message", 2, True),
        ]
        assert found[1].since == now
        assert found[2].due == now + timedelta(hours=1)
        assert not await world.store.read(given_up)
