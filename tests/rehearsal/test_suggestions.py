"""What the demo suggests, ticked by what was done."""

from __future__ import annotations

from functools import partial

import pytest

from bot.content.views import View
from bot.database.engine import Transaction
from bot.platforms.web import page_store
from bot.platforms.web.page_store import NewAttachment
from bot.rehearsal.suggestions import tried_moves
from handlers.results.jobs import PDF
from tests.participants import number
from tests.world import START, open_world


@pytest.mark.parametrize(
    ("name", "taken"),
    [("door-list.pdf", False), ("invitations.xlsx", False), ("livret.pdf", True), ("workshops.xlsx", True)],
)
async def test_only_the_results_tick_the_last_move(sqlite_url: str, name: str, taken: bool) -> None:
    async with open_world(sqlite_url) as world:
        await world.join("Zoé", "1")
        who = await number(world, "Zoé")

        async def handed_over(tx: Transaction) -> None:
            hanging = NewAttachment("file", name, PDF, content=b"%PDF")
            await page_store.add(tx, who, "bot", View(("Here it is.",)), START, attached=(hanging,))

        await world.store.transact(handed_over)
        ticked = await world.store.read(partial(tried_moves, since=START, visitors=[who]))
        assert ticked[-1] is taken
