"""A file made of people's answers goes with the answers: from the page it was shown on, and from the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from bot.background.scheduling import Source, Ticker
from bot.config import purpose_store
from bot.content.texts import Localised
from bot.database.engine import Transaction
from bot.membership.erasure import erase, replay
from bot.membership.retention import Retention
from bot.people import role_store
from bot.rehearsal.chat_driver_web import WebChat
from handlers.privacy.schedule import Ends
from handlers.questionnaires import store
from handlers.questionnaires.model import HEALTH, AnswerKind
from handlers.questionnaires.settings import HEALTH_PURPOSE
from tests.clock import ManualClock
from tests.engines import on_one_engine
from tests.questionnaires.test_fields import keep
from tests.security.builders import Gathering, open_gathering
from tests.security.test_opened_by_itself import everything
from tests.world import DECLARED

MARK = "NutsZzxv"
GONE = "Something in the file here has been erased"


@pytest.fixture
async def gathering(store_url: str) -> AsyncIterator[Gathering]:
    async with open_gathering(store_url, "telegram") as opened:
        yield opened


async def withdraw(gathering: Gathering, zoe: WebChat) -> None:
    """Who has told it takes it back."""
    await zoe.command("mesdonnees")
    await zoe.press("Withdraw: Health")
    await zoe.press("Yes, withdraw")


async def remove_field(gathering: Gathering, _zoe: WebChat) -> None:
    """Organisers no longer ask."""
    ines = await gathering.organiser_page()
    await gathering.forge(ines, "press", payload="fd-1")


async def end(gathering: Gathering, _zoe: WebChat) -> None:
    """The last day of what is kept of people's health is over."""
    world = gathering.world
    last = await world.read(purpose_store.end_of, world.settings, HEALTH_PURPOSE)
    for before in (timedelta(days=14), timedelta(days=2), timedelta()):
        sources: list[Source] = [Ends(world.settings), Retention(world.settings, DECLARED, world.files)]
        await Ticker(world.store, ManualClock(last - before), sources).look()


async def be_erased(gathering: Gathering, zoe: WebChat) -> None:
    """Who has told it leaves for good."""
    world = gathering.world
    await world.change(erase, DECLARED, int(zoe.person_id), world.clock.now(), texts=True, files=world.files)


@pytest.mark.parametrize(
    ("erased", "notice"), [(withdraw, GONE), (remove_field, GONE), (end, GONE), (be_erased, "has erased their data")]
)
async def test_a_table_of_health_goes_with_what_it_was_made_of(
    gathering: Gathering, erased: Callable[[Gathering, WebChat], Awaitable[None]], notice: str
) -> None:
    zoe, cook = await gathering.join_page("Zoe"), await gathering.join_page("Max")
    await keep(gathering.world, "Allergies", AnswerKind.HEALTH, Zoe=MARK)
    await gathering.world.change(role_store.give, int(cook.person_id), HEALTH.key, "", gathering.world.clock.now())
    await gathering.forge(cook, "press", payload="fht")
    assert MARK in await everything(gathering, cook)
    await erased(gathering, zoe)
    await gathering.finish_erasing()
    shown = await everything(gathering, cook)
    assert MARK not in shown
    assert notice in shown
    assert [file for file, content in gathering.kept().items() if MARK.encode() in content] == []


async def test_only_files_made_of_what_is_erased_go(gathering: Gathering) -> None:
    zoe, ada, ines = [await gathering.join_page(name) for name in ("Zoe", "Ada")] + [await gathering.organiser_page()]
    nickname = await keep(gathering.world, "Nickname", Zoe="Kept nickname")
    await keep(gathering.world, "Allergies", AnswerKind.HEALTH, Ada="Own allergy")
    await gathering.world.change(role_store.give, int(ada.person_id), HEALTH.key, "", gathering.world.clock.now())
    await gathering.forge(ada, "press", payload="fht")
    await gathering.forge(ines, "press", payload="ft")
    await keep(gathering.world, "Allergies", AnswerKind.HEALTH, Zoe=MARK)
    await withdraw(gathering, zoe)
    assert GONE not in await everything(gathering, ada), "it did not have Zoe"
    assert '"Kept nickname"' in await everything(gathering, ines)
    await gathering.forge(ines, "press", payload=f"fd-{nickname.id}")
    await gathering.finish_erasing()
    shown = await everything(gathering, ines)
    assert GONE in shown
    assert "Kept nickname" not in shown
    assert "Own allergy" in await everything(gathering, ada)
    assert not [file for file, content in gathering.kept().items() if b"Kept nickname" in content]


@on_one_engine
async def test_a_restored_backup_brings_no_removed_field_back(gathering: Gathering) -> None:
    world, zoe = gathering.world, await gathering.join_page("Zoe")
    await keep(world, "Nickname", Zoe="Kept nickname")
    await keep(world, "Allergies", AnswerKind.HEALTH, Zoe=MARK)
    field = (await world.read(store.all_fields))[0]
    rows = await gathering.rows()
    await remove_field(gathering, zoe)
    await gathering.finish_erasing()
    [before] = [row for row in rows["questionnaire_fields"] if row["id"] == field.id]

    async def bring_back(tx: Transaction) -> None:
        columns = ", ".join(before)
        await tx.run(f"INSERT INTO questionnaire_fields ({columns}) VALUES (:{columns.replace(', ', ', :')})", **before)
        await tx.run("DELETE FROM endings")

    await world.store.transact(bring_back)
    assert len(await world.read(store.all_fields)) == 2
    await replay(world.store, DECLARED, world.settings.storage, world.files, world.clock.now(), restored=True)
    assert [each.title for each in await world.read(store.all_fields)] == [Localised({"en": "Allergies"})]
