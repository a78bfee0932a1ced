"""Erases a person for good, in two steps, each of which is completed even after a crash.

`erase` works in the caller's transaction: it deletes every row about the person, removes them from what others were
shown, and adds a row for the unfinished erasure, which holds a hash instead of a name. `finish_erasures`, called after
commits and when the program starts, does the rest: it writes the erasure to a log file beside the database, corrects
messages in chats and what was stored before messages held references, deletes the person's files, removes the deleted
rows' traces from the disk, and deletes the row of the erasure. `replay_erasures`, called at
every start, reads the log file and erases the same people from a restored backup. Each step may be repeated.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from errno import ENOSPC
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog

from bot.clock import Clock
from bot.config.installation import StorageSettings
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery import outbox
from bot.files.stored_files import Files, drop_at_once, in_thread
from bot.membership import erasure_store, shown_store
from bot.membership.erasure_store import EVERYONE, Erasure
from bot.membership.retention import erase_everyone
from bot.membership.shown_store import FileSearch, Portion
from bot.people import participant_store
from bot.people.declared import Declared
from bot.people.stored_before import Traces, last_ids

log = structlog.get_logger()

_ENDING = ".erasures.jsonl"
_BETWEEN_LOOKS = 1.0
_AGAIN_AFTER = 5.0


async def erase(
    tx: Transaction, declared: Declared, participant_id: int, now: datetime, *, texts: bool, files: Files
) -> bool:
    """Delete everything about a participant. Returns False if there is no participant with this id.

    Their seat in a theme goes to the next person who waits for one. With `texts`, what they wrote for others is deleted
    too; otherwise it stays without its author. `files` are all stored files. Call `finish_erasures` after the commit:
    it deletes the files that no row names any more.
    """
    person = await participant_store.find(tx, participant_id)
    if person is None:
        return False
    await declared.before_erasing(tx, person, now, texts=texts)
    await outbox.refresh_membership(tx, participant_id, now, ended=True)
    before = await files.in_use(tx)
    erasure = await erasure_store.delete_person(tx, declared, person, now, texts=texts)
    gone = before - await files.in_use(tx)
    await erasure_store.note(tx, replace(erasure, digests=tuple(sorted({*erasure.digests, *gone}))))
    return True


async def finish_erasures(
    store: Store, declared: Declared, storage: StorageSettings, files: Files, *, drop: bool = True
) -> int:
    """Finish the erasures that `erase` began in committed transactions. Returns how many were finished.

    Files that no row names any more are deleted from `files`, unless `drop` is False, for a copy of the database that
    is not in use yet. Raises StoreUnavailable or OSError; the next call then finishes the erasures. Where a file that
    should be searched is missing, with all others, FilesAway is raised too, unless `drop` is False.
    """
    pending = await store.read(erasure_store.pending)
    if pending:
        await asyncio.to_thread(_append, log_path(storage), pending.values())
        for erasure_id, erasure in pending.items():
            if erasure.traces is not None:
                await correct_messages(store, erasure_id, erasure.traces, erasure)
        gone = await _drop_old_files(store, declared, pending, files, may_be_lost=not drop)
        if drop:
            digests = {*gone, *(digest for erasure in pending.values() for digest in erasure.digests)}
            if EVERYONE in digests:
                digests = set(await in_thread(lambda: list(files.digests())))
            await drop_at_once(store, files, digests)
        await store.erase_traces()
        await store.transact(lambda tx: erasure_store.drop_finished(tx, pending))
    return len(pending)


async def correct_messages(store: Store, erasure_id: int, traces: Traces, erasure: Erasure) -> None:
    """Correct what others were shown of an erased person, a portion of messages at a time, so that nobody waits long.

    It goes on where it was when the program ended. Raises StoreUnavailable.
    """
    last, now = await store.read(last_ids), erasure.erased_at
    progress = {"deliveries": 0, "page_messages": 0, "stale": [], **erasure.progress}

    async def store_deliveries(tx: Transaction, portion: Portion) -> None:
        await shown_store.correct_deliveries(tx, portion, now)
        await erasure_store.note_progress(tx, erasure_id, progress)

    async def store_pages(tx: Transaction, portion: Portion) -> None:
        await shown_store.correct_pages(tx, portion)
        await erasure_store.note_progress(tx, erasure_id, progress)

    async def end(tx: Transaction) -> None:
        await shown_store.edit_again(tx, progress["stale"], now)
        await shown_store.forget_in_journal(tx, traces, last.get("journal", 0))
        await erasure_store.note_progress(tx, erasure_id, {**progress, "stale": []})

    while portion := await store.read(
        partial(
            shown_store.deliveries,
            after=progress["deliveries"],
            traces=traces,
            last_id=last.get("deliveries", 0),
            now=now,
        )
    ):
        progress["deliveries"] = portion.last
        progress["stale"] = [*progress["stale"], *portion.stale][-shown_store.MOST_CORRECTED :]
        await store.transact(partial(store_deliveries, portion=portion))
    while portion := await store.read(
        partial(
            shown_store.page_messages,
            after=progress["page_messages"],
            traces=traces,
            last_id=last.get("page_messages", 0),
        )
    ):
        progress["page_messages"] = portion.last
        await store.transact(partial(store_pages, portion=portion))
    await store.transact(end)


class _Unread(Exception):
    """Undoes a transaction that has to run again, because files must be searched first."""


async def _drop_old_files(
    store: Store, declared: Declared, pending: Mapping[int, Erasure], files: Files, *, may_be_lost: bool
) -> frozenset[str]:
    """Drop the files of before that may name erased people, and forget their traces, which are not needed any more.

    Returns the digests of the files that no row names any more. Raises StoreUnavailable, and OSError where the files
    cannot be reached.
    """
    searches = [FileSearch(erasure.traces) for erasure in pending.values() if erasure.traces is not None]

    async def unit(tx: Transaction) -> frozenset[str]:
        before = await files.in_use(tx)
        for search in searches:
            await shown_store.drop_old_files(tx, declared, search)
        if any(search.unread for search in searches):
            raise _Unread
        gone = before - await files.in_use(tx)
        await erasure_store.add_digests(tx, pending, gone)
        await erasure_store.forget_traces(tx, pending)
        return gone

    while True:
        try:
            return await store.transact(unit)
        except _Unread:
            for search in searches:
                await in_thread(search.read, files, may_be_lost=may_be_lost)


async def replay_erasures(
    store: Store, declared: Declared, storage: StorageSettings, files: Files, now: datetime, *, drop: bool = True
) -> int:
    """Erase from a restored database everyone whom the log file beside it names. Returns how many people were erased.

    `drop` False leaves the files where they are. Raises StoreUnavailable or OSError.
    """
    noted = [erasure for path in _logs(storage) for erasure in _parse(await asyncio.to_thread(_text, path))]
    if not noted:
        return 0
    known = await store.read(erasure_store.fingerprints)
    again = {known[erasure.person]: erasure.texts for erasure in noted if erasure.person in known}
    ended = max((erasure.erased_at for erasure in noted if erasure.person == EVERYONE), default=None)
    if ended is not None:
        before = partial(erasure_store.there_before, instant=ended)
        again |= dict.fromkeys(await store.read(before), True)
        if again and not await store.read(partial(erasure_store.newcomers_since, instant=ended)):
            await store.transact(partial(erase_everyone, declared=declared, now=now, end=ended))
            await finish_erasures(store, declared, storage, files, drop=drop)
            return len(again)
    for participant_id, texts in again.items():
        await store.transact(
            partial(erase, declared=declared, participant_id=participant_id, now=now, texts=texts, files=files)
        )
    await finish_erasures(store, declared, storage, files, drop=drop)
    return len(again)


class Erasures:
    """Finishes erasures in the background.

    `run` works until cancelled; call `wake` after a commit that may contain `erase`.
    """

    def __init__(self, store: Store, declared: Declared, storage: StorageSettings, files: Files, clock: Clock) -> None:
        self._store = store
        self._declared = declared
        self._storage = storage
        self._files = files
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Make `run` look for unfinished erasures soon. This is cheap: many calls cause one look."""
        self._woken.set()

    async def run(self) -> None:
        """Finish erasures at the start, because the last run may have been cut off, and after each `wake`."""
        while True:
            self._woken.clear()
            try:
                await finish_erasures(self._store, self._declared, self._storage, self._files)
            except (StoreUnavailable, OSError) as error:
                log.warning("membership.erasure_waiting", reason=str(error))
                await self._clock.sleep(_AGAIN_AFTER)
                continue
            await self._woken.wait()
            await self._clock.sleep(_BETWEEN_LOOKS)


def log_path(storage: StorageSettings) -> Path:
    """Return the path of the file in which erasures are logged; restoring a backup does not overwrite that file.

    For SQLite it is `<file>.erasures.jsonl` beside the database; for PostgreSQL, `<database>.erasures.jsonl` in the
    folder that the settings name for it, else beside the folder of photos. If several machines run the program, each
    has its own log, and a restore needs all of them.
    """
    scheme, _, rest = storage.url.partition("://")
    if scheme == "sqlite":
        return Path(rest[1:] + _ENDING)
    folder = Path(storage.erasures) if storage.erasures else storage.folder.parent
    return folder.absolute() / _name_of_log(storage.url)


def carry_log(before: StorageSettings, after: StorageSettings) -> None:
    """Add what the erasure logs beside one database say to the log beside another one, to which its people moved.

    Raises OSError.
    """
    if noted := [erasure for path in _logs(before) for erasure in _parse(_text(path))]:
        _append(log_path(after), noted)


def _logs(storage: StorageSettings) -> tuple[Path, ...]:
    """Return all paths of erasure logs: for PostgreSQL also the former path, in the working directory.

    That is left out where it cannot be read: a command may be called in a folder that only somebody else may look into.
    """
    path = log_path(storage)
    before = Path(_name_of_log(storage.url)).absolute()
    alone = storage.url.startswith("sqlite:") or before == path or not os.access(before, os.R_OK)
    return (path,) if alone else (path, before)


def _name_of_log(url: str) -> str:
    name = unquote(urlsplit(url).path).strip("/").replace("/", "_")
    return f"{name or 'rencontres'}{_ENDING}"


def _append(path: Path, erasures: Iterable[Erasure]) -> None:
    text = _text(path)
    noted = {erasure.person for erasure in _parse(text)} - {EVERYONE}
    lines = "".join(f"{_line(erasure)}\n" for erasure in erasures if erasure.person not in noted)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        torn = "\n" if text and not text.endswith("\n") else ""  # a crash may have left half a line
        line = f"{torn}{lines}".encode()
        if os.write(file, line) < len(line):  # the rest would be lost without a word
            raise OSError(ENOSPC, os.strerror(ENOSPC), str(path))
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
