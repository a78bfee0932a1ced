"""Lists the kinds and ranks of rows in the outbox, which are stored in the database, and the kinds of telling.

The outbox has one row for each message to be sent, edited or deleted; `bot.delivery` does that.
"""

from __future__ import annotations

from enum import Enum

MESSAGE = "message"
"""A message to a person or a channel."""

REPORT = "report"
"""A message to the organisers that somebody was reported; the reported person is not told."""

CONFIDENTIAL = "confidential"
"""A message that says that something waits which is read elsewhere; it is not in the document of a person's data."""

EVERYWHERE = "everywhere"
"""A message that goes to each account of a person, so it is not redirected from one to another."""

MEMBERSHIP = "membership"
"""An update of an account's nickname and roles on its platform."""

PIN = "pin"
"""A request to pin a message that was sent."""

REMINDER = "reminder "
"""The beginning of a reminder's kind; its subject follows («reminder session:12»), so that it can be found."""

LATER = "later"
"""A later edit of an answer, because its screen was sent again below, or its buttons have expired."""

URGENT, USUAL, BULK = 1, 0, -1
"""The values of the column `urgent`: rows with a higher value are sent first.

BULK is for messages sent to many people, such as announcements, so that these delay no answer.
"""


class Telling(Enum):
    """Why a message is sent, which decides whom it reaches, and when.

    An answer reaches everybody. What was awaited and news reach nobody who stopped all messages; on platforms that ask
    for consent (`PlatformFeatures.asks_consent`) news reaches only those who gave it. Only bulk news waits for the
    morning. Each value says whether no consent is needed, whether it reaches who stopped, its rank.
    """

    ANSWER = (True, True, USUAL)
    """Comes of something that the reader did or asked for, or is owed to them.

    It needs no consent, is sent at night too, and also to people who stopped all messages.
    """
    PRESSING_ANSWER = (True, True, URGENT)
    """An answer for which the reader waits, or a call that needs them now: as ANSWER, and sent before all others."""
    AWAITED = (True, False, USUAL)
    """What the reader waited for, or what others decided of something that the reader gave: a seat, their idea.

    It needs no consent, is sent at night too, but never to people who stopped all messages.
    """
    NEWS = (False, False, USUAL)
    """Something that others did and that concerns the reader.

    It needs consent, is sent at night too, and never to people who stopped all messages.
    """
    PRESSING_NEWS = (False, False, URGENT)
    """News that is worth nothing later: as NEWS, and sent before all others."""
    BULK_NEWS = (False, False, BULK)
    """News for many that can wait: as NEWS, but it keeps quiet hours, and nobody gets more than two of it a day."""

    @property
    def asked(self) -> bool:
        """Return whether the reader asked for it or awaited it, so that it needs no consent."""
        return self.value[0]

    @property
    def reaches_stopped(self) -> bool:
        """Return whether people who stopped all messages get it."""
        return self.value[1]

    @property
    def rank(self) -> int:
        """Return the value of the column `urgent` for such messages."""
        return self.value[2]
