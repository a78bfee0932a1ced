"""A form that an older version asked question by question, and this one does not have any more, holds nobody up."""

from __future__ import annotations

import pytest

from bot.content.forms import form_fields
from bot.conversation import dialogue_store
from bot.conversation.dialogue_store import Dialogue
from tests.engines import on_one_engine
from tests.world import ROUTER, open_world

QUESTION = ROUTER.find("go-equipe")[1].form
assert QUESTION is not None
GONE = [
    Dialogue("zz-1", 0, {}),
    Dialogue("go-gone", 0, {}),
    Dialogue("go-moi", 0, {}),  # a screen that asks nothing any more
    Dialogue("go-equipe", len(form_fields(QUESTION)), {}),  # a form with fewer questions by now
]


@on_one_engine
@pytest.mark.parametrize("left", GONE, ids=lambda left: f"{left.action} {left.step}")
async def test_what_is_written_next_is_taken_as_where_there_is_no_form(store_url: str, left: Dialogue) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.send("Is there a bus to the station?")
        without = zoe.text
        assert "Shall I ask the team?" in without
        await world.store.transact(
            lambda tx: dialogue_store.save(tx, "telegram", zoe.sender.chat, left, world.clock.now())
        )
        await zoe.send("Is there a bus to the station?")
        assert zoe.text == without
        await zoe.send_photo(b"\xff\xd8\xff\xe0 no picture")
        assert "went wrong" not in zoe.text
