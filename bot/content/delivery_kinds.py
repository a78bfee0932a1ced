"""What a row of the outbox is: its kind and its rank, as the store keeps them.

Whatever has something sent or taken away writes such rows; `bot.delivery` is what brings them where they go.
"""

from __future__ import annotations

MESSAGE = "message"
"""Something to say."""

REPORT = "report"
"""Something to say to the organisers that somebody else reported: whom it is about did nothing, and is not told."""

MEMBERSHIP = "membership"
"""An account to bring in step with whose it is."""

PIN = "pin"
"""Keeps in sight what was sent; it follows once that has arrived."""

REMINDER = "reminder "
"""What the kind of a reminder's row begins with; its subject follows, so that it can be called back."""

LATER = "later"
"""Edits an answer: its screen was sent anew, or its time is over."""

URGENT, USUAL, BULK = 1, 0, -1
"""The ranks in `urgent`: what has a higher one leaves first. What goes to many keeps nobody's own message waiting."""
