"""The hooks through which themes tell and ask the capability «groups», which stands above them."""

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
    """Take a person who leaves their theme out of its groups. Returns the titles of these groups by round number.

    With `forgotten` the person is about to be erased, and nobody is told their name. With `quiet` the caller notifies
    the organisers.
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
    """Give a person who has another theme now a group of it in every published round.

    `by` is the id of the organiser who did it and gets no notice. `left` is what `theme_left` returned for their former
    theme.
    """
    return None


@hook
async def groups_to_lose(tx: Transaction, participant_id: int, now: datetime) -> Sequence[Span]:
    """Return a line for each group that a person would lose by taking another theme, if they know it and it meets."""
    return ()


@hook
async def groups_follow(tx: Transaction, now: datetime) -> bool:
    """Return whether a person who takes a theme now gets a group at once, so that other people are notified."""
    return False


@hook
async def ways_to_group(tx: Transaction) -> tuple[Button, ...]:
    """Return the button to one's own group, once groups are published."""
    return ()


@hook
async def has_group(tx: Transaction, participant_id: int) -> bool:
    """Return whether a person is in a published group, whose title already names the theme."""
    return False


@hook
async def theme_renamed(tx: Transaction, key: str, now: datetime) -> object:
    """Rename the channels of a theme's groups after the theme was renamed."""
    return None


@hook
async def theme_dropped(tx: Transaction, key: str, now: datetime) -> bool:
    """Dissolve the groups of a theme that is about to be removed. Returns False where somebody is in one of them."""
    return True
