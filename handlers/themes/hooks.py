"""Hooks by which themes notify and ask the capability «groups», which is built on top of themes.

Themes cannot import groups, so they call them through these hooks. A round is one day's set of groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.content.hooks import hook
from bot.content.texts import Span, Text
from bot.content.views import Button
from bot.database.engine import Transaction


@hook
async def theme_left(
    tx: Transaction, participant_id: int, now: datetime, *, forgotten: bool = False, quiet: bool = False
) -> Mapping[int, Text]:
    """Take a participant who leaves their theme out of the theme's groups.

    Returns the titles of these groups by round (day) number. With `forgotten`, the participant is about to be erased,
    so notices leave out the name. With `quiet`, organisers get no notice, because the caller notifies them.
    """
    return {}


@hook
async def theme_taken(
    tx: Transaction,
    participant_id: int,
    now: datetime,
    *,
    by: int | None = None,
    left: Mapping[int, Text] | None = None,
) -> object:
    """Put a participant who has taken a theme into a group of this theme in every published round (day).

    `by` is the id of the organiser who gave the theme and gets no notice; None if the participant chose it. `left`
    holds the titles of the groups that the participant left with their former theme, by round (day) number.
    """
    return None


@hook
async def groups_to_lose(tx: Transaction, participant_id: int, now: datetime) -> Sequence[Span]:
    """Return a line for each group that a participant would lose by taking another theme.

    These are groups of published rounds (days) that are not over.
    """
    return ()


@hook
async def groups_follow(tx: Transaction, now: datetime) -> bool:
    """Return whether a participant who takes a theme now gets a group at once, so that other people are notified."""
    return False


@hook
async def ways_to_group(tx: Transaction) -> tuple[Button, ...]:
    """Return the button that leads readers to their own group; () before groups are published."""
    return ()


@hook
async def has_group(tx: Transaction, participant_id: int) -> bool:
    """Return whether a participant is in a group of a published round (one day's groups)."""
    return False


@hook
async def theme_renamed(tx: Transaction, key: str, now: datetime) -> object:
    """Rename the chat channels of the groups of the theme with this key, after the theme was renamed."""
    return None


@hook
async def theme_dropped(tx: Transaction, key: str, now: datetime) -> bool:
    """Delete the groups of a theme that is about to be removed, unless a participant is in one of them.

    Returns True if the theme has no groups now, False if its groups were kept.
    """
    return True
