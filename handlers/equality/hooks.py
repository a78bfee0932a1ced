"""What equality asks of capabilities above it: steps of theirs to be counted, and what can be done about a difference.

Equality knows none of them: whatever has an end and people who take part in it can be counted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content.hooks import collecting_hook
from bot.content.texts import Span
from bot.content.views import Button
from bot.database.engine import Transaction
from bot.people.participants import Participant


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the gathering that has ended, in which women and men can be counted.

    `key` identifies it for good, such as «presenters:1», `title` names it to readers. `read` returns how often each
    person took the step, by id, 0 for those who could and did not.
    """

    key: str
    title: Span
    read: Callable[[Transaction], Awaitable[Mapping[int, int]]]


@collecting_hook
async def more_steps(tx: Transaction, now: datetime) -> Sequence[Step]:
    """Return further steps that have ended at `now`, never one that goes on. Capabilities add theirs."""
    return ()


@collecting_hook
async def more_tied_people(tx: Transaction) -> Sequence[int]:
    """Return the ids of people of whom something public shows which have the same gender, though not which one.

    Such is an order of groups in which those presented by women and by men alternate. Capabilities add theirs.
    """
    return ()


@collecting_hook
async def more_remedies(tx: Transaction, person: Participant, now: datetime) -> Sequence[Button]:
    """Return buttons with which a person can do something about a difference at `now`; none that would refuse."""
    return ()
