"""`rencontres report`: one file for who helps from elsewhere, which changes nothing here."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.shell import Shell, change


def test_it_is_written_to_a_file_that_only_its_owner_reads(shell: Shell, configured: Path) -> None:
    shown = shell("report", "for-the-helper.json")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Wrote for-the-helper.json. It should contain no personal data")
    written = configured / "for-the-helper.json"
    assert written.stat().st_mode & 0o777 == 0o600
    described = json.loads(written.read_text(encoding="utf-8"))
    assert (described["settings"]["themes"], described["settings"]["web"]["public_url"]) == (2, "set")


def test_without_a_file_it_is_printed_and_no_database_is_made(shell: Shell, unstarted: Path) -> None:
    described = json.loads(shell("report").stdout)
    assert described["database"] == {"state": "not created yet"}
    assert described["log"] == "not given: --log FILE"
    assert [file.name for file in unstarted.iterdir()] == ["config.toml"]


def test_a_database_that_does_not_answer_is_described_too(shell: Shell, configured: Path) -> None:
    change(
        configured / "config.toml",
        "[web]",
        '[storage]\nurl = "postgresql://zoe:k1tchen@127.0.0.1:1/there-is-none"\n[web]',
    )
    shown = shell("report")
    assert json.loads(shown.stdout)["database"] == {"state": "does not answer"}
    assert "k1tchen" not in shown.stdout


def test_a_database_of_an_older_version_is_counted_and_left_as_it_is(shell: Shell, configured: Path) -> None:
    assert shell("outbox").exit_code == 0
    with sqlite3.connect(configured / "rencontres.db") as database:
        database.execute("DELETE FROM schema_version WHERE version = (SELECT MAX(version) FROM schema_version)")
    database.close()
    described = json.loads(shell("report").stdout)["database"]
    assert described["state"].startswith("1 migrations of ")
    assert described["rows"]["themes"] == 2
    assert "outbox" not in described


def test_settings_that_cannot_be_read_are_said_to_be(shell: Shell, configured: Path) -> None:
    change(configured / "config.toml", "capacity", "kapacity")
    shown = shell("report")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "unknown key" in shown.stderr


def test_a_file_that_cannot_be_written_is_named_as_it_was_asked_for(shell: Shell, configured: Path) -> None:
    refused = shell("report", "nowhere/x.json")
    assert (refused.exit_code, refused.stderr) == (1, "Error: nowhere/x.json: No such file or directory\n")
