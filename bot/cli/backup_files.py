"""Copies photos and documents that a database names into a folder next to its backup, and back at a restore."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.app import files_of
from bot.cli.console import CommandFailed
from bot.cli.terminal import err
from bot.config.settings import Settings
from bot.files.folder import Folder, make_private
from bot.files.named_files import is_digest
from bot.files.stored_files import Files, FilesAway, digest_of

FILES = ".files"
"""The ending of the name of the folder with files beside a backup."""


@dataclass(frozen=True, slots=True)
class CopiedFiles:
    """The result of copying the files that a database names.

    `kept` is how many were copied or already there, and `missing` how many are missing or damaged. `place` is the
    folder of the backup's files.
    """

    place: str
    kept: int
    missing: int


class RestoredFiles(Folder):
    """The files of a database that is being restored, for reading only.

    A file is read from the program's file storage or, if the storage lacks it, from the folder beside the backup. The
    program reads the files to find each that names somebody who has been erased since the backup.
    """

    def __init__(self, backup: Path, files: Files) -> None:
        """`files` is the file storage that the program uses."""
        super().__init__(folder_of(backup), files.tables)
        self._files = files

    def read(self, digest: str) -> bytes:
        """Return the content of the file with a digest (SHA-256 of its content).

        Raises FileNotFoundError if there is no such file, and FilesAway if the storage cannot be reached.
        """
        try:
            return self._files.read(digest)
        except FileNotFoundError:
            return super().read(digest)


def folder_of(backup: Path) -> Path:
    """Return the path of the folder, beside a backup, that holds the files that the backup names."""
    return backup.with_name(f"{backup.name}{FILES}")


def check_place(backup: Path) -> None:
    """Raise CommandFailed if somebody else could read, redirect or replace a backup at this path.

    The backup, its files and their folder must not be symbolic links; links above them must have been made by root. The
    folders must belong to the user who runs this or to root, and nobody else may write to them. On systems where files
    have no owners, nothing is refused.
    """
    if os.name != "posix":
        return
    backup = backup.absolute()
    files, folder = folder_of(backup), backup.parent
    for path in (*reversed(backup.parents), backup, files):
        if path.is_symlink() and (path in (backup, files, folder) or path.lstat().st_uid != 0):
            raise CommandFailed(f"{path} is a symbolic link: give the path that it leads to", code=2)
    for path in (folder, files):
        if path.exists():
            _check_owner(path)


def _check_owner(folder: Path) -> None:
    found = folder.stat()
    if found.st_uid not in (os.geteuid(), 0):
        raise CommandFailed(f"the folder {folder} belongs to somebody else: give one of your own", code=2)
    by_group = found.st_mode & stat.S_IWGRP and found.st_gid != os.getegid()  # many users have a group of their own
    if by_group or found.st_mode & stat.S_IWOTH:
        raise CommandFailed(
            f"others may write to the folder {folder}: give another one, or run: chmod go-w {folder}", code=2
        )


def take_along(digests: Iterable[str], backup: Path, settings: Settings, before: Path | None) -> CopiedFiles:
    """Copy the files that a backup names, by their digests, into the folder beside the backup; return the result.

    A file that the earlier backup `before` (None for none) already has is linked instead of copied, which saves space
    and downloads. Missing and damaged files are only counted. Raises CommandFailed if the disk is full or the files
    cannot be reached; the backup and the copies are then deleted.
    """
    folder = folder_of(backup)
    try:
        digests = sorted(digests)
        if before:
            _link(digests, Folder(folder_of(before)), Folder(folder))
        return _copy(digests, files_of(settings), Folder(folder), str(folder))
    except OSError as error:
        drop_backup(backup)
        raise CommandFailed(f"{_place_of(error, str(folder))}: {error.strerror}; nothing was kept") from None


def bring_back(digests: Iterable[str], backup: Path, settings: Settings, otherwise: str) -> CopiedFiles:
    """Copy the files that a restored database names, by their digests, from the backup's folder into the file storage.

    Returns the result; missing and damaged files are only counted. Raises CommandFailed if the disk refuses or the
    files cannot be reached; `otherwise` is the end of its message, which says what remains to be done.
    """
    folder, files = folder_of(backup), files_of(settings)
    try:
        return _copy(digests, Folder(folder), files, str(folder))
    except OSError as error:
        raise CommandFailed(f"{_place_of(error, files.place)}: {error.strerror}; {otherwise}") from None


def _place_of(error: OSError, written: str) -> str:
    """Return what an error is about: the place of the stored files, or else the one that is `written` to."""
    return str(error.filename) if isinstance(error, FilesAway) else written


def _link(digests: Iterable[str], source: Folder, target: Folder) -> None:
    """Give the files that are in `source` a second name in `target`, but for damaged ones."""
    for digest in digests:
        file = source.path(digest)
        if file.exists() and digest_of(file.read_bytes()) == digest:
            make_private(target.path(digest).parent)
            with suppress(OSError):  # not every disk has hard links: the file is then copied
                target.path(digest).hardlink_to(file)


def _copy(digests: Iterable[str], source: Files, target: Files, place: str) -> CopiedFiles:
    """Copy each of these files that is not in `target` yet; returns the counts, with the `place` of the backup's files.

    A file is named by a digest of its content, so that one that is there is right.
    """
    kept = missing = 0
    for digest in digests:
        if not is_digest(digest):  # somebody changed the backup
            missing += 1
            continue
        if not target.holds(digest):
            content = _whole(source, digest)
            if content is None:
                missing += 1
                continue
            target.keep(content)
        kept += 1
    return CopiedFiles(place, kept, missing)


def _whole(source: Files, digest: str) -> bytes | None:
    """Return the content of a file; None if it is missing, or damaged: better none than another."""
    try:
        content = source.read(digest)
    except FileNotFoundError:
        return None
    return content if digest_of(content) == digest else None


def damaged_in(backup: Path) -> str | None:
    """Return the digest of one file beside a backup whose content does not match the digest; None if all match."""
    copies = Folder(folder_of(backup))
    return next((digest for digest in copies.digests() if digest_of(copies.read(digest)) != digest), None)


def drop_backup(backup: Path) -> None:
    """Delete a backup and the folder of its files, if they exist."""
    for path in (backup, folder_of(backup)):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def tell_missing(count: int, place: str) -> None:
    """Print that `count` files are missing or damaged in `place`; print nothing if `count` is 0."""
    if count:
        err.print(f"Files that ideas or pages use, but that are missing from {place} or damaged there: {count}.")
