"""How fast Discord is called, in real time: in all, and for what was missed; who waits comes before that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from typing import Any

import pytest

from bot.content.errors import Rejected, RetryLater
from bot.content.texts import Reader
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.channels import CreatedChannel
from bot.delivery.platform import Address, Membership, WantedChannel
from bot.people import participant_store
from bot.people.participants import Account
from bot.platforms.discord.adapter import Discord
from tests.measured import measuring
from tests.platforms.discord.local import LocalDiscord, local_discord, written
from tests.platforms.notes import Notes, open_noting
from tests.world import World

PEOPLE = 24
MISSED_A_SECOND = 20
A_SECOND = 50
BUNCHED = 1.5
"""A call that a busy machine delays arrives among the calls of the next second; unpaced, all would arrive in one."""


@pytest.fixture
async def noting(sqlite_url: str) -> AsyncIterator[tuple[World, Notes]]:
    async with open_noting(sqlite_url) as noting:
        yield noting


@pytest.fixture
async def local(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalDiscord]:
    async with local_discord(monkeypatch) as local:
        yield local


@pytest.fixture
async def adapter(noting: tuple[World, Notes], local: LocalDiscord) -> AsyncIterator[Discord]:
    """The adapter, logged in. What the gateway would bring is handed to the library as the gateway does."""
    world, _notes = noting
    server = world.settings.discord.model_copy(update={"guild_id": 5, "groups_channel_id": 6})
    adapter = Discord(world.settings.model_copy(update={"discord": server}), world.dispatcher, world.store, world.clock)
    async with adapter.client:
        await adapter.client.login("token")
        yield adapter
    await adapter.close()


def most_in_a_second(times: Iterable[float]) -> int:
    """The most calls of any second."""
    came = sorted(times)
    return max(sum(at <= other < at + 1 for other in came) for at in came)


async def test_what_was_missed_is_fetched_under_twenty_a_second_and_nobody_waits_for_others(
    noting: tuple[World, Notes], local: LocalDiscord, adapter: Discord
) -> None:
    world, notes = noting
    people = [str(number) for number in range(1000, 1000 + PEOPLE)]
    before = world.clock.now() + timedelta(minutes=1)

    async def unit(tx: Transaction) -> None:
        for number in people:
            person = await participant_store.add(
                tx, ref=number, given_name="Zoé", family_name="", now=world.clock.now()
            )
            account = Account("discord", number, number, "Zoé", "en", private_chat=number)
            await participant_store.attach(tx, account, person.id, world.clock.now())

    await world.store.transact(unit)
    for number in people:
        local.histories[number] = [written(number, f"Missed by {number}", before)]
    await world.clock.advance(timedelta(hours=1))
    local.calls.clear()
    adapter.client.dispatch("connect")
    last = people[-1]
    now: Any = written(last, "Written now", world.clock.now())
    local.histories[last].append(now)
    adapter.client._connection.parse_message_create(now)
    await local.until(lambda: len(answers(local)) == PEOPLE + 1)
    theirs = [words for words in notes.words.values() if words in (f"Missed by {last}", "Written now")]
    assert theirs == [f"Missed by {last}", "Written now"]
    assert list(notes.words.values()).index("Written now") < 12  # read before those whose turn it was
    assert len(notes.words) == PEOPLE + 1
    prompt = [place for place, call in enumerate(local.calls) if f"/channels/{last}/" in call.path]
    others = [call.at for call in local.calls if f"/channels/{last}/" not in call.path]
    assert most_in_a_second(others) <= BUNCHED * MISSED_A_SECOND
    assert max(prompt) < len(local.calls) / 2


def answers(local: LocalDiscord) -> list[str]:
    """Where answers went: marks, and words."""
    return [call.path for call in local.calls if call.method in ("PUT", "POST")]


async def test_groups_published_while_messages_leave_stay_under_what_discord_takes(
    local: LocalDiscord, adapter: Discord
) -> None:
    """Names, roles and threads are brought in step, and messages sent, by parts that know nothing of each other."""
    local.refused["/guilds/5"] = 404  # the server is not there: whatever is about it asks for it
    channels = adapter.channels
    assert channels
    local.calls.clear()
    said, reader = View(("Your group",)), Reader("en", "Europe/Paris")
    wanted = WantedChannel(1, "Culture 3", said, reader, "digest", frozenset(), CreatedChannel())

    async def keep_a_thread() -> None:
        with pytest.raises(Rejected):
            await channels.reconcile(wanted, note)

    async def note(_place: CreatedChannel) -> None: ...

    await asyncio.gather(
        *(adapter.show_membership(Membership(str(number), "Zoé", None, True)) for number in range(40)),
        *(adapter.send(Address(str(number)), said, reader, delivery_id=number) for number in range(30)),
        *(keep_a_thread() for _thread in range(20)),
    )
    assert len(local.calls) == 40 + 2 * 30 + 20
    assert most_in_a_second(call.at for call in local.calls) <= BUNCHED * A_SECOND


async def test_refusals_for_too_many_requests_are_counted_those_that_the_library_repeats_too(
    local: LocalDiscord, adapter: Discord
) -> None:
    said, reader = View(("Bonjour",)), Reader("fr", "Europe/Paris")
    with measuring() as number:
        await adapter.send(Address("7"), said, reader, delivery_id=1)
        assert number("rencontres_floods_total", platform="discord") is None
        local.refused["/channels/3/messages"] = 429
        with pytest.raises(RetryLater):
            await adapter.send(Address("7"), said, reader, delivery_id=2)
        assert number("rencontres_floods_total", platform="discord") == 1
