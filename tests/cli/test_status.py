"""`rencontres status`: a few lines for who hosts."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.shell import Shell

PEOPLE = "ref,given_name,family_name,country\nR1,Zoé,Dupont,CA-QC\nR2,Léo,Martin,FR\nR3,Ana,Roy,FR\n"


def test_it_is_told_whether_it_runs_who_joined_and_what_waits(shell: Shell, configured: Path) -> None:
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    shell("import", "participants", "people.csv", "--apply")
    with closing(sqlite3.connect(configured / "rencontres.db")) as database, database:
        database.execute("UPDATE participants SET status = 'joined' WHERE ref = 'R1'")
        database.execute("UPDATE participants SET status = 'withdrawn' WHERE ref = 'R3'")
    assert shell("status").stdout.splitlines() == [
        "Running:            no: rencontres run",
        "Last backup:        none yet: rencontres backup FILE",
        "Joined:             1 of 2",
        "Waiting to be sent: 0",
        "Never arrived:      0",
    ]


def test_a_bot_that_runs_is_seen(shell: Shell, configured: Path) -> None:
    assert json.loads(shell("status", "--json").stdout)["running"] is False
    with closing(sqlite3.connect(configured / "rencontres.db")) as database, database:
        database.execute("INSERT INTO leases (name, holder, until) VALUES ('telegram:intake', 'elsewhere', 1 << 62)")
    assert json.loads(shell("status", "--json").stdout)["running"] is True
    assert shell("status").stdout.startswith("Running:            yes\n")


def test_a_backup_is_remembered_with_its_age(shell: Shell, configured: Path) -> None:
    assert shell("backup", "copy.db").exit_code == 0
    state = json.loads(shell("status", "--json").stdout)
    assert 0 <= state["backup_age"] < 600
    assert " ago" in shell("status").stdout


def test_without_a_database_it_says_what_to_do_and_makes_none(shell: Shell, unstarted: Path) -> None:
    refused = shell("status")
    assert (refused.exit_code, refused.stderr) == (1, "Error: there is no database yet: rencontres run makes it\n")
    assert not (unstarted / "rencontres.db").exists()


def test_a_database_of_an_older_version_is_left_as_it_is(shell: Shell, configured: Path) -> None:
    with closing(sqlite3.connect(configured / "rencontres.db")) as database, database:
        database.execute("DELETE FROM schema_version WHERE version = (SELECT MAX(version) FROM schema_version)")
    refused = shell("status")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: the next start updates the database first: rencontres run\n",
    )
