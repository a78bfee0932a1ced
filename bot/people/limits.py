"""What one person may use up, and how it is said that they have: each limit is asked here, for chat and page alike.

Only what costs is counted, from the rows that are there anyway, at the moment when more would be added: an ordinary
message writes nothing for it. Nothing is lost to a limit: who asks says what is kept, and when or how to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.forms import Upload
from bot.content.texts import Moment, Text, _, _n
from bot.database.engine import Transaction
from bot.delivery import delivery_store
from bot.people import attempts
from bot.people.participants import Participant
from handlers.ideas import file_store, moderation_store
from handlers.team import store as questions
from handlers.workshops import call_store

TENFOLD = 10
"""How many times as much as others an organiser may use."""
_HOUR = timedelta(hours=1)


def most(limit: int, person: Participant) -> int:
    """A limit as it holds for someone."""
    return limit * TENFOLD if person.organises else limit


# --- files of ideas


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
    limits = settings.limits
    count, size = await file_store.kept_of(tx, person.id)
    return Room(
        max(most(limits.idea_files, person) - count, 0),
        max(most(limits.idea_megabytes, person) * 1_000_000 - size, 0),
    )


def files_refused(settings: Settings, person: Participant, refused: Sequence[Upload]) -> Text:
    """That files of an idea are not kept, and why."""
    return _n(
        "Easy: {count} file was not kept. Your ideas can hold {files} files or {size} MB in all. Your words are"
        " always taken.",
        "Easy: {count} files were not kept. Your ideas can hold {files} files or {size} MB in all. Your words are"
        " always taken.",
        len(refused),
        files=most(settings.limits.idea_files, person),
        size=most(settings.limits.idea_megabytes, person),
    )


# --- questions to the team


async def next_question(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> datetime | None:
    """When someone may ask the team again, None for now: so many questions an hour, the oldest making room."""
    oldest = await questions.asked_before(tx, person.id, most(settings.limits.questions, person))
    return _an_hour_after(oldest, now)


def question_waits(settings: Settings, person: Participant, again: datetime) -> Text:
    """That a question was not sent yet, and when it can be."""
    return _(
        "Easy: {most} questions an hour. Your question is kept here, you can send it from {time} on.",
        most=most(settings.limits.questions, person),
        time=Moment(_full_minute(again), "time"),
    )


# --- what others are told


async def not_too_often(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> None:
    """Let pass who is about to do something that others are told of. Raises UserError for one time too many an hour."""
    oldest = await delivery_store.told_before(tx, person.id, most(settings.limits.notices, person))
    if (again := _an_hour_after(oldest, now)) is not None:
        raise _told_often(settings, person, again)


async def may_tell(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> bool:
    """Whether others are told of what someone does, where it can be done all the same: they find it when they look."""
    oldest = await delivery_store.told_before(tx, person.id, most(settings.limits.notices, person))
    return _an_hour_after(oldest, now) is None


async def not_too_many_reports(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> None:
    """Let pass who is about to report an idea to the organisers. Raises UserError for one too many an hour."""
    oldest = await moderation_store.reported_before(tx, person.id, most(settings.limits.notices, person))
    if (again := _an_hour_after(oldest, now)) is not None:
        raise UserError(
            _(
                "Easy: you reported {most} ideas within an hour. This one is not reported: do it again from {time} on.",
                most=most(settings.limits.notices, person),
                time=Moment(_full_minute(again), "time"),
            )
        )


def _an_hour_after(oldest: datetime | None, now: datetime) -> datetime | None:
    """When an hour has passed since the oldest that counts; None where it has."""
    return _over(oldest, _HOUR, now)


def _over(since: datetime | None, pause: timedelta, now: datetime) -> datetime | None:
    """When a pause ends that began then; None where it has, or never began.

    One that would begin yet, and not soon, was noted under a clock that was wrong: nobody waits for that.
    """
    if since is None or since > now + pause or since + pause <= now:
        return None
    return since + pause


def _told_often(settings: Settings, person: Participant, again: datetime) -> UserError:
    return UserError(
        _(
            "Easy: others were told {most} times of what you do within an hour. Nothing was changed: do this again"
            " from {time} on.",
            most=most(settings.limits.notices, person),
            time=Moment(_full_minute(again), "time"),
        )
    )


# --- what a group writes down


def too_many_versions(settings: Settings) -> Text:
    """That a group has as many versions to choose from as it may."""
    return _(
        "Easy: your group has {most} versions to choose from already. Your text is kept here: choose one version"
        " together first, then send it again.",
        most=settings.limits.versions,
    )


# --- calls for help


async def next_call(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> datetime | None:
    """When someone may call for help again, None for now: a while after they withdrew a call."""
    pause = timedelta(minutes=settings.limits.call_again)
    withdrawn = await call_store.last_withdrawn(tx, person.id)
    return _over(withdrawn, pause / TENFOLD if person.organises else pause, now)


async def not_too_many_calls(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> None:
    """Let pass who is about to call for help, whoever of the group withdrew their calls before.

    Raises UserError for one too many an hour.
    """
    oldest = await call_store.called_before(tx, person.id, most(settings.limits.notices, person))
    if (again := _an_hour_after(oldest, now)) is not None:
        raise UserError(
            _(
                "Easy: you called {most} times within an hour, so nobody is called now. You can call again from {time}"
                " on. If it cannot wait, fetch someone of the team.",
                most=most(settings.limits.notices, person),
                time=Moment(_full_minute(again), "time"),
            )
        )


def call_waits(again: datetime) -> Text:
    """That no call leaves yet, when one can, and whom else one can turn to."""
    return _(
        "Easy: you have just withdrawn a call. You can call again at {time}. If it cannot wait, fetch someone of the"
        " team, or let another of your group call.",
        time=Moment(_full_minute(again), "time"),
    )


def _full_minute(moment: datetime) -> datetime:
    """The first full minute at which something is possible: hours are told without seconds."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=1)


# --- the document of one's data


async def not_too_many_documents(tx: Transaction, person: Participant, now: datetime) -> None:
    """Let pass who is about to be handed all that is kept about them, and note it: each is long, and stays on disk.

    Raises UserError for one too many, as with wrong codes.
    """
    if pause := await attempts.pause(tx, attempts.DOCUMENT, str(person.id), now):
        again = Moment(_full_minute(now + pause), "time")
        raise UserError(
            _("Easy: your data was handed to you several times just now. You can ask again from {time} on.", time=again)
        )
    await attempts.count(tx, attempts.DOCUMENT, str(person.id), now)


# --- what is posted to the page


def too_many_requests() -> Text:
    """That someone asks for more at a time than is answered."""
    return _("Easy: this page is asked for too much at once. This is still here: try again in a moment.")


def posts_wait() -> Text:
    """That too many large posts are on their way at once."""
    return _("Easy: several people are sending files just now. Yours are still here: send them again in a minute.")


def one_post_at_a_time() -> Text:
    """That someone's large post before is still on its way."""
    return _("Easy: what you sent before is still on its way. This is still here: send it again in a moment.")


def post_too_slow() -> Text:
    """That a post did not come in time."""
    return _("This came too slowly. It is still here: send it again, or fewer files at once.")


def too_many_words(most_bytes: int) -> Text:
    """That a form holds more words than are read."""
    return _(
        "These are too many words: {most} kB at most at once. They are still here: shorten them and send them again.",
        most=most_bytes // 1000,
    )


def files_unwanted() -> Text:
    """That files are not read, because nothing would be done with them."""
    return _("No files can be sent here just now. Your words are still here: send them without a file.")
