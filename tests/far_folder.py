"""Stored files that may be out of reach, as a bucket or a shared folder may be."""

from __future__ import annotations

from collections.abc import Iterator

from bot.files.folder import Folder
from bot.files.stored_files import FilesAway, OpenFile


class FarFolder(Folder):
    """A folder that does not answer while it is `away`."""

    away = False

    def keep(self, content: bytes) -> str:
        self.reach()
        return super().keep(content)

    def read(self, digest: str) -> bytes:
        self.reach()
        return super().read(digest)

    def open(self, digest: str) -> tuple[OpenFile, int]:
        self.reach()
        return super().open(digest)

    def drop(self, digest: str) -> None:
        self.reach()
        super().drop(digest)

    def sizes(self) -> Iterator[tuple[str, int]]:
        self.reach()
        return super().sizes()

    def reach(self) -> None:
        if self.away:
            raise FilesAway("does not answer", "far away")
