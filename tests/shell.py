"""The command `rencontres` in this process, with what someone types, in an empty folder without any setting."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from bot.cli.main import app

Shell = Callable[..., Result]

CONFIG = """\
[gathering]
name = "Rencontres"
privacy_contact = "equipe@example.org"
theme_deadline = 2027-05-01T12:00:00

[[themes]]
key = "culture"
title = { fr = "Culture", en = "Culture", de = "Kultur" }
description = { fr = "Levier.", en = "A lever.", de = "Ein Motor." }
capacity = 1

[[themes]]
key = "civic"
title = { fr = "CivicTech", en = "CivicTech", de = "CivicTech" }
description = { fr = "La cité.", en = "The city.", de = "Die Stadt." }

[web]
port = 0
public_url = "https://rencontres.example.org"

[organisers]
telegram = [900]
"""


_built = cache(get_command)


def command(*words: str, typed: str = "") -> Result:
    """Run a command. Typer's runner builds every command of the program anew each time: ours are built once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", _built)
        return CliRunner().invoke(app, words, input=typed)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    for name in os.environ:
        if name.startswith("RENCONTRES_") and "__" in name:
            monkeypatch.delenv(name)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def unstarted(folder: Path) -> Path:
    """A folder with a config.toml of two themes, one for a single person, and the web page on."""
    dated = CONFIG.replace("[gathering]\n", "[gathering]\nstarts = 2027-06-09\nends = 2027-06-13\n")
    (folder / "config.toml").write_text(dated, encoding="utf-8")
    (folder / "config.toml").chmod(0o600)
    return folder


@pytest.fixture
def configured(unstarted: Path, migrated_file: Path) -> Path:
    """The same, and a database that has its tables: to make them takes longer than most commands."""
    shutil.copy(migrated_file, unstarted / "rencontres.db")
    (unstarted / "rencontres.db").chmod(0o600)
    return unstarted


@pytest.fixture
def shell(folder: Path) -> Shell:
    """`shell("config", "diff", typed="…")` is what someone types, and what they type next."""
    return command


def change(config: Path, before: str, after: str) -> None:
    """Edit a file."""
    text = config.read_text(encoding="utf-8")
    assert before in text
    config.write_text(text.replace(before, after), encoding="utf-8")
