"""Hooks by which higher capabilities add to equality: steps to be counted, and remedies for a difference.

Equality knows no other capability: anything with an end and with people who take part in it can be counted.
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
    """An ended step of the gathering (something that people take part in) in which women and men can be counted.

    `key` identifies the step and never changes, such as «presenters:1»; `title` is the name that people read. `read`
    returns how often each person took the step, by id, 0 for people who could but did not.
    """

    key: str
    title: Span
    read: Callable[[Transaction], Awaitable[Mapping[int, int]]]


@collecting_hook
async def more_steps(tx: Transaction, now: datetime) -> Sequence[Step]:
    """Return further steps of the gathering that have ended at `now`; each capability that has some adds them."""
    return ()


@collecting_hook
async def more_tied_people(tx: Transaction) -> Sequence[int]:
    """Return the ids of people who the public can see have the same gender, without seeing which gender.

    For instance, the order of groups shows this if groups presented by women and by men take turns. Each capability
    adds the people whom it concerns.
    """
    return ()


@collecting_hook
async def more_remedies(tx: Transaction, person: Participant, now: datetime) -> Sequence[Button]:
    """Return buttons by which a person can do something about a difference between women and men.

    Each capability that has some adds them. A button that would not work at `now` is left out.
    """
    return ()
