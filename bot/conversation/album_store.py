"""Stores the parts of albums: a platform sends each picture separately, and they are stored until all have arrived."""

from __future__ import annotations

import json
from datetime import datetime

from bot.clock import to_micros
from bot.content.forms import Composition, Upload
from bot.content.stored_texts import decode, encode
from bot.conversation import dialogue_store, inbox_store
from bot.conversation.incoming import album_id
from bot.database.engine import Transaction


async def add_part(
    tx: Transaction, platform: str, chat: str, album: str, place: int, part: Composition, now: datetime
) -> None:
    """Store one part of an album; an album is several pictures or files sent together.

    `album` is the platform's id of the album, `part` the message with this one file. Parts may arrive in any order;
    `place` is the position of the part in the album.
    """
    [file] = part.attachments
    await tx.run(
        "INSERT INTO albums (platform, chat, album, place, body, name, media_type, picture, state, content, came_at)"
        " VALUES (:platform, :chat, :album, :place, :body, :name, :media_type, :picture, :state, :content, :now)"
        " ON CONFLICT (platform, chat, album, place) DO NOTHING",
        platform=platform,
        chat=chat,
        album=album,
        place=place,
        body=json.dumps([encode(line) for line in part.body], ensure_ascii=False),
        name=file.name,
        media_type=file.media_type,
        picture=int(file.picture),
        state="too_large" if file.too_large else "unwanted" if file.unwanted else "lost" if file.lost else "",
        content=file.content,
        now=to_micros(now),
    )


async def take_album(tx: Transaction, platform: str, chat: str, album: str) -> Composition | None:
    """Return an album, several pictures or files sent together, as one message; None if no part of it is stored.

    `album` is the platform's id of the album. All albums of the chat are deleted from the store.
    """
    rows = await tx.all(
        "SELECT body, name, media_type, picture, state, content FROM albums"
        " WHERE platform = :platform AND chat = :chat AND album = :album ORDER BY place",
        platform=platform,
        chat=chat,
        album=album,
    )
    await tx.run("DELETE FROM albums WHERE platform = :platform AND chat = :chat", platform=platform, chat=chat)
    if not rows:
        return None
    return Composition(
        tuple(decode(line) for row in rows for line in json.loads(row["body"])),
        tuple(
            Upload(
                row["name"],
                bytes(row["content"]),
                too_large=row["state"] == "too_large",
                picture=bool(row["picture"]),
                media_type=row["media_type"],
                lost=row["state"] in ("lost", "unwanted"),
                unwanted=row["state"] == "unwanted",
            )
            for row in rows
        ),
    )


async def last_came(tx: Transaction, platform: str, chat: str, album: str) -> datetime | None:
    """Return when the latest part of an album arrived; None if no part is stored."""
    return await tx.value_or_none(
        datetime,
        "SELECT MAX(came_at) FROM albums WHERE platform = :platform AND chat = :chat AND album = :album",
        platform=platform,
        chat=chat,
        album=album,
    )


async def waiting_albums(tx: Transaction, platform: str) -> list[tuple[str, str]]:
    """Return the chat and the id of each stored album of which further parts may still arrive.

    Albums that were refused, or whose processing failed, are stored too, but left out: their senders were answered.
    """
    rows = await tx.all("SELECT DISTINCT chat, album FROM albums WHERE platform = :platform", platform=platform)
    stored = sorted((row["chat"], row["album"]) for row in rows)
    ended = await inbox_store.known(tx, platform, [album_id(album) for _chat, album in stored])
    return [(chat, album) for chat, album in stored if album_id(album) not in ended]


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Delete the albums that are too old to be the answer to a question of the bot.

    Returns the number of deleted parts, which are single pictures or files.
    """
    return await tx.run("DELETE FROM albums WHERE came_at <= :before", before=to_micros(now - dialogue_store.KEPT))
