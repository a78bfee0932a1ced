"""Who is called by name in a shared place, and that nobody else is."""

from __future__ import annotations

from bot.content.texts import Reader
from bot.content.views import View
from bot.delivery.platform import Address
from bot.platforms.discord.calling import with_mentions
from bot.platforms.discord.render import MessagePart
from tests.drivers.discord import DiscordHarness

ENGLISH = Reader("en", "Europe/Paris")


async def test_an_announcement_calls_its_role_and_is_corrected_in_place(harness: DiscordHarness) -> None:
    role = harness.server.create_role("participants").id
    channel = str(harness.welcome.id)
    address = Address(channel, channel, (f"&{role}",))
    native_id = await harness.adapter.send(address, View(("Room A, @everyone",)), ENGLISH, delivery_id=1)
    sent = harness.env.http_requests[-1].json or {}
    assert sent["content"].startswith(f"<@&{role}>\nRoom A")
    assert sent["allowed_mentions"] == {"parse": [], "roles": [role], "users": []}
    assert await harness.adapter.edit(address, native_id, View(("Room B",)), ENGLISH) == native_id
    assert (harness.env.http_requests[-1].json or {})["content"] == f"<@&{role}>\nRoom B"
    assert await harness.adapter.delete(address, native_id)


def test_names_that_find_no_room_come_before() -> None:
    assert with_mentions([MessagePart("a" * 1995)], ["1", "&2"]) == [MessagePart("<@1> <@&2>"), MessagePart("a" * 1995)]
    assert with_mentions([MessagePart("a")], ()) == [MessagePart("a")]
