"""`rencontres outbox`: what waits to leave, since when and why; what never arrived."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.cli.outbox import words_of_kind, words_of_op
from bot.clock import to_micros
from bot.config.settings import load_settings
from bot.content.delivery_kinds import MESSAGE, PIN
from bot.content.views import View
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.delivery import outbox
from bot.delivery.outgoing import Op
from tests.shell import Shell
from tests.world import SECTIONS

PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\n"


@pytest.fixture
def told(shell: Shell, configured: Path) -> Path:
    """Two people of whom each has an account, and a message for each."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0

    async def unit(tx: Transaction) -> None:
        for person in await tx.all("SELECT id FROM participants ORDER BY id"):
            await tx.run(
                "INSERT INTO accounts (platform, native_id, chat, name, participant_id, linked_at)"
                " VALUES ('telegram', :native, :native, '', :person, 0)",
                native=str(person["id"]),
                person=person["id"],
            )
            assert await outbox.notify(tx, person["id"], View(("Hello",)), datetime.now(UTC), outbox.Telling.NEWS)

    change(unit)
    return configured


def change(unit: Any) -> None:
    """Do something in the store of this folder."""

    async def work() -> None:
        store = await open_store(load_settings(Path("config.toml"), SECTIONS).storage.url)
        try:
            await store.transact(unit)
        finally:
            await store.close()

    asyncio.run(work())


def rows(sql: str, **params: Any) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.run(sql, **params)

    change(unit)


def test_nothing_waits(shell: Shell, configured: Path) -> None:
    shown = shell("outbox")
    assert (shown.exit_code, shown.stdout) == (0, "0 waiting to be sent.\n")


def test_what_waits_is_told_with_its_reason(shell: Shell, told: Path) -> None:
    line, total = shell("outbox").stdout.splitlines()
    assert line.startswith("2 telegram messages: waiting since 20")
    assert line.endswith(": next in line")
    assert total == "2 waiting to be sent."
    later = to_micros(datetime.now(UTC) + timedelta(days=40))
    rows("UPDATE deliveries SET due_at = :due, reason = 'night' WHERE id = (SELECT MIN(id) FROM deliveries)", due=later)
    lines = shell("outbox").stdout.splitlines()
    assert len(lines) == 3
    assert any(": until 20" in line and line.endswith(", night") for line in lines)
    rows("UPDATE deliveries SET state = 'sending'")
    assert "sending since" in shell("outbox").stdout


def test_what_never_arrived_is_told_apart(shell: Shell, told: Path) -> None:
    assert shell("outbox", "--failed").stdout == "0 never arrived.\n"
    rows("UPDATE deliveries SET state = 'unreachable', reason = 'blocked', settled_at = created_at")
    line, total = shell("outbox", "--failed").stdout.splitlines()
    assert line.startswith("2 telegram messages: unreachable since")
    assert line.endswith(": blocked")
    assert total == "2 never arrived."
    assert shell("outbox").stdout == "0 waiting to be sent.\n"


def test_programs_read_the_same(shell: Shell, told: Path) -> None:
    rows("UPDATE deliveries SET created_at = created_at - :hour, due_at = due_at - :hour", hour=3_600_000_000)
    (found,) = json.loads(shell("outbox", "--json").stdout)
    assert (found["platform"], found["kind"], found["count"], found["reason"]) == ("telegram", "message", 2, None)
    assert datetime.fromisoformat(found["since"]).tzinfo is not None
    assert found["waited"] // 60 == 60


def test_copies_of_an_announcement_and_channels_of_groups_have_their_names(shell: Shell, told: Path) -> None:
    rows("INSERT INTO announcements (content, state, created_at) VALUES ('{}', 'sending', 0)")
    rows("UPDATE deliveries SET kind = 'announcement', announcement_id = 1, op = 'delete'")
    rows("INSERT INTO channels (group_id, platform, due_at) VALUES (1, 'discord', 0)")
    shown = shell("outbox").stdout
    assert "2 telegram announcement 1, to be taken back: waiting since" in shown
    assert "1 discord group channels: waiting since 1970" in shown


@pytest.mark.parametrize("op", get_args(Op))
def test_whatever_is_to_be_done_with_a_delivery_has_words(shell: Shell, told: Path, op: Op) -> None:
    kind = PIN if op == "pin" else MESSAGE
    rows(f"UPDATE deliveries SET op = '{op}', kind = '{kind}'")
    waiting = shell("outbox").stdout
    rows("UPDATE deliveries SET state = 'failed', reason = 'blocked', settled_at = 0")
    failed = shell("outbox", "--failed").stdout
    assert waiting.startswith(
        f"2 telegram {words_of_kind(PIN if op == 'pin' else MESSAGE)}{words_of_op(op)}: waiting since"
    )
    assert failed.endswith("2 never arrived.\n")


def test_what_is_planned_waits_since_it_was_planned(shell: Shell, told: Path) -> None:
    later = to_micros(datetime.now(UTC) + timedelta(hours=1))
    rows(f"UPDATE deliveries SET op = 'edit', kind = 'later', created_at = 0, due_at = {later}")
    assert "2 telegram expired screens, to be corrected: waiting since 1970" in shell("outbox").stdout


def test_what_waits_is_counted_in_the_status(shell: Shell, told: Path) -> None:
    assert "Waiting to be sent: 2, the oldest for " in shell("status").stdout
    rows("UPDATE deliveries SET state = 'failed', reason = 'blocked', settled_at = 0 WHERE id = 1")
    state = json.loads(shell("status", "--json").stdout)
    assert (state["waiting"], state["never_arrived"]) == (1, 1)
