"""The kinds and ranks of rows in the outbox, as the store keeps them.

Everything that has a message sent or deleted writes such rows; `bot.delivery` sends them.
"""

from __future__ import annotations

MESSAGE = "message"
"""A message to a person or a channel."""

REPORT = "report"
"""A message to the organisers that somebody was reported; the reported person is not told."""

MEMBERSHIP = "membership"
"""An account whose name and roles on its platform are to be brought up to date."""

PIN = "pin"
"""A message to be pinned, once it has arrived."""

REMINDER = "reminder "
"""The beginning of the kind of a reminder's row; its subject follows, so that it can be called back."""

LATER = "later"
"""An edit of an answer whose screen was sent anew, or whose time is over."""

URGENT, USUAL, BULK = 1, 0, -1
"""The ranks in `urgent`: a higher rank leaves first, so that bulk keeps nobody's own message waiting."""
