"""`rencontres trace`: from the number that a person read to what their update caused, and back from a delivery."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.background import job_store
from bot.clock import to_micros
from bot.config.settings import load_settings
from bot.content.views import JobRequest, View
from bot.conversation import inbox_store, live_screen_store
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.delivery import outbox
from bot.logs import reference_of, under_reference
from tests.shell import Shell
from tests.world import SECTIONS

NOW = datetime(2027, 6, 10, 12, 0, tzinfo=UTC)
PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\n"
CAUSE = reference_of("telegram", "7")


def change(work: Callable[[Transaction], Awaitable[None]], reference: str | None = None) -> None:
    """Do something in the store of this folder, under a reference."""

    async def done() -> None:
        store = await open_store(load_settings(Path("config.toml"), SECTIONS).storage.url)
        try:
            with under_reference(reference):
                await store.transact(work)
        finally:
            await store.close()

    asyncio.run(done())


@pytest.fixture
def caused(shell: Shell, configured: Path) -> None:
    """Zoé did something: it had Léo told twice, a file made, and a panel changed. One message did not reach him."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0

    async def accounts(tx: Transaction) -> None:
        for participant, platform, native_id in ((1, "telegram", "71"), (2, "discord", "72")):
            await tx.run(
                "INSERT INTO accounts (platform, native_id, chat, name, participant_id, linked_at)"
                " VALUES (:platform, :native_id, :native_id, '', :participant, 0)",
                platform=platform,
                native_id=native_id,
                participant=participant,
            )

    async def cause(tx: Transaction) -> None:
        assert await inbox_store.receive(tx, "telegram", "7", "71", "71", NOW, "done")
        await inbox_store.mark_answered(tx, [("telegram", "7")])
        assert await outbox.notify(tx, 2, View(("A secret",)), NOW, outbox.Telling.NEWS, due=NOW + timedelta(minutes=5))
        assert await outbox.notify(tx, 2, View(("Another secret",)), NOW, outbox.Telling.NEWS)
        await job_store.add(tx, JobRequest("cards", {"of": "a third secret"}), 1, None, NOW)
        await live_screen_store.show(tx, "panel:3", 1)

    async def unreachable(tx: Transaction) -> None:
        await tx.run(
            "UPDATE deliveries SET state = 'unreachable', reason = 'blocked', settled_at = :now WHERE id = 2",
            now=to_micros(NOW),
        )

    change(accounts)
    change(cause, CAUSE)
    change(unreachable)


TOLD = f"""\
Reference {CAUSE}
telegram update of R1, 2027-06-10 14:00:00: done; answered
job 1, cards for R1: waiting since 2027-06-10 14:00:00
telegram screen panel:3 of R1: not shown yet
delivery 1, discord message to R2: waiting until 2027-06-10 14:05:00
delivery 2, discord message to R2: unreachable 2027-06-10 14:00:00: blocked
Deliveries: 1 waiting, 1 unreachable.
"""


@pytest.mark.parametrize(
    "words", [(CAUSE,), (CAUSE.lower(),), ("--delivery", "2")], ids=["reference", "as typed", "delivery"]
)
def test_what_an_update_caused_is_told_without_words_or_names(
    shell: Shell, caused: None, words: tuple[str, ...]
) -> None:
    shown = shell("trace", *words)
    assert (shown.exit_code, shown.stdout) == (0, TOLD)


def test_programs_read_the_same(shell: Shell, caused: None) -> None:
    found = json.loads(shell("trace", CAUSE, "--json").stdout)
    assert found["reference"] == CAUSE
    assert found["updates"] == [
        {"platform": "telegram", "participant": "R1", "at": NOW.isoformat(), "outcome": "done", "answered": True}
    ]
    assert [(delivery["id"], delivery["state"]) for delivery in found["deliveries"]] == [
        (1, "waiting"),
        (2, "unreachable"),
    ]


def test_what_outlives_its_update_is_told_all_the_same(shell: Shell, caused: None) -> None:
    async def later(tx: Transaction) -> None:
        assert await inbox_store.forget_old(tx, NOW + inbox_store.KEPT + timedelta(seconds=1)) == 1

    change(later)
    lines = shell("trace", CAUSE).stdout.splitlines()
    assert lines[1].startswith("No update has this reference: updates are kept for 2 days, ")
    assert lines[-1] == "Deliveries: 1 waiting, 1 unreachable."


def test_where_nothing_is_kept_it_says_so(shell: Shell, caused: None) -> None:
    async def older(tx: Transaction) -> None:
        await tx.run("UPDATE deliveries SET reference = NULL WHERE id = 1")

    change(older)
    told = {
        ("0000ffff",): "Error: nothing is stored under 0000FFFF. Updates are kept for 2 days; the log may say more\n",
        ("--delivery", "99"): "Error: there is no delivery 99, or it is no longer stored\n",
        ("--delivery", "1"): "Error: delivery 1 was written by an older version, and has no reference\n",
    }
    assert {words: shell("trace", *words).stderr for words in told} == told
    assert {shell("trace", *words).exit_code for words in told} == {1}


@pytest.mark.parametrize("words", [(), (CAUSE, "--delivery", "1")])
def test_it_wants_one_of_both(shell: Shell, configured: Path, words: tuple[str, ...]) -> None:
    assert shell("trace", *words).exit_code == 2
