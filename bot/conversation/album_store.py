"""Albums on their way in: each picture comes by itself, and waits here for the others."""

from __future__ import annotations

import json
from datetime import datetime

from bot.clock import to_micros
from bot.content.forms import Composition, Upload
from bot.content.stored_texts import decode, encode
from bot.conversation import dialogue_store
from bot.database.engine import Transaction


async def add_part(
    tx: Transaction, platform: str, chat: str, album: str, place: int, part: Composition, now: datetime
) -> None:
    """Keep one part of an album, with the one file it is: in any order, `place` says where it belongs."""
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
    """An album as one message, its parts in order; None where none is kept. What waited in the chat is gone then."""
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


async def waiting_albums(tx: Transaction, platform: str) -> list[tuple[str, str]]:
    """The albums, by chat and id, that nobody has told to be whole: as after a restart."""
    rows = await tx.all("SELECT DISTINCT chat, album FROM albums WHERE platform = :platform", platform=platform)
    return sorted((row["chat"], row["album"]) for row in rows)


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Drop what was never taken, once nobody is asked for it any more."""
    return await tx.run("DELETE FROM albums WHERE came_at <= :before", before=to_micros(now - dialogue_store.KEPT))
