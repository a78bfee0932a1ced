"""A page while the place where files are does not answer: everything else is shown, and files are asked for again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.errors import RetryLater
from bot.content.views import File, View
from bot.delivery.platform import Address
from tests.drivers.web import WebHarness, open_web
from tests.far_folder import FarFolder
from tests.world import FILE_TABLES, World, open_world

PLAN = View(("The plan",), attachments=(File("plan.txt", b"to the left"),))


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


@pytest.fixture
def files(world: World) -> FarFolder:
    files = FarFolder(world.settings.storage.folder, FILE_TABLES)
    world.dispatcher.files = files
    return files


@pytest.fixture
async def harness(world: World, files: FarFolder) -> AsyncIterator[WebHarness]:
    async with open_web(world) as harness:
        yield harness


async def test_a_file_is_served_once_the_files_are_back(harness: WebHarness, files: FarFolder) -> None:
    zoe = await harness.joined("Zoé")
    await harness.adapter.send(Address(zoe.person_id), PLAN, zoe.reader, delivery_id=1)
    await zoe.look()
    link = zoe.latest.first("a", css="file")
    assert link is not None
    files.away = True
    async with zoe.browser.get(harness.root + link["href"]) as answer:
        assert answer.status == 503
        assert "I cannot get this file just now. It is not lost: open it again" in await answer.text()
    files.away = False
    async with zoe.browser.get(harness.root + link["href"]) as answer:
        assert (answer.status, await answer.read()) == (200, b"to the left")
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''plan.txt"


async def test_what_is_delivered_waits_for_its_file_and_holds_nothing_else_up(
    harness: WebHarness, files: FarFolder
) -> None:
    zoe = await harness.joined("Zoé")
    files.away = True
    with pytest.raises(RetryLater, match="a file cannot be stored: does not answer") as later:
        await harness.adapter.send(Address(zoe.person_id), PLAN, zoe.reader, delivery_id=1)
    assert not later.value.whole_platform
    await harness.adapter.send(Address(zoe.person_id), View(("A word",)), zoe.reader, delivery_id=2)
    await zoe.look()
    assert "A word" in zoe.page.text


async def test_an_answer_is_shown_without_its_file_and_says_so(harness: WebHarness, files: FarFolder) -> None:
    ines = await harness.joined("Inès", organises=True)
    files.away = True
    await ines.command("programme")
    await ines.press("Edit the programme")
    await ines.press("A table to fill in")
    assert ines.text.endswith(
        "There is a file with this, which I cannot show just now. Ask for it again in a few minutes."
    )
    assert ines.file is None
