"""What announcements say, read once for all their copies: that of the last few stays at hand."""

from __future__ import annotations

from collections.abc import Iterable

from bot.announcement_copies import draw
from bot.storage import announcement_contents
from bot.storage.announcement_contents import Content
from bot.storage.engine import Transaction
from bot.storage.outgoing import Claimed, Copy
from bot.views import View

_AT_HAND = 4
"""Announcements, each with some files of up to 10 MB."""


class Letters:
    """The content of announcements, by id and revision."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Content] = {}

    async def fetch(self, tx: Transaction, claimed: Iterable[Claimed]) -> None:
        """Have at hand what the copies among these deliveries say, in the transaction that claimed them."""
        wanted = {_key(copy): copy for each in claimed if (copy := each.copy) and not copy.ended}
        for key, copy in wanted.items():
            if key not in self._known and (content := await announcement_contents.content(tx, copy.announcement_id)):
                self._known[key] = content
        for key in [key for key in self._known if key not in wanted][: max(0, len(self._known) - _AT_HAND)]:
            del self._known[key]

    def view(self, copy: Copy, locale: str) -> View:
        """What a copy shows to who reads this locale; it was fetched."""
        return draw(self._known[_key(copy)], locale, seen=copy.seen)


def _key(copy: Copy) -> tuple[int, int]:
    return copy.announcement_id, copy.revision
