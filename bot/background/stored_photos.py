"""Removes metadata from old photos, some every hour: photos stored before `bot.files.uploads` began to remove it.

The files beside the database are handled first, in the order of their digests, then the pictures in tables. A setting
stores how far this has got.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.config import setting_store
from bot.database.engine import Store
from bot.files import file_store, held_picture_store, pictures
from bot.files.named_files import FileTable
from bot.files.stored_files import Files, drop_at_once, in_thread

_PLACE = "photos_cut"
"""The key of the setting: «files DIGEST», then «TABLE ID» for each table, then `_DONE`."""
_FILES, _DONE = "files", "done"
AT_ONCE = 200
"""How many files, or rows with pictures, one round handles."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A file without its metadata: its digest, and its size in bytes."""

    digest: str
    size: int


async def cut_stored(store: Store, files: Files) -> int:
    """Remove the metadata, such as the place, from some stored photos, and return how many photos were changed.

    This is called every hour; once all photos are done, it changes nothing and returns 0. Raises StoreUnavailable if
    the database cannot be used, and OSError if the files cannot be used; photos changed before the error remain
    changed.
    """
    place = await store.read(lambda tx: setting_store.get(tx, _PLACE)) or f"{_FILES} "
    if place == _DONE:
        return 0
    holding = {table.name: table for table in files.tables if table.held}
    stage, _space, last = place.partition(" ")
    reached, done = await (
        _cut_files(store, files, last) if stage == _FILES else _cut_held(store, holding[stage], int(last))
    )
    following = f"{stage} {reached}" if reached else _after(stage, [_FILES, *holding])
    await store.transact(lambda tx: setting_store.put(tx, _PLACE, following))
    return done


def _after(stage: str, stages: Sequence[str]) -> str:
    """Return the value of the setting for the beginning of the stage after `stage`."""
    later = stages[stages.index(stage) + 1 :]
    return f"{later[0]} 0" if later else _DONE


async def _cut_files(store: Store, files: Files, after: str) -> tuple[str, int]:
    """Handle some files; return the last digest, '' at the end, and how many files were changed."""
    digests = await store.read(lambda tx: file_store.after(tx, files.tables, after, AT_ONCE))
    done = 0
    for digest in digests:
        if cut := await in_thread(_cut_file, files, digest):
            await store.transact(
                partial(file_store.rename, tables=files.tables, before=digest, digest=cut.digest, size=cut.size)
            )
            await drop_at_once(store, files, [digest])
            done += 1
    return digests[-1] if len(digests) == AT_ONCE else "", done


def _cut_file(files: Files, digest: str) -> _Cut | None:
    """Write a picture without its metadata as another file, and return that; None if there is nothing to remove."""
    try:
        content = files.read(digest)
    except FileNotFoundError:  # the files were not restored with the database
        return None
    found = pictures.cut(content)
    if found is None or found.content == content:
        return None
    return _Cut(files.keep(found.content), len(found.content))


async def _cut_held(store: Store, table: FileTable, after: int) -> tuple[str, int]:
    """Handle some pictures of a table; return the last id, '' at the end, and how many pictures were changed."""
    done = 0
    for _each in range(AT_ONCE):
        owner = await store.read(lambda tx, after=after: held_picture_store.next_owner(tx, table, after))  # type: ignore[misc]
        if owner is None:
            return "", done
        for held in await store.read(lambda tx, owner=owner: held_picture_store.of_owner(tx, table, owner)):  # type: ignore[misc]
            cut = await asyncio.to_thread(pictures.cut, held.content)
            if cut and cut.content != held.content:
                await store.transact(
                    lambda tx, held=held, cut=cut: held_picture_store.put(tx, table, held, cut.content)  # type: ignore[misc]
                )
                done += 1
        after = owner
    return str(after), done
