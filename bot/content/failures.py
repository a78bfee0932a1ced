"""Makes the text that people read if an error in this program rolled back what they did."""

from __future__ import annotations

from bot.content.texts import Text, _


def failure_text(reference: str) -> Text:
    """Return the apology that a person reads after an error; `reference` identifies the error in the log."""
    return _(
        "Something went wrong on our side, nothing was changed. Try again, or give the team this number: {reference}.",
        reference=reference,
    )
