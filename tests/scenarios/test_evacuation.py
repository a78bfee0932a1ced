"""An evacuation in French: a hundred people on three platforms, half of them without network, and one list of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import cycle
from typing import cast

import pytest

from bot.delivery.platform import Platform
from bot.people import facilitator_store
from bot.people.audiences import parse
from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_web import WebChat
from tests.groups.builders import group, mark_published
from tests.participants import number
from tests.scenarios.conftest import FIRST_ORGANISER, Stage, open_platform
from tests.scenarios.test_trust import read
from tests.stored_rows import stored_rows
from tests.world import make_settings, open_world

PLATFORMS = ("telegram", "discord", "web")
GROUPS = 10
OF_EACH = 10
NAMES = [[f"P{place}{letter}" for letter in "abcdefghij"] for place in range(GROUPS)]
"""The names in each group; the first half of them has network."""
CONNECTED = [name for names in NAMES for name in names[: OF_EACH // 2]]


@pytest.fixture
async def stages(sqlite_url: str) -> AsyncIterator[Mapping[str, Stage]]:
    """One gathering on all platforms."""
    settings = make_settings(organisers={"telegram": [FIRST_ORGANISER], "discord": [FIRST_ORGANISER]})
    platforms: list[Platform] = []
    async with open_world(sqlite_url, settings) as world, AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(open_platform(world, name, platforms)) for name in PLATFORMS}


async def gathered(stages: Mapping[str, Stage]) -> tuple[Sequence[Chat], Mapping[str, Chat]]:
    """Ten groups of ten; an organiser on each platform, and the chats of those who have network, by name."""
    world = stages["web"].world
    organisers = [await stages["telegram"].organiser(locale="fr")]
    for platform, name in (("discord", "Luc"), ("web", "Max")):
        organisers.append(await stages[platform].join(name, locale="fr", attends=False, organises=True))
    platforms = cycle(stages.values())
    chats = {name: await next(platforms).join(name, locale="fr") for name in CONNECTED}
    for names in NAMES:
        for name in names[OF_EACH // 2 :]:
            await world.join(name, name, locale="fr", platform="nowhere")
    for place, names in enumerate(NAMES):
        await group(world, names, theme=("culture", "school")[place % 2], number_=place // 2 + 1, room=str(place))
    await mark_published(world)
    return organisers, chats


async def later(stages: Mapping[str, Stage], *chats: Chat) -> None:
    """Let a moment pass, in which lists are drawn anew and arrive."""
    stage = stages["web"]
    await stage.world.clock.advance(timedelta(seconds=1))
    await stage.delivered(*chats)


def lines(chat: Chat) -> list[str]:
    return [line for line in read(chat.text).splitlines() if line]


def same(chats: Sequence[Chat]) -> list[str]:
    """What all of these read, who read the same."""
    first, *others = map(lines, chats)
    for other in others:
        assert other == first
    return first


async def lists(stages: Mapping[str, Stage], organisers: Sequence[Chat], *, over: bool = False) -> list[str]:
    """What the list says to organisers, who open it at the same time, also once it is `over`."""
    for chat in organisers:
        await chat.command("securite")
        if over:
            await chat.press("La dernière demande")
    await later(stages, *organisers)
    return same(organisers)


def presses(chat: WebChat, *names: str) -> list[tuple[str, str]]:
    """What a page keeps of presses without network: what the buttons carry, and the tokens with which they leave."""
    buttons = chat.latest.all("button")
    return [(next(each["value"] for each in buttons if each.text == name), f"kept-of-{name}") for name in names]


async def leave(chat: WebChat, kept: Sequence[tuple[str, str]]) -> None:
    """Send what was kept, as the page does once there is network."""
    form = chat.latest.first("form", css="buttons")
    assert form is not None
    for payload, token in kept:
        await chat.post(form, {"payload": payload, "token": token})


async def test_an_evacuation_of_a_hundred_people_half_of_them_without_network(stages: Mapping[str, Stage]) -> None:
    world = stages["web"].world
    organisers, chats = await gathered(stages)
    ines, _luc, _max = organisers
    facilitators = [chats[name] for name in CONNECTED[:3]]
    for name in CONNECTED[:3]:
        await world.change(facilitator_store.give, await number(world, name), [parse("theme:culture")])
    await ines.command("securite")
    await ines.press("Un exercice")
    await ines.pick("tout le monde")
    await ines.press("Oui, un exercice")
    await later(stages, *organisers, *chats.values())
    assert "En sécurité : 0 sur 100 · besoin d’aide : 0 · sans réponse : 100" in await lists(stages, organisers)

    for name in CONNECTED[3:-2]:
        await chats[name].press("Oui, je suis en sécurité")
    for name in CONNECTED[-2:]:
        await chats[name].press("J’ai besoin d’aide")
    await later(stages, *organisers, *facilitators)
    listed = await lists(stages, organisers)
    assert "En sécurité : 45 sur 100 · besoin d’aide : 2 · sans réponse : 53" in listed
    of_group = "5 · salle 9 · 3/10 · aide : 2"  # the theme's title may be cut on a chat app
    assert all(any(read(label).endswith(of_group) for label in chat.buttons) for chat in organisers)
    for chat in facilitators:
        await chat.press("La liste de mes groupes")
    await later(stages, *facilitators)
    assert "En sécurité : 22 sur 50 · besoin d’aide : 0 · sans réponse : 28" in same(facilitators)

    for chat in facilitators:
        await chat.press("Culture 1")
    away = cast("WebChat", facilitators[PLATFORMS.index("web")])
    kept = presses(away, "P0f", "P0g", "P0h", "P0a")  # in the cellar
    with_network = [chat for chat in facilitators if chat is not away]
    await asyncio.gather(*(chat.press("P0f") for chat in with_network))
    told = [line for chat in with_network for line in lines(chat) if "était déjà fait pour" in line]
    assert len(told) == 1, "the first mark stands"
    await leave(away, kept)
    await leave(away, kept)
    assert len((await stored_rows(world.store, "safety_marks"))["safety_marks"]) == 4
    await later(stages, *organisers, *facilitators)
    group_of_both = same(facilitators)
    assert group_of_both[0].endswith("Culture 1 · salle 0 · 6/10")
    assert sum("vue, en sécurité (par P0c, " in line for line in group_of_both) == 3
    listed = await lists(stages, organisers)
    assert "En sécurité : 49 sur 100 · besoin d’aide : 2 · sans réponse : 49" in listed

    await ines.press("Clore la demande")
    await asyncio.gather(ines.press("Oui, clore"), facilitators[0].press("P0i"))
    await chats[CONNECTED[-1]].press("Je suis en sécurité")
    closed = await lists(stages, organisers, over=True)
    assert "En sécurité : 51 sur 100 · besoin d’aide : 1 · sans réponse : 48" in closed, (
        "late answers and marks still count"
    )
    assert any("clôture : 10 h" in line for line in closed)
