"""Photos while the place where files are does not answer: words are taken, and what happened is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.content.forms import Upload, Written
from bot.conversation.incoming import Submitted
from handlers.ideas.actions import MyFiles
from handlers.ideas.store.files import files_of_idea
from handlers.workshops.actions import GiveIdea
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.far_folder import FarFolder
from tests.groups.builders import crowd, group
from tests.ideas.builders import ideas_of
from tests.workshops.builders import PHASES, started
from tests.world import FILE_TABLES, World, make_settings, open_world

PHOTO = Upload("photo.jpg", b"\xff\xd8a sheet", picture=True, media_type="image/jpeg")
AWAY = "I cannot keep your file right now. Send it again in a few minutes; what you write always gets through."


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, make_settings(phases=PHASES)) as world:
        yield world


@pytest.fixture
def files(world: World) -> FarFolder:
    """The files of the program, which are away."""
    files = FarFolder(world.settings.storage.folder, FILE_TABLES)
    files.away = True
    world.dispatcher.files = files
    return files


@pytest.fixture
async def zoe(world: World) -> NeutralChat:
    """Someone whose group is in a phase."""
    chats = await crowd(world, "Zoé")
    await started(world, await group(world, ["Zoé"]), "solutions")
    return chats["Zoé"]


async def kept(world: World) -> list[tuple[str, int]]:
    """Words and number of files of each idea."""
    ideas = await ideas_of(world, "Zoé")
    return [(idea.text, len(await world.store.read(partial(files_of_idea, idea_id=idea.id)))) for idea in ideas]


@on_one_engine
async def test_a_photo_alone_is_refused_and_taken_once_the_files_are_back(
    world: World, files: FarFolder, zoe: NeutralChat
) -> None:
    await zoe.send_file(PHOTO)
    assert zoe.text == AWAY
    assert await kept(world) == []
    files.away = False
    await zoe.send_file(PHOTO)
    assert zoe.text == "Photo kept. What does it show? Write one line."
    assert await kept(world) == [("", 1)]
    assert [files.read(digest) for digest in files.digests()] == [PHOTO.content]


@on_one_engine
async def test_what_stands_below_a_photo_is_kept_without_it(world: World, files: FarFolder, zoe: NeutralChat) -> None:
    await zoe.send_file(PHOTO, "The kitchen")
    assert zoe.text.startswith("Your idea is noted.")
    assert zoe.text.endswith(AWAY)
    assert await kept(world) == [("The kitchen", 0)]


@on_one_engine
async def test_what_was_written_in_a_form_is_kept(world: World, files: FarFolder, zoe: NeutralChat) -> None:
    form = GiveIdea(1).encode()
    await zoe.act(Submitted(form, {"idea": Written("The kitchen", (PHOTO,))}))
    assert zoe.text.endswith(AWAY)
    assert await kept(world) == [("The kitchen", 0)]
    await zoe.act(Submitted(form, {"idea": Written("", (PHOTO,))}))
    assert zoe.text.endswith(AWAY)
    assert zoe.buttons == ("Correct my answer",)
    assert await kept(world) == [("The kitchen", 0)]


@on_one_engine
async def test_photos_that_cannot_be_fetched_are_said_to_be_kept(
    world: World, files: FarFolder, zoe: NeutralChat
) -> None:
    files.away = False
    await zoe.send_file(PHOTO, "The kitchen")
    files.away = True
    await zoe.follow(MyFiles().encode())
    assert zoe.text == "I cannot reach photos and documents right now. They are kept: ask again in a few minutes."
    files.away = False
    await zoe.follow(MyFiles().encode())
    assert [attachment.content for attachment in zoe.attachments] == [PHOTO.content]
