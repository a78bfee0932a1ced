"""`rencontres backup` and `rencontres restore` on PostgreSQL, by its own programs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from bot.background import program_store
from bot.background.leases import lease
from bot.background.wakeups import Wakeups
from bot.cli import postgres_backups
from bot.clock import SystemClock
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.files.folder import Folder
from tests.shell import Shell

pytestmark = pytest.mark.usefixtures("postgres_programs")

T = TypeVar("T")
PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\n"


def on(url: str, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do something with the database, as another program would."""

    async def opened() -> T:
        store = await open_store(url, migrate=False)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(opened())


def run(url: str, sql: str, **values: object) -> None:
    on(url, lambda store: store.transact(lambda tx: tx.run(sql, **values)))


def refs(url: str) -> list[str]:
    async def read(tx: Transaction) -> list[str]:
        return [row["ref"] for row in await tx.all("SELECT ref FROM participants ORDER BY ref")]

    return on(url, lambda store: store.read(read))


@pytest.fixture
def url(empty_postgres_url: str, configured: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database that the folder's configuration leads to; nothing is in it."""
    monkeypatch.setenv("RENCONTRES_STORAGE__URL", empty_postgres_url)
    return empty_postgres_url


@pytest.fixture
def used(shell: Shell, configured: Path, url: str) -> Path:
    """A folder whose database has two people, and a backup of it."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0
    saved = shell("backup", "monday.dump")
    assert saved.exit_code == 0, saved.stderr
    return configured


def test_restoring_brings_back_what_was_and_erases_again_who_was_erased(shell: Shell, used: Path, url: str) -> None:
    assert (used / "monday.dump").stat().st_mode & 0o777 == 0o600
    assert shell("erase", "person", "R1", "--yes").exit_code == 0
    run(url, "DELETE FROM participants")
    assert shell("restore", "monday.dump", typed="n\n").exit_code == 1
    assert refs(url) == []
    restored = shell("restore", "monday.dump", typed="y\n")
    assert restored.exit_code == 0, restored.stderr
    assert "erased since that backup, and now erased again: 1" in restored.stdout
    assert refs(url) == ["R2"]


def test_files_of_pages_go_along_and_come_back(shell: Shell, used: Path, url: str) -> None:
    files = Folder(used / "files")
    digest = files.keep(b"a deck")
    run(
        url,
        "INSERT INTO page_messages (participant_id, author, content, revision, said_at, changed_at)"
        """ SELECT MIN(id), 'bot', '{"lines": []}', 1, 0, 0 FROM participants""",
    )
    run(
        url,
        "INSERT INTO page_files (message_id, position, kind, name, media_type, alt, content, digest)"
        " SELECT id, 0, 'file', 'data.json', '', '', :nothing, :digest FROM page_messages",
        nothing=b"",
        digest=digest,
    )
    saved = shell("backup", "tuesday.dump")
    assert "The files people sent (1) are in tuesday.dump.files" in " ".join(saved.stdout.split())
    files.drop(digest)
    assert shell("restore", "tuesday.dump", "--yes").exit_code == 0
    assert files.read(digest) == b"a deck"


def test_a_list_that_names_who_was_erased_since_does_not_come_back(shell: Shell, used: Path, url: str) -> None:
    files = Folder(used / "files")
    digest = files.keep("R1;Zoé;\n".encode())
    run(
        url,
        "INSERT INTO page_messages (participant_id, author, content, revision, said_at, changed_at)"
        """ SELECT id, 'bot', '{"lines": []}', 1, 0, 0 FROM participants WHERE ref = 'R2'""",
    )
    run(
        url,
        "INSERT INTO page_files (message_id, position, kind, name, media_type, alt, content, digest)"
        " SELECT id, 0, 'file', 'people.csv', '', :alt, :nothing, :digest FROM page_messages",
        alt='""',
        nothing=b"",
        digest=digest,
    )
    assert shell("backup", "tuesday.dump").exit_code == 0
    assert shell("erase", "person", "R1", "--yes").exit_code == 0
    restored = shell("restore", "tuesday.dump", "--yes")
    assert restored.exit_code == 0, restored.stderr
    assert refs(url) == ["R2"]
    assert not files.holds(digest)


@contextmanager
def running(url: str) -> Iterator[None]:
    """Another program does its work, in a session that stays open."""
    loop = asyncio.new_event_loop()
    programs = AsyncExitStack()

    async def start() -> None:
        store = await open_store(url, migrate=False)
        programs.push_async_callback(store.close)
        await programs.enter_async_context(lease(store, SystemClock(), name="telegram:intake"))

    loop.run_until_complete(start())
    yield
    loop.run_until_complete(programs.aclose())
    loop.close()


def test_it_is_refused_while_the_bot_runs(shell: Shell, used: Path, url: str) -> None:
    with running(url):
        refused = shell("restore", "monday.dump", "--yes")
        said = "Error: the bot is running (telegram:intake): stop it first\n"
        assert (refused.exit_code, refused.stderr) == (1, said)
    assert shell("restore", "monday.dump", "--yes").exit_code == 0


def test_it_is_refused_while_a_program_runs_that_does_nothing_yet(shell: Shell, used: Path, url: str) -> None:
    """Or whose leases somebody deleted."""
    loop = asyncio.new_event_loop()

    async def start() -> tuple[Store, asyncio.Task[None]]:
        store = await open_store(url, migrate=False)
        listening = asyncio.create_task(Wakeups(store).run())
        async with asyncio.timeout(10):
            while store.program not in await store.read(program_store.running):
                await asyncio.to_thread(lambda: None)
        return store, listening

    async def end(store: Store, listening: asyncio.Task[None]) -> None:
        listening.cancel()
        await asyncio.wait({listening})
        await store.close()

    store, listening = loop.run_until_complete(start())
    refused = shell("restore", "monday.dump", "--yes")
    assert (refused.exit_code, refused.stderr) == (1, f"Error: the bot is running ({store.program}): stop it first\n")
    loop.run_until_complete(end(store, listening))
    loop.close()


def test_it_is_refused_if_the_bot_was_started_while_it_asked(
    shell: Shell, used: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as programs, ThreadPoolExecutor(1) as thread:

        def start_meanwhile(_question: str) -> None:
            thread.submit(programs.enter_context, running(url)).result()  # this thread runs the command's loop

        monkeypatch.setattr(postgres_backups, "confirm", start_meanwhile)
        refused = shell("restore", "monday.dump")
        said = "Error: the bot is running (telegram:intake): stop it first\n"
        assert (refused.exit_code, refused.stderr) == (1, said)
        assert refs(url) == ["R1", "R2"]


def test_only_a_backup_of_ours_is_taken(shell: Shell, used: Path, url: str) -> None:
    (used / "other.dump").write_bytes(b"Not a dump. " * 100)
    refused = shell("restore", "other.dump", "--yes")
    assert refused.exit_code == 2
    assert "other.dump is not a backup: pg_restore: error" in refused.stderr
    assert refs(url) == ["R1", "R2"]


def test_a_backup_of_a_newer_program_is_refused(shell: Shell, used: Path, url: str) -> None:
    run(url, "INSERT INTO schema_version VALUES (900, '900_later.sql')")
    on(url, lambda store: store.backup(used / "newer.dump"))
    run(url, "DELETE FROM schema_version WHERE version = 900")
    refused = shell("restore", "newer.dump", "--yes")
    assert refused.exit_code == 1
    assert "run the newer program" in refused.stderr
    assert refs(url) == ["R1", "R2"]


def test_an_older_program_goes_back_to_the_backup_from_before_the_newer_one(shell: Shell, used: Path, url: str) -> None:
    run(url, "INSERT INTO schema_version VALUES (900, '900_later.sql')")
    assert shell("restore", "monday.dump", "--yes").exit_code == 0
    assert refs(url) == ["R1", "R2"]
    assert shell("backup", "tuesday.dump").exit_code == 0


def test_there_is_nothing_to_copy_before_the_first_start(shell: Shell, url: str, configured: Path) -> None:
    refused = shell("backup", "monday.dump")
    assert refused.exit_code == 1
    assert "the database does not contain a gathering yet" in refused.stderr
    assert not list(configured.glob("*.dump"))


def test_a_check_says_by_what_backups_are_made_before_the_first_night(
    shell: Shell, used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert re.search(r"^ok      backups       by pg_dump \d+\.\d+$", shell("check").stdout, re.MULTILINE)
    tools = used / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))
    remedy = "apt install postgresql-client (of the server's version, or newer)"
    missing = f"warning backups       cannot be created: pg_dump is not installed -> {remedy}\n"
    assert missing in shell("check").stdout
    for name in ("pg_dump", "pg_restore", "psql"):
        (tools / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24 (Debian)'\n")
        (tools / name).chmod(0o755)
    older = "warning backups       cannot be created: pg_dump is version 9.6.24, the server "
    assert older in shell("check").stdout


def test_a_database_in_which_nothing_is_yet_needs_no_list_of_what_it_lacks(shell: Shell, url: str) -> None:
    assert ", empty: the next start creates its tables\n" in shell("check").stdout


def test_a_folder_of_backups_gets_one_that_was_tried(
    shell: Shell, used: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = used / "nights"
    nights.mkdir()
    (nights / "rencontres-20200101T031500Z.dump").write_bytes(b"old")
    added = shell("backup", "nights", "--days", "14")
    assert added.exit_code == 0, added.stderr
    assert "with 0 files, and tested by restoring it into a copy. Older backups deleted: 1." in added.stdout
    [newest] = nights.iterdir()

    content = newest.read_bytes()

    async def half(_store: Store, target: Path) -> None:
        await asyncio.to_thread(target.write_bytes, content[: len(content) // 2])

    monkeypatch.setattr("bot.database.postgres.PostgresStore.backup", half)
    refused = shell("backup", "nights", "--days", "14")
    assert refused.exit_code == 1
    assert "the backup is damaged" in refused.stderr
    assert list(nights.iterdir()) == [newest]


def test_the_password_is_in_nothing_that_is_said(
    shell: Shell, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENCONTRES_STORAGE__URL", "postgresql://bot:very-secret@127.0.0.1:9/r")
    refused = shell("backup", "monday.dump")
    assert refused.exit_code == 1
    assert "the database cannot be used" in refused.stderr
    assert "very-secret" not in refused.output
