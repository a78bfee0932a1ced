"""The command `rencontres` in this process, with what someone types."""

from __future__ import annotations

from functools import cache

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from bot.cli.main import app

_built = cache(get_command)


def command(*words: str, typed: str = "") -> Result:
    """Run a command. Typer's runner builds every command of the program anew each time: ours are built once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", _built)
        return CliRunner().invoke(app, words, input=typed)
