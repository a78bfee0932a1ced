"""Copies the files that a database names: photos and documents, which lie in a folder beside a backup."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.app import files_of
from bot.cli.console import CommandFailed
from bot.cli.terminal import err
from bot.config.settings import Settings
from bot.files.folder import Files, digest_of, make_private


@dataclass(frozen=True, slots=True)
class CopiedFiles:
    """The files that a database names: how many were copied or are there, and how many are missing or damaged."""

    folder: Path
    kept: int
    missing: int


def folder_of(backup: Path) -> Path:
    """Return the folder beside a backup in which the files are that it names."""
    return backup.with_name(f"{backup.name}.files")


def take_along(digests: Iterable[str], backup: Path, settings: Settings, before: Path | None) -> CopiedFiles:
    """Copy the files that a backup names, by their digests, into the folder beside it.

    A file that is beside the backup `before` as well is the same file on the disk, so that many backups of many photos
    take little more room than one. Raises CommandFailed, and deletes the backup and what was copied, if the disk
    refuses.
    """
    folder = folder_of(backup)
    try:
        digests = sorted(digests)
        if before:
            _link(digests, Files(folder_of(before)), Files(folder))
        return _copy(digests, files_of(settings), folder, folder)
    except OSError as error:
        drop_backup(backup)
        raise CommandFailed(f"{folder}: {error.strerror}; nothing was kept") from None


def bring_back(digests: Iterable[str], backup: Path, settings: Settings) -> CopiedFiles:
    """Copy the files that a restored database names, after erasing, to where the program looks for them.

    Raises OSError if the disk refuses.
    """
    return _copy(digests, Files(folder_of(backup)), settings.storage.folder, folder_of(backup))


def _link(digests: Iterable[str], source: Files, target: Files) -> None:
    """Give the files that are in `source` a second name in `target`, but for damaged ones."""
    for digest in digests:
        file = source.path(digest)
        if file.exists() and digest_of(file.read_bytes()) == digest:
            make_private(target.path(digest).parent)
            with suppress(OSError):  # not every disk has second names: it is copied then
                target.path(digest).hardlink_to(file)


def _copy(digests: Iterable[str], source: Files, to: Path, told: Path) -> CopiedFiles:
    """Copy each of these files that is not in the folder `to` yet; returns the counts.

    `told` is the folder to name in messages. A file is named by a digest of its content, so that one that is there is
    right.
    """
    target, kept, missing = Files(to), 0, 0
    for digest in digests:
        if not target.path(digest).exists():
            try:
                content = source.read(digest)
            except FileNotFoundError:
                missing += 1
                continue
            if (copied := target.keep(content)) != digest:  # damaged: better none than another
                target.drop(copied)
                missing += 1
                continue
        kept += 1
    return CopiedFiles(told, kept, missing)


def damaged_in(backup: Path) -> str | None:
    """Return the digest of a file beside a backup whose content is another one; None if all are right."""
    copies = Files(folder_of(backup))
    return next((digest for digest in copies.digests() if digest_of(copies.read(digest)) != digest), None)


def drop_backup(backup: Path) -> None:
    """Delete a backup and the folder of its files; missing ones are ignored."""
    for path in (backup, folder_of(backup)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def tell_missing(count: int, folder: Path) -> None:
    """Print how many files are missing or damaged in a folder, unless none is."""
    if count:
        err.print(f"Files that ideas or pages name and that are not in {folder}, or damaged there: {count}.")
