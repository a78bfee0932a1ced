"""Events of the gateway that are not as Discord says they are: passed over, and everybody else is served."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.logs import add_reference, reference_of
from tests.drivers.discord import DiscordHarness


async def recorded(harness: DiscordHarness, event: str) -> dict[str, Any]:
    """An honest event of this name."""
    seen: list[Any] = []
    harness.env.backend.subscribers.append(lambda name, payload: seen.append(payload) if name == event else None)
    max_ = harness.person("Max")
    await max_.command("start")
    await max_.send("Words that nobody else shall read")
    harness.env.backend.subscribers.pop()
    return dict(copy.deepcopy(seen[0]))


ODD: list[tuple[str, Any]] = [
    *(("type", None), ("type", 99), ("type", "2"), ("type", []), ("type", {})),
    *(("data", None), ("data", []), ("data", "x"), ("data", {}), ("data", {"name": 5}), ("data", {"custom_id": {}})),
    *(("user", None), ("user", {}), ("user", []), ("user", {"id": "x"}), ("user", {"id": "1", "username": 5})),
    *(("id", None), ("id", "x"), ("id", -1), ("id", 10**40), ("id", {})),
    *(("token", None), ("locale", 5), ("guild_id", []), ("message", 5), ("channel", [])),
]


@pytest.mark.parametrize(("key", "odd"), ODD, ids=range(len(ODD)))
async def test_an_odd_interaction_ends_nothing(harness: DiscordHarness, key: str, odd: Any) -> None:
    read = harness.adapter.client._connection.parsers["INTERACTION_CREATE"]
    read({**await recorded(harness, "INTERACTION_CREATE"), key: odd})
    zoe = harness.person()
    await zoe.command("aide")
    assert "This is where you take part" in zoe.text


@pytest.mark.parametrize("key", ["author", "content", "id", "channel_id", "attachments", "type"])
@pytest.mark.parametrize("odd", [None, [5], {"id": {}}])
async def test_an_odd_message_ends_nothing_and_is_not_quoted(harness: DiscordHarness, key: str, odd: Any) -> None:
    message = await recorded(harness, "MESSAGE_CREATE")
    with capture_logs() as logged:
        harness.adapter.client._connection.parsers["MESSAGE_CREATE"]({**message, key: odd})
    assert [(line["event"], line["kind"]) for line in logged] == [("discord.update_malformed", "MESSAGE_CREATE")]
    assert "nobody else" not in json.dumps(logged)


@pytest.mark.parametrize("event", ["GUILD_CREATE", "CHANNEL_UPDATE", "MESSAGE_DELETE", "THREAD_CREATE"])
@pytest.mark.parametrize("payload", [None, [], "x", {}, {"id": []}])
async def test_other_odd_events_end_nothing(harness: DiscordHarness, event: str, payload: Any) -> None:
    harness.adapter.client._connection.parsers[event](payload)
    zoe = harness.person()
    await zoe.command("aide")
    assert "This is where you take part" in zoe.text


async def test_an_event_that_meets_a_defect_is_logged_under_its_reference(
    harness: DiscordHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = {**await recorded(harness, "INTERACTION_CREATE"), "id": "7"}
    met = asyncio.Event()

    async def broken(_incoming: object) -> None:
        met.set()
        raise ZeroDivisionError

    with capture_logs(processors=[add_reference]) as lines:
        with monkeypatch.context() as patched:
            patched.setattr(harness.world.dispatcher, "form", broken)
            harness.adapter.client._connection.parsers["INTERACTION_CREATE"](press)
            await met.wait()
        await harness.person().command("aide")
    told = [(line["event"], line["reason"], line["reference"]) for line in lines]
    assert told == [("discord.update_failed", "ZeroDivisionError", reference_of("discord", "7"))]
    assert [type(error) for error in harness.env.errors] == [ZeroDivisionError]
    harness.env._errors.clear()  # the end of the test would raise it again
