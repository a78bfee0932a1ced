"""Lists the kinds and ranks of rows in the outbox, which are stored in the database, and the reasons for sending.

The outbox has one row for each message to be sent, edited or deleted; `bot.delivery` sends them.
"""

from __future__ import annotations

from enum import Enum

MESSAGE = "message"
"""A message to a person or a channel."""

REPORT = "report"
"""A message to the organisers that somebody was reported; the reported person is not told."""

CONFIDENTIAL = "confidential"
"""A message that only says that something waits, to be read elsewhere; it is left out of exports of a person's data."""

EVERYWHERE = "everywhere"
"""A message sent to every account of a person, so it is never redirected from one account to another."""

MEMBERSHIP = "membership"
"""An update of an account's nickname and roles on its platform."""

PIN = "pin"
"""A request to pin a message that was sent."""

REMINDER = "reminder "
"""The beginning of the kind of a reminder; its subject follows («reminder session:12»), by which it is found."""

LETTER = "letter "
"""The beginning of the kind of a letter: it has a secret that is not stored, so it is written when it is sent."""

LATER = "later"
"""A later edit of an answer, because its screen was sent again below it, or because its buttons have expired."""

URGENT, USUAL, BULK = 1, 0, -1
"""The values of the column `urgent`: rows with a higher value are sent first.

BULK is for messages sent to many people, such as announcements, so that these delay no answer.
"""


class Telling(Enum):
    """The reason for which a message is sent; it decides who gets the message, and when.

    Everybody gets an ANSWER. People who stopped all messages get nothing AWAITED and no NEWS. On platforms that ask for
    consent (`PlatformFeatures.asks_consent`), only people who consented get NEWS. Only BULK_NEWS waits for the morning.

    Each value is a triple: whether the message needs no consent, whether it is sent to people who stopped all messages,
    and its rank among the messages that wait to be sent (URGENT, USUAL or BULK).
    """

    ANSWER = (True, True, USUAL)
    """The answer to something that the reader did or asked for, or a message that is owed to the reader.

    It needs no consent, and is sent at night too, and to people who stopped all messages.
    """
    PRESSING_ANSWER = (True, True, URGENT)
    """An answer that the reader is waiting for, or an urgent call: like ANSWER, but sent before all other messages."""
    AWAITED = (True, False, USUAL)
    """What the reader waited for, or what others decided about the reader's things, such as their place or idea.

    It needs no consent, is sent at night too, but never to people who stopped all messages.
    """
    NEWS = (False, False, USUAL)
    """Something that others did and that concerns the reader.

    It needs consent, is sent at night too, and never to people who stopped all messages.
    """
    PRESSING_NEWS = (False, False, URGENT)
    """News that is useless later: like NEWS, but sent before all other messages."""
    BULK_NEWS = (False, False, BULK)
    """News for many people that can wait: like NEWS, but not sent at night, and nobody gets more than two a day."""

    @property
    def asked(self) -> bool:
        """Return whether the reader asked for or awaited the message, so that it needs no consent."""
        return self.value[0]

    @property
    def reaches_stopped(self) -> bool:
        """Return whether people who stopped all messages get the message."""
        return self.value[1]

    @property
    def rank(self) -> int:
        """Return the rank of a message that is sent for this reason; messages with a higher rank are sent first."""
        return self.value[2]
