"""What a capability brings to the demo and to the rehearsal: one `Rehearsal` in `handlers/<name>/rehearsal`.

These modules are loaded by name, by what is here, and only where a gathering is played: no other module imports them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bot.config.settings import Settings
from bot.content.texts import Span, Text
from bot.conversation.incoming import Content
from bot.database.engine import Transaction
from bot.people.listed import RosterPerson
from bot.rehearsal.playing import Play
from handlers import CAPABILITIES

MORNING, LATE_MORNING = time(8), time(10)
"""When something happens for which only a day is given: in the days of the gathering, and before them."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Something that happens in a rehearsal, on a day of the gathering: 0 is its first, those before are negative.

    `at` is the hour, None for the day's beginning. Whatever it `needs`, other stages by name, has happened before.
    With a `title` a new part of the account begins.
    """

    name: str
    day: int
    play: Callable[[Play], Awaitable[None]]
    at: time | None = None
    needs: Sequence[str] = ()
    title: str = ""

    @property
    def hour(self) -> time:
        """When on its day it happens."""
        return self.at or (LATE_MORNING if self.day < 0 else MORNING)


def in_order(stages: Iterable[Stage]) -> Sequence[Stage]:
    """Stages as they are played: by day and hour; those of one hour as they are given, each after what it needs.

    Raises ValueError for one that needs what does not happen, or happens later, and for two of one name.
    """
    waiting = sorted(stages, key=lambda stage: (stage.day, stage.hour))
    played: dict[str, Stage] = {}
    while waiting:
        now = (waiting[0].day, waiting[0].hour)
        ready = next((stage for stage in waiting if all(need in played for need in stage.needs)), None)
        if ready is None or (ready.day, ready.hour) != now:
            missing = ", ".join(need for need in waiting[0].needs if need not in played)
            raise ValueError(f"the stage «{waiting[0].name}» needs what has not happened by then: {missing}")
        if ready.name in played:
            raise ValueError(f"two stages are called «{ready.name}»")
        waiting.remove(ready)
        played[ready.name] = ready
    return tuple(played.values())


@dataclass(frozen=True, slots=True)
class DemoMove:
    """One of the first things the demo suggests to try: what to do, and how.

    Moves are suggested by their `order`. `made` says whether it was done since an instant, whoever did it and how; a
    move that only the visitor's own doing ticks looks at the people, by id, whom the visitor was.
    """

    order: int
    what: Text
    how: Callable[[Transaction], Awaitable[Text]]
    made: Callable[[Transaction, datetime, Collection[int]], Awaitable[bool]]


def plain_instructions(how: Text) -> Callable[[Transaction], Awaitable[Text]]:
    """How a move is made, where that is the same in every demo."""

    async def say(_tx: Transaction) -> Text:
        return how

    return say


@dataclass(frozen=True, slots=True)
class Step:
    """What one of the demo's invented people does next, and what their page shows of it."""

    person: int
    content: Content
    said: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """Someone whom the demo's visitor may be, by id."""

    id: int
    name: Span


@dataclass(frozen=True, slots=True)
class PeopleByProgress:
    """People who stand at the same point, by name."""

    standing: Span
    people: Sequence[Role]


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant that the demo's time can be moved to, None where there is none, and what its page says of it."""

    at: datetime | None
    words: Span


Configuration = dict[str, Any]
"""The values of a config.toml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What one capability brings; what it does not have is left out."""

    configure: Callable[[Configuration, timedelta], None] | None = None
    """Completes the demo's configuration: the example's, whose gathering was moved by so much."""
    fit: Callable[[Configuration, int], None] | None = None
    """Fits the configuration of a rehearsal to so many people."""
    wishes: Callable[[Settings], Sequence[str]] | None = None
    """The keys of what invented people choose among, the most wanted first: the gathering's themes."""
    populate: Callable[[Transaction, Sequence[RosterPerson], datetime], Awaitable[None]] | None = None
    """Makes of a seeded store one with these people in it, as they were selected at an instant."""
    standings: Callable[[Transaction, int], Awaitable[Sequence[PeopleByProgress]]] | None = None
    """Whom the demo's visitor may be: everyone but one, the organiser."""
    deadline: Callable[[Transaction, datetime], Awaitable[Deadline]] | None = None
    """Reads where «To the deadline» leads, as seen at an instant; one capability at most has one."""
    moves: Sequence[DemoMove] = ()
    steps: Callable[[Transaction, Collection[int], bool], Awaitable[Sequence[Step]]] | None = None
    """What people of the demo do next whom the visitor is not: one step in each group.

    It gets the visitor's ids, and whether time is about to move on, so that nothing is left to be done."""
    stages: Sequence[Stage] = ()
    expect: Callable[[Play, datetime, datetime], None] | None = None
    """Notes among the expected messages what comes to people by itself, after one instant and until another."""
    summary: Callable[[Play], Iterable[str]] | None = None
    """What the report says at the end, a sentence each."""
    differences: Callable[[Play], Iterable[str]] | None = None
    """What is not as it should be at the end, a line each."""


@cache
def rehearsals() -> Mapping[str, Rehearsal]:
    """What each capability that has a part brings, by its name, in the order of CAPABILITIES."""
    return {
        name: import_module(f"handlers.{name}.rehearsal").REHEARSAL
        for name in CAPABILITIES
        if find_spec(f"handlers.{name}.rehearsal")
    }


def wishes(settings: Settings) -> Sequence[str]:
    """The keys of what invented people choose among, the most wanted first."""
    return [key for rehearsal in rehearsals().values() if rehearsal.wishes for key in rehearsal.wishes(settings)]
