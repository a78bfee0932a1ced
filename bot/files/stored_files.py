"""Stores photos and documents beside the database, in a folder or a bucket, each named by the digest of its content.

A file is written before the transaction begins that adds the row naming it, so that a transaction never waits for a
disk or a network while it delays others. Storing the same content again changes nothing, so this may be repeated. A
transaction that is rolled back leaves a file that no row names; the hourly housekeeping deletes it once it is an hour
old.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from errno import EIO
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from bot.database.engine import Store, Transaction
from bot.files import file_store
from bot.files.named_files import FileTable

P = ParamSpec("P")
T = TypeVar("T")

UNNAMED_FOR = timedelta(hours=1)
"""How long a file is kept that no row names yet: the transaction that adds the row may not be committed."""
_DROPPED_AT_ONCE = 10
"""After so many deletions, the files in use are read again, because others may have sent the same content meanwhile."""
_THREADS = ThreadPoolExecutor(8, "files")
"""Threads for the files alone, so that calls that wait for files which do not answer hold up nothing else."""


class FilesAway(OSError):
    """The error that the storage of files does not answer, or refuses a request.

    As for other errors of files, `strerror` is the reason; `filename` is the name of the storage. Neither contains a
    secret.
    """

    def __init__(self, why: str, place: str) -> None:
        super().__init__(EIO, why, place)

    def __reduce__(self) -> tuple[type[FilesAway], tuple[str | None, str | None]]:
        """Return how another process makes an equal error."""
        return type(self), (self.strerror, self.filename)


class FileRefused(FilesAway):
    """The error that the storage of files refuses a request about one file.

    Requests about other files may still succeed.
    """


class OpenFile(Protocol):
    """A stored file that is open for reading. Only one piece at a time is in memory."""

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes of the file, fewer at its end, and none after its end.

        Raises OSError if the storage fails.
        """
        ...

    def close(self) -> None:
        """Close the file."""
        ...


class Files(ABC):
    """All stored files, in a folder or a bucket, each named by the digest of its content.

    The methods wait for the disk or the network: in the event loop call them by `in_thread`. They raise FilesAway or
    another OSError if the files cannot be reached, and ValueError for a text that is no digest. A Files object can be
    pickled, to be used in another process.
    """

    def __init__(self, tables: Sequence[FileTable] = ()) -> None:
        """`tables` are all tables that name files; they are needed only for `in_use`."""
        self.tables = tables

    async def in_use(self, tx: Transaction) -> frozenset[str]:
        """Return the digests of all files that rows of the database name.

        Raises ValueError if this object does not know which tables name files.
        """
        return await file_store.digests(tx, self.tables)

    @property
    @abstractmethod
    def place(self) -> str:
        """Return the path of the folder or the address of the bucket with the files, to show to an administrator."""

    @abstractmethod
    def keep(self, content: bytes) -> str:
        """Store bytes as a file, whole or not at all, and return their digest (SHA-256)."""

    @abstractmethod
    def read(self, digest: str) -> bytes:
        """Return the content of the file with a digest. Raises FileNotFoundError if there is no such file."""

    @abstractmethod
    def open(self, digest: str) -> tuple[OpenFile, int]:
        """Open the file with a digest, and return it with its size in bytes.

        Raises FileNotFoundError if there is no such file.
        """

    @abstractmethod
    def holds(self, digest: str) -> bool:
        """Return whether there is a file with this digest (SHA-256 of its content)."""

    @abstractmethod
    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the digest and the size in bytes of each file, in no particular order."""

    @abstractmethod
    def untouched(self) -> set[str]:
        """Return the digests of the files whose content was last stored more than an hour ago."""

    @abstractmethod
    def drop(self, digest: str) -> None:
        """Delete the file with a digest, if it exists."""

    @abstractmethod
    def drop_untouched(self, digest: str) -> bool:
        """Delete a file whose content was last stored more than an hour ago. Returns whether the file was deleted."""

    @abstractmethod
    def reach(self) -> None:
        """Check that the storage of the files answers within a few seconds. Raises OSError if it does not."""

    @abstractmethod
    def try_out(self) -> Sequence[str]:
        """Test that a file can be stored, read and deleted. Returns warnings for an administrator.

        Raises OSError if one of these steps fails.
        """

    def digests(self) -> Iterator[str]:
        """Yield the digests of all files, in no particular order."""
        return (digest for digest, _size in self.sizes())


def digest_of(content: bytes) -> str:
    """Return the digest by which the file with this content is named: its SHA-256, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that waits for the storage of files, in a thread for such calls, and return its result."""
    call = partial(contextvars.copy_context().run, function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_THREADS, call)


async def drop_unnamed(store: Store, files: Files) -> int:
    """Delete the files that no row of the database names and that were last stored more than an hour ago.

    Returns how many were deleted. Raises StoreUnavailable if the database cannot be used, and OSError if the files
    cannot be reached. If the storage refuses to delete a file, deletes the others and then raises FileRefused.
    """
    old = await in_thread(files.untouched)
    left = old - await store.read(files.in_use) if old else old
    # A file that has got a row since was stored again before: it counts as new, and stays.
    return await in_thread(_drop_each, files.drop_untouched, left)


async def drop_at_once(store: Store, files: Files, digests: Collection[str]) -> None:
    """Delete the files with these digests, whose rows were deleted, unless other rows of the database name them.

    If somebody sends the same content at the same moment, the file is deleted although a row for it is about to be
    stored; with a bucket, that moment lasts up to a second. Raises StoreUnavailable if the database cannot be used, and
    OSError if the files cannot be reached. If the storage refuses to delete a file, deletes the others and then raises
    FileRefused.
    """
    left = sorted(digests)
    refusal = None
    for start in range(0, len(left), _DROPPED_AT_ONCE):
        unnamed = set(left[start : start + _DROPPED_AT_ONCE]) - await store.read(files.in_use)
        try:
            await in_thread(_drop_each, files.drop, unnamed)
        except FileRefused as error:
            refusal = error
    if refusal:
        raise refusal


def _drop_each(drop: Callable[[str], bool | None], digests: Collection[str]) -> int:
    """Delete files by `drop`, and return for how many it returned True.

    Raises FileRefused for one that may not be deleted, once the others were deleted; other errors at once.
    """
    dropped, refusal = 0, None
    for digest in digests:
        try:
            dropped += drop(digest) is True
        except FileRefused as error:
            refusal = error
    if refusal:
        raise refusal
    return dropped
