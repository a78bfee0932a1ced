"""Ideas in messages: stored is which idea is quoted and who gave it, and read is what they say now."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.texts import ERASED, plain
from handlers.ideas.actions import EditIdea, WithdrawIdea
from handlers.navigation.changes import recent_changes
from handlers.workshops.actions import HideIdea, OpenIdea, ShowWall
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.ideas.builders import idea, ideas_of
from tests.later import read_later, shown, stored
from tests.outbox import pushed
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, ended, facilitator, revealed, started
from tests.world import World, make_settings, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, make_settings(organisers={"telegram": [900]}, phases=PHASES)) as world:
        yield world


def gone(chat: NeutralChat) -> str:
    return plain(ERASED, chat.reader)


@on_one_engine
async def test_a_wall_on_somebodys_page_keeps_neither_words_nor_names(world: World) -> None:
    people = await crowd(world, "Marguerite", "Bo")
    made = await group(world, ["Marguerite", "Bo"])
    run = await revealed(world, await started(world, made, "solutions"))
    theirs = await idea(world, made, "Marguerite", "Un vélo\npour tous")
    await idea(world, made, "Bo", "Un atelier", parent_id=theirs.id)
    bo = people["Bo"]
    await bo.follow(ShowWall(run.id).encode())
    wall = shown(bo)
    assert not any(word in stored(wall) for word in ("Marguerite", "vélo", "atelier"))
    assert f'["quote", "idea", "{theirs.id}", 500]' in stored(wall)
    read = await read_later(world, wall)
    assert "Marguerite" in read
    assert "yours · builds on “Un vélo pour tous”" in read.replace("\n", " ")
    await people["Marguerite"].follow(EditIdea(theirs.id).encode())
    await people["Marguerite"].fill("Une trottinette")
    assert "builds on “Une trottinette”" in await read_later(world, wall)
    await people["Marguerite"].follow(WithdrawIdea(theirs.id).encode())
    assert f"builds on “{gone(bo)}”" in await read_later(world, wall)


@on_one_engine
async def test_what_is_hidden_is_read_by_who_runs_the_group_alone(world: World) -> None:
    people = await crowd(world, "Ana", "Bo")
    made = await group(world, ["Ana", "Bo"])
    await revealed(world, await started(world, made, "solutions"))
    ines = await facilitator(world, "700")
    theirs = await idea(world, made, "Ana", "Une cuisine")
    for chat in people.values():
        await chat.follow(OpenIdea(theirs.id).encode())
    await ines.follow(HideIdea(theirs.id).encode())
    (entry,) = (await stored_rows(world.store, "journal"))["journal"]
    assert "cuisine" not in entry["what"]
    assert "Une cuisine" in await read_later(world, shown(people["Ana"]))
    assert gone(people["Bo"]) in await read_later(world, shown(people["Bo"]))
    team = await world.organiser()
    await team.follow(recent_changes.to().encode())
    assert "“Une cuisine” is hidden" in team.text


async def test_a_late_idea_on_its_way_reads_as_its_author_words_it_meanwhile(world: World) -> None:
    ana = (await crowd(world, "Ana"))["Ana"]
    made = await group(world, ["Ana"])
    ines = await facilitator(world, "700")
    await ended(world, await started(world, made, "solutions"))
    await ana.send("Une cuisine partagée")
    await ana.press("Send to the facilitator")
    assert not any("cuisine" in row["content"] for row in (await stored_rows(world.store, "deliveries"))["deliveries"])
    assert "Une cuisine partagée" in (await pushed(world, ines))[-1]
    (late,) = await ideas_of(world, "Ana")
    await ana.follow(EditIdea(late.id).encode())
    await ana.fill("Un four")
    assert "Un four" in (await pushed(world, ines))[-1]
    await ana.follow(WithdrawIdea(late.id).encode())
    assert gone(ines) in (await pushed(world, ines))[-1]
