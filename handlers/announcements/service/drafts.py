"""Drafts of announcements: how long they may be, and whether the same words were announced a moment ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.forms import Composition
from bot.content.i18n import LOCALES
from bot.content.texts import Reader, _
from bot.database.engine import Transaction
from handlers.announcements.messages import parts
from handlers.announcements.model import MOST_PARTS, Announcement
from handlers.announcements.store import announcements, contents
from handlers.announcements.store.contents import Lines

SAME_WITHIN = timedelta(minutes=10)
"""For how long after an announcement an organiser who sends the same words again is warned first."""


def check_length(lines: Lines, settings: Settings) -> None:
    """Raise UserError if a platform would have to split the text `lines` into more than four messages."""
    for locale in LOCALES:
        longest = max(map(len, parts(lines, Reader(locale, settings.gathering.zone)).values()), default=1)
        if longest > MOST_PARTS:
            raise UserError(
                _(
                    "This is too long: it would take {count} messages, and {most} is the most. Shorten it, or"
                    " put it into a document.",
                    count=longest,
                    most=MOST_PARTS,
                )
            )


async def draft_announcement(
    tx: Transaction, settings: Settings, author_id: int, made: Composition, now: datetime
) -> Announcement:
    """Store the message `made` by the organiser `author_id` as a draft, and return the draft.

    Raises UserError if the text is too long for a platform.
    """
    check_length(made.body, settings)
    return await announcements.add_announcement(tx, author_id, made.body, made.view().attachments, now)


async def find_twin(tx: Transaction, announcement: Announcement, now: datetime) -> Announcement | None:
    """Return another announcement with the same words, files and audience; None if there is none.

    Only announcements that are scheduled, or were sent within the last ten minutes, are compared.
    """
    content = await contents.find_words(tx, announcement.id)
    files = await contents.file_kinds(tx, announcement.id)
    for other in await announcements.waiting_or_recent(tx, now - SAME_WITHIN):
        if other.id == announcement.id or other.audience != announcement.audience or not content:
            continue
        words = await contents.find_words(tx, other.id)
        if words and words.words == content.words and await contents.file_kinds(tx, other.id) == files:
            return other
    return None
