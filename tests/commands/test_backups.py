"""`rencontres backup` and `rencontres restore`."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.conftest import Shell

PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\n"


def refs(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [ref for (ref,) in connection.execute("SELECT ref FROM participants ORDER BY ref")]


@pytest.fixture
def used(shell: Shell, configured: Path) -> Path:
    """A folder with a database of two people, and a backup of it."""
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    shell("import", "participants", "people.csv", "--apply")
    assert shell("backup", "monday.db").exit_code == 0
    return configured


def run_bot(database: Path, holder: str = "another-machine/1/abc") -> None:
    """Leave the trace of a bot that runs."""
    with closing(sqlite3.connect(database)) as connection:
        until = int(time.time() * 1e6) + 30_000_000
        connection.execute("INSERT INTO leases VALUES ('telegram:intake', ?, ?)", (holder, until))
        connection.commit()


def test_a_backup_is_its_owners_alone_and_overwrites_nothing(shell: Shell, used: Path) -> None:
    backup = used / "monday.db"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert refs(backup) == ["R1", "R2"]
    again = shell("backup", "monday.db")
    assert again.exit_code == 1
    assert again.stderr == "Error: monday.db: File exists\n"


def test_there_is_nothing_to_copy_before_the_first_start(shell: Shell, configured: Path) -> None:
    refused = shell("backup", "monday.db")
    assert refused.exit_code == 1
    assert "there is no database at rencontres.db yet" in refused.stderr
    assert not (configured / "rencontres.db").exists()


def test_postgresql_has_its_own_tool(shell: Shell, configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENCONTRES_STORAGE__URL", "postgresql://bot@127.0.0.1/r")
    assert "pg_dump" in shell("backup", "monday.db").stderr


def test_restoring_brings_back_what_was(shell: Shell, used: Path) -> None:
    with closing(sqlite3.connect(used / "rencontres.db")) as connection:
        connection.execute("DELETE FROM participants")
        connection.commit()
    restored = shell("restore", "monday.db", "--yes")
    assert restored.exit_code == 0
    assert refs(used / "rencontres.db") == ["R1", "R2"]
    assert (used / "rencontres.db").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in used.glob("*monday.db*")) == ["monday.db"]
    assert not list(used.glob(".*"))


def test_who_was_erased_since_is_erased_again(shell: Shell, used: Path) -> None:
    assert shell("erase", "person", "R1", "--yes").exit_code == 0
    restored = shell("restore", "monday.db", "--yes")
    assert "erased since that backup, and now again: 1" in restored.stdout
    assert refs(used / "rencontres.db") == ["R2"]
    assert b"Dupont" not in (used / "rencontres.db").read_bytes()


def test_a_damaged_database_can_be_replaced(shell: Shell, used: Path) -> None:
    (used / "rencontres.db").write_bytes(b"Not a database any more. " * 100)
    assert shell("restore", "monday.db", "--yes").exit_code == 0
    assert refs(used / "rencontres.db") == ["R1", "R2"]


def test_it_asks_before_anything_is_lost(shell: Shell, used: Path) -> None:
    with closing(sqlite3.connect(used / "rencontres.db")) as connection:
        connection.execute("DELETE FROM participants WHERE ref = 'R1'")
        connection.commit()
    assert shell("restore", "monday.db", typed="n\n").exit_code == 1
    assert refs(used / "rencontres.db") == ["R2"]
    assert shell("restore", "monday.db", typed="y\n").exit_code == 0
    assert refs(used / "rencontres.db") == ["R1", "R2"]


def test_it_is_refused_while_the_bot_runs(shell: Shell, used: Path) -> None:
    run_bot(used / "rencontres.db")
    refused = shell("restore", "monday.db", "--yes")
    assert refused.exit_code == 1
    assert refused.stderr == "Error: the bot runs (telegram:intake): stop it first\n"


@pytest.mark.parametrize("content", [b"Not a database. " * 100, b""])
def test_only_a_backup_of_ours_is_taken(shell: Shell, used: Path, content: bytes) -> None:
    (used / "other.db").write_bytes(content)
    refused = shell("restore", "other.db", "--yes")
    assert refused.exit_code == 2
    assert "other.db is no backup" in refused.stderr
    assert refs(used / "rencontres.db") == ["R1", "R2"]
    assert not list(used.glob(".*"))


def test_a_backup_of_a_newer_program_is_refused(shell: Shell, used: Path) -> None:
    with closing(sqlite3.connect(used / "monday.db")) as connection:
        connection.execute("UPDATE schema_version SET version = 900 WHERE version = 1")
        connection.commit()
    refused = shell("restore", "monday.db", "--yes")
    assert refused.exit_code == 1
    assert "run the newer program" in refused.stderr
    assert refs(used / "rencontres.db") == ["R1", "R2"]
