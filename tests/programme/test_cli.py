"""`rencontres programme`: what an import would do, then all of it or nothing; and the sessions as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell import Shell

HEADINGS = "key,title,room,start,end,for\n"
OPENING = "opening,Opening,Room A,2099-06-10 09:00,2099-06-10 10:00,\n"
PLENARY = "plenary,Plenary,,2099-06-12 14:00,2099-06-12 17:00,culture\n"


@pytest.fixture
def file(configured: Path) -> Path:
    return configured / "programme.csv"


def test_a_dry_run_stores_nothing(shell: Shell, file: Path) -> None:
    file.write_text(HEADINGS + OPENING + PLENARY, encoding="utf-8")
    for _ in range(2):
        dry = shell("programme", "import", "programme.csv")
        assert dry.exit_code == 0
        assert dry.stdout.splitlines() == [
            "new: 2099-06-10 09:00-10:00 opening: Opening, Room A (all)",
            "new: 2099-06-12 14:00-17:00 plenary: Plenary (theme:culture)",
            "2 new, 0 changed, 0 unchanged",
            "Nothing was imported yet. To import it, add --apply.",
        ]
    assert shell("programme", "show").stdout == "No sessions yet.\n"


def test_applying_imports_and_a_newer_file_changes_and_cancels(shell: Shell, file: Path) -> None:
    file.write_text(HEADINGS + OPENING + PLENARY, encoding="utf-8")
    assert (
        "Imported: 2 added, 0 changed; 0 people notified."
        in shell("programme", "import", "programme.csv", "--apply").stdout
    )
    file.write_text(HEADINGS + OPENING.replace("09:00", "09:30"), encoding="utf-8")
    assert "missing, kept: 2099-06-12 14:00-17:00 plenary" in shell("programme", "import", "programme.csv").stdout
    shown = shell("programme", "import", "programme.csv", "--cancel-missing", "--apply").stdout.splitlines()
    assert shown[0].startswith("changed: Opening: Wednesday 10 June, 09:00 → 09:30")
    assert shown[1].startswith("missing, cancelled: 2099-06-12 14:00-17:00 plenary")
    assert shown[-1] == "Imported: 0 added, 2 changed; 0 people notified."
    assert shell("programme", "show").stdout.splitlines() == [
        "2099-06-10 09:30-10:00 opening: Opening, Room A (all)",
        "2099-06-12 14:00-17:00 plenary: Plenary (theme:culture), cancelled",
    ]


def test_one_wrong_line_keeps_all_of_it_out(shell: Shell, file: Path) -> None:
    file.write_text(HEADINGS + OPENING + PLENARY.replace("culture", "Atlantis"), encoding="utf-8")
    refused = shell("programme", "import", "programme.csv", "--apply")
    assert refused.exit_code == 1
    assert refused.stdout.splitlines() == [
        "Line 3, “Plenary”: I do not know who “Atlantis” is for: write “all”, a theme, a territory or “organisers”.",
        "Nothing was imported. Problems to correct: 1.",
    ]
    assert shell("programme", "show").stdout == "No sessions yet.\n"
