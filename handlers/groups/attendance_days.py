"""One day's attendance, as every screen about it shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.content.errors import Stale
from bot.conversation.routes import Request
from handlers.groups import attendance_store
from handlers.groups import store as groups
from handlers.groups.layout import day_to_mark
from handlers.groups.model import Group, Member, Round, due

UNMARKED, ABSENT, PRESENT = range(3)


@dataclass(frozen=True, slots=True)
class Day:
    """A day's attendance: who is marked how, and the people and groups of the round that is due then.

    `ahead`: the day is still to come.
    """

    date: date
    ahead: bool
    marks: Mapping[int, bool]
    round: Round | None
    people: Mapping[int, Member]
    groups: Sequence[Group]

    @property
    def iso(self) -> str:
        """The day as it is stored."""
        return self.date.isoformat()

    def state(self, person_id: int) -> int:
        """How someone is marked, as in `Mark`."""
        return UNMARKED if person_id not in self.marks else PRESENT if self.marks[person_id] else ABSENT

    def members(self, group: Group) -> Sequence[Member]:
        """Who is in a group, by first name."""
        return groups.by_name(each for each in self.people.values() if each.group_id == group.id)

    def unmarked(self, group: Group) -> Sequence[int]:
        """Who in a group is not marked."""
        return [each.id for each in self.members(group) if self.state(each.id) == UNMARKED]

    @property
    def missing(self) -> int:
        """How many in a group are marked absent."""
        return sum(each.group_id is not None and self.state(each.id) == ABSENT for each in self.people.values())

    @property
    def placeless(self) -> int:
        """How many with a theme are here and in no group."""
        return sum(each.group_id is None and self.state(each.id) == PRESENT for each in self.people.values())


async def the_day(request: Request, ordinal: int | None = None, round_: Round | None = None) -> Day:
    """A day by its ordinal, None for the one to mark now, with the groups of a round, None for the one due that day.

    Raises Stale for a day that cannot be.
    """
    rounds, now = await groups.rounds(request.tx), request.today
    try:
        wanted = date.fromordinal(ordinal) if ordinal is not None else day_to_mark(rounds, now)
    except (ValueError, OverflowError):
        raise Stale from None
    round_ = round_ or due(rounds, wanted)
    people = await groups.people(request.tx, round_.number) if round_ else ()
    return Day(
        wanted,
        wanted > now,
        await attendance_store.on(request.tx, wanted.isoformat()),
        round_,
        {each.id: each for each in people},
        await groups.of_round(request.tx, round_.number) if round_ else (),
    )
