"""Answers to questions that themes ask of groups: what a change of theme means for a person's groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.texts import Span, _
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.groups.messages.cards import MY_GROUP, day
from handlers.groups.service.membership import groups_to_come, is_over
from handlers.groups.store import members, rounds


async def groups_to_lose(tx: Transaction, participant_id: int, now: datetime) -> Sequence[Span]:
    """Return, as a line each, the groups that a participant would lose by leaving their theme.

    Only published groups whose day is not over count.
    """
    groups = await groups_to_come(tx, participant_id, now)
    return [_("You leave {group}, {date}.", group=name, date=day(round_)) for round_, name in groups.items()]


async def groups_follow(tx: Transaction, now: datetime) -> bool:
    """Return whether a participant who takes a theme at `now` also gets a group.

    That is so while any day's groups (a round) are published and that day is not over.
    """
    return any(round_.published and not is_over(round_, now) for round_ in await rounds.all_rounds(tx))


async def has_group(tx: Transaction, participant_id: int) -> bool:
    """Return whether a participant is in a published group."""
    return bool(await members.groups_of_person(tx, participant_id))


async def ways_to_group(tx: Transaction) -> tuple[Button, ...]:
    """Return a button that shows the reader their group; () before any groups are published."""
    return (MY_GROUP,) if any(round_.published for round_ in await rounds.all_rounds(tx)) else ()
