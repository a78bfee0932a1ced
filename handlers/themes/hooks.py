"""What themes ask of the capability that puts the people of a theme into groups, which stands above them."""

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
    """Someone leaves their theme: take them out of its groups, and return what these are called, by round.

    `forgotten`: they are about to be erased, and no one is told their name; `quiet`: the organisers are told by the
    caller.
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
    """Someone has another theme now: give them a group of it in every round that is published.

    `by`, the organiser who did it, is told nothing more. `left` is what `theme_left` returned of their former theme.
    """
    return None


@hook
async def groups_to_lose(tx: Transaction, participant_id: int, now: datetime) -> Sequence[Span]:
    """What someone loses of groups by taking another theme: a line for each group they know of that still meets."""
    return ()


@hook
async def groups_follow(tx: Transaction, now: datetime) -> bool:
    """Whether who takes a theme now gets a group with it at once, so that other people are told."""
    return False


@hook
async def ways_to_group(tx: Transaction) -> tuple[Button, ...]:
    """The way to one's own group, once there are groups to see."""
    return ()


@hook
async def has_group(tx: Transaction, participant_id: int) -> bool:
    """Whether someone knows of a group of theirs, whose name says the theme."""
    return False


@hook
async def theme_renamed(tx: Transaction, key: str, now: datetime) -> object:
    """A theme is called otherwise: have the channels of its groups called so too."""
    return None


@hook
async def theme_dropped(tx: Transaction, key: str, now: datetime) -> bool:
    """A theme is about to be removed: dissolve its groups. Returns False where somebody is in one, and it stays."""
    return True
