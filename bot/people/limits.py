"""Limits on what one person may use: the engine's own limits, the messages that tell people of them, and helpers.

Only costly actions are limited. They are counted when another is requested, from rows that are stored anyway, so
ordinary messages cost nothing. Nothing is lost because of a limit: the message says what is kept, and when or how to
continue.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.content.errors import UserError
from bot.content.texts import Moment, Text, _
from bot.database.engine import Transaction
from bot.people import attempt_store
from bot.people.participants import Participant

TENFOLD = 10
"""The factor by which an organiser's limits are higher than other people's."""
_HOUR = timedelta(hours=1)
_A_SECOND_TAP = timedelta(seconds=20)
_DOCUMENT = attempt_store.counted_action("document")
"""The word under which requests for one's data are counted."""


def most(limit: int, person: Participant) -> int:
    """Return the value of a limit for a person: ten times `limit` for organisers, otherwise `limit` itself."""
    return limit * TENFOLD if person.organises else limit


def an_hour_after(oldest: datetime | None, now: datetime) -> datetime | None:
    """Return the instant one hour after `oldest`; None if that instant is past, or if `oldest` is None."""
    return after_pause(oldest, _HOUR, now)


def after_pause(since: datetime | None, pause: timedelta, now: datetime) -> datetime | None:
    """Return the end of a pause that began at `since`; None if the pause is over, or if `since` is None.

    Returns None also if `since` is further ahead than one pause: it was stored while a clock was wrong.
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
    """Return whether a person asked less than 20 seconds ago for the document with all their data.

    A second tap on the button within this time does not make another document.
    """
    asked = await attempt_store.last(tx, _DOCUMENT, str(person.id))
    return asked is not None and asked <= now < asked + _A_SECOND_TAP


async def not_too_many_documents(tx: Transaction, person: Participant, now: datetime) -> None:
    """Count a person's request for the document with all their data. Raises UserError if they made too many requests.

    The limit is the same as for wrong guesses of a code. There is a limit because the document takes much space.
    """
    if pause := await attempt_store.pause(tx, _DOCUMENT, str(person.id), now):
        again = Moment(full_minute(now + pause), "time")
        raise UserError(
            _("Slow down: you have just had your data several times. You can ask again from {time} on.", time=again)
        )
    await attempt_store.count(tx, _DOCUMENT, str(person.id), now)


# --- what is posted to the page


def too_many_requests() -> Text:
    """Return the refusal for a person whose web page sends too many requests at a time."""
    return _("Slow down: too much at once. Nothing is lost: try again in a moment.")


def posts_wait() -> Text:
    """Return the refusal for a large upload while too many files of other people are being received or stored."""
    return _("Several people are sending files just now. Yours are still here: send them again in a minute.")


def one_post_at_a_time() -> Text:
    """Return the refusal for a large upload while an earlier upload of the same person is being received."""
    return _("Slow down: what you sent before is still on its way. This is still here: send it again in a moment.")


def post_too_slow() -> Text:
    """Return the refusal for an upload that was not received in time."""
    return _("Sending took too long. Nothing is lost: send it again, or fewer files at once.")


def too_many_words(most_bytes: int) -> Text:
    """Return the refusal for a form whose texts have more than `most_bytes` bytes."""
    return _(
        "This is too long: {most} kB at most at once. Your text is still here: shorten it and send it again.",
        most=most_bytes // 1000,
    )


def files_unwanted() -> Text:
    """Return the message that tells a person that their files were not accepted, because none are expected now."""
    return _("No files can be sent here just now. Your words are still here: send them without a file.")
