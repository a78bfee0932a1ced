"""What people read when an error in this program undid what they did."""

from __future__ import annotations

from bot.content.texts import Text, _


def failure_text(reference: str) -> Text:
    """Return the apology for a failure, with the reference under which the log tells its cause."""
    return _(
        "Something went wrong on our side, nothing was changed. Try again, or give the team this number: {reference}.",
        reference=reference,
    )
