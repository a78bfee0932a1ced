"""What messages about groups say of somebody is kept as a reference, and reads as the person is called now."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.content.texts import plain
from bot.content.views import Picture
from bot.rehearsal.chat_driver import look_for
from handlers.attendance.organiser.by_name import attend_person
from handlers.groups.actions import OpenGroup, OpenMember
from handlers.groups.model import Wishes
from handlers.groups.service.forming import request_groups, with_names
from handlers.groups.service.membership import publish_round
from tests.drivers.gestures import words
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.groups.builders import crowd, found_round, group, regroup
from tests.later import read_later, stored
from tests.outbox import forget, pushed, views
from tests.participants import number, rewrite
from tests.world import DECLARED, World, make_settings, open_world

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]}, groups={"smallest": 2, "target": 2, "largest": 3}
)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def publish(world: World) -> None:
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))


@on_one_engine
async def test_a_card_on_its_way_says_how_its_people_are_called_now(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await publish(world)
    [card] = await views(world, chats["Ana"])
    assert "{theme} {number}" in stored(card)
    assert "Bo" not in stored(card)
    assert words((await pushed(world, chats["Ana"]))[0]).endswith("Ana (Quebec)\nBo (Quebec)")
    await rewrite(world, await number(world, "Bo"), given_name="Robert", family_name="Roy")
    assert words((await pushed(world, chats["Ana"]))[0]).endswith("Ana (Quebec)\nRobert R. (Quebec)")


async def test_news_of_a_group_name_nobody_who_is_gone(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    await group(world, ["Ana", "Bo", "Cleo"])
    other = await group(world, ["Dan"], number_=2)
    await publish(world)
    await forget(world)
    await regroup(world, "Cleo", other)
    [news] = await views(world, chats["Ana"])
    assert "Cleo" not in stored(news)
    assert words((await pushed(world, chats["Ana"]))[0]) == "Cleo (Quebec) is now in another group."
    await chats["Cleo"].command("effacer")
    await chats["Cleo"].press("Erase my texts too")
    await chats["Cleo"].press("Yes, erase me")
    assert "Cleo" not in await read_later(world, news)
    assert "Someone (Quebec) is now in another group." in await read_later(world, news)


@on_one_engine
async def test_what_organisers_read_of_groups_holds_no_name(world: World) -> None:
    await crowd(world, "Ana", "Bo")
    made = await group(world, ["Ana", "Bo"])
    ana = await number(world, "Ana")
    team = await world.organiser()
    await team.follow(OpenMember(1, ana).encode())
    await team.press("Together with…")
    await team.pick("Bo")
    assert words(team.text).startswith("Ana and Bo together")
    screens = [(team.view, "Ana and Bo together")]
    for action, shown in (
        (OpenGroup(made.id), "Ana (Quebec)"),
        (OpenMember(1, ana), "No longer with Bo"),
        (attend_person.to(ana, world.clock.now().toordinal()), "Ana: not marked"),
    ):
        await team.follow(action.encode())
        await look_for(team, lambda shown=shown: shown in "\n".join((team.text, *team.buttons)))  # type: ignore[misc]
        screens.append((team.view, shown))
    await team.command("organiser")
    await team.press("Recent changes")
    screens.append((team.view, "Ana and Bo together"))
    for view, shown in screens:
        assert view
        assert shown in await read_later(world, view)
        assert not {"Ana", "Bo"} & {*words(stored(view)).replace('"', " ").split()}
    await rewrite(world, ana, given_name="Anne")
    for view, shown in screens:
        assert view
        assert shown.replace("Ana", "Anne") in await read_later(world, view)


@on_one_engine
async def test_what_waits_to_be_drawn_holds_no_name(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await publish(world)
    await forget(world)
    team = await world.organiser()
    job = await world.read(request_groups, SETTINGS, Wishes(), team.reader, world.clock.now())
    assert "Bo" not in json.dumps(job.payload)
    people = (await world.read(with_names, job.payload, DECLARED))["people"]
    assert [person[-1] for person in people] == ["Ana", "Bo"]
    await chats["Ana"].command("groupe")
    await chats["Ana"].press("As a picture")
    await rewrite(world, await number(world, "Bo"), given_name="Robert")
    await catch_up_with(world, chats["Ana"])
    picture = chats["Ana"].picture
    assert isinstance(picture, Picture)
    assert words(plain(picture.alt, chats["Ana"].reader)).endswith("Ana (Quebec)\nRobert (Quebec)")
