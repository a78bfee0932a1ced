"""`rencontres report`: describes an installation for somebody who helps from elsewhere, without personal data.

The description consists of counts, versions and words that the program itself knows. Nothing that a person, a platform
or the machine's owner wrote is copied into it: no path, no address, no text of an error.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from bot.app import files_of
from bot.background import leases
from bot.cli.checking import problem_of_logo
from bot.cli.console import load
from bot.cli.outbox import words_of_kind
from bot.cli.private_files import write_private
from bot.cli.terminal import out
from bot.config.outline import outline
from bot.config.settings import Settings, StorageSettings
from bot.content.errors import ConfigError
from bot.content.reasons import Reason
from bot.conversation import inbox_store
from bot.database.counting import count_rows, engine_version
from bot.database.engine import Store, StoreUnavailable, sqlite_files
from bot.database.opening import is_missing, open_store
from bot.database.schema import DatabaseTooNew, migrations, pending
from bot.delivery.waiting_store import WaitingDeliveries, given_up, outstanding
from bot.drawing.typeset import missing_fonts
from bot.files.stored_files import in_thread

_PROGRAM = "rencontres"
_FAILURES = 50
"""How many of the last updates that a defect interrupted are named, by their references."""
_KEY = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*")
"""What the events of the program's own log look like, see docs/logs.md; events of libraries are sentences."""
_REFERENCE = re.compile(r"[0-9A-F]{8}")
_LEVELS = ("warning", "error")
_LAST = 5
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_MEGABYTE = 1_000_000


async def examine(config: Path | None, file: Path | None, log_file: Path | None) -> bool:
    """Write a description of the installation as JSON to `file`, which only its owner can read; print it if None.

    `config` is the configuration file, None for the default one. If `log_file` is given, the events in this log are
    counted too. Returns True, because the command succeeded. Raises CommandFailed for invalid settings, and OSError for
    a file that cannot be read or written.
    """
    settings = load(config)
    description = json.dumps(await describe(settings, log_file), ensure_ascii=False, indent=1)
    if file is None:
        out.print(description)
    else:
        write_private(file, f"{description}\n".encode())
        out.print(f"Wrote {file}. It should contain no personal data; read it before you send it.")
    return True


async def describe(settings: Settings, log_file: Path | None = None) -> Mapping[str, Any]:
    """Return a description of an installation, without personal data, for remote support; change nothing.

    With `log_file`, the description counts the events in this log. Raises OSError for a log that cannot be read.
    """
    now = datetime.now(UTC)
    return {
        "at": now.isoformat(timespec="seconds"),
        "versions": _versions(),
        "machine": {**_machine(settings.storage), "files": await in_thread(_files, settings)},
        "settings": outline(settings),
        "drawing": {"missing fonts": missing_fonts(), "logo": _logo(settings.gathering.logo)},
        "database": await _database(settings.storage.url, now),
        "log": _events(log_file) if log_file else "not given: --log FILE",
    }


def _versions() -> Mapping[str, Any]:
    """Return the versions of the program, of Python and of the libraries that the program asks for."""
    try:
        program, wanted = version(_PROGRAM), {_named(line) for line in requires(_PROGRAM) or ()}
    except PackageNotFoundError:
        program, wanted = "a checkout", set()
    return {
        "rencontres": program,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "libraries": {name: _installed(name) for name in sorted(wanted)},
    }


def _named(requirement: str) -> str:
    """Return the name in a line like «aiohttp>=3.12; extra == "all"»."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else requirement


def _installed(library: str) -> str:
    """Return the version of a library that is installed, or «missing»."""
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"


def _machine(storage: StorageSettings) -> Mapping[str, Any]:
    """Return the number of processors, and the room on the disk of the database."""
    described: dict[str, Any] = {"processors": os.cpu_count()}
    if hasattr(os, "getloadavg"):
        described["load"] = os.getloadavg()[0]
    if path := _sqlite_path(storage.url):
        described["database"] = _room(path.absolute().parent, sqlite_files(path))
    return described


def _files(settings: Settings) -> Mapping[str, Any]:
    """Return how many files there are, their size, and where: in a folder with so much room, or in a bucket."""
    storage = settings.storage
    if not storage.bucket:
        return {"in": "a folder", **_room(storage.folder.absolute(), storage.folder.glob("**/*"))}
    try:
        sizes = [size for _digest, size in files_of(settings).sizes()]
    except ConfigError:
        return {"in": "a bucket", "state": "its library is missing"}
    except OSError as error:
        return {"in": "a bucket", "state": error.strerror}
    return {"in": "a bucket", "state": "answers", "count": len(sizes), "megabytes": round(sum(sizes) / _MEGABYTE, 1)}


def _sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite database; None for another one."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def _room(folder: Path, files: Iterable[Path]) -> Mapping[str, Any]:
    """Return how many of these files there are, their size, and what is free on their folder's disk, in megabytes."""
    present = [file for file in files if file.is_file()]
    made = next(place for place in (folder, *folder.parents) if place.exists())
    return {
        "count": len(present),
        "megabytes": round(sum(file.stat().st_size for file in present) / _MEGABYTE, 1),
        "free megabytes": round(shutil.disk_usage(made).free / _MEGABYTE),
    }


def _logo(path: str) -> str:
    if not path:
        return "none"
    return "cannot be used everywhere" if problem_of_logo(path) else "well"


async def _database(url: str, now: datetime) -> Mapping[str, Any]:
    if is_missing(url):
        return {"state": "not created yet"}
    try:
        store = await open_store(url, migrate=False)
    except (StoreUnavailable, ValueError):
        return {"state": "does not answer"}
    try:
        return await _read(store, now)
    except DatabaseTooNew:
        return {"state": "migrated by a newer version"}
    except StoreUnavailable:
        return {"state": "does not answer"}
    finally:
        await store.close()


async def _read(store: Store, now: datetime) -> Mapping[str, Any]:
    """Return what there is to say about a database. Raises StoreUnavailable and DatabaseTooNew."""
    missing = await pending(store)
    described: dict[str, Any] = {
        "state": f"{len(missing)} migrations of {len(migrations())} are missing" if missing else "up to date",
        "engine": await store.read(engine_version),
        "rows": await store.read(count_rows),
    }
    if missing:
        return described  # other tables may not be there yet
    failures = await store.read(partial(inbox_store.failures, most=_FAILURES))
    return described | {
        "tasks under way": await leases.running(store, now),
        "outbox": [_waiting(waiting, now) for waiting in await store.read(partial(outstanding, now=now))],
        "never arrived": [_waiting(waiting, now) for waiting in await store.read(given_up)],
        "updates undone by a defect": [
            {
                "platform": failure.platform,
                "at": failure.at.isoformat(timespec="seconds"),
                "reference": _reference(failure.reference),
            }
            for failure in failures
        ],
    }


def _waiting(waiting: WaitingDeliveries, now: datetime) -> Mapping[str, Any]:
    return {
        "platform": waiting.platform,
        "kind": words_of_kind(waiting.kind, one=True),
        "state": waiting.state,
        "to do": waiting.op,
        "reason": _reason(waiting.reason),
        "count": waiting.count,
        "seconds": round((now - waiting.since).total_seconds()),
    }


def _reason(stored: str | None) -> str | None:
    """Return a reason that the program knows; old rows may hold what a platform answered."""
    return stored if stored is None or stored in set(Reason) else "another"


def _reference(stored: object) -> str | None:
    """Return a reference of the log, None for anything else."""
    return stored if isinstance(stored, str) and _REFERENCE.fullmatch(stored) else None


def _events(log_file: Path) -> list[Mapping[str, Any]]:
    """Return how often each warning and error of the program stands in a log, with its last references."""
    counts: Counter[tuple[str, str]] = Counter()
    references: dict[tuple[str, str], dict[str, None]] = {}
    last: dict[tuple[str, str], str] = {}
    for line in _lines(log_file):
        key, level = line.get("event"), line.get("level")
        if not (isinstance(key, str) and _KEY.fullmatch(key) and level in _LEVELS):
            continue
        event = level, key
        counts[event] += 1
        if at := _instant(line.get("timestamp")):
            last[event] = at
        if reference := _reference(line.get("reference")):
            references.setdefault(event, {})[reference] = None
    return [
        {
            "event": key,
            "level": level,
            "count": count,
            "last": last.get((level, key)),
            "references": list(references.get((level, key), ()))[-_LAST:],
        }
        for (level, key), count in sorted(counts.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0][1]))
    ]


def _lines(log_file: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the lines of a log that are JSON objects; those for people, on a terminal, are not."""
    with log_file.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            try:
                line = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(line, dict):
                yield line


def _instant(stamp: object) -> str | None:
    """Return the instant that a line names, to the second; None for anything else."""
    try:
        return datetime.fromisoformat(stamp).isoformat(timespec="seconds") if isinstance(stamp, str) else None
    except ValueError:
        return None
