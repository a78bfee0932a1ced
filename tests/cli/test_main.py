"""The command line as a whole: help at once, exit codes, errors in a line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.shell import command as rencontres

COMMANDS = (
    ("run",),
    ("demo",),
    ("rehearse",),
    ("check",),
    ("doctor",),
    ("init",),
    ("config", "diff"),
    ("import", "participants"),
    ("invitations",),
    ("groups", "form"),
    ("groups", "explain"),
    ("organiser", "invite"),
    ("backup",),
    ("restore",),
    ("move",),
    ("export", "person"),
    ("erase", "person"),
)


def run(*words: str) -> tuple[int, str, str]:
    result = rencontres(*words)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_says_what_it_is_for(command: tuple[str, ...]) -> None:
    code, shown, _ = run(*command, "--help")
    assert code == 0
    assert f"Usage: root {' '.join(command)}" in shown
    assert command[0] in run("--help")[1]


def test_help_loads_nothing_it_does_not_show() -> None:
    heavy = {"asyncio", "rich", "pydantic", "babel", "telegram", "discord", "aiohttp", "sqlite3", "PIL"}
    shows = "import sys; from bot.cli.main import app; app(['--help'], standalone_mode=False)"
    # Of a capability's commands there is what help shows, and no module that does their work.
    program = f"{shows}; print({heavy} & sys.modules.keys(), *sorted(each for each in sys.modules if '.cli.' in each))"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert "Commands:" in shown
    assert shown.splitlines()[-1] == "set() bot.cli.main bot.cli.options bot.cli.people"


def test_help_lists_the_engines_commands_among_those_of_capabilities() -> None:
    lines = run("--help")[1].split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in lines] == [
        *(
            "run",
            "demo",
            "rehearse",
            "check",
            "doctor",
            "init",
            "invitations",
            "announce",
            "outbox",
            "trace",
            "backup",
            "restore",
            "move",
        ),
        *("config", "import", "groups", "programme", "organiser", "export", "erase"),
    ]
    assert lines[-2] == "  export       DIR: what the workshops made."


def test_the_version_is_a_line() -> None:
    code, shown, _ = run("--version")
    assert code == 0
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dance",), "No such command 'dance'"),
        (("import", "participants", "nowhere.csv"), "'nowhere.csv' does not exist"),
        (("run", "--only", "telegram,radio"), "there is no «radio»"),
        (("check", "--loudly"), "No such option"),
    ],
)
def test_what_is_asked_wrongly_ends_with_2(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, complaint = run(*words)
    assert code == 2
    assert said in complaint


def test_errors_are_a_line_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.toml").write_text("[gathering\n", encoding="utf-8")
    Path("mistaken.toml").write_text("[telegram]\ntokn = 'sesame-open'\n", encoding="utf-8")
    for name, said in (
        ("absent.toml", "absent.toml cannot be read"),
        ("broken.toml", "broken.toml is not valid TOML"),
        ("mistaken.toml", "telegram.tokn: unknown key, did you mean «token»?"),
    ):
        code, _, complaint = run("config", "diff", "--config", name)
        assert code == 2
        assert complaint.startswith("Error: ")
        assert said in complaint
        assert len(complaint.splitlines()) == 1
        assert "sesame" not in complaint


def test_a_database_that_cannot_be_used_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.db").write_text("Not a database. " * 100, encoding="utf-8")
    monkeypatch.setenv("RENCONTRES_STORAGE__URL", "sqlite:///notes.db")
    code, _, complaint = run("config", "diff")
    assert code == 1
    assert complaint.splitlines() == ["Error: the database cannot be used: file is not a database"]


def test_nothing_to_run_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, complaint = run("run")
    assert code == 2, "with which the service is not started again"
    assert "rencontres init" in complaint
    assert "rencontres demo" in complaint
