"""`rencontres init`: config.toml from the example that comes with the program."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import typer

from bot.commands.console import Failed, out
from bot.commands.files import write_private
from bot.domain.names import clean

_BOT = Path(__file__).parents[1]
_EXAMPLES = (_BOT / "config.example.toml", _BOT.parent / "config.example.toml")  # in the wheel, in a checkout


def example() -> str:
    """The text of config.example.toml."""
    return next(path for path in _EXAMPLES if path.is_file()).read_text(encoding="utf-8")


def write_config(path: Path, name: str | None, token: str | None, organiser: int | None, *, force: bool) -> None:
    """Write a configuration, asking for what is None. Raises Failed where a file is in the way."""
    if path.exists() and not force:
        raise Failed(f"{path} is there already. Edit it, or overwrite it with --force.")
    if name is None:
        name = typer.prompt("The gathering's name", default=_default_name())
    if token is None:
        token = typer.prompt(
            "Telegram's token, from @BotFather (not shown; empty for none)",
            default="",
            show_default=False,
            hide_input=True,
        )
    if organiser is None:
        organiser = typer.prompt("Your numeric Telegram id, as first organiser (0 for none)", default=0, type=int)
    answers = {
        "gathering.name": clean(name),
        "telegram.token": token.strip(),
        "organisers.telegram": [organiser] if organiser else [],
    }
    write_private(path, fill(example(), answers).encode())
    out.print(f"Written: {path}, readable by you alone. Look through it, then: rencontres check")


def fill(text: str, values: Mapping[str, object]) -> str:
    """A TOML text with other values (texts, lists of numbers) for some of its keys; everything else stays as it is."""
    table = ""
    lines = []
    for line in text.splitlines():
        if header := re.fullmatch(r"\[+([\w.]+)\]+", line):
            table = header[1]
        elif (entry := re.match(r"(\w+) = ", line)) and (key := f"{table}.{entry[1]}") in values:
            line = f"{entry[1]} = {json.dumps(values[key], ensure_ascii=False)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _default_name() -> str:
    from bot.config import GatheringSettings

    return GatheringSettings().name
