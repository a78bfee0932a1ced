"""What comes below an answer given in the server is shown in the private chat, and the answer says so."""

from __future__ import annotations

import re

import pytest

from bot.people import participant_store
from bot.people.participants import Account
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.drivers.discord import DiscordHarness
from tests.live_screens import live_screens

ANNOUNCED = "The list comes below and updates with every answer."
ELSEWHERE = "The rest is in our private chat, not here."
CLOSED = (
    "The rest belongs in our private chat, but I cannot write to you there. Allow private messages from this"
    " server, then ask again."
)


async def organiser(harness: DiscordHarness, chat: DiscordChat) -> DiscordChat:
    """This person, who organises and has joined."""
    world, native_id = harness.world, str(chat.user.id)
    person = await world.change(
        participant_store.add,
        ref="O-1",
        given_name="Inès",
        family_name="",
        now=world.clock.now(),
        locale="en",
        organises=True,
    )
    account = Account("discord", native_id, native_id, "Inès", "en")
    await world.change(participant_store.attach, account, person.id, world.clock.now())
    await world.change(participant_store.join, person.id, world.clock.now())
    return chat


async def ask(ines: DiscordChat) -> None:
    """Ask everybody whether they are safe; the list of answers is announced."""
    await ines.command("securite")
    await ines.press("Ask everyone")
    await ines.press("Yes, ask now")


async def test_in_a_server_the_answer_says_that_the_rest_is_in_the_private_chat(harness: DiscordHarness) -> None:
    ines = await organiser(harness, harness.member("Inès"))
    await ask(ines)
    assert ines.private
    assert ines.text.splitlines()[-2:] == [ANNOUNCED, ELSEWHERE]
    assert ines.buttons[0] == "To our private chat"
    url = ines.shown[-1].components[0]["components"][0]["url"]
    assert re.fullmatch(rf"https://discord\.com/channels/@me/{ines.user.dm_channel.id}", url)
    assert len(ines.history) == 1
    assert ines.history[0].endswith(ANNOUNCED)  # the list is sent below this
    assert [screen.key.partition(":")[0] for screen in await live_screens(harness.world)] == ["safety"]


async def test_where_the_private_chat_is_closed_the_answer_says_so(harness: DiscordHarness) -> None:
    ines = await organiser(harness, harness.member("Inès"))
    await ines.command("securite")
    await ines.press("Ask everyone")
    channel = ines.user.dm_channel.id
    harness.env.inject_error("POST", f"/channels/{channel}/messages", status=403, code=50007)
    await ines.press("Yes, ask now")
    assert ines.private
    assert ines.text.splitlines()[-2:] == [ANNOUNCED, CLOSED]
    assert "To our private chat" not in ines.buttons
    assert ines.history == ()


@pytest.mark.parametrize("step", ["asks", "opens it again"])
async def test_in_private_it_is_announced_where_it_comes(harness: DiscordHarness, step: str) -> None:
    ines = await organiser(harness, harness.person("Inès"))
    await ask(ines)
    if step == "opens it again":
        await ines.command("securite")
    assert ines.text.splitlines()[-1] == ANNOUNCED
    assert "our private chat" not in "\n".join(ines.history)
