"""Whoever has the page of somebody with a role, in a browser that only time opened, has nothing of that role."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from urllib.parse import urljoin

import pytest

from bot.content.actions import Action
from bot.people import browser_store, facilitator_store, participant_store, role_store
from bot.people.audiences import parse
from bot.rehearsal.chat_driver_web import WebChat
from handlers.navigation.actions import Renew
from handlers.navigation.layout import OpenPerson
from handlers.questionnaires.actions import HealthOf
from handlers.questionnaires.model import HEALTH, AnswerKind
from handlers.trust import service, store
from handlers.trust.actions import AnswerHelp, OpenCheck, OpenConversation
from handlers.workshops.actions import MyDeck, OpenIdea, RunPhases, ShowWall
from tests.drivers.gestures import choose_in_menu
from tests.engines import on_one_engine
from tests.groups.builders import group
from tests.ideas.builders import idea
from tests.participants import number
from tests.platforms.web.test_new_browsers import FIREFOX, begin_check
from tests.questionnaires.test_fields import keep
from tests.security.builders import Gathering, open_gathering
from tests.workshops.builders import started
from tests.world import EVERY_ROUTE, World

MARK = "Zzxv"
"""What stands in all words of others that somebody without the role does not read."""
NEVER = {"effacer", "partir", "stop"}
GIVEN: dict[str, Callable[[World, int], Awaitable[object]]] = {
    "organiser": lambda world, person: world.change(participant_store.set_organises, person, True),
    "facilitator": lambda world, person: world.change(facilitator_store.give, person, [parse("all")]),
    "health": lambda world, person: world.change(role_store.give, person, HEALTH.key, "", world.clock.now()),
    "trusted": lambda world, person: world.change(store.name_trusted, person, "French", "always", world.clock.now()),
}


async def of_others(gathering: Gathering) -> Sequence[Action]:
    """Let others say what is for that role alone; what somebody presses to read it."""
    zoe = await gathering.join_page("Zoé")
    zoe_id, ada, now = int(zoe.person_id), await number(gathering.world, "Ada"), gathering.world.clock.now()
    its_group = await group(gathering.world, ["Zoé"])
    run = await started(gathering.world, its_group, "solutions", minutes=60)
    await idea(gathering.world, its_group, "Zoé", f"A library, {MARK}")
    await zoe.command("equipe")
    await zoe.fill(f"May I ask {MARK} something?")
    check = await begin_check(gathering)
    await gathering.forge(zoe, "press", payload=AnswerHelp(check.id).encode())
    await zoe.look()
    await zoe.send(f"Behind the blue door, {MARK}")
    await keep(gathering.world, "Allergies", AnswerKind.HEALTH, Zoé=f"Nuts {MARK}")
    words = f"He waits for me, {MARK}"
    confided = await gathering.world.change(service.write_to, zoe_id, ada, words, now, anonymous=False)
    return [
        *(OpenCheck(check.id), HealthOf(zoe_id), OpenConversation(confided.id, 0), OpenPerson(zoe_id)),
        *(Renew(zoe_id, "0"), ShowWall(run.id), OpenIdea(1), RunPhases(its_group.id), MyDeck(its_group.id)),
    ]


async def everything(gathering: Gathering, chat: WebChat) -> str:
    """All that a browser is sent: the page and those before it, as HTML and JSON, the menu, the files, the stream."""
    here, found = f"{gathering.root}/c/{chat.person_id}/", []

    async def get(path: str, **headers: str) -> str:
        async with chat.browser.get(urljoin(here, path), headers=headers) as answer:
            found.append((await answer.read()).decode(errors="replace"))
        return found[-1]

    page = await get("")
    newest = max(map(int, re.findall(r'id="m([0-9]+)"', page)), default=0)
    for path in ("menu", "pocket", *(f"?before={message}" for message in range(2, newest + 2, 20))):
        await get(path)
        await get(path, Accept="application/json")
    for address in dict.fromkeys(re.findall(r"(?:file|picture)/[0-9]+/[0-9]+", " ".join(found))):
        await get(address)
    for message in range(1, newest + 1):
        await get(f"file/{message}/0")
    async with chat.browser.get(urljoin(here, "events?after=0")) as stream:
        async for line in stream.content:
            found.append(line.decode())
            if line.startswith(b"event: now"):
                break
    return "\n".join(found)


async def use(gathering: Gathering, chat: WebChat, actions: Sequence[Action], *, all_commands: bool = False) -> None:
    """Let somebody press what is for a role, and give every command that they may give there."""
    person = await gathering.world.read(participant_store.find, int(chat.person_id))
    assert person
    may = person.may if "Firefox" not in chat.browser.headers.get("User-Agent", "") else person.without_role.may
    for name, command in EVERY_ROUTE.commands.items() if all_commands else ():
        if name not in NEVER and may(command.route.who):
            assert await gathering.forge(chat, "call", word=name) == 200
    for action in actions:
        assert await gathering.forge(chat, "press", payload=action.encode()) == 200
    await gathering.delivered(chat)


@pytest.fixture
async def gathering(store_url: str) -> AsyncIterator[Gathering]:
    async with open_gathering(store_url) as opened:
        yield opened


@on_one_engine
@pytest.mark.parametrize("role", GIVEN)
async def test_it_shows_and_hands_over_no_word_that_others_said_to_its_owner_s_role(
    gathering: Gathering, role: str
) -> None:
    ada = await gathering.join_page("Ada")
    await GIVEN[role](gathering.world, int(ada.person_id))
    thief = gathering.visitor(**{"User-Agent": FIREFOX})
    await thief.open_link(await gathering.page_link_of(ada))
    await gathering.delivered(ada)
    actions = await of_others(gathering)
    await use(gathering, thief, actions)
    await use(gathering, ada, actions)
    await gathering.wait(hours=25)
    await use(gathering, ada, actions, all_commands=True)
    assert MARK in await everything(gathering, ada), "its owner reads it"
    await choose_in_menu(ada, "Close my page on this device")
    await thief.look()
    [browser] = await gathering.world.read(browser_store.of_person, int(ada.person_id), gathering.world.clock.now())
    assert not browser.waits
    assert not browser.confirmed
    assert read_of_others(await everything(gathering, thief)) == []
    await use(gathering, thief, actions, all_commands=True)
    assert read_of_others(await everything(gathering, thief)) == []


def read_of_others(shown: str) -> list[str]:
    """What others said that is read there, with what stands before it."""
    return [shown[max(0, at.start() - 200) : at.end()] for at in re.finditer(MARK, shown)]
