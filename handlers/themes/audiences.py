"""The audiences of themes: all people who have a theme, and all people without one.

An audience is a set of people who can be addressed together. The store is imported late, since commands without a
database load this module too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.content.texts import Localised, Span, _
from bot.people.audiences import COMES, AudienceKind, is_key, no_value

if TYPE_CHECKING:
    from bot.database.engine import Transaction


async def _theme(tx: Transaction, key: str) -> Span | None:
    from handlers.themes import store

    theme = await store.find_theme(tx, key)
    return Localised(theme.title) if theme else None


async def _unchosen(_tx: Transaction, _value: str) -> Span:
    # L10N: an audience: the people who have not chosen a theme
    return _("without a theme")


AUDIENCES: Sequence[AudienceKind] = (
    AudienceKind(
        name="theme",
        takes=is_key,
        condition=f"{COMES} AND EXISTS"
        " (SELECT 1 FROM choices ac WHERE ac.participant_id = p.id AND ac.theme = :a_value)",
        words=_theme,
    ),
    AudienceKind(
        name="unchosen",
        takes=no_value,
        condition=f"{COMES} AND NOT EXISTS"
        " (SELECT 1 FROM choices ac WHERE ac.participant_id = p.id AND ac.theme IS NOT NULL)",
        words=_unchosen,
    ),
)
