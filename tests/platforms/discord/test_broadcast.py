"""An announcement to many, through the library's own calls, over a line to Discord that has its bad moments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from simcord.backend.serializers import guild_create_payload

from bot.config.settings import SharedChannel
from bot.content.reasons import Reason
from bot.database.engine import Transaction
from bot.delivery.shared_channels import channel_is_gone
from bot.delivery.worker import Delivery
from bot.people import participant_store, preference_store
from bot.people.participants import Account
from bot.rehearsal.chat_driver_discord import DiscordChat
from handlers.announcements.store.reports import tally_copies
from tests.announcements.builders import announce, correct, withdraw
from tests.clock import ManualClock
from tests.delivery.rig import Rig
from tests.drivers.discord import DiscordHarness
from tests.drivers.discord_wire import Bad, Wire
from tests.world import CONTRIBUTIONS

PEOPLE = 60
SLOW = 1.5
IN_A_CHANNEL = 5
"""Calls of a kind that Discord takes about the messages of one channel, in five seconds."""
IN_ALL = 50
"""Calls that it takes in a second; here those about messages are counted, not the opening of private channels."""


@dataclass
class Line(Wire):
    """The way to Discord, which keeps to its limits.

    `tried` is when each kind of call was made about the messages of a channel.
    """

    clock: ManualClock = field(kw_only=True)
    tried: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    too_many: int = 0

    async def meet(self, method: str, channel: int) -> None:
        now = self.clock.now().timestamp()
        tried = self.tried[method, channel]
        tried.append(now)
        in_all = sum(at > now - 1 for times in self.tried.values() for at in times)
        if sum(at > now - 5 for at in tried) > IN_A_CHANNEL or in_all > IN_ALL:
            self.too_many += 1
            raise Bad(429, retry_after=1.0).refusal()

    async def wait(self, seconds: float) -> None:
        await self.clock.sleep(seconds)


@pytest.fixture
async def line(harness: DiscordHarness, monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line(harness.adapter.client.http.request, clock=harness.world.clock)
    monkeypatch.setattr(harness.adapter.client.http, "request", line.request)
    return line


@pytest.fixture
async def rig(harness: DiscordHarness, line: Line) -> AsyncIterator[Rig]:
    """The delivery of the gathering, running, with Discord as its only platform."""
    rig = Rig(harness.world.store)
    rig.clock = harness.world.clock
    rig.delivery = Delivery(rig.store, {"discord": harness.adapter}, harness.world.settings, rig.clock, CONTRIBUTIONS)
    async with rig.running():
        yield rig


async def joined(rig: Rig, harness: DiscordHarness, number: int, *, opted_in: bool = True) -> DiscordChat:
    chat = harness.person(f"P{number}")

    async def unit(tx: Transaction) -> None:
        now, native_id = rig.clock.now(), str(chat.user.id)
        ref = f"R-{number}"
        person = await participant_store.add(tx, ref=ref, given_name="Zoé", family_name="D.", now=now, locale="en")
        await participant_store.attach(tx, Account("discord", native_id, native_id, "Zoé", "en"), person.id, now)
        await participant_store.join(tx, person.id, now)
        await preference_store.set_private_pushes(tx, person.id, opted_in)

    await rig.store.transact(unit)
    return chat


async def told(rig: Rig, announcement: int) -> dict[tuple[str, str | None], int]:
    """How many of an announcement's copies are in which state, for which reason."""
    counts = await rig.store.read(lambda tx: tally_copies(tx, announcement))
    return {(count.state, count.reason): count.copies for count in counts}


def read(people: list[DiscordChat]) -> set[tuple[str, ...]]:
    """What these people have before them."""
    return {chat.pushed for chat in people}


async def test_nothing_is_lost_nothing_doubled_and_each_copy_follows(
    rig: Rig, harness: DiscordHarness, line: Line
) -> None:
    people = [await joined(rig, harness, number) for number in range(PEOPLE)]
    shy = await joined(rig, harness, PEOPLE, opted_in=False)
    closed, *others = people
    moments = {
        0: [Bad(403, 50007)],
        5: [Bad(500)],
        6: [Bad(502), Bad(502)],
        7: [Bad(cut=True)],
        8: [Bad(late=SLOW)],
        9: [Bad(429, retry_after=2.0)],
        10: [Bad(late=SLOW, cut=True), Bad(429, retry_after=0.5), Bad(503)],
    }
    channels = [chat.user.dm_channel.id for chat in people]
    for number, bad in moments.items():
        line.bad[channels[number]] = [*bad]

    made = await announce(rig, "Room A", urgent=True)
    await rig.passes(60)
    assert read(others) == {("From the team\nRoom A",)}
    assert read([closed, shy]) == {()}
    assert await told(rig, made) == {
        ("sent", None): PEOPLE - 1,
        ("unreachable", Reason.CLOSED): 1,
        ("unreachable", Reason.NO_OPT_IN): 1,
    }
    marked = await rig.store.read(
        lambda tx: tx.all("SELECT native_id FROM accounts WHERE unreachable = 1 ORDER BY native_id")
    )
    assert [row["native_id"] for row in marked] == [str(closed.user.id)]
    assert line.repeated == 2  # after each cut, the same message came again and was not shown again
    assert line.too_many == 0  # what was asked for is all
    tries = [len(line.tried["POST", channel]) for channel in channels]
    assert {number: count for number, count in enumerate(tries) if count > 1} == {5: 2, 6: 3, 7: 2, 9: 2, 10: 4}
    asked, came_again = line.tried["POST", channels[9]]
    assert came_again >= asked + 2.0
    began = line.tried["POST", channels[0]][0]
    assert max(line.tried["POST", channel][0] for channel in channels) < began + 5  # nobody waits for another's moment

    line.bad[channels[5]] = [Bad(500)]
    line.bad[channels[6]] = [Bad(cut=True)]
    line.bad[channels[7]] = [Bad(429, retry_after=2.0), Bad(late=SLOW)]
    await correct(rig, made, "Room B")
    await rig.passes(60)
    assert read(others) == {("From the team\nRoom B",)}
    line.bad[channels[8]] = [Bad(502)]
    line.bad[channels[9]] = [Bad(cut=True)]
    line.bad[channels[10]] = [Bad(429, retry_after=2.0)]
    await withdraw(rig, made)
    await rig.passes(60)
    assert read(people) == {()}
    assert not any(line.bad.values())  # each moment came
    assert line.too_many == 0
    assert {
        method: sum(len(times) for (each, _), times in line.tried.items() if each == method)
        for method in ("POST", "PATCH", "DELETE")
    } == {"POST": PEOPLE + 8, "PATCH": PEOPLE - 1 + 3, "DELETE": PEOPLE - 1 + 3}
    assert (await told(rig, made))[("withdrawn", None)] == PEOPLE - 1


async def test_a_copy_in_a_channel_calls_its_role_once_and_follows(
    rig: Rig, harness: DiscordHarness, line: Line
) -> None:
    role = harness.server.create_role("everyone here")
    channel = harness.server.create_text_channel("annonces")
    zoe = await joined(rig, harness, 1)
    line.bad[channel.id] = [Bad(cut=True), Bad(502), Bad(429, retry_after=1.0)]

    def seen() -> list[tuple[str, list[int]]]:
        written = harness.env.backend.messages.get(channel.id, {}).values()
        return [(message.content, [*message.mention_role_ids]) for message in written]

    made = await announce(rig, "Room A", urgent=True, channel=SharedChannel("discord", str(channel.id), str(role.id)))
    await rig.passes(60)
    assert seen() == [(f"<@&{role.id}>\n**De l’équipe**\nRoom A", [role.id])]
    assert zoe.pushed == ()  # Discord is told once, in its channel
    assert (len(line.tried["POST", channel.id]), line.repeated, line.too_many) == (4, 1, 0)
    await correct(rig, made, "Room B")
    await rig.passes(60)
    assert [content for content, _roles in seen()] == [f"<@&{role.id}>\n**De l’équipe**\nRoom B"]
    await withdraw(rig, made)
    await rig.passes(60)
    assert seen() == []
    assert await told(rig, made) == {("withdrawn", None): 1}


async def test_a_deleted_channel_is_known_at_once(harness: DiscordHarness) -> None:
    channel = harness.server.create_text_channel("annonces")
    await harness.restart(guild_id=harness.server.id, announcements_channel_id=channel.id)
    assert not await harness.world.store.read(lambda tx: channel_is_gone(tx, str(channel.id)))
    harness.env.backend.delete_channel(channel.id)
    await harness.env.settle()
    assert await harness.world.store.read(lambda tx: channel_is_gone(tx, str(channel.id)))


async def test_an_outage_of_the_server_is_no_deleted_channel(harness: DiscordHarness) -> None:
    channel = harness.server.create_text_channel("annonces")
    await harness.restart(guild_id=harness.server.id, announcements_channel_id=channel.id)
    there: Any = guild_create_payload(harness.env.backend, harness.server._guild)

    async def gone() -> bool:
        return await harness.world.store.read(lambda tx: channel_is_gone(tx, str(channel.id)))

    # A session begins amid an outage: Discord tells nothing of the server but that it cannot be told of.
    outage: Any = {"id": str(harness.server.id), "unavailable": True}
    harness.adapter.client._connection._add_guild_from_data(outage)
    await harness.adapter._prepare()
    assert not await gone()
    harness.env.backend.emit("GUILD_CREATE", {**there, "channels": [], "unavailable": False})
    await harness.env.settle()
    assert await gone()  # what was deleted meanwhile is known as soon as the server is there again
