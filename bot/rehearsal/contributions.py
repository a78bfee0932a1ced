"""What a capability contributes to the demo and to the rehearsal: one `Rehearsal` in `handlers/<name>/rehearsal`.

A capability is one folder of handlers/. These modules are found by name and loaded only for the demo or a rehearsal; no
other module imports them.
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
"""The local times of stages without one: MORNING on days of the gathering, LATE_MORNING before it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Something that happens in a rehearsal, on a day of the gathering: 0 is its first day, earlier days are negative.

    `at` is the local time, None for the usual one. The stages named in `needs` have happened before. With a `title` a
    new part of the report begins.
    """

    name: str
    day: int
    play: Callable[[Play], Awaitable[None]]
    at: time | None = None
    needs: Sequence[str] = ()
    title: str = ""

    @property
    def hour(self) -> time:
        """The local time at which the stage happens on its day."""
        return self.at or (LATE_MORNING if self.day < 0 else MORNING)


def in_order(stages: Iterable[Stage]) -> Sequence[Stage]:
    """Return stages in the order in which they are played: by day and time, then as given, after the stages they need.

    Raises ValueError for a stage that needs one which does not happen before it, and for two stages of one name.
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
    """One of the first things that the demo suggests to try: what to do, and how.

    Suggestions are shown by `order`. `made` returns whether it was done since an instant; for things that only the
    demo's visitor can do, by one of the given participant ids, as whom the visitor acts.
    """

    order: int
    what: Text
    how: Callable[[Transaction], Awaitable[Text]]
    made: Callable[[Transaction, datetime, Collection[int]], Awaitable[bool]]


def plain_instructions(how: Text) -> Callable[[Transaction], Awaitable[Text]]:
    """Return a `how` for a DemoMove whose instructions are the same in every demo."""

    async def say(_tx: Transaction) -> Text:
        return how

    return say


@dataclass(frozen=True, slots=True)
class Step:
    """What one of the demo's invented people does next; `said` is what the conversation on their page shows for it."""

    person: int
    content: Content
    said: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A participant as whom the demo's visitor can act."""

    id: int
    name: Span


@dataclass(frozen=True, slots=True)
class PeopleByProgress:
    """Participants who are at the same point (`standing`), ordered by name."""

    standing: Span
    people: Sequence[Role]


@dataclass(frozen=True, slots=True)
class Deadline:
    """Where «To the deadline» moves the demo's time: an instant, or None for no deadline; and words for the page."""

    at: datetime | None
    words: Span


Configuration = dict[str, Any]
"""The values of a config.toml, by section and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What one capability contributes to the demo and the rehearsal; each part may be missing."""

    configure: Callable[[Configuration, timedelta], None] | None = None
    """Completes the configuration of the demo; all dates of the example were moved by the given timedelta."""
    fit: Callable[[Configuration, int], None] | None = None
    """Changes the configuration of a rehearsal to suit the number of people."""
    wishes: Callable[[Settings], Sequence[str]] | None = None
    """Returns the keys among which invented people choose, the most wanted first: the gathering's themes."""
    populate: Callable[[Transaction, Sequence[RosterPerson], datetime], Awaitable[None]] | None = None
    """Adds these people to a seeded store, as if they had been selected at that instant."""
    standings: Callable[[Transaction, int], Awaitable[Sequence[PeopleByProgress]]] | None = None
    """Returns as whom the demo's visitor can act, except the organiser with that id."""
    deadline: Callable[[Transaction, datetime], Awaitable[Deadline]] | None = None
    """Returns where «To the deadline» leads at that instant; at most one capability has this."""
    moves: Sequence[DemoMove] = ()
    steps: Callable[[Transaction, Collection[int], bool], Awaitable[Sequence[Step]]] | None = None
    """Returns what invented people of the demo do next: one step in each group.

    Its arguments are the ids as whom the visitor acts, who do nothing by themselves, and whether time is about to move
    on, so that everything still to be done is done now.
    """
    stages: Sequence[Stage] = ()
    expect: Callable[[Play, datetime, datetime], None] | None = None
    """Adds the messages that the bot sends by itself between the two instants to the expected messages."""
    summary: Callable[[Play], Iterable[str]] | None = None
    """Returns sentences for the end of the report."""
    differences: Callable[[Play], Iterable[str]] | None = None
    """Returns a line for each thing that is wrong at the end."""


@cache
def rehearsals() -> Mapping[str, Rehearsal]:
    """Return the contributions by the name of their capability, in the order of CAPABILITIES."""
    return {
        name: import_module(f"handlers.{name}.rehearsal").REHEARSAL
        for name in CAPABILITIES
        if find_spec(f"handlers.{name}.rehearsal")
    }


def wishes(settings: Settings) -> Sequence[str]:
    """Return the keys among which invented people choose, the most wanted first: the gathering's themes."""
    return [key for rehearsal in rehearsals().values() if rehearsal.wishes for key in rehearsal.wishes(settings)]
