"""How many files people may hang on their ideas, and how often they may report ideas of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.forms import Upload
from bot.content.texts import Moment, Text, _, _n
from bot.database.engine import Transaction
from bot.people import limits
from bot.people.participants import Participant
from handlers.ideas import file_store, moderation_store


@dataclass(frozen=True, slots=True)
class Room:
    """What someone may still hang on their ideas: so many files, and so many bytes. Never below 0."""

    files: int
    size: int

    @property
    def any(self) -> bool:
        """Whether there is any, so that it is worth while to fetch a file."""
        return self.files > 0 and self.size > 0

    def fitting(self, uploads: Sequence[Upload]) -> tuple[list[Upload], list[Upload]]:
        """Those of some files that may be kept, and those that may not; in order, each as if kept before the next.

        One that was not fetched fits while there is any room: why it is not there is another question.
        """
        files, size = self.files, self.size
        fits: list[Upload] = []
        refused: list[Upload] = []
        for each in uploads:
            if files > 0 and size > 0 and len(each.content) <= size:
                fits.append(each)
                files, size = files - 1, size - len(each.content)
            else:
                refused.append(each)
        return fits, refused


async def room_for_files(tx: Transaction, settings: Settings, person: Participant) -> Room:
    """What someone may still hang on their ideas."""
    allowed = settings.limits
    count, size = await file_store.kept_of(tx, person.id)
    return Room(
        max(limits.most(allowed.idea_files, person) - count, 0),
        max(limits.most(allowed.idea_megabytes, person) * 1_000_000 - size, 0),
    )


def files_refused(settings: Settings, person: Participant, refused: Sequence[Upload]) -> Text:
    """That files of an idea are not kept, and why."""
    return _n(
        "Easy: {count} file was not kept. Your ideas can hold {files} files or {size} MB in all. Your words are"
        " always taken.",
        "Easy: {count} files were not kept. Your ideas can hold {files} files or {size} MB in all. Your words are"
        " always taken.",
        len(refused),
        files=limits.most(settings.limits.idea_files, person),
        size=limits.most(settings.limits.idea_megabytes, person),
    )


async def not_too_many_reports(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> None:
    """Let pass who is about to report an idea to the organisers. Raises UserError for one too many an hour."""
    oldest = await moderation_store.reported_before(tx, person.id, limits.most(settings.limits.notices, person))
    if (again := limits.an_hour_after(oldest, now)) is not None:
        raise UserError(
            _(
                "Easy: you reported {most} ideas within an hour. This one is not reported: do it again from {time} on.",
                most=limits.most(settings.limits.notices, person),
                time=Moment(limits.full_minute(again), "time"),
            )
        )
