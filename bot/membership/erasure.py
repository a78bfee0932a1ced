"""Erases a person for good, in two steps, each of which is completed even after a crash.

`erase` works in the caller's transaction: it deletes every row about the person, so that messages name «someone», and
adds a row for the unfinished erasure, which for a moment holds what is still to be searched for. `finish_erasures`,
called after commits and when the program starts, does the rest: it writes the erasure to a log file beside the
database, corrects messages in chats and what was stored before messages held references, deletes the person's files,
removes the deleted rows' traces from the disk, and deletes the row of the erasure. `replay_erasures`, called at every
start, reads the log file and erases the same people from a restored backup. Each step may be repeated.

Anything else that ends for good (a confidential conversation, an invitation, a role, a link to a wall) is logged in the
same file (`bot.people.ending_store`), and ended again by `replay_endings`, as its package or capability declares.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from errno import ENOSPC
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from bot.clock import Clock
from bot.config import purpose_store, setting_store
from bot.config.installation import StorageSettings
from bot.config.purpose_store import CHOSEN, EVERYTHING, PURPOSE_ENDING
from bot.config.purposes import TAKING_PART
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.database.new_ids import skip_given_ids
from bot.database.retrying import retry_until_available
from bot.delivery import channel_store, delivery_store, outbox
from bot.files.stored_files import Files, drop_at_once, in_thread
from bot.membership import erasure_store, shown_store, waiting_erasure_store
from bot.membership.erasure_store import EVERYONE, CorrectedSoFar, Erasure
from bot.membership.shown_store import FileSearch, Portion
from bot.people import ending_store, participant_store
from bot.people.declared import Declared
from bot.people.ending_store import LoggedEnding
from bot.people.reference_store import last_ids
from bot.people.stored_before import Traces

log = structlog.get_logger()

_ENDING = ".erasures.jsonl"
_LONG_AGO = "1970-01-01T00:00:00+00:00"
_BETWEEN_LOOKS = 1.0
_AGAIN_AFTER = 5.0


async def erase(
    tx: Transaction, declared: Declared, participant_id: int, now: datetime, *, texts: bool, files: Files
) -> bool:
    """Delete everything about a participant. Returns False if there is no participant with this id.

    If the participant had a place in a theme or car, the place is given to the next person who waits for one. If
    `texts` is True, what the participant wrote for others is deleted too; otherwise it is kept without an author.
    `files` is the file storage. Call `finish_erasures` after the commit: it corrects older messages, and deletes the
    files that are no longer needed.
    """
    person = await participant_store.find(tx, participant_id)
    if person is None:
        return False
    await erasure_store.set_latest(tx)
    await declared.before_erasing(tx, person, now, texts=texts)
    await outbox.refresh_membership(tx, participant_id, now, ended=True)
    before = await files.in_use(tx)
    erasure = await erasure_store.delete_person(tx, declared, person, now, texts=texts)
    gone = before - await files.in_use(tx)
    await erasure_store.record(tx, replace(erasure, digests=tuple(sorted({*erasure.digests, *gone}))))
    return True


async def empty_some(tx: Transaction, declared: Declared, now: datetime) -> bool:
    """Delete some rows of data that were kept for a purpose that has ended. Returns False if none were left.

    Only a few rows are deleted at once, so that other transactions hardly wait; the caller repeats the call. Files that
    are no longer needed are deleted later.
    """
    keys = await purpose_store.to_empty(tx)
    if not keys:
        return False
    tables = [data for data in declared.tables if keys[0] in (data.purpose, EVERYTHING)]
    for data in tables:
        if not data.stays_at_the_end and await erasure_store.delete_portion(tx, data.table):
            return True
    await erasure_store.set_latest(tx)
    for statement in (statement for data in tables for statement in data.at_the_end):
        await tx.run(statement)
    for data in tables:
        await shown_store.drop_made_from(tx, data.table)
    await outbox.refresh_channels(tx, await channel_store.groups_with_channels(tx), now)  # without groups they close
    if keys[0] == EVERYTHING:
        await erasure_store.release_accounts(tx, now)
        await erasure_store.record(tx, Erasure(EVERYONE, True, now, (EVERYONE,)))
    else:
        what = f"{keys[0]} {await setting_store.get(tx, CHOSEN + keys[0]) or ''}"
        await ending_store.record_endings(tx, PURPOSE_ENDING, [what], traces=True)
    await purpose_store.set_to_empty(tx, keys[1:])
    return True


async def _empty_all(store: Store, declared: Declared, now: datetime) -> None:
    while await store.transact(partial(empty_some, declared=declared, now=now)):
        pass


async def finish_erasures(
    store: Store,
    declared: Declared,
    storage: StorageSettings,
    files: Files,
    *,
    drop: bool = True,
    searches: dict[str, FileSearch] | None = None,
) -> int:
    """Finish the erasures that `erase` began in committed transactions, and return how many were finished.

    Files that are no longer needed are deleted from `files`, and all other things that ended for good are logged. If
    `drop` is False, neither is done, because the database is a copy that is not in use yet. `searches` has a search of
    files for each erased person; the caller passes the same mapping to the next call, so that no file is searched
    twice.

    Raises StoreUnavailable if the database cannot be used, and OSError if the files cannot be reached; the next call
    then finishes the erasures. Raises FilesAway if all files to be searched are missing, unless `drop` is False.
    """
    if drop:  # a copy that is not in use may never be
        await _note_endings(store, storage)
    pending = await store.read(erasure_store.pending)
    if pending:
        await asyncio.to_thread(_append, log_path(storage), pending.values())
        for erasure_id, erasure in pending.items():
            if erasure.traces is not None:
                await correct_messages(store, declared, erasure_id, erasure.traces, erasure)
        searches = {} if searches is None else searches
        for erasure in pending.values():
            if erasure.traces is not None:
                searches.setdefault(erasure.person, FileSearch(erasure.traces))
        gone = await _drop_old_files(store, declared, pending, files, searches, may_be_lost=not drop)
        if drop:
            digests = {*gone, *(digest for erasure in pending.values() for digest in erasure.digests)}
            if EVERYONE in digests:
                digests = set(await in_thread(lambda: list(files.digests())))
            await drop_at_once(store, files, digests)
        await store.erase_traces()
        await store.transact(lambda tx: erasure_store.drop_finished(tx, pending))
        searches.clear()
    return len(pending)


async def correct_messages(store: Store, declared: Declared, erasure_id: int, traces: Traces, erasure: Erasure) -> None:
    """Correct the messages that name or quote an erased person, in small portions, so that nobody waits long.

    `erasure_id` is the id of the unfinished erasure, and `traces` says what to search for. `erasure` says how far an
    interrupted call got, so that this call continues from that message. Raises StoreUnavailable if the database cannot
    be used.
    """
    last, now = await store.read(last_ids), erasure.erased_at
    progress = erasure.progress

    async def store_deliveries(tx: Transaction, portion: Portion, reached: CorrectedSoFar) -> None:
        await shown_store.correct_deliveries(tx, portion)
        await erasure_store.note_progress(tx, erasure_id, reached)

    async def store_pages(tx: Transaction, portion: Portion, reached: CorrectedSoFar) -> None:
        await shown_store.correct_pages(tx, portion)
        await erasure_store.note_progress(tx, erasure_id, reached)

    async def end(tx: Transaction) -> None:
        await shown_store.edit_again(tx, progress.stale, now)
        await shown_store.drop_late_files(tx, declared, traces.person, now)
        await delivery_store.forget_files(tx)
        await shown_store.forget_in_journal(tx, traces, last.get("journal", 0))
        await erasure_store.note_progress(tx, erasure_id, replace(progress, stale=()))

    while portion := await store.read(
        partial(
            shown_store.deliveries,
            after=progress.deliveries,
            traces=traces,
            last_id=last.get("deliveries", 0),
            now=now,
        )
    ):
        stale = (*progress.stale, *portion.stale)[-shown_store.MOST_CORRECTED :]
        progress = replace(progress, deliveries=portion.last, stale=stale)
        await store.transact(partial(store_deliveries, portion=portion, reached=progress))
    while portion := await store.read(
        partial(
            shown_store.page_messages,
            after=progress.page_messages,
            traces=traces,
            last_id=last.get("page_messages", 0),
        )
    ):
        progress = replace(progress, page_messages=portion.last)
        await store.transact(partial(store_pages, portion=portion, reached=progress))
    await store.transact(end)


async def _note_endings(store: Store, storage: StorageSettings) -> None:
    """Write what was ended to the log, and remove deleted words from the disk.

    It waits for no file of the erasures. Raises StoreUnavailable or OSError; the next call then does the same again.
    """
    if endings := await store.read(ending_store.pending):
        await asyncio.to_thread(_append_endings, log_path(storage), endings.values())
        if any(ended.traces for ended in endings.values()):
            await store.erase_traces()
        await store.transact(lambda tx: ending_store.set_noted(tx, endings))


class _Unread(Exception):
    """Undoes a transaction that has to run again, because files must be searched first."""


async def _drop_old_files(
    store: Store,
    declared: Declared,
    pending: Mapping[int, Erasure],
    files: Files,
    known: Mapping[str, FileSearch],
    *,
    may_be_lost: bool,
) -> frozenset[str]:
    """Drop earlier files that may name erased people, and forget their traces, which are not needed any more.

    Returns the digests of the files that no row names any more. Raises StoreUnavailable, and OSError where the files
    cannot be reached.
    """
    searches = [known[erasure.person] for erasure in pending.values() if erasure.traces is not None]

    async def unit(tx: Transaction) -> frozenset[str]:
        before = await files.in_use(tx)
        if searches:
            await shown_store.drop_old_files(tx, declared, searches)
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
    """Erase the people whom the erasure log names from a restored database; return how many were erased.

    The log is a file beside the database. People who are not in the database are skipped. If `drop` is False, files are
    not deleted. Raises StoreUnavailable if the database cannot be used, and OSError if the files or the log cannot be
    reached.
    """
    noted = [erasure for path in _logs(storage) for erasure in _parse(await asyncio.to_thread(_text, path))]
    if not noted:
        return 0
    known = await store.read(ending_store.fingerprints)
    again = {known[erasure.person]: erasure.texts for erasure in noted if erasure.person in known}
    if again:  # somebody put a backup there
        await store.transact(partial(skip_given_ids, now=now))
    ended = max((erasure.erased_at for erasure in noted if erasure.person == EVERYONE), default=None)
    if ended is not None:
        before = partial(erasure_store.there_before, instant=ended)
        again |= dict.fromkeys(await store.read(before), True)
    for participant_id, texts in again.items():
        await store.transact(
            partial(erase, declared=declared, participant_id=participant_id, now=now, texts=texts, files=files)
        )
    if again and ended is not None and not await store.read(participant_store.has_anyone):
        await store.transact(partial(purpose_store.set_over, key=TAKING_PART, end=ended))
        await store.transact(partial(purpose_store.set_to_empty, keys=[EVERYTHING]))
        await _empty_all(store, declared, now)
    await finish_erasures(store, declared, storage, files, drop=drop)
    return len(again)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was erased and ended again after a backup was restored: how many people, and how many other things.

    `whole` is False if the log may lack things that ended since the backup; all links and sessions were then ended.
    """

    people: int
    ended: int
    whole: bool = True


async def replay(
    store: Store,
    declared: Declared,
    storage: StorageSettings,
    files: Files,
    now: datetime,
    *,
    drop: bool = True,
    restored: bool = False,
) -> Replayed:
    """Erase people and end things again that were erased or ended after a backup was made; return how many.

    The log beside the database names them. If `drop` is False, files are not deleted. `restored` is True if the
    database is certainly a backup that was just restored, False at an ordinary start. Raises StoreUnavailable if the
    database cannot be used, and OSError if the files or the log cannot be reached.
    """
    ended, whole = await replay_endings(store, declared, storage, now, restored=restored)  # whatever files can be read
    await _empty_all(store, declared, now)
    people = await replay_erasures(store, declared, storage, files, now, drop=drop)
    return Replayed(people, ended, whole)


async def replay_endings(
    store: Store, declared: Declared, storage: StorageSettings, now: datetime, *, restored: bool
) -> tuple[int, bool]:
    """End things, such as sessions, that are still valid here although the log next to the database says they ended.

    `restored` is True if the database is a backup that was just restored. Returns how many things were ended, and True
    if the log is certainly complete. If the log of a restored database may be incomplete, all sessions and links are
    ended too, and the second value is False. After a restore, new rows get ids that no row ever had. Raises
    StoreUnavailable if the database cannot be used, and OSError if the log cannot be read.
    """
    logged = await _logged(storage)
    if not restored:
        await _note_lost(store, logged)
        if logged.keys() <= await store.read(ending_store.marks):
            return 0, True

    async def unit(tx: Transaction) -> tuple[int, bool]:
        known, waiting = await ending_store.marks(tx), await ending_store.pending(tx)
        since = [ended for mark, ended in logged.items() if mark not in known]
        kinds = {ending_store.BEGUN, *(ending.kind for ending in declared.endings)}
        whole = bool(known) and known <= logged.keys() and kinds >= {ended.kind for ended in since}
        again = await declared.end_again(tx, _not_back(since), now)
        # The log has all of these.
        await ending_store.drop(tx, (await ending_store.pending(tx)).keys() - waiting.keys())
        await ending_store.know(tx, [ended.mark for ended in since])
        if restored and not whole:
            await declared.end_all(tx, now)
        if restored or since:
            await skip_given_ids(tx, now)
        return again, whole

    again, whole = await store.transact(unit)
    if again:
        await store.erase_traces()
    return again, whole


def _not_back(endings: Iterable[LoggedEnding]) -> Mapping[str, Sequence[str]]:
    """Return what was ended and not undone after that, by kind.

    The ids say what came later, because the logs of several machines may have been joined in any order. Older lines
    have no ids: among these, what was ended stays ended.
    """
    in_order = sorted(endings, key=lambda ended: (ended.id, not ended.back))
    last = {(ended.kind, ended.what): ended.back for ended in in_order}
    whats: dict[str, list[str]] = {}
    for (kind, what), back in last.items():
        if not back:
            whats.setdefault(kind, []).append(what)
    return whats


async def note_lost(store: Store, storage: StorageSettings) -> None:
    """Log again that things, such as sessions, ended for good, if the log next to the database has lost that.

    The log then says that something ended, but not what, so that a later restore can tell that the log is incomplete.
    Raises StoreUnavailable if the database cannot be used, and OSError if the log cannot be used.
    """
    await _note_lost(store, await _logged(storage))


async def _note_lost(store: Store, logged: Mapping[str, LoggedEnding]) -> None:
    if lost := await store.read(ending_store.recorded_marks) - logged.keys():
        await store.transact(partial(ending_store.record_again, lost=lost))


async def _logged(storage: StorageSettings) -> Mapping[str, LoggedEnding]:
    """Return the endings in the logs, by mark, in their order; each with what it ended if one of the logs says that."""
    logged: dict[str, LoggedEnding] = {}
    for path in _logs(storage):
        for ended in _endings(await asyncio.to_thread(_text, path)):
            if ended.kind or ended.mark not in logged:
                logged[ended.mark] = ended
    return logged


class Erasures:
    """Finishes the erasures of people in the background, and logs all other things that ended for good.

    `run` works until cancelled; call `wake` after a commit in which `erase` may have been called.
    """

    def __init__(self, store: Store, declared: Declared, storage: StorageSettings, files: Files, clock: Clock) -> None:
        self._store = store
        self._declared = declared
        self._storage = storage
        self._files = files
        self._clock = clock
        self._woken = asyncio.Event()
        self._searches: dict[str, FileSearch] = {}

    def wake(self) -> None:
        """Make `run` look soon for erasures that are not finished. This is cheap: many calls cause one look."""
        self._woken.set()

    async def run(self) -> None:
        """Finish erasures of people until cancelled: at the start, after each `wake`, and when an erasure is due."""
        while True:
            self._woken.clear()
            await retry_until_available(
                self._erase_and_finish,
                self._clock,
                _AGAIN_AFTER,
                lambda error: log.warning("membership.erasure_waiting", reason=str(error)),
                (StoreUnavailable, OSError),
            )
            await self._wait(await self._store.read(waiting_erasure_store.next_due))
            await self._clock.sleep(_BETWEEN_LOOKS)

    async def _erase_and_finish(self) -> None:
        await self._erase_due()
        await finish_erasures(self._store, self._declared, self._storage, self._files, searches=self._searches)

    async def _erase_due(self) -> None:
        """Erase the people whose hour of waiting is over."""
        now = self._clock.now()
        for participant_id, texts in (await self._store.read(partial(waiting_erasure_store.due, now=now))).items():
            await self._store.transact(
                partial(
                    erase,
                    declared=self._declared,
                    participant_id=participant_id,
                    now=now,
                    texts=texts,
                    files=self._files,
                )
            )
        await self._store.transact(partial(waiting_erasure_store.forget, now=now))

    async def _wait(self, due: datetime | None) -> None:
        """Wait until `wake` is called, or until an instant, None for none."""
        woken = asyncio.create_task(self._woken.wait())
        left = 0.0 if due is None else max((due - self._clock.now()).total_seconds(), 0.0)
        time = None if due is None else asyncio.create_task(self._clock.sleep(left))
        try:
            await asyncio.wait({woken} if time is None else {woken, time}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            if time is not None:
                time.cancel()


def log_path(storage: StorageSettings) -> Path:
    """Return the path of the file in which erasures are logged; restoring a backup does not overwrite that file.

    For SQLite it is `<file>.erasures.jsonl` beside the database; for PostgreSQL, `<database>.erasures.jsonl` in the
    folder that the settings name for it, otherwise beside the folder of photos. If several machines run the program,
    each has its own log, and a restore needs all of them.
    """
    scheme, _, rest = storage.url.partition("://")
    if scheme == "sqlite":
        return Path(rest[1:] + _ENDING)
    folder = Path(storage.erasures) if storage.erasures else storage.folder.parent
    return folder.absolute() / _name_of_log(storage.url)


def carry_log(before: StorageSettings, after: StorageSettings) -> None:
    """Copy the log of erasures to the place where a copied database has its log.

    `before` are the settings of the old database, `after` the settings of the copy. Raises OSError if that fails.
    """
    texts = [_text(path) for path in _logs(before)]
    if noted := [erasure for text in texts for erasure in _parse(text)]:
        _append(log_path(after), noted)
    if endings := [ended for text in texts for ended in _endings(text)]:
        _append_endings(log_path(after), endings)


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
    _write(path, text, [_line(erasure) for erasure in erasures if erasure.person not in noted])


def _append_endings(path: Path, endings: Iterable[LoggedEnding]) -> None:
    text = _text(path)
    noted = {ended.mark for ended in _endings(text)}
    _write(path, text, [_line_of(ended) for ended in endings if ended.mark not in noted])


def _write(path: Path, text: str, added: Iterable[str]) -> None:
    """Add lines to a file whose text is `text`, and keep them through a loss of power."""
    lines = "".join(f"{line}\n" for line in added)
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


def _line_of(ended: LoggedEnding) -> str:
    # An older program, to which one may go back, reads this as the erasure of somebody whom it does not know.
    noted = {"person": ended.mark, "texts": False, "erased_at": _LONG_AGO, "ended": ended.kind, "what": ended.what}
    return json.dumps(noted | {"id": ended.id} | ({"back": True} if ended.back else {}))


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _parse(text: str) -> Iterator[Erasure]:
    for noted in _lines(text):
        if "ended" not in noted:
            yield Erasure(noted["person"], noted["texts"], datetime.fromisoformat(noted["erased_at"]))


def _endings(text: str) -> Iterator[LoggedEnding]:
    for noted in _lines(text):
        if "ended" in noted:
            back, ending_id = noted.get("back", False), noted.get("id", 0)
            yield LoggedEnding(noted["person"], noted["ended"], noted["what"], back, id=ending_id)


def _lines(text: str) -> Iterator[Mapping[str, Any]]:
    for line in text.splitlines():
        try:
            noted = json.loads(line)
        except ValueError:
            continue  # torn by a crash: it was pending still, and was noted again
        if isinstance(noted, dict):  # what is left of a torn line may be a number
            yield noted
