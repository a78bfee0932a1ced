"""Stores photos and documents, each as a file beside the database that is named by the digest of its content.

A file is written before the transaction that adds the row naming it is committed. The file of an idea is written
synchronously inside that transaction, because a unit may await nothing but the database: on SQLite only the database
thread waits for the disk, on PostgreSQL the event loop. A file for a web page is written before the transaction, in a
thread. Writing the same content again changes nothing, so a unit may be repeated. A unit that is rolled back leaves a
file that no row names; the hourly housekeeping deletes it once it is an hour old.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from bot.database.engine import Store, Transaction
from bot.files import file_store
from bot.files.named_files import FileTable, is_digest, path_of

UNNAMED_FOR = timedelta(hours=1)
"""How long a file that no row names is kept, because the transaction that adds its row may not be committed yet."""
_AGES = threading.Lock()
"""A lock that keeps one thread from deleting a file while another thread finds it and renews its time."""


def digest_of(content: bytes) -> str:
    """Return the digest of a content, which is the name of its file: its SHA-256, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


class Files:
    """The files in one folder, each named by the digest of its content. The first file creates the folder."""

    def __init__(self, folder: Path, tables: Sequence[FileTable] = ()) -> None:
        """`tables` are all tables that name files; they are needed only for `in_use`."""
        self._folder = folder
        self.tables = tables

    async def in_use(self, tx: Transaction) -> frozenset[str]:
        """Return the digests of all files that rows name. Raises ValueError if no tables were given."""
        return await file_store.digests(tx, self.tables)

    def keep(self, content: bytes) -> str:
        """Store a content as a file, safe on the disk, and return its digest. Raises OSError if that fails."""
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
        """Return the content of the file with this digest. Raises FileNotFoundError if there is none."""
        return self.path(digest).read_bytes()

    def path(self, digest: str) -> Path:
        """Return the path of the file with this digest, even if it does not exist.

        Raises ValueError for an invalid digest.
        """
        return path_of(self._folder, digest)

    def digests(self) -> Iterator[str]:
        """Yield the digests of all files in the folder, in no particular order."""
        for file in self._folder.glob("??/*"):
            if is_digest(file.name):
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
        """Return whether a file was last stored more than an hour ago; False for a missing file."""
        try:
            kept = self.path(digest).stat().st_mtime
        except FileNotFoundError:
            return False
        return time.time() - kept > UNNAMED_FOR.total_seconds()


def make_private(folder: Path) -> None:
    """Create a folder and its missing parents, accessible only to their owner, whatever the program's umask is."""
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
    """Delete the files with these digests, whose rows were deleted, unless other rows name them.

    Raises StoreUnavailable and OSError. On PostgreSQL, if somebody sends the same content at the same moment, that file
    is deleted too, because its row is not visible yet.
    """
    if not digests:
        return

    async def unit(tx: Transaction) -> None:
        for digest in set(digests) - await files.in_use(tx):
            files.drop(digest)

    await store.transact(unit)


def _settle(folder: Path) -> None:
    """Make the names in a folder safe on the disk, where the system can do that."""
    try:
        opened = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:
        return
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
