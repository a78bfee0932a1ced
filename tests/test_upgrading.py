"""What an older version left goes on: its database, its settings, its command lines, and buttons in old messages.

tests/before/ was made by the last version whose modules stood loose in bot/ and handlers/: a gathering in which a form
was half filled in, two jobs and a message waited, and an import could still be undone.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli.main import app
from bot.config.settings import load_settings
from bot.content.actions import Action
from handlers.themes.settings import ThemeSettings
from tests.drivers import neutral
from tests.drivers.program import catch_up_with
from tests.outbox import pushed
from tests.world import SECTIONS, World, open_world

BEFORE = Path(__file__).parent / "before"
SENT: dict[str, Any] = json.loads((BEFORE / "buttons.json").read_text("utf-8"))
PRESSED: dict[str, dict[str, str]] = SENT["pressed"]


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """The gathering as it was left, opened by this version; its updates come after those it has had."""
    monkeypatch.setattr(neutral, "_ids", itertools.count(1_000))
    database, files = tmp_path / "before.db", tmp_path / "files"
    written = (BEFORE / "gathering.sql").read_text("utf-8").replace("FOLDER", files.as_posix())
    with sqlite3.connect(database) as before:
        before.executescript(written)
    before.close()
    async with open_world(f"sqlite:///{database}", files=files, migrate=True) as world:
        yield world


async def test_buttons_in_old_messages_do_what_they_say(world: World) -> None:
    zoe, luc = world.chat("1"), world.chat("2", platform="discord", modal=True)
    await luc.follow(PRESSED["Luc looks at Culture"]["Confirm this theme"])
    assert luc.text.startswith("Your theme is Culture.")
    await zoe.follow(PRESSED["Mia is at home"]["Choose a theme"])
    assert "Culture" in zoe.text
    ines = world.chat("900")
    await ines.follow(PRESSED["Inès imported a list"]["Undo this change"])
    assert ines.text.startswith("Undone: List imported: 1 added")


async def test_a_form_that_was_half_filled_in_goes_on(world: World) -> None:
    zoe = world.chat("1")
    await zoe.send("When does the bus leave?")
    assert zoe.text == "The team has your question. You will get the answer here."


async def test_jobs_and_messages_that_waited_are_done_and_arrive(world: World) -> None:
    ines, luc = world.chat("900"), world.chat("2", platform="discord", modal=True)
    await catch_up_with(world, ines, luc)
    assert luc.file
    assert luc.file.name == "my-data.html"
    waited = await pushed(world, ines)
    assert "Mia asks the team:\nWhere is the bus?" in waited
    assert any(words.startswith("New: 1. Changed: 0.") for words in waited)


AGED = frozenset({"wxm", "wxq", "wxy"})
"""What asked for some minutes whether words were an idea; the upgrade answers that, and the buttons have aged."""


def types_of(action: type[Action]) -> dict[str, str]:
    """The fields of an action and of those that it goes on from, with their types as they are written."""
    return {
        name: kind for each in reversed(action.__mro__) for name, kind in vars(each).get("__annotations__", {}).items()
    }


def test_every_payload_is_understood_as_before() -> None:
    """A payload holds values without names: what a field is called may change."""
    known = {action.code: [types_of(action)[name] for name in action.field_names] for action in actions(Action)}
    sent = {
        code: [field.partition(": ")[2] for field in fields]
        for code, fields in SENT["actions"].items()
        if code not in AGED
    }
    assert {code: known.get(code) for code in sent} == sent


def actions(kind: type[Action]) -> Iterator[type[Action]]:
    """Every kind of payload that buttons carry."""
    for subclass in kind.__subclasses__():
        yield from (subclass, *actions(subclass))


def test_a_configuration_file_is_still_read(tmp_path: Path) -> None:
    written = tmp_path / "config.toml"
    written.write_bytes((BEFORE / "settings.toml").read_bytes())
    settings = load_settings(written, SECTIONS)
    assert settings.gathering.name == "Rencontres francophones de l'innovation sociale"
    assert len(settings.all_of(ThemeSettings)) == 3


def test_every_command_line_is_still_understood() -> None:
    program = typer.main.get_command(app)
    for line, options in json.loads((BEFORE / "commands.json").read_text("utf-8")).items():
        command: Any = program
        for word in line.split():
            command = command.commands[word]
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert set(options) <= known, line
