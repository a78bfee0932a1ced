"""Limits on what one person may use: the engine's own limits, their wording, and the rules for all other limits.

Only what is costly is counted, from rows that are stored anyway, at the moment when more would be added: an ordinary
message writes nothing for it. Nothing is lost because of a limit: the caller says what is kept, and when or how to go
on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.content.errors import UserError
from bot.content.texts import Moment, Text, _
from bot.database.engine import Transaction
from bot.people import attempt_store
from bot.people.participants import Participant

TENFOLD = 10
"""How many times as much as others an organiser may use."""
_HOUR = timedelta(hours=1)
_A_SECOND_TAP = timedelta(seconds=20)


def most(limit: int, person: Participant) -> int:
    """Return a limit as it applies to a person: ten times as much for organisers."""
    return limit * TENFOLD if person.organises else limit


def an_hour_after(oldest: datetime | None, now: datetime) -> datetime | None:
    """Return the instant one hour after the use at `oldest`; None if it has passed, or if `oldest` is None."""
    return after_pause(oldest, _HOUR, now)


def after_pause(since: datetime | None, pause: timedelta, now: datetime) -> datetime | None:
    """Return when a pause that began at `since` ends; None where it is over, or never began.

    A beginning that lies well ahead was stored under a wrong clock and is ignored.
    """
    if since is None or since > now + pause or since + pause <= now:
        return None
    return since + pause


def full_minute(moment: datetime) -> datetime:
    """Return an instant rounded up to the full minute, because times are shown without seconds."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=1)


# --- the document of one's data


async def document_is_coming(tx: Transaction, person: Participant, now: datetime) -> bool:
    """Return whether someone asked for the document of their data a moment ago, so that this is a second tap."""
    asked = await attempt_store.last(tx, attempt_store.DOCUMENT, str(person.id))
    return asked is not None and asked <= now < asked + _A_SECOND_TAP


async def not_too_many_documents(tx: Transaction, person: Participant, now: datetime) -> None:
    """Count that someone is given the document of their data. Raises UserError if that was too often.

    The document is long and stays on disk. The limit is that of wrong codes.
    """
    if pause := await attempt_store.pause(tx, attempt_store.DOCUMENT, str(person.id), now):
        again = Moment(full_minute(now + pause), "time")
        raise UserError(
            _("Easy: your data was handed to you several times just now. You can ask again from {time} on.", time=again)
        )
    await attempt_store.count(tx, attempt_store.DOCUMENT, str(person.id), now)


# --- what is posted to the page


def too_many_requests() -> Text:
    """Return the refusal for someone who sends more requests at a time than are answered."""
    return _("Easy: this page is asked for too much at once. This is still here: try again in a moment.")


def posts_wait() -> Text:
    """Return the refusal for a large upload while too many others are being received."""
    return _("Easy: several people are sending files just now. Yours are still here: send them again in a minute.")


def one_post_at_a_time() -> Text:
    """Return the refusal for a large upload while an earlier one of the same person is being received."""
    return _("Easy: what you sent before is still on its way. This is still here: send it again in a moment.")


def post_too_slow() -> Text:
    """Return the refusal for an upload that was not received in time."""
    return _("This came too slowly. It is still here: send it again, or fewer files at once.")


def too_many_words(most_bytes: int) -> Text:
    """Return the refusal for a form with more words than are accepted."""
    return _(
        "These are too many words: {most} kB at most at once. They are still here: shorten them and send them again.",
        most=most_bytes // 1000,
    )


def files_unwanted() -> Text:
    """Return the note that files were not read, because they would not be used."""
    return _("No files can be sent here just now. Your words are still here: send them without a file.")
