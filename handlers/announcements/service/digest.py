"""The message that lists earlier announcements by title for people who join later."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.content.texts import Span, Strong, _n
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.people import audience_store
from handlers.announcements.messages import ReadAnnouncement
from handlers.announcements.service.titles import title_of
from handlers.announcements.store import announcements, contents, reports

VALID_FOR = timedelta(days=30)
"""For how long an announcement is shown to people who join after it was sent."""
_MOST_IN_DIGEST = 5


async def digest_for(tx: Transaction, participant_id: int, now: datetime) -> View | None:
    """Return one message that lists announcements sent before a participant joined; None if there are none.

    It leaves out announcements that are not for the participant or that they have got already, and campaigns that are
    over.
    """
    received = await reports.received_by(tx, participant_id)
    titles: list[Span] = []
    buttons: list[Button] = []
    for other in await announcements.released_since(tx, now - VALID_FOR):
        if len(titles) == _MOST_IN_DIGEST:
            break
        over = other.deadline is not None and other.deadline <= now
        if over or other.id in received or not await audience_store.includes(tx, other.audience, participant_id):
            continue
        content = await contents.find_words(tx, other.id)
        assert content is not None
        named = title_of(content)
        titles.append(named)
        buttons.append(Button(named, ReadAnnouncement(other.id)))
    if not titles:
        return None
    sentence = _n(
        "{count} announcement from before you came, which still applies:",
        "{count} announcements from before you came, which still apply:",
        len(titles),
    )
    return View((sentence, *(Strong(title) for title in titles)), tuple(buttons))
