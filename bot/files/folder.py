"""Photos and documents that people sent or are shown, each a file beside the database named by what is in it.

A file is written before the row that names it. What comes with an idea is written inside the transaction of that row,
synchronously: a handler awaits nothing but the database, and the thread that drives SQLite's transactions may wait for
a disk (over PostgreSQL the event loop waits with it, for one file). What a page shows is written before, in a thread.
Writing the same content again changes nothing, so a unit that is repeated is harmless; one that is undone leaves a
file that no row names, which the hourly round takes away once it is an hour old.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from bot.database.engine import Store, Transaction
from bot.files import file_store
from bot.files.named_files import FileTable

_DIGEST = re.compile(r"[0-9a-f]{64}")
UNNAMED_FOR = timedelta(hours=1)
"""How long a file may exist that no row names, because its row may be on its way."""
_AGES = threading.Lock()
"""Locks, so that a file is not deleted by one thread between another's finding it and making it young again."""


def digest_of(content: bytes) -> str:
    """Return the digest that names a content: its SHA-256, in 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


class Files:
    """The files in one folder, each named by the digest of its content. The folder is made with the first file."""

    def __init__(self, folder: Path, tables: Sequence[FileTable] = ()) -> None:
        """`tables` are all tables that name files; they are needed only for `in_use`."""
        self._folder = folder
        self.tables = tables

    async def in_use(self, tx: Transaction) -> frozenset[str]:
        """Return the digests that rows name, each asked of the database. Raises ValueError if no tables were given."""
        return await file_store.digests(tx, self.tables)

    def keep(self, content: bytes) -> str:
        """Write a content durably to the disk and return its digest. Raises OSError when the disk refuses."""
        digest = digest_of(content)
        file = self.path(digest)
        with _AGES:
            if file.exists():
                os.utime(file)  # named anew: it is as young as its row
                return digest
        make_private(file.parent)
        draft = file.with_name(f".{digest}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
                written.write(content)
                written.flush()
                os.fsync(written.fileno())
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        _settle(file.parent)
        return digest

    def read(self, digest: str) -> bytes:
        """Return the content of a digest. Raises FileNotFoundError for none."""
        return self.path(digest).read_bytes()

    def path(self, digest: str) -> Path:
        """Return where a content is, or would be. Raises ValueError for what is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is no digest")
        return self._folder / digest[:2] / digest

    def digests(self) -> Iterator[str]:
        """Return the digests of the files in the folder, in no order."""
        for file in self._folder.glob("??/*"):
            if _DIGEST.fullmatch(file.name):
                yield file.name

    def drop(self, digest: str) -> None:
        """Delete a file; a missing one is ignored."""
        self.path(digest).unlink(missing_ok=True)

    def drop_untouched(self, digest: str) -> bool:
        """Delete a file, unless it was stored again within the last hour. Returns True if it was deleted."""
        with _AGES:
            if gone := self.untouched(digest):
                self.drop(digest)
        return gone

    def untouched(self, digest: str) -> bool:
        """Return whether a file was last stored more than an hour ago, so that its row must exist by now."""
        try:
            kept = self.path(digest).stat().st_mtime
        except FileNotFoundError:
            return False
        return time.time() - kept > UNNAMED_FOR.total_seconds()


def make_private(folder: Path) -> None:
    """Make a folder and its parents, accessible to their owner alone, whatever the program's umask is."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o700, exist_ok=True)


async def drop_unnamed(store: Store, files: Files) -> int:
    """Delete the files that no row names and that were not stored within the last hour. Returns how many.

    Raises StoreUnavailable and OSError.
    """
    old = await asyncio.to_thread(lambda: {digest for digest in files.digests() if files.untouched(digest)})
    left = old - await store.read(files.in_use) if old else old
    if not left:
        return 0

    async def unit(tx: Transaction) -> int:
        # Asked again where nobody else writes: what was kept anew meanwhile has its row, or is young again.
        return sum(files.drop_untouched(parent) for parent in left - await files.in_use(tx))

    return await store.transact(unit)


async def drop_at_once(store: Store, files: Files, digests: Collection[str]) -> None:
    """Delete files whose rows were deleted, unless another row names them. Raises StoreUnavailable and OSError.

    On PostgreSQL a person who sends the very same content in that instant loses it, because their row is not visible
    yet.
    """
    if not digests:
        return

    async def unit(tx: Transaction) -> None:
        for digest in set(digests) - await files.in_use(tx):
            files.drop(digest)

    await store.transact(unit)


def _settle(folder: Path) -> None:
    """Write the names in a folder to the disk, where the system can do that."""
    try:
        opened = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:
        return
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
