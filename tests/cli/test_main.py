"""The command line as a whole: help at once, exit codes, errors in a line."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bot.cli.main import app
from tests.shell import command as rencontres

_SENTENCES = re.compile(r"[A-Z].*\.", re.DOTALL)
_UNNATURAL = re.compile(r"\b(that of|those of|anew|with commas|there already|a line each|exit code)\b", re.IGNORECASE)


def _commands(group: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each command and group of commands that can be typed, with its words."""
    yield words, group
    for word, command in getattr(group, "commands", {}).items():
        yield from _commands(command, *words, word)


COMMANDS = dict(_commands(get_command(app)))


def run(*words: str) -> tuple[int, str, str]:
    result = rencontres(*words)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_reads_the_same_everywhere(words: tuple[str, ...]) -> None:
    code, shown, _ = run(*words, "--help")
    assert code == 0
    usage = shown.partition("\n\n")[0]
    assert usage.startswith(" ".join(("Usage: root", *words)).removesuffix(" DIR"))
    assert not re.search(r"[{<]|\[\[|  ", usage), "arguments are named plainly"
    assert not re.search("[{}]", shown)
    assert "..." not in shown.partition("Commands:")[2], "a summary is cut off: it must fit a terminal of 80 columns"
    assert not _UNNATURAL.search(shown)
    first, *rest = COMMANDS[words].help.split("\n\n")
    assert _SENTENCES.fullmatch(first)
    assert all(_SENTENCES.fullmatch(each) or each.startswith("Example: rencontres ") for each in rest)


@pytest.mark.parametrize(
    ("words", "parameter"),
    [(words, each) for words, command in COMMANDS.items() for each in command.params],
    ids=lambda value: value.name if hasattr(value, "name") else " ".join(value),
)
def test_each_option_and_argument_is_explained(words: tuple[str, ...], parameter: Any) -> None:
    assert parameter.help, f"{' '.join(words)}: {parameter.name} has no help"
    assert parameter.help.endswith((".", "…"))
    assert parameter.help[0].isupper()
    if not getattr(parameter, "is_flag", False):
        assert parameter.metavar, "its value needs a name of its own, else help shows a type of Python"


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
            "status",
            "report",
            "init",
            "invitations",
            "announce",
            "outbox",
            "trace",
            "backup",
            "restore",
            "move",
        ),
        *("config", "import", "groups", "programme", "organiser", "role", "export", "erase"),
    ]
    assert lines[-2] == "  export       Export the results of the workshops, or a person's data."


def test_a_command_can_still_be_called_by_its_former_word() -> None:
    assert "Write a report on the installation" in run("doctor", "--help")[1]
    assert "doctor" not in run("--help")[1]


def test_the_version_is_a_line() -> None:
    code, shown, _ = run("--version")
    assert code == 0
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dance",), "No such command 'dance'"),
        (("reprot",), "Did you mean 'report'"),
        (("organiser", "remvoe"), "Did you mean 'remove'?"),
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
        assert len(complaint.splitlines()) == (3 if name == "broken.toml" else 1), (
            "the wrong line, and a caret below it"
        )
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
