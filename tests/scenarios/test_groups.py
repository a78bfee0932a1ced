"""Groups, wherever people are: an organiser forms, keeps and publishes them; a participant reads theirs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import cast

import pytest

from bot.database.engine import Transaction
from bot.rehearsal.chat_driver import Chat, ChatDriver
from handlers.groups.model import Group
from handlers.groups.store.members import group_of
from tests.drivers.gestures import wants_to_be_told, words
from tests.groups.builders import choose, group
from tests.participants import number
from tests.scenarios.conftest import Stage, open_stage

LANGUAGES = {
    "fr": ("français", "Innovation pédagogique", "jeudi 10 juin, 14\xa0h", "Zoé (Québec)", "Ali (France)"),
    "en": ("English", "Education", "Thursday 10 June, 14:00", "Zoé (Quebec)", "Ali (France)"),
    "de": ("Deutsch", "Bildung", "Donnerstag, 10. Juni, 14:00", "Zoé (Québec)", "Ali (Frankreich)"),
}
"""How a card reads: the language's own name, the theme, the day and hour, two members."""


def texts(chat: Chat) -> list[str]:
    """The first line of each message of the bot that is in a chat, oldest first."""
    there = getattr(chat, "history", None)  # on Discord what was received are only messages that answer nothing
    messages = there or [message.text for message in cast("ChatDriver", chat).received]
    return [re.sub(r"^-# .*\n", "", text).partition("\n")[0] for text in messages]  # without Discord's notices


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, groups={"meeting": "2027-06-10T14:00:00"}) as stage:
        yield stage


async def invite_others(stage: Stage) -> list[str]:
    """Four more people of the theme, who have not joined."""
    others = {"Ali": "FR", "Eva": "DE", "Léo": "BE", "Noé": "CH"}
    for name, territory in others.items():
        await stage.world.invite(name, territory=territory)
        await choose(stage.world, name)
    return list(others)


async def one_group(stage: Stage) -> Group:
    """Zoé and the others in a group that is kept."""
    others = await invite_others(stage)
    return await group(stage.world, ["Zoé", *others], room="Atelier")


async def publish(ines: Chat) -> None:
    """An organiser looks at the preview, and publishes."""
    await ines.command("groupes")
    await ines.press("Publish")
    assert "Publish the groups of Thursday 10 June 2027?" in ines.text
    await ines.press("Publish")
    assert "are published" in ines.text


async def test_the_picture_of_a_group_takes_the_place_of_the_answer_that_it_is_drawn(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    await wants_to_be_told(zoe)
    await one_group(stage)
    await publish(await stage.organiser())
    await stage.delivered(zoe)
    before = texts(zoe)
    await zoe.press("As a picture")
    assert texts(zoe) == [*before, "The picture of your group will be here in a moment."]
    await stage.delivered(zoe)
    assert texts(zoe) == [*before, "Your group as a picture."]


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_a_participant_reads_their_card_its_picture_and_why(stage: Stage, locale: str) -> None:
    own_name, theme, hour, oneself, other = LANGUAGES[locale]
    zoe = await stage.join("Zoé")
    await wants_to_be_told(zoe)
    if locale != "en":
        await zoe.command("reglages")
        await zoe.press("Language")
        await zoe.pick(own_name)
    await one_group(stage)
    await publish(await stage.organiser())
    await stage.delivered(zoe)
    card = words(zoe.pushed[-1])
    for expected in (f"{theme} 1 · ", hour, "Atelier", oneself, other):
        assert expected in card
    assert len(zoe.pushed) == 1
    await zoe.command("groupe")
    why, image = zoe.buttons[:2]
    assert f"{theme} 1" in words(zoe.text)
    await zoe.press(image)
    await stage.delivered(zoe)
    assert zoe.text == zoe.pushed[-1] != card
    await zoe.command("groupe")
    await zoe.press(why)
    assert "5" in zoe.text
    assert theme in zoe.text


async def test_groups_are_formed_kept_and_published(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    await wants_to_be_told(zoe)
    await choose(stage.world, "Zoé")
    await invite_others(stage)
    ines = await stage.organiser()
    await ines.command("groupes")
    await ines.press("Form groups")
    await stage.delivered(ines)
    await ines.press("Keep")
    assert list(zoe.pushed) == []
    await publish(ines)
    await stage.delivered(zoe)
    assert words(zoe.pushed[-1]).endswith("Ali (France)\nEva (Germany)\nLéo (Belgium)\nNoé (Switzerland)\nZoé (Quebec)")


async def test_a_late_change_reaches_those_concerned(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    await wants_to_be_told(zoe)
    made = await one_group(stage)
    await publish(await stage.organiser())
    await stage.delivered(zoe)
    await stage.world.invite("Max", "Roy", territory="FR")
    await choose(stage.world, "Max")
    await stage.delivered(zoe)
    assert words(zoe.text) == "Max R. (France) joins your group."
    await zoe.press("My group")
    assert "Max R. (France)" in words(zoe.text)
    assert "Atelier" in zoe.text
    max_ = await number(stage.world, "Max")

    async def unit(tx: Transaction) -> Group | None:
        return await group_of(tx, max_, 1)

    placed = await stage.world.store.read(unit)
    assert placed
    assert placed.id == made.id


async def test_who_joins_after_publishing_is_greeted_with_their_group(stage: Stage) -> None:
    code = await stage.world.invite("Zoé")
    await one_group(stage)
    await publish(await stage.organiser())
    zoe = stage.person("Zoé")
    await zoe.follow(f"j-{code}")
    await stage.delivered()
    assert "Education 1" in zoe.text
    assert list(zoe.pushed) == []
