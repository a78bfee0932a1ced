"""Stores files in a folder of this machine, or in a folder that several machines share."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EACCES
from pathlib import Path

from bot.files.named_files import FileTable, is_digest, key_of
from bot.files.stored_files import UNNAMED_FOR, Files, FilesAway, OpenFile, digest_of

_AGES = threading.Lock()
"""A lock that keeps one thread from deleting a file while another thread finds it and renews its time."""


class Folder(Files):
    """The files in one folder, which is created with the first file; each is named by the SHA-256 of its content."""

    def __init__(self, folder: Path, tables: Sequence[FileTable] = ()) -> None:
        """`tables` are all tables that name files; they are needed only for `in_use`."""
        super().__init__(tables)
        self._folder = folder

    @property
    def place(self) -> str:
        """Return the path of the folder, for messages to an administrator."""
        return str(self._folder)

    def path(self, digest: str) -> Path:
        """Return the path that the file with a digest has, even if there is no such file.

        Raises ValueError for a text that is no digest.
        """
        return self._folder / key_of(digest)

    def keep(self, content: bytes) -> str:
        """Store bytes as a file, safe on the disk; return their digest (SHA-256). Raises OSError if that fails."""
        digest = digest_of(content)
        file = self.path(digest)
        with _AGES:
            if file.exists() and file.stat().st_size == len(content):
                os.utime(file)  # a new row names it, so that it counts as new
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
        """Return the content of the file with a digest (SHA-256 of its content).

        Raises FileNotFoundError if there is no such file, and FilesAway if the folder cannot be reached.
        """
        file = self.path(digest)
        with self._asking():
            return file.read_bytes()

    def open(self, digest: str) -> tuple[OpenFile, int]:
        """Open the file with a digest (SHA-256 of its content), and return it with its size in bytes.

        Raises FileNotFoundError if there is no such file, and FilesAway if the folder cannot be reached.
        """
        path = self.path(digest)
        with self._asking():
            file = path.open("rb")
            return file, os.fstat(file.fileno()).st_size

    def holds(self, digest: str) -> bool:
        """Return whether there is a file with this digest (SHA-256 of its content)."""
        return self.path(digest).exists()

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the digest and the size in bytes of each file, in no particular order.

        Raises FilesAway if the folder cannot be reached.
        """
        for file in self._folder.glob("??/*"):
            if is_digest(file.name):
                with self._asking():
                    size = file.stat().st_size
                yield file.name, size

    def untouched(self) -> set[str]:
        """Return the digests of the files whose content was last stored more than an hour ago."""
        return {digest for digest in self.digests() if self._is_old(digest)}

    def drop(self, digest: str) -> None:
        """Delete the file with a digest, if it exists. Raises FilesAway if the folder cannot be reached."""
        file = self.path(digest)
        with self._asking():
            file.unlink(missing_ok=True)

    def drop_untouched(self, digest: str) -> bool:
        """Delete a file whose content was last stored more than an hour ago. Returns whether the file was deleted."""
        with _AGES:
            if gone := self._is_old(digest):
                self.drop(digest)
        return gone

    def reach(self) -> None:
        """Check that the folder exists or can be created, and that files can be stored in it. Raises OSError if not."""
        there = next(folder for folder in (self._folder, *self._folder.absolute().parents) if folder.exists())
        if not (there.is_dir() and os.access(there, os.R_OK | os.W_OK | os.X_OK)):
            raise PermissionError(EACCES, "cannot be written to", str(there))

    def try_out(self) -> Sequence[str]:
        """Check that files can be stored in the folder, and return no warnings. Raises OSError if they cannot."""
        self.reach()
        return ()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Make errors FilesAway, as of a share that is out of reach, but for FileNotFoundError for a missing file."""
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise FilesAway(error.strerror or str(error), self.place) from error

    def _is_old(self, digest: str) -> bool:
        """Return whether a file was last stored more than an hour ago; False for a missing file."""
        try:
            kept = self.path(digest).stat().st_mtime
        except FileNotFoundError:
            return False
        return time.time() - kept > UNNAMED_FOR.total_seconds()


def make_private(folder: Path) -> None:
    """Create a folder and its missing parents, so that only their owner can access them."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o700, exist_ok=True)


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
