"""What an update causes bears its reference: lines of the log, deliveries, and what its person reads where it fails."""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.conversation import answering
from bot.logs import add_reference, reference_of, set_up
from bot.rehearsal.botapi import BotApi
from tests.drivers.program import catch_up
from tests.drivers.telegram import TelegramHarness, open_harness
from tests.engines import on_one_engine
from tests.stored_rows import stored_rows
from tests.world import World, open_world
from tools.statements import statements

ROOT = Path(__file__).parents[1]


async def rows(world: World, table: str) -> Sequence[Mapping[str, Any]]:
    """All rows of a table."""
    return (await stored_rows(world.store, table))[table]


def last_reference(harness: TelegramHarness) -> str:
    """The reference of the update that came last."""
    return reference_of("telegram", str(harness.api.world.updates.last_id))


@on_one_engine
async def test_from_an_update_to_the_delivery_that_did_not_arrive_and_back(store_url: str) -> None:
    async with open_world(store_url) as world, BotApi() as api, open_harness(world, api) as harness:
        ines, zoe = harness.person("Inès", user_id=900), harness.person("Zoé")
        await ines.command("start")
        await zoe.follow("j-" + await world.invite("Zoé"))
        await zoe.command("equipe")
        await zoe.send("Where do we sleep?")
        reference = last_reference(harness)
        api.fail("sendMessage", status=403, chat=ines.user.id)
        with capture_logs(processors=[add_reference]) as lines:
            await catch_up(world, harness.adapter)
        (delivery,) = [row for row in await rows(world, "deliveries") if '"teamquestion"' in row["content"]]
        assert (delivery["reference"], delivery["state"], delivery["reason"]) == (reference, "unreachable", "blocked")
        told = [(line["event"], line["delivery"], line["reference"]) for line in lines]
        assert told == [("delivery.unreachable", delivery["id"], reference)]
        (update,) = [row for row in await rows(world, "inbox") if row["reference"] == reference]
        assert (update["platform"], update["native_id"], update["outcome"]) == ("telegram", str(zoe.user.id), "done")


async def test_who_meets_a_defect_reads_the_reference_of_their_update(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(sqlite_url) as world, BotApi() as api, open_harness(world, api) as harness:
        zoe = harness.person("Zoé")
        await zoe.follow("j-" + await world.invite("Zoé"))

        async def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(answering, "answer", broken)
        with capture_logs(processors=[add_reference]) as lines:
            await zoe.command("moi")
        reference = last_reference(harness)
        assert zoe.text.endswith(f"give the team this number: {reference}.")
        assert [(line["event"], line["reference"]) for line in lines] == [("conversation.update_failed", reference)]
        (update,) = [row for row in await rows(world, "inbox") if row["reference"] == reference]
        assert update["outcome"] == "failed"


async def test_neither_words_nor_names_nor_codes_reach_the_log(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    set_up((), stream)
    async with open_world(sqlite_url) as world, BotApi() as api, open_harness(world, api) as harness:
        ines, zoe = harness.person("Inès", user_id=900), harness.person("Zoé")
        await ines.command("start")
        code = await world.invite("Zoé", "Dupont")
        await zoe.follow(f"j-{code}")
        await zoe.command("equipe")
        await zoe.send("My words")
        api.fail("sendMessage", status=403, chat=ines.user.id)
        await catch_up(world, harness.adapter)

        async def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(answering, "answer", broken)
        await zoe.send("Other words")
    events = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert events == ["delivery.unreachable", "conversation.update_failed"]
    for private in ("My words", "Other words", "Zoé", "Dupont", "Inès", code):
        assert private not in stream.getvalue()


@on_one_engine
async def test_what_became_of_an_update_is_written_down(store_url: str) -> None:
    async with open_world(store_url) as world, BotApi() as api, open_harness(world, api) as harness:
        zoe = harness.person("Zoé")
        await zoe.follow("j-" + await world.invite("Zoé"))
        outcomes = {last_reference(harness): "done"}
        zoe.user.forge("zz-nothing")
        await zoe.user.settled()
        outcomes[last_reference(harness)] = "stale"
        await zoe.send("/organiser")
        outcomes[last_reference(harness)] = "refused"
        assert {row["reference"]: row["outcome"] for row in await rows(world, "inbox")} == outcomes


def test_the_same_update_has_the_same_reference_and_another_has_another() -> None:
    assert reference_of("telegram", "7") == reference_of("telegram", "7")
    updates = {reference_of(platform, str(number)) for platform in ("telegram", "web") for number in range(500)}
    assert len(updates) == 1_000
    assert all(len(reference) == 8 for reference in updates)


def test_every_row_that_an_update_leads_to_is_written_with_a_reference() -> None:
    inserts = re.compile(r"INSERT INTO (deliveries|jobs|screens|inbox)\b")
    texts = (
        path.read_text(encoding="utf-8") for package in ("bot", "handlers") for path in (ROOT / package).rglob("*.py")
    )
    written = [
        (insert[1], sql)
        for text in texts
        if inserts.search(text)
        for sql, _line in statements(ast.parse(text))
        if (insert := inserts.search(sql))
    ]
    assert {table for table, _sql in written} == {"deliveries", "jobs", "screens", "inbox"}
    assert [sql for _table, sql in written if "reference" not in sql] == []
