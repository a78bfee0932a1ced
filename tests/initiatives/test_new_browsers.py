"""What a browser that nobody confirmed is not told: whom its owner wants to meet again or blocked, what they give."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.rehearsal.chat_driver_web import WebChat
from handlers.initiatives.participant.card import show, write
from handlers.initiatives.participant.contacts import give, look, show_code, take_code
from handlers.initiatives.participant.directory import block, keep_contact, open_card
from tests.engines import on_one_engine
from tests.platforms.web.test_new_browsers import open_elsewhere
from tests.platforms.web.test_stolen_links import press, submit
from tests.security.builders import Gathering, open_gathering

pytestmark = on_one_engine
NEW = "This browser is new"


@pytest.fixture
async def gathering(store_url: str) -> AsyncIterator[Gathering]:
    web = {"public_url": "http://127.0.0.1"}
    async with open_gathering(store_url, "telegram", web=web, initiatives={}) as gathering:
        yield gathering


async def showing(gathering: Gathering, name: str) -> WebChat:
    """Someone with a page who shows a card, and gives a mail address."""
    chat = await gathering.join_page(name)
    await submit(gathering, chat, write.to(), name=f"Garden of {name}", sentence="We grow", where="Senegal", link="")
    await press(gathering, chat, show.to(True))
    await submit(gathering, chat, give.to(), mail=f"{name.lower()}@secret.example", phone="", handle="")
    return chat


async def test_neither_a_yes_nor_a_block_is_told(gathering: Gathering) -> None:
    zoe = await showing(gathering, "Zoe")
    await gathering.linked(zoe, "Zoe2", "telegram")
    others = [await showing(gathering, name) for name in ("Max", "Bob", "Lea")]
    wanted, blocked, unknown = (int(each.person_id) for each in others)
    await press(gathering, zoe, keep_contact.to(wanted))
    await press(gathering, zoe, block.to(blocked))
    thief = await open_elsewhere(gathering, await gathering.page_link_of(zoe))
    told = []
    for person in (wanted, blocked, unknown):
        assert await gathering.forge(thief, "pick", choice=open_card.to().encode(), value=str(person)) == 200
        await thief.look()
        told.append((thief.text, thief.buttons))
    assert told[0] == told[1] == told[2]
    assert told[0][0].startswith(NEW)


async def test_what_its_owner_gives_is_not_told_by_a_code(gathering: Gathering) -> None:
    zoe, mal = await showing(gathering, "Zoe"), await showing(gathering, "Mal")
    await gathering.linked(zoe, "Zoe2", "telegram")
    await press(gathering, mal, show_code.to())
    code = mal.text.split("type ")[1].split(" in")[0]
    assert "zoe@secret.example" in await submit(gathering, zoe, take_code.to(), typed=code)
    thief = await open_elsewhere(gathering, await gathering.page_link_of(zoe))
    assert (await press(gathering, thief, look.to(code.replace("-", "")))).startswith(NEW)


async def test_a_card_that_nobody_sees_yet_is_not_shown(gathering: Gathering) -> None:
    zoe = await showing(gathering, "Zoe")
    await gathering.linked(zoe, "Zoe2", "telegram")
    await press(gathering, zoe, show.to(False))
    thief = await open_elsewhere(gathering, await gathering.page_link_of(zoe))
    assert (await press(gathering, thief, "ini")).startswith(NEW)
