"""What people read of a defect of ours."""

from __future__ import annotations

from bot.content.texts import Text, _


def failure_text(reference: str) -> Text:
    """Return the apology for something that a defect undid, with the reference under which the log tells why."""
    return _(
        "Something went wrong on our side, nothing was changed. Try again, or give the team this number: {reference}.",
        reference=reference,
    )
