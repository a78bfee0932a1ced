"""Forgetting someone for good, in two steps that a crash cannot part.

`erase` is database work, for the transaction of whoever asked: it deletes every row about the person and leaves one
that names nobody. `finish_erasures`, called after commits and at start, does what no transaction can: it notes the
erasure beside the database, so that a restored backup forgets the person again (`replay_erasures`), and empties
SQLite's log of what the deleted rows left there. Then that row goes too. Each step may be repeated.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog

from bot import choosing
from bot.clock import Clock
from bot.delivery import outbox
from bot.files import Files, drop_unnamed
from bot.storage import calls, erasing, named_files, participants
from bot.storage.engine import Store, StoreUnavailable, Transaction
from bot.storage.erasing import Erasure

log = structlog.get_logger()

_ENDING = ".erasures.jsonl"
_BETWEEN_LOOKS = 1.0
_AGAIN_AFTER = 5.0


async def erase(tx: Transaction, participant_id: int, now: datetime, *, texts: bool, files: Files) -> bool:
    """Delete everything about a participant; who waits for their place gets it. False when there is no such person.

    Without `texts`, what they wrote for others stays, without its author. Call `finish_erasures` after the commit: of
    `files`, it takes away what nothing names any more.
    """
    person = await participants.find(tx, participant_id)
    if person is None:
        return False
    erasure = Erasure(await erasing.fingerprint(tx, participant_id), texts, now)
    await calls.hand_on(tx, participant_id, leaves=True)
    await choosing.leave(tx, participant_id, now, forgotten=True)
    await outbox.refresh_membership(tx, participant_id, now, ended=True)
    before = await named_files.digests(tx)
    await erasing.delete_person(tx, person, now, texts=texts, read=files.read)
    for digest in before - await named_files.digests(tx):
        files.let_go(digest)
    await erasing.note(tx, erasure)
    return True


async def finish_erasures(store: Store, url: str, files: Files | None) -> int:
    """Finish what `erase` began in transactions committed since; how many people.

    `files` are those that this store's rows name, None where they are not there yet. Raises StoreUnavailable or
    OSError: everything is left to the next call.
    """
    pending = await store.read(erasing.pending)
    if pending:
        await asyncio.to_thread(_append, log_path(url), pending.values())
        await store.erase_traces()
        if files:
            await drop_unnamed(store, files)
        await store.transact(lambda tx: erasing.settle(tx, pending))
    return len(pending)


async def replay_erasures(store: Store, url: str, now: datetime, files: Files) -> int:
    """Erase again, from a restored database, everyone in the log beside it; how many were there.

    None of `files` is taken away: the database that is still in place may name it.
    """
    known = await store.read(erasing.fingerprints)
    noted = _parse(await asyncio.to_thread(_text, log_path(url)))
    again = [erasure for erasure in noted if erasure.person in known]
    for erasure in again:
        who = known[erasure.person]
        await store.transact(partial(erase, participant_id=who, now=now, texts=erasure.texts, files=files))
    await finish_erasures(store, url, None)
    return len(again)


class Erasures:
    """Finishes erasures. `run` until cancelled; `wake` after each commit that may have begun one."""

    def __init__(self, store: Store, url: str, clock: Clock, files: Files) -> None:
        self._store = store
        self._files = files
        self._url = url
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Someone may have been erased. Cheap, and many calls make one look."""
        self._woken.set()

    async def run(self) -> None:
        """Finish what was begun, at start (the last run may have been cut off) and whenever woken."""
        while True:
            self._woken.clear()
            try:
                await finish_erasures(self._store, self._url, self._files)
            except (StoreUnavailable, OSError) as error:
                log.warning("an erasure is not finished yet", reason=str(error))
                await self._clock.sleep(_AGAIN_AFTER)
                continue
            await self._woken.wait()
            await self._clock.sleep(_BETWEEN_LOOKS)


def log_path(url: str) -> Path:
    """Where erasures are noted, out of reach of a restore: beside an SQLite file, as `<file>.erasures.jsonl`.

    PostgreSQL has no such place on this machine: `<database>.erasures.jsonl` in the folder the program runs in. Where
    several machines run it, each has its own, and a restore needs them together.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return Path(rest[1:] + _ENDING)
    name = unquote(urlsplit(url).path).strip("/").replace("/", "_")
    return Path(f"{name or 'rencontres'}{_ENDING}")


def _append(path: Path, erasures: Iterable[Erasure]) -> None:
    text = _text(path)
    noted = {erasure.person for erasure in _parse(text)}
    lines = "".join(f"{_line(erasure)}\n" for erasure in erasures if erasure.person not in noted)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        torn = "\n" if text and not text.endswith("\n") else ""  # a crash may have left half a line
        os.write(file, f"{torn}{lines}".encode())
        os.fsync(file)
    finally:
        os.close(file)


def _line(erasure: Erasure) -> str:
    noted = {"person": erasure.person, "texts": erasure.texts, "erased_at": erasure.erased_at.isoformat()}
    return json.dumps(noted)


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _parse(text: str) -> Iterator[Erasure]:
    for line in text.splitlines():
        try:
            noted = json.loads(line)
        except ValueError:
            continue  # torn by a crash: its erasure was pending still, and was noted again
        yield Erasure(noted["person"], noted["texts"], datetime.fromisoformat(noted["erased_at"]))
