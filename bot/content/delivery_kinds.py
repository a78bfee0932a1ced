"""Lists the kinds and ranks of rows in the outbox; the values are stored in the database.

The outbox has one row for each message to be sent, edited or deleted; `bot.delivery` does that.
"""

from __future__ import annotations

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
