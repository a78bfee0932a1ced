"""`rencontres organiser`: listed and removed in the shell."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.shell import Shell, change

_ADD = (
    "INSERT INTO participants (ref, given_name, search_key, status, attends, organises, created_at)"
    " VALUES (:ref, :name, :name, 'joined', 0, 1, 0) RETURNING id"
)
_LINK = (
    "INSERT INTO accounts (platform, native_id, participant_id, chat, name, locale, linked_at)"
    " VALUES ('telegram', :native, :owner, '', '', 'en', 0)"
)


def team(folder: Path) -> None:
    """Zoé, whom config.toml names, and Léo organise, both on Telegram."""
    with closing(sqlite3.connect(folder / "rencontres.db")) as database, database:
        for ref, name, native in (("O-1", "Zoé", "900"), ("O-2", "Léo", "901")):
            [owner] = database.execute(_ADD, {"ref": ref, "name": name}).fetchone()
            database.execute(_LINK, {"native": native, "owner": owner})


def test_who_organises_and_who_is_invited_to_is_listed(shell: Shell, configured: Path) -> None:
    assert "rencontres organiser invite NAME" in shell("organiser", "list").stderr
    team(configured)
    assert shell("organiser", "invite", "Inès").exit_code == 0
    first, second, invited = shell("organiser", "list").stdout.splitlines()
    assert first == "O-1 Zoé (telegram; named in the configuration)"
    assert second == "O-2 Léo (telegram)"
    assert invited.endswith(" Inès (invited)")


def test_an_organiser_and_an_invitation_are_removed(shell: Shell, configured: Path) -> None:
    team(configured)
    shell("organiser", "invite", "Inès")
    invited = shell("organiser", "list").stdout.splitlines()[-1].split()[0]
    removed = shell("organiser", "remove", invited)
    assert (removed.exit_code, removed.stderr) == (0, "Inès is not invited any more.\n")
    assert shell("organiser", "remove", "O-2").stderr == "Léo is no organiser any more.\n"
    assert shell("organiser", "list").stdout == "O-1 Zoé (telegram; named in the configuration)\n"
    again = shell("organiser", "remove", "O-2")
    assert (again.exit_code, again.stderr) == (1, "Error: O-2 is no organiser: rencontres organiser list\n")


def test_whoever_is_invited_for_another_role_is_no_organiser(shell: Shell, configured: Path) -> None:
    team(configured)
    with closing(sqlite3.connect(configured / "rencontres.db")) as database, database:
        database.execute(_ADD.replace("'joined', 0, 1", "'invited', 0, 0"), {"ref": "F-1", "name": "Ali"}).fetchall()
    assert "Ali" not in shell("organiser", "list").stdout
    assert shell("organiser", "remove", "F-1").stderr == "Error: F-1 is no organiser: rencontres organiser list\n"


def test_who_the_configuration_names_and_the_last_organiser_stay(shell: Shell, configured: Path) -> None:
    team(configured)
    assert "is an organiser in the configuration" in shell("organiser", "remove", "O-1").stderr
    change(configured / "config.toml", "[900]", "[]")
    assert shell("organiser", "remove", "O-1").exit_code == 0
    last = shell("organiser", "remove", "O-2")
    assert (last.exit_code, "The last organiser stays one" in last.stderr) == (1, True)
    assert "O-2 Léo" in shell("organiser", "list").stdout
