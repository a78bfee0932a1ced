"""`rencontres init`: writes config.toml from the example that comes with the program and a few answers."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from bot.cli.console import CommandFailed
from bot.cli.private_files import write_private
from bot.cli.terminal import out
from bot.config.example import example
from bot.config.settings import GatheringSettings
from bot.content.names import clean

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers about a new gathering: None if the question must still be asked, '' or 0 if the user wants none."""

    name: str | None = None
    starts: str | None = None
    ends: str | None = None
    zone: str | None = None
    page: str | None = None
    token: str | None = None
    organiser: int | None = None


def write_config(path: Path, given: Answers, *, force: bool) -> None:
    """Write a configuration file, asking the questions whose answers are not `given`.

    `force` overwrites an existing file. Raises CommandFailed if a file exists, or for an answer that makes no sense.
    """
    if path.exists() and not force:
        raise CommandFailed(f"{path} already exists. Edit it, or overwrite it with --force.")
    usual = GatheringSettings()
    name = _asked(given.name, "Name of the gathering", usual.name, clean)
    starts = _asked(given.starts, "First day", usual.starts.isoformat(), _day)
    ends = _asked(given.ends, "Last day", max(starts, usual.ends).isoformat(), partial(_last_day, starts))
    zone = _asked(given.zone, "Time zone", usual.zone, _zone)
    page = _asked(given.page, "Address of the web page (empty for none)", "", _address)
    token = _asked(given.token, "Telegram token, from @BotFather (hidden; empty for none)", "", str.strip, hidden=True)
    organiser = _asked(
        None if given.organiser is None else str(given.organiser),
        "Your numeric Telegram id, to become the first organiser (0 for none)",
        "0",
        _id,
    )
    answers = {
        "gathering.name": name,
        "gathering.starts": starts,
        "gathering.ends": ends,
        "gathering.zone": zone,
        # The rest of the example's calendar keeps its distance from the first day.
        **{key: day + (starts - usual.starts) for key, day in _days(example()).items()},
        "web.public_url": page,
        "telegram.token": token,
        "organisers.telegram": [organiser] if organiser else [],
    }
    write_private(path, fill(example(), answers).encode())
    out.print(f"Wrote {path}, which only you can read. Look through it, then run: rencontres check")


def _asked(given: str | None, question: str, usual: str, read: Callable[[str], _T], *, hidden: bool = False) -> _T:
    """Return an answer, converted by `read`: the given one, or one that is typed; an invalid one is asked for again.

    `usual` is the default. `hidden` does not show what is typed. Raises CommandFailed if the given answer is invalid.
    """
    if given is not None:
        try:
            return read(given)
        except typer.BadParameter as error:
            raise CommandFailed(f"{question}: {error.message}", code=2) from None
    answer: _T = typer.prompt(question, default=usual, show_default=bool(usual), hide_input=hidden, value_proc=read)
    return answer


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise typer.BadParameter(f"«{typed}» is not a date: write it like 2027-06-10") from None


def _last_day(starts: date, typed: str) -> date:
    if (day := _day(typed)) < starts:
        raise typer.BadParameter(f"{day} is before the first day, {starts}")
    return day


def _zone(typed: str) -> str:
    try:
        return ZoneInfo(typed.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(f"there is no time zone «{typed}»: write it like Europe/Paris") from None


def _address(typed: str) -> str:
    address = typed.strip().rstrip("/")
    if address and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", address):
        raise typer.BadParameter(f"«{typed}» is not a web address: write it like https://rencontres.example.org")
    return address


def _id(typed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", typed.strip()):
        raise typer.BadParameter(f"«{typed}» is not a numeric id: @userinfobot tells you yours")
    return int(typed)


def _days(text: str) -> Mapping[str, date]:
    """Return the days in the example besides the gathering's own, by key: deadline, sessions, end of retention."""
    told = tomllib.loads(text)
    session = told["sessions"][0]
    return {
        **{f"gathering.{key}": told["gathering"][key] for key in ("theme_deadline", "retention_ends")},
        **{f"sessions.{key}": session[key] for key in ("starts", "ends")},
    }


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return a TOML text in which the keys in `values` have these values: texts, days, or lists of numbers.

    `values` has the values by full key, like `gathering.name`.
    """
    table = ""
    lines = []
    for line in text.splitlines():
        if header := re.fullmatch(r"\[+([\w.]+)\]+", line):
            table = header[1]
        elif (entry := re.match(r"(\w+) = ", line)) and (key := f"{table}.{entry[1]}") in values:
            value = values[key]
            written = value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
            line = f"{entry[1]} = {written}"
        lines.append(line)
    return "\n".join(lines) + "\n"
