"""A role given in chat by whoever may, used, and taken away from an open screen, on every platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import pytest

from bot.rehearsal.chat_driver import Chat, ChatDriver
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.drivers.gestures import wants_to_be_told
from tests.participants import number
from tests.people.builders import APPLICATIONS, MARK, tell_readers
from tests.scenarios.conftest import Stage, open_stage


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, beside=[APPLICATIONS]) as stage:
        yield stage


def shown(chat: Chat) -> str:
    """The words of every message that can be read in a chat now."""
    if isinstance(chat, DiscordChat):
        return "\n".join(chat.history)
    return "\n".join(each.text for each in cast("ChatDriver", chat).received)


async def take_off(stage: Stage, chat: Chat, gone: str, *stay: str) -> None:
    """Choose no more one of several: on Telegram it is tapped again, elsewhere the others are sent."""
    await chat.pick(*([gone] if stage.platform == "telegram" else stay))


async def test_a_role_is_given_used_and_taken_away_from_an_open_screen(stage: Stage) -> None:
    ines = await stage.organiser()
    omar, rea = await stage.join("Omar", "Roy"), await stage.join("Rea", "Maas")
    for chat in (omar, rea):
        await wants_to_be_told(chat)
    await rea.command("dossiers")
    assert "Only for: Readers." in rea.text
    await ines.command("organiser")
    await ines.press("People")
    await ines.press("Roles")
    assert "Offices: 0 people" in ines.text
    assert not any(label.startswith("Readers") for label in ines.buttons)
    await ines.press("Offices")
    await ines.press("Find someone")
    await ines.fill("oma")
    await ines.press("Omar Roy")
    await ines.press("Give the role")
    assert "Omar Roy has this role: Offices." in ines.text

    await stage.delivered(omar)
    assert "You have a role now: Offices." in omar.text
    await omar.command("moi")
    await omar.press("More…")
    await omar.press("Roles")
    await omar.press("Readers")
    await omar.press("Find someone")
    await omar.fill("Rea")
    assert "Nobody is called that." in omar.text
    await omar.press("Find someone else")
    await omar.fill("rea maas")
    await omar.press("Rea Maas")
    await omar.pick("Quebec", "Belgium")

    await stage.delivered(rea)
    await rea.command("dossiers")
    assert MARK in rea.text
    await rea.press("Follow it")
    await stage.delivered(rea)
    assert f"{MARK}, live" in shown(rea)
    await stage.world.change(tell_readers, [await number(stage.world, "Rea")], stage.world.clock.now())
    await stage.delivered(rea)
    assert f"{MARK}, told" in shown(rea)
    await rea.command("dossiers")
    await rea.press("A file")
    await stage.delivered(rea)
    assert "A file" in shown(rea)
    await rea.command("dossiers")
    assert "A note" in rea.buttons

    await take_off(stage, omar, "Quebec", "Belgium")  # one of the two: what was sent may be about the other
    await stage.world.clock.advance(timedelta(seconds=3))
    await stage.delivered(omar)
    assert MARK not in shown(omar)
    await stage.delivered(rea)
    assert f"{MARK}, told" not in shown(rea)
    await rea.command("dossiers")
    assert "Quebec" not in rea.text
    assert "Belgium" in rea.text
    await take_off(stage, omar, "Belgium")
    await rea.press("A note")
    assert "Only for: Readers." in rea.text
    await stage.delivered(rea)
    await stage.world.clock.advance(timedelta(seconds=5))  # the list is drawn anew at its pace
    await stage.delivered(rea)
    assert f"{MARK}, live" not in shown(rea)
    await rea.command("moi")
    await rea.command("aide")
    assert MARK not in rea.buttons
