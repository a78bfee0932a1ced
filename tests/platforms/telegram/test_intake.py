"""Updates that are not as Telegram says they are: they are passed over, and everybody else is served."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.platforms.telegram.intake import Raw, chat_of, take_one
from bot.rehearsal.botapi import BotApi
from bot.rehearsal.botapi.updates import Update
from tests.drivers.telegram import TelegramHarness

DEEP = b'{"update_id":%d,"message":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
"""Whatever reads it recurses too deeply."""


def bring(api: BotApi, *bodies: bytes) -> None:
    """Queue updates as they are, each under the next number of Telegram's; %d in one stands for it."""
    queue = api.world.updates
    for body in bodies:
        queue.last_id += 1
        body = body.replace(b"%d", b"%d" % queue.last_id)
        queue.pending[queue.last_id] = Update(queue.last_id, "message", 0, body, api.world.now())


ODD: Sequence[bytes] = (
    b"null",
    b"[]",
    b'"update"',
    b"{}",
    b'{"update_id":null,"message":{}}',
    b'{"update_id":true,"message":{}}',
    b'{"update_id":"%d","message":{}}',
    b'{"update_id":1e400,"message":{}}',
    b'{"update_id":123456789012345678901234567890,"message":{}}',
    b'{"update_id":0,"message":{}}',
    b'{"update_id":2147483647,"message":{}}',
    b'{"update_id":%d,"message":null}',
    b'{"update_id":%d,"message":[1]}',
    b'{"update_id":%d,"message":{"chat":"x"}}',
    b'{"update_id":%d,"message":{"chat":{"id":{}}}}',
    b'{"update_id":%d,"message":{"message_id":1,"date":NaN,"chat":{"id":1,"type":"private"}}}',
    b'{"update_id":%d,"callback_query":"x"}',
    b'{"update_id":%d,"callback_query":{"id":"1","from":{"id":1},"message":[],"data":5}}',
    b'{"update_id":%d,"my_chat_member":{"chat":{"id":1,"type":"private"}}}',
    b'{"update_id":%d,"nobody_knows":{"a":1}}',
    DEEP,
    b'{"update_id":%d,"message":' + b"9" * 5_000 + b"}",
    b'{"update_id":%d,"message":{"text":"half',
)


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
async def test_an_odd_update_is_passed_over_and_the_one_behind_it_answered(
    harness: TelegramHarness, body: bytes
) -> None:
    zoe = harness.person()
    await zoe.command("start")
    bring(harness.api, body)
    await zoe.command("aide")
    assert "This is where you take part" in zoe.text
    await harness.api.settled()
    assert not harness.running.done()


async def test_odd_updates_among_those_of_a_batch_are_passed_over(harness: TelegramHarness) -> None:
    people = [harness.person(f"P{number}") for number in range(3)]
    for person in people:
        await person.command("start")
    for person in people:
        bring(harness.api, *ODD)
        person.leave_word("/aide")
    for person in people:
        await person.catch_up()
        assert "This is where you take part" in person.text
    await harness.api.settled()


async def test_the_words_of_an_odd_update_are_not_logged() -> None:
    async def take(_update: Raw, _waited: bool) -> None:
        raise ValueError("a secret that somebody wrote")

    with capture_logs() as logged:
        await take_one(take, {"update_id": 5, "message": {"text": "a secret"}})
        await take_one(take, ["a secret"])
    assert [(line["event"], line["update_id"], line["kind"]) for line in logged] == [
        ("telegram.update_failed", 5, "message"),
        ("telegram.update_malformed", None, ""),
    ]
    assert "a secret" not in json.dumps(logged)


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        ({"message": {"chat": {"id": 7}}}, 7),
        ({"callback_query": {"from": {"id": 8}, "message": {"chat": {"id": 9}}}}, 9),
        ({"callback_query": {"from": {"id": 8}, "message": None}}, 8),
        ({"message": []}, None),
        ({"message": {"chat": {"id": []}}}, None),
        ("update", None),
    ],
)
def test_the_chat_of_any_update_is_known_or_none(update: object, chat: object) -> None:
    assert chat_of(update) == chat


async def test_updates_that_come_again_at_once_with_descending_ids_are_answered_once(harness: TelegramHarness) -> None:
    zoe, queue = harness.person(), harness.api.world.updates
    await zoe.command("start")
    before = harness.api.calls["sendMessage"]
    person = {"id": zoe.user.id, "first_name": "Zoé", "is_bot": False}
    for number in (30, 20, 10):  # so far apart that the next offset confirms none of them
        message = {"message_id": 900 + number, "date": 1, "chat": {"id": zoe.user.id, "type": "private"}}
        said = {
            **message,
            "from": person,
            "text": "/aide",
            "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
        }
        body = json.dumps({"update_id": queue.last_id + number, "message": said}).encode()
        queue.pending[queue.last_id + number] = Update(queue.last_id + number, "message", zoe.user.id, body, 0)
    queue.last_id += 30
    await zoe.command("aide")
    await harness.api.settled()
    await harness.adapter.replies.drained()
    fetched = harness.api.calls["getUpdates"]
    assert fetched > 3, "they came again"
    assert harness.api.calls["sendMessage"] - before == 4
