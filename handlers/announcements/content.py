"""Reads the content of announcements once for all their copies, and caches the last few.

A copy is the message to one recipient.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.outgoing import Copy
from handlers.announcements.messages import WITHDRAWN, digest, draw
from handlers.announcements.store import contents, reports
from handlers.announcements.store.contents import CopiedContent

_AT_HAND = 4
"""How many announcements are kept in memory, each with files of up to 10 MB."""
_LOOKED_AT = 10
"""Of how many announcements that somebody got the buttons are found again."""


async def copies_of(tx: Transaction, participant_id: int) -> Sequence[View]:
    """Return the last announcements that a person got, as messages with all their buttons but without files."""
    newest = sorted(await reports.received_by(tx, participant_id), reverse=True)[:_LOOKED_AT]
    found = [await contents.find_words(tx, announcement_id) for announcement_id in newest]
    return [draw(content, contents.ELSE) for content in found if content]


class ContentCache:
    """Keeps the content of the last few announcements in memory, by id and revision."""

    withdrawn = WITHDRAWN

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], CopiedContent] = {}
        self._digests: dict[tuple[int, int, str], str] = {}

    async def fetch(self, tx: Transaction, copies: Iterable[Copy]) -> None:
        """Read the content of announcements before their `copies` (messages to one recipient) are sent.

        This happens in the database transaction that marks the copies as being sent.
        """
        wanted = {_key(copy): copy for copy in copies if not copy.ended}
        for key, copy in wanted.items():
            if key not in self._known and (content := await contents.find_content(tx, copy.original_id)):
                self._known[key] = content
        for key in [key for key in self._known if key not in wanted][: max(0, len(self._known) - _AT_HAND)]:
            del self._known[key]
            self._digests = {cached: found for cached, found in self._digests.items() if cached[:2] != key}

    def view(self, copy: Copy, locale: str) -> View:
        """Return the message that a copy (an announcement's message to one recipient) shows in this locale.

        `fetch` must have read the content of the copy.
        """
        return draw(self._known[_key(copy)], locale, seen=copy.seen)

    def digest(self, copy: Copy, locale: str) -> str:
        """Return a digest of the message that a copy (an announcement's message to one recipient) shows in this locale.

        Equal messages have equal digests. `fetch` must have read the content of the copy.
        """
        key = (*_key(copy), locale)
        if key not in self._digests:
            self._digests[key] = digest(self._known[_key(copy)], locale)
        return self._digests[key]


def _key(copy: Copy) -> tuple[int, int]:
    return copy.original_id, copy.revision
