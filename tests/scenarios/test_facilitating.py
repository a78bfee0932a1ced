"""Facilitating, wherever people are: the panel follows the groups, and a call crosses platforms, in French."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.people import facilitator_store
from bot.people.audiences import Audience
from bot.rehearsal.chat_driver import Chat
from tests.drivers.gestures import wants_to_be_told, words
from tests.groups.builders import group
from tests.participants import number
from tests.scenarios.conftest import Stage, open_stage
from tests.workshops.builders import PHASES, started


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES) as stage:
        yield stage


NUDGES = [
    "Ton groupe aimerait t’entendre : une phrase suffit.",
    "Your group would like to hear from you: one sentence is enough.",
    "Deine Gruppe möchte auch dich hören: Ein Satz genügt.",
]
"""What silent members read, in French, English and German."""


async def at_work(stage: Stage, **others: str) -> list[Chat]:
    """Zoé, who reads French, and others with their language, whose group is in a phase, in a room."""
    names = {"Zoé": "fr", **others}
    chats = [await stage.join(name, locale=locale) for name, locale in names.items()]
    for chat in chats:
        await wants_to_be_told(chat)
    made = await group(stage.world, list(names), room="B12")
    await stage.world.store.transact(lambda tx: tx.run("UPDATE rounds SET published_at = 1"))
    await started(stage.world, made)
    await stage.delivered(*chats)
    return chats


async def maya_of(stage: Stage) -> Chat:
    """Maya, who runs every workshop, in French."""
    maya = await stage.join("Maya", attends=False, locale="fr")
    person = await number(stage.world, "Maya")
    await stage.world.store.transact(lambda tx: facilitator_store.give(tx, person, [Audience()]))
    return maya


async def test_a_call_for_help_crosses_platforms(stage: Stage, beside: Stage) -> None:
    [zoe], maya = await at_work(stage), await maya_of(beside)
    await zoe.command("alaide")
    assert words(zoe.text) == "C’est fait : on a prévenu la personne qui anime.\nSalle : B12"
    await stage.delivered(maya)
    assert words(maya.text) == "Innovation pédagogique 1 demande de l’aide.\nSalle : B12"
    await maya.press("J’y vais")
    assert words(maya.text) == ("Tu vas aider Innovation pédagogique 1.\nSalle : B12\nLe groupe sait que tu arrives.")
    await stage.delivered(zoe)
    assert words(zoe.pushed[-1]) == "Maya arrive."
    await maya.press("C’est fait")
    assert maya.text == "Merci. L’appel est terminé."


async def test_the_panel_follows_what_the_group_does_in_its_place(stage: Stage) -> None:
    [zoe], maya = await at_work(stage), await maya_of(stage)
    await maya.command("panneau")
    await stage.delivered(maya)
    before = len(maya.pushed)
    assert "0 idée · 0/1" in words(maya.text)
    await zoe.send("Un bus qui est une bibliothèque")
    await stage.world.clock.advance(timedelta(seconds=3))
    await stage.delivered(maya)
    assert words(maya.text).startswith("Les ateliers : Comprendre les enjeux · ")
    assert "1 idée · 1/1" in words(maya.text)
    assert len(maya.pushed) == before


async def test_what_is_opened_from_the_panel_comes_below_it(stage: Stage) -> None:
    chats, maya = await at_work(stage, Ali="en", Eva="de"), await maya_of(stage)
    await maya.command("panneau")
    await stage.delivered(maya)
    await maya.press("Inviter à s’exprimer")
    assert "Dans quel groupe ?" in maya.text
    await maya.pick("Innovation… 1")
    assert maya.text == "3 personnes reçoivent un message privé."
    await stage.delivered(*chats)
    assert [chat.pushed[-1] for chat in chats] == NUDGES
    await chats[0].send("Un bus qui est une bibliothèque")
    await stage.world.clock.advance(timedelta(seconds=3))
    await stage.delivered(maya)
    assert any("1 idée · 1/3" in words(text) for text in (maya.text, *maya.pushed))  # it is still there, and follows
