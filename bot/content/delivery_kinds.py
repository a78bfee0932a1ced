"""The kinds and ranks of rows in the outbox, as they are stored.

Each row is a message to be sent, edited or deleted; `bot.delivery` does that.
"""

from __future__ import annotations

MESSAGE = "message"
"""A message to a person or a channel."""

REPORT = "report"
"""A message to the organisers that somebody was reported; the reported person is not told."""

MEMBERSHIP = "membership"
"""An account whose nickname and roles on its platform are to be updated."""

PIN = "pin"
"""A message that was sent and is to be pinned."""

REMINDER = "reminder "
"""The beginning of the kind of a reminder's row; its subject follows, so that the reminder can be cancelled."""

LATER = "later"
"""An edit of an answer, because its screen was sent again below, or its buttons have expired."""

URGENT, USUAL, BULK = 1, 0, -1
"""The ranks in `urgent`: a higher rank is sent first, so that announcements delay nobody's own messages."""
