"""Stores photos and documents of ideas. Their content is in files named by its digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.database.engine import Transaction
from bot.files.named_files import FileTable
from bot.people.browser_store import COUNTED

MOST = 10
"""The largest number of files of one idea: as many as one message can carry."""
TABLE = FileTable(
    name="idea_files",
    owner="idea_id",
    named=True,
    sized=True,
    author="(SELECT i.author_id FROM ideas i WHERE i.id = f.idea_id)",
)
_COLUMNS = "idea_id, position, digest, name, media_type, picture, size"


@dataclass(frozen=True, slots=True)
class IdeaFile:
    """A file of an idea.

    `position` is its place among the idea's files, counted from 0. `digest` identifies the content, `size` is in bytes.
    A `picture` is shown as a picture, any other file is sent as a document.
    """

    idea_id: int
    position: int
    digest: str
    name: str
    media_type: str
    picture: bool
    size: int


async def add_file(
    tx: Transaction,
    idea_id: int,
    *,
    digest: str,
    name: str,
    media_type: str,
    picture: bool,
    size: int,
    native_id: str = "",
) -> IdeaFile | None:
    """Store a file of an idea, after its other files, and return it. Returns None if the idea has ten files already.

    `digest` identifies the content, `size` is in bytes; a `picture` is shown as a picture. `native_id` is the id, on
    the platform, of the message that contained the file; '' for none.
    """
    return await tx.row(
        IdeaFile,
        f"INSERT INTO idea_files ({_COLUMNS}, native_id)"
        " SELECT i.id, n.place, :digest, :name, :media_type, :picture, :size, :native_id"
        " FROM ideas i, (SELECT COALESCE(MAX(f.position) + 1, 0) AS place FROM idea_files f WHERE f.idea_id = :idea) n"
        f" WHERE i.id = :idea AND n.place < :most RETURNING {_COLUMNS}",
        idea=idea_id,
        digest=digest,
        name=name,
        media_type=media_type,
        picture=int(picture),
        size=size,
        native_id=native_id,
        most=MOST,
    )


async def delete_files_of_message(
    tx: Transaction, author_id: int, platform: str, chat: str, native_id: str
) -> int | None:
    """Delete the files that a participant sent in a message for an idea. Returns the idea's id, None without files.

    The message is identified by platform, chat and `native_id`, its id on the platform.
    """
    row = await tx.one(
        "SELECT f.idea_id FROM idea_files f JOIN ideas i ON i.id = f.idea_id WHERE i.author_id = :author"
        " AND i.platform = :platform AND i.chat = :chat AND f.native_id = :native_id AND f.native_id <> ''",
        author=author_id,
        platform=platform,
        chat=chat,
        native_id=native_id,
    )
    if row is None:
        return None
    await tx.run(
        "DELETE FROM idea_files WHERE idea_id = :idea AND native_id = :native_id",
        idea=row["idea_id"],
        native_id=native_id,
    )
    return int(row["idea_id"])


async def files_of_idea(tx: Transaction, idea_id: int) -> Sequence[IdeaFile]:
    """Return the files of an idea, in order."""
    return await tx.rows(
        IdeaFile, f"SELECT {_COLUMNS} FROM idea_files WHERE idea_id = :idea ORDER BY position", idea=idea_id
    )


def count_documents(files: Iterable[IdeaFile]) -> int:
    """Return how many of `files` are no pictures."""
    return sum(not file.picture for file in files)


async def files_of_author(tx: Transaction, author_id: int) -> Sequence[IdeaFile]:
    """Return the files of all ideas of an author, also withdrawn ones, in order."""
    return await tx.rows(
        IdeaFile,
        f"SELECT {_COLUMNS} FROM idea_files WHERE idea_id IN (SELECT id FROM ideas WHERE author_id = :author)"
        " ORDER BY idea_id, position",
        author=author_id,
    )


async def count_files_of(tx: Transaction, author_id: int, browser: str) -> tuple[int, int]:
    """Return how many files an author's ideas have, also withdrawn ideas, and their total size in bytes.

    `browser` says which ideas count: those given in the unconfirmed browser with this id, in any unconfirmed browser
    («*»), or in any other place ('').
    """
    [row] = await tx.all(
        "SELECT COUNT(*) AS files, CAST(COALESCE(SUM(f.size), 0) AS BIGINT) AS size FROM idea_files f"
        " JOIN ideas i ON i.id = f.idea_id WHERE i.author_id = :author"
        f" AND {COUNTED}",
        author=author_id,
        browser=browser,
    )
    return row["files"], row["size"]
