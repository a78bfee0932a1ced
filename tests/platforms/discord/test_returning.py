"""Who left the server and comes back: at their next press, in the server or in private, all they had is given back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.participants import Account
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.drivers.discord import DiscordHarness, open_harness
from tests.world import open_world


@pytest.fixture
async def harness(sqlite_url: str) -> AsyncIterator[DiscordHarness]:
    """A gathering with a server, whose clock is ours."""
    async with open_world(sqlite_url) as world, open_harness(world) as harness:
        harness.env.backend.clock.advance((world.clock.now() - harness.env.now()).total_seconds())
        await harness.restart(guild_id=harness.server.id, welcome_channel_id=harness.welcome.id)
        yield harness


async def linked(harness: DiscordHarness, chat: DiscordChat) -> None:
    """Make someone of the server a participant, in a group whose thread they were let into."""
    own_id = str(chat.user.id)

    async def unit(tx: Transaction) -> None:
        now = harness.world.clock.now()
        person = await participant_store.add(tx, ref=own_id, given_name="Zoé", family_name="", now=now, locale="en")
        account = await participant_store.attach(tx, Account("discord", own_id, own_id, "Zoé", "en"), person.id, now)
        await participant_store.join(tx, person.id, now)
        await tx.run("UPDATE rounds SET published_at = 1 WHERE number = 1")
        await tx.run("INSERT INTO groups (id, round, theme, number) VALUES (1, 1, 'culture', 1)")
        await tx.run("INSERT INTO members (participant_id, round, group_id) VALUES (:id, 1, 1)", id=person.id)
        await tx.run(
            "INSERT INTO channels (id, group_id, platform, chat, thread, due_at, shown)"
            " VALUES (1, 1, 'discord', '60', '61', 4000000000000000, 1)"
        )
        await tx.run("INSERT INTO admissions (channel_id, account_id) VALUES (1, :account)", account=account.id)

    await harness.world.store.transact(unit)


async def given_back(harness: DiscordHarness) -> tuple[int, int, int]:
    """How often their nickname and roles are brought in step, their thread is, and who is taken to be in it."""

    async def unit(tx: Transaction) -> tuple[int, int, int]:
        memberships = await tx.all("SELECT id FROM deliveries WHERE kind = 'membership'")
        wanted = await tx.one("SELECT wanted FROM channels")
        assert wanted
        return len(memberships), wanted["wanted"] - 1, len(await tx.all("SELECT 1 AS one FROM admissions"))

    return await harness.world.store.read(unit)


async def leaves_and_returns(harness: DiscordHarness, chat: DiscordChat) -> None:
    for seconds in (60, 60):
        await harness.world.clock.advance(timedelta(seconds=seconds))
        harness.env.backend.clock.advance(seconds)
    harness.env.backend.remove_member(harness.server.id, chat.user.id)
    chat.actor = harness.server.add_member(chat.user)


async def test_a_press_in_the_server_gives_everything_back_once(harness: DiscordHarness) -> None:
    zoe = harness.member("Zoé")
    await linked(harness, zoe)
    await zoe.command("moi")
    assert await given_back(harness) == (0, 0, 1)
    await leaves_and_returns(harness, zoe)
    await zoe.command("moi")
    assert await given_back(harness) == (1, 1, 0)
    await zoe.command("moi")
    assert await given_back(harness) == (1, 1, 0)


async def test_a_message_in_private_does_too(harness: DiscordHarness) -> None:
    zoe = harness.person("Zoé")
    harness.server.add_member(zoe.user)
    await linked(harness, zoe)
    await zoe.send("Bonjour")
    assert await given_back(harness) == (0, 0, 1)
    await leaves_and_returns(harness, zoe)
    await harness.world.clock.advance(timedelta(hours=1))
    began = len(harness.env.http_requests)
    await zoe.send("Me revoilà")
    await zoe.send("Et encore")
    assert await given_back(harness) == (1, 1, 0)
    asked = [request for request in harness.env.http_requests[began:] if "/members/" in request.path]
    assert len(asked) == 1, "an hour passes before Discord is asked about them again"
