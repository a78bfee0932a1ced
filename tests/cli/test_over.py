"""The shell once taking part is over: it adds and invites nobody who would be erased at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.shell import Shell, change

PEOPLE = "ref,given_name,family_name,country\nR-1,Zoé,Dupont,CA-QC\n"


def test_nobody_is_imported_or_invited_who_would_be_erased_at_once(shell: Shell, configured: Path) -> None:
    (configured / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert shell("import", "participants", "people.csv", "--apply").exit_code == 0
    change(
        configured / "config.toml", "starts = 2027-06-09\nends = 2027-06-13", "starts = 2025-06-01\nends = 2025-06-03"
    )
    change(configured / "config.toml", "theme_deadline = 2027", "retention_ends = 2025-12-31\ntheme_deadline = 2025")
    with closing(sqlite3.connect(configured / "rencontres.db")) as connection, connection:
        connection.execute("INSERT INTO settings (key, value) VALUES ('purpose_over.part', '1767222000000000')")
    for typed in (
        ("import", "participants", "people.csv"),
        ("import", "participants", "people.csv", "--apply"),
        ("invitations",),
        ("invitations", "--renew", "R-1"),
        ("organiser", "invite", "Inès"),
    ):
        refused = shell(*typed)
        assert (refused.exit_code, refused.stdout) == (1, ""), typed
        assert "Taking part is over: anybody who joins now would be erased at once." in refused.stderr
    change(configured / "config.toml", "2025-12-31", "2035-12-31")
    assert shell("organiser", "invite", "Inès").exit_code == 0
