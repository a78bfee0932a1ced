"""`rencontres move`: a gathering goes from SQLite to PostgreSQL and back, row by row, or not at all."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.cli import moving
from bot.config.seeding import load_seeds, seed_store
from bot.database import moving as database_moving
from bot.database.opening import open_store
from bot.rehearsal.demo_gathering import demo_settings, populate
from handlers import CAPABILITIES
from tests.shell import Shell, change

MOMENT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
HERE = "sqlite:///rencontres.db"
BACK = "sqlite:///back.db"
EXTREMES = """
    INSERT INTO files (content) VALUES (x'00ff80'), (x'');
    INSERT INTO ideas (id, phase, text, state, created_at)
        SELECT 7, key, 'merged into a later one 🦊 «\u202fé\u202f»', 'live', 9007199254740993 FROM phases LIMIT 1;
    INSERT INTO ideas (id, phase, text, state, created_at, parent_id)
        SELECT 9, key, '', 'live', -1, 7 FROM phases LIMIT 1;
    UPDATE ideas SET merged_into = 9 WHERE id = 7;
    INSERT INTO ideas (id, phase, text, state, created_at) SELECT 5000, key, 'gone', 'live', 0 FROM phases LIMIT 1;
    DELETE FROM ideas WHERE id = 5000;
"""
"""Bytes, a row that refers to a later one, numbers that no float holds, and an id that must not come again."""


@pytest.fixture(scope="module")
def gathering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a gathering of a hundred people, under way."""
    folder = tmp_path_factory.mktemp("gathering")
    settings = demo_settings(folder, 0, MOMENT)

    async def fill() -> None:
        store = await open_store(settings.storage.url)
        await seed_store(store, settings, load_seeds(CAPABILITIES))
        await populate(store, settings, MOMENT)
        await store.close()

    asyncio.run(fill())
    with closing(sqlite3.connect(folder / "rencontres.db")) as connection:
        connection.executescript(EXTREMES)
    return folder / "rencontres.db"


@pytest.fixture
def here(unstarted: Path, gathering: Path) -> Path:
    """A folder with that database, as its configuration has it."""
    shutil.copy(gathering, unstarted / "rencontres.db")
    return unstarted


def rows(database: Path) -> Mapping[str, list[tuple[Any, ...]]]:
    """All rows of an SQLite database by table, sorted, and the highest ids assigned, which SQLite keeps too."""
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        tables = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}
    tables["sqlite_sequence"] = [(name, highest) for name, highest in tables["sqlite_sequence"] if highest]
    return tables


def ask(url: str, sql: str) -> Any:
    """Let PostgreSQL do something; returns the first value of the first row, None if there is none."""

    async def asked() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(asked())


def test_there_and_back_again_every_row_is_the_same(shell: Shell, here: Path, empty_postgres_url: str) -> None:
    there = shell("move", HERE, empty_postgres_url)
    assert there.exit_code == 0, there.stderr
    assert "Copied and compared " in there.stdout
    assert ask(empty_postgres_url, "SELECT count(*) FROM participants") == 101
    assert ask(empty_postgres_url, "SELECT content FROM files ORDER BY id LIMIT 1") == b"\x00\xff\x80"
    back = shell("move", empty_postgres_url, BACK)
    assert back.exit_code == 0, back.stderr
    before, after = rows(here / "rencontres.db"), rows(here / "back.db")
    assert len(before["participants"]) == 101
    assert len(before["ideas"]) == 2
    assert after == before
    assert (here / "back.db").stat().st_mode & 0o777 == 0o600


def test_no_id_comes_a_second_time(shell: Shell, here: Path, empty_postgres_url: str) -> None:
    added = (
        "INSERT INTO ideas (phase, text, state, created_at) SELECT key, '', 'live', 0 FROM phases LIMIT 1 RETURNING id"
    )
    assert shell("move", HERE, empty_postgres_url).exit_code == 0
    assert ask(empty_postgres_url, added) == 5001
    assert shell("move", empty_postgres_url, BACK).exit_code == 0
    with closing(sqlite3.connect(here / "back.db")) as connection:
        assert connection.execute(added).fetchone() == (5002,)


def test_only_an_empty_database_is_filled(shell: Shell, here: Path, empty_postgres_url: str) -> None:
    assert shell("move", HERE, empty_postgres_url).exit_code == 0
    refused = shell("move", HERE, empty_postgres_url)
    assert refused.exit_code == 1
    assert "already has rows: a gathering can only be moved to an empty database" in refused.stderr
    assert ask(empty_postgres_url, "SELECT count(*) FROM participants") == 101


def test_a_row_that_comes_out_otherwise_undoes_all_of_it(shell: Shell, here: Path, empty_postgres_url: str) -> None:
    async def migrate() -> None:
        await (await open_store(empty_postgres_url)).close()

    asyncio.run(migrate())
    ask(
        empty_postgres_url,
        """CREATE FUNCTION alter_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            NEW.family_name := replace(NEW.family_name, 'Marchand', 'Merchant'); RETURN NEW;
        END $$""",
    )
    ask(empty_postgres_url, "CREATE TRIGGER t BEFORE INSERT ON participants FOR EACH ROW EXECUTE FUNCTION alter_one()")
    refused = shell("move", HERE, empty_postgres_url)
    assert refused.exit_code == 1
    assert "participants: 101 rows were written, which differ from the 101 that were read" in refused.stderr
    assert "Nothing was moved." in refused.stderr
    assert ask(empty_postgres_url, "SELECT count(*) FROM participants") == 0
    assert ask(empty_postgres_url, "SELECT count(*) FROM themes") == 0


def run_bot(database: Path) -> None:
    """Leave the trace of a bot that runs."""
    with closing(sqlite3.connect(database)) as connection:
        until = int(time.time() * 1e6) + 30_000_000
        connection.execute("INSERT INTO leases (name, holder, until) VALUES ('jobs', 'another/1/a', ?)", (until,))
        connection.commit()


def test_it_is_refused_while_the_bot_runs(shell: Shell, here: Path, empty_postgres_url: str) -> None:
    run_bot(here / "rencontres.db")
    refused = shell("move", HERE, empty_postgres_url)
    assert (refused.exit_code, refused.stderr) == (1, "Error: the bot is running (jobs): stop it first\n")


def test_it_is_refused_if_the_bot_was_started_meanwhile(
    shell: Shell, here: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start_meanwhile(source: str, target: str, last: Callable[[], Awaitable[None]]) -> Mapping[str, int]:
        async def started_before() -> None:
            run_bot(here / "rencontres.db")
            await last()

        return await database_moving.move(source, target, started_before)

    monkeypatch.setattr(moving, "move", start_meanwhile)
    refused = shell("move", HERE, empty_postgres_url)
    assert (refused.exit_code, refused.stderr) == (1, "Error: the bot is running (jobs): stop it first\n")
    assert ask(empty_postgres_url, "SELECT count(*) FROM participants") == 0


def test_a_row_that_the_other_engine_refuses_is_told_without_its_words(
    shell: Shell, here: Path, empty_postgres_url: str
) -> None:
    with closing(sqlite3.connect(here / "rencontres.db")) as connection:
        connection.execute("UPDATE ideas SET text = 'their words' || char(0) WHERE id = 7")
        connection.commit()
    refused = shell("move", HERE, empty_postgres_url)
    told = 'Error: ideas cannot be copied: invalid byte sequence for encoding "…": 0x00. Nothing was moved.\n'
    assert (refused.exit_code, refused.stderr) == (1, told)


def test_what_an_older_program_left_is_not_guessed_at(shell: Shell, here: Path, empty_postgres_url: str) -> None:
    with closing(sqlite3.connect(here / "rencontres.db")) as connection:
        connection.execute("DELETE FROM schema_version WHERE version = (SELECT MAX(version) FROM schema_version)")
        connection.commit()
    refused = shell("move", HERE, empty_postgres_url)
    assert refused.exit_code == 1
    assert "the source was last used by an older version" in refused.stderr


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("sqlite:///nowhere.db", "postgresql://bot@127.0.0.1/r", "there is no database at sqlite:///nowhere.db"),
        (HERE, BACK, "move goes from SQLite to PostgreSQL, or back"),
        (HERE, "mysql://bot@127.0.0.1/r", "a storage URL is"),
    ],
)
def test_addresses_that_make_no_sense_are_told(shell: Shell, here: Path, source: str, target: str, reason: str) -> None:
    refused = shell("move", source, target)
    assert refused.exit_code == 2
    assert reason in refused.stderr
    assert not (here / "back.db").exists()


def test_who_was_erased_is_known_beside_the_new_database_too(shell: Shell, here: Path, empty_postgres_url: str) -> None:
    assert shell("erase", "person", "O-0001", "--yes").exit_code == 0
    noted = (here / "rencontres.db.erasures.jsonl").read_text("utf-8")
    moved = shell("move", HERE, empty_postgres_url)
    assert f'files = "{here}/files"' in moved.stdout
    [log] = here.glob("blank_*.erasures.jsonl")
    assert sorted(log.read_text("utf-8").splitlines()) == sorted(noted.splitlines())
    assert log.stat().st_mode & 0o777 == 0o600


def test_files_in_a_bucket_stay_there_and_what_was_erased_is_noted_where_it_was(
    shell: Shell, here: Path, empty_postgres_url: str
) -> None:
    assert shell("erase", "person", "O-0001", "--yes").exit_code == 0
    change(here / "config.toml", "[web]", '[storage]\nfiles = "s3://photos/spring"\n\n[web]')
    moved = shell("move", HERE, empty_postgres_url)
    assert f'files = "s3://photos/spring" and erasures = "{here}". Then' in moved.stdout
    assert len(list(here.glob("blank_*.erasures.jsonl"))) == 1


def test_the_password_is_not_repeated(shell: Shell, here: Path, empty_postgres_url: str) -> None:
    assert "postgres:@" in empty_postgres_url
    moved = shell("move", HERE, empty_postgres_url.replace("postgres:@", "postgres:very-secret@"))
    assert moved.exit_code == 0, moved.stderr
    assert 'url = "postgresql://[hidden]@' in moved.stdout
    assert "very-secret" not in moved.output
