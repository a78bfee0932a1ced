"""Finds the section of practical information that answers a question, as people write questions on their phones."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.ranking import KnownBy, rank


def nearest(text: str, sections: Sequence[KnownBy], locale: str) -> str | None:
    """Return the key of the section that a question typed in `locale` is about; None if no section seems to fit."""
    return next((ranked.key for ranked in rank(text, sections, locale)[:1] if ranked.likely), None)
