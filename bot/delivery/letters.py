"""What announcements say, read once for all their copies: that of the last few stays at hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.storage.engine import Transaction
from bot.storage.outgoing import Claimed, Copy
from bot.texts import decode
from bot.views import Attachment, File, Picture, View, decode_view

_AT_HAND = 4
"""Announcements, each with some files of up to 10 MB."""

Letter = Mapping[str, View]
"""What an announcement says by locale; '' stands for every other one."""


class Letters:
    """The content of announcements, by id and revision."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Letter] = {}

    async def fetch(self, tx: Transaction, claimed: Iterable[Claimed]) -> None:
        """Have at hand what the copies among these deliveries say, in the transaction that claimed them."""
        wanted = {_key(copy): copy for each in claimed if (copy := each.copy) and not copy.ended}
        for key, copy in wanted.items():
            if key not in self._known:
                self._known[key] = await read(tx, copy.announcement_id)
        for key in [key for key in self._known if key not in wanted][: max(0, len(self._known) - _AT_HAND)]:
            del self._known[key]

    def view(self, copy: Copy, locale: str) -> View:
        """What a copy shows to who reads this locale; it was fetched."""
        letter = self._known[_key(copy)]
        return letter.get(locale) or letter[""]


async def read(tx: Transaction, announcement_id: int) -> Letter:
    """What an announcement says now, with everything it carries."""
    row = await tx.one("SELECT content FROM announcements WHERE id = :id", id=announcement_id)
    assert row is not None
    rows = await tx.all(
        "SELECT kind, name, media_type, alt, content FROM announcement_files WHERE announcement_id = :id"
        " ORDER BY position",
        id=announcement_id,
    )
    attachments: tuple[Attachment, ...] = tuple(
        Picture(bytes(each["content"]), decode(json.loads(each["alt"])) if each["alt"] else "", each["name"])
        if each["kind"] == "picture"
        else File(each["name"], bytes(each["content"]), each["media_type"])
        for each in rows
    )
    return {
        locale: replace(decode_view(stored), attachments=attachments)
        for locale, stored in json.loads(row["content"]).items()
    }


def _key(copy: Copy) -> tuple[int, int]:
    return copy.announcement_id, copy.revision
