"""`rencontres init`: writes config.toml from the example that comes with the program and a few answers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from bot.cli.console import CommandFailed
from bot.cli.private_files import write_private
from bot.cli.terminal import out
from bot.config.example import example
from bot.config.readings import moment_of, zones_of
from bot.config.settings import GatheringSettings
from bot.config.toml_text import written
from bot.content.addresses import TELEPHONE
from bot.content.i18n import LOCALES
from bot.content.names import clean

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers about a new gathering that the user gave as options of `rencontres init`.

    An answer is None if the question must still be asked, and '' or 0 if the user wants to leave the setting empty.
    """

    name: str | None = None
    starts: str | None = None
    ends: str | None = None
    zone: str | None = None
    languages: str | None = None
    registration: str | None = None
    contact: str | None = None
    telephone: str | None = None
    page: str | None = None
    token: str | None = None
    organiser: int | None = None


def write_config(path: Path, given: Answers, *, force: bool) -> None:
    """Write a configuration file from `given` answers; ask the questions whose answers are None at the terminal.

    With `force`, an existing file is overwritten. Raises CommandFailed for an answer that makes no sense, and for an
    existing file without `force`.
    """
    if path.exists() and not force:
        raise CommandFailed(f"{path} already exists. Edit it, or overwrite it with --force.")
    usual = GatheringSettings()
    name = _asked(given.name, "Name of the gathering", usual.name, clean)
    first, length = suggested_day(datetime.now(UTC).date()), usual.ends - usual.starts
    starts = _asked(given.starts, "First day", first.isoformat(), _day)
    ends = _asked(given.ends, "Last day", (starts + length).isoformat(), partial(_last_day, starts))
    zone = _asked(given.zone, "Time zone", usual.zone, _zone)
    languages = _asked(given.languages, "Languages, the first being the usual one", ",".join(LOCALES), _languages)
    registration = _asked(
        given.registration, "Who may register (invited: those on your list; open: anyone)", "invited", _registration
    )
    contact = _asked(given.contact, "E-mail address for questions about personal data (empty: later)", "", _contact)
    telephone = _asked(
        given.telephone, "Phone number of the person on call, day and night (empty: later)", "", _telephone
    )
    page = _asked(given.page, "Address of the web page (empty for none)", "", _address)
    token = _asked(given.token, "Telegram token, from @BotFather (hidden; empty for none)", "", _token, hidden=True)
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
        "gathering.locales": languages,
        "gathering.registration": registration,
        "gathering.privacy_contact": contact,
        "safety.telephone": telephone,
        # The rest of the example's calendar keeps its distance from the first day.
        **{key: day + (starts - usual.starts) for key, day in _days(example()).items()},
        "gathering.theme_deadline": None,  # invitations would say it as if the team had chosen it
        "web.public_url": page,
        **_local_port(page),
        "telegram.token": token,
        "organisers.telegram": [organiser] if organiser else [],
    }
    write_private(path, fill(example(), answers).encode())
    out.print(f"Wrote {path}, which only you can read. Look through it, then run: rencontres check")


def _asked(given: str | None, question: str, usual: str, read: Callable[[str], _T], *, hidden: bool = False) -> _T:
    """Return an answer, converted by `read`: the given one, or one that is typed; an invalid one is asked for again.

    `usual` is the default, also where nobody types. `hidden` does not show what is typed. Raises CommandFailed if the
    given answer is invalid.
    """
    if given is not None:
        try:
            return read(given)
        except typer.BadParameter as error:
            raise CommandFailed(f"{question}: {error.message}", code=2) from None
    try:
        answer: _T = typer.prompt(question, default=usual, show_default=bool(usual), hide_input=hidden, value_proc=read)
    except typer.Abort as abort:
        if not isinstance(abort.__context__, EOFError):
            raise
        return read(usual)  # a script has nothing more to say
    return answer


def suggested_day(today: date) -> date:
    """Return a Thursday about four months after `today`, as a suggestion for the first day of a gathering."""
    later = today + timedelta(days=120)
    return later + timedelta(days=(3 - later.weekday()) % 7)


def _day(typed: str) -> date:
    day = moment_of(typed)
    if not isinstance(day, date):
        raise typer.BadParameter(f"«{typed}» is not a date: write it like 2027-06-10")
    return day.date() if isinstance(day, datetime) else day


def _last_day(starts: date, typed: str) -> date:
    if (day := _day(typed)) < starts:
        raise typer.BadParameter(f"{day} is before the first day, {starts}")
    return day


def _zone(typed: str) -> str:
    try:
        return ZoneInfo(typed.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = next(zones_of(typed), "Europe/Paris")
        raise typer.BadParameter(f"there is no time zone «{typed}»: write it like {near}") from None


def _languages(typed: str) -> list[str]:
    codes = [code[:2] for code in re.split(r"[\s,;]+", typed.casefold()) if code]
    if not codes or not {*codes} <= {*LOCALES}:
        raise typer.BadParameter(f"«{typed}» are not among the languages: write one or more of {', '.join(LOCALES)}")
    return list(dict.fromkeys(codes))


def _registration(typed: str) -> str:
    if (chosen := typed.strip().casefold()) not in ("invited", "open"):
        raise typer.BadParameter(f"«{typed}» is neither: write invited or open")
    return chosen


def _contact(typed: str) -> str:
    if (contact := typed.strip()) and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", contact):
        raise typer.BadParameter(f"«{typed}» is not an e-mail address: write it like team@example.org")
    return contact


def _telephone(typed: str) -> str:
    if (number := " ".join(typed.split())) and not TELEPHONE.fullmatch(number):
        raise typer.BadParameter(f"«{typed}» is not a telephone number with its country code: like +33 6 12 34 56 78")
    return number


def _address(typed: str) -> str:
    address = typed.strip().rstrip("/")
    if address and not re.fullmatch(r"https://[^\s/]+(/\S*)?|http://(localhost|127\.0\.0\.1)(:\d+)?", address):
        raise typer.BadParameter(
            f"«{typed}» is not an address with https: write it like https://rencontres.example.org"
        )
    return address


def _token(typed: str) -> str:
    if (token := typed.strip("\"'“”«» ")) and not re.fullmatch(r"[0-9]{6,}:[A-Za-z0-9_-]{30,}", token):
        raise typer.BadParameter("this is not a whole token: copy it again from @BotFather")
    return token


def _id(typed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", typed.strip()):
        raise typer.BadParameter(f"«{typed}» is not a numeric id: @userinfobot tells you yours")
    return int(typed)


def _days(text: str) -> Mapping[str, date]:
    """Return the days in the example besides the gathering's own, by key: the session's, and the end of retention."""
    told = tomllib.loads(text)
    session = told["sessions"][0]
    return {
        "gathering.retention_ends": told["gathering"]["retention_ends"],
        **{f"sessions.{key}": session[key] for key in ("starts", "ends")},
    }


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return a TOML text with the values of some keys replaced with new texts, days or lists of numbers.

    `values` has the new values by full key, like `gathering.name`; None makes the line a comment.
    """
    table = ""
    lines = []
    for line in text.splitlines():
        if header := re.fullmatch(r"\[+([\w.]+)\]+", line):
            table = header[1]
        elif (entry := re.match(r"(\w+) = ", line)) and (key := f"{table}.{entry[1]}") in values:
            line = f"# {line}" if values[key] is None else f"{entry[1]} = {written(values[key])}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _local_port(page: str) -> dict[str, int]:
    """Return the port on which the program must listen, where the address of the page is one of this machine."""
    address = urlsplit(page)
    return {"web.port": address.port} if address.hostname in ("localhost", "127.0.0.1") and address.port else {}
