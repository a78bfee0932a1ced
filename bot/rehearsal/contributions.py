"""What a capability adds to gatherings of invented people: one `Rehearsal` in its module `handlers/<name>/rehearsal`.

There are three such gatherings. The demo shows a visitor the bot with invented people. The rehearsal is a gathering
that the program plays from beginning to end. A prepared gathering is put into one state after the other directly in the
store, so that everything can be pressed in each of them: `make crawl`. Nothing else imports the modules.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, TypeVar

from bot.config.settings import GatheringSettings, Settings
from bot.content.texts import Span, Text
from bot.conversation.incoming import Content
from bot.database.engine import Transaction
from bot.people.listed import RosterPerson
from bot.rehearsal.playing import Play
from handlers import CAPABILITIES

MORNING, LATE_MORNING = time(8), time(10)
"""The default times of stages: MORNING from the gathering's first day on, LATE_MORNING before it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A gathering with invented people in which a capability prepares something, directly in the database.

    `tx` is the transaction for the changes, and `now` the time (UTC). `people` are the ids of the participants who have
    joined and attend, in the order of their ids.
    """

    tx: Transaction
    settings: Settings
    now: datetime
    people: Sequence[int]


Where = TypeVar("Where", Play, Prepared)


@dataclass(frozen=True, slots=True)
class Stage(Generic[Where]):
    """Something that happens in a gathering of invented people; the function `play` makes it happen.

    `day` counts from the gathering's first day, which is 0; earlier days are negative. `at` is the local time, None for
    the default. `needs` are the names of stages that must have happened before. If `title` is not empty, the stage
    begins a new section of the report with this title.
    """

    name: str
    day: int
    play: Callable[[Where], Awaitable[None]]
    at: time | None = None
    needs: Sequence[str] = ()
    title: str = ""

    @property
    def hour(self) -> time:
        """Return the local time at which the stage happens, which is `at` or, if that is None, the default.

        The default is MORNING from the gathering's first day on, and LATE_MORNING before it.
        """
        return self.at or (LATE_MORNING if self.day < 0 else MORNING)

    def begins(self, gathering: GatheringSettings) -> datetime:
        """Return the time (UTC) at which the stage happens in this gathering."""
        return gathering.instant(datetime.combine(gathering.starts + timedelta(days=self.day), self.hour))


def in_order(stages: Iterable[Stage[Where]]) -> Sequence[Stage[Where]]:
    """Return the stages of a gathering of invented people in the order in which they are played.

    They are sorted by day and time. Stages of the same time keep their order, except that each comes after the stages
    that it needs. Raises ValueError if two stages have the same name, or if a needed stage is missing or would happen
    later.
    """
    waiting = sorted(stages, key=lambda stage: (stage.day, stage.hour))
    played: dict[str, Stage[Where]] = {}
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
    """Something that the demo suggests to its visitor to try: `what` to do, and `how`.

    Suggestions are sorted by `order`. `how` is a text, or a function that returns the text when the demo begins. A
    suggestion counts as tried once made(tx, since) is true; `since` is when the demo began. If only the visitor's own
    actions count, `made_by` is given instead: it gets the id of a person whose page the visitor opened, and returns
    whether this person tried it.
    """

    order: int
    what: Text
    how: Text | Callable[[Transaction], Awaitable[Text]]
    made: Callable[[Transaction, datetime], Awaitable[object]] | None = None
    made_by: Callable[[Transaction, int], Awaitable[bool]] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What an invented person of the demo does next: a message to the bot, or a press of a button.

    `person` is the participant's id. `said` is the text that the person's page shows for the message or press.
    """

    person: int
    content: Content
    said: str = ""


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A participant of the demo whose page the visitor can open."""

    id: int
    name: Span


@dataclass(frozen=True, slots=True)
class PeopleByProgress:
    """The participants of the demo who are equally far, such as having joined; `standing` names this in words."""

    standing: Span
    people: Sequence[DemoRole]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The deadline to which the visitor can move the demo's clock (None if there is none), and a line to show."""

    at: datetime | None
    words: Span


Configuration = dict[str, Any]
"""The values of a config.toml, by section and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What one capability adds to the demo and the rehearsal, which are gatherings of invented people.

    A field is None or () if the capability adds nothing of this kind.
    """

    configure: Callable[[Configuration, timedelta], None] | None = None
    """A function that changes the demo's configuration.

    It gets the values, and by how much the dates of config.example.toml were moved.
    """
    fit: Callable[[Configuration, int], None] | None = None
    """A function that adapts the configuration of a rehearsal to its number of people."""
    wishes: Callable[[Settings], Sequence[str]] | None = None
    """A function that returns the labels (themes' keys) among which invented people choose, the most wanted first."""
    populate: Callable[[Transaction, Sequence[RosterPerson], datetime], Awaitable[None]] | None = None
    """A function that adds data to the demo's new database.

    It gets the invented people, and the instant (UTC) at which they count as selected.
    """
    standings: Callable[[Transaction, int], Awaitable[Sequence[PeopleByProgress]]] | None = None
    """A function that returns the participants whose pages the demo's visitor can open.

    It gets the id of the organiser, who is left out.
    """
    deadline: Callable[[Transaction, datetime], Awaitable[Deadline]] | None = None
    """A function that returns the deadline for the demo's button «To the deadline».

    It gets the present time. At most one capability has such a function.
    """
    moves: Sequence[DemoMove] = ()
    steps: Callable[[Transaction, Collection[int], bool], Awaitable[Sequence[Step]]] | None = None
    """A function that returns what invented people of the demo do next: at most one step in each group.

    It gets the ids of the people whose pages the visitor opened, who do nothing by themselves, and whether the clock is
    about to be moved, so that groups no longer wait for the visitor.
    """
    stages: Sequence[Stage[Play]] = ()
    prepared: Sequence[Stage[Prepared]] = ()
    """Stages that put a prepared gathering, directly in the store, into states in which there is more to press.

    A stage must cope with any state, because people press whatever they can between stages. After a stage, `steps`
    returns what invented people do in that state.
    """
    expect: Callable[[Play, datetime, datetime], None] | None = None
    """A function that stores which messages, such as reminders, are expected between two times without any action."""
    summary: Callable[[Play], Iterable[str]] | None = None
    """A function that returns sentences for the end of the report."""
    differences: Callable[[Play], Iterable[str]] | None = None
    """A function that returns a line for each thing that is wrong at the end of a rehearsal."""
    of_a_full_day: Sequence[str] = ()
    """The beginnings of kinds of messages that one full day would have, but that the rehearsal spreads over days."""


@cache
def rehearsals() -> Mapping[str, Rehearsal]:
    """Return what each capability adds to the demo and the rehearsal, by the capability's name.

    Capabilities that add nothing are left out.
    """
    return {
        name: import_module(f"handlers.{name}.rehearsal").REHEARSAL
        for name in CAPABILITIES
        if find_spec(f"handlers.{name}.rehearsal")
    }


def wishes(settings: Settings) -> Sequence[str]:
    """Return the labels (themes' keys) among which invented people choose, the most wanted first."""
    return [key for rehearsal in rehearsals().values() if rehearsal.wishes for key in rehearsal.wishes(settings)]
