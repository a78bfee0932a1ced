"""The people who may attend, how they are marked on a day, and the groups in which they are listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from bot.content.names import Named
from bot.content.texts import Span, Text

AFTERNOON = time(13)
"""The local time at which the afternoon begins, for marks by half-day."""
UNMARKED, ABSENT, PRESENT = range(3)
"""The three marks of a person on a day, as numbers for buttons."""


def as_mark(present: bool | None) -> int:
    """Return a person's mark as a number: UNMARKED (0), ABSENT (1) or PRESENT (2).

    `present` is the stored mark: whether the person was present, None if they were not marked.
    """
    return UNMARKED if present is None else PRESENT if present else ABSENT


@dataclass(frozen=True, slots=True)
class Attendee(Named):
    """A participant who may attend the gathering; `joined` is whether the person uses the bot."""

    id: int
    given_name: str
    family_name: str
    joined: bool


@dataclass(frozen=True, slots=True)
class AttendanceDay:
    """The marks of a morning or an afternoon. `marks` has True for present, False for absent, by participant id.

    `afternoon` is True for an afternoon, False for a morning. `latest` has the latest marks of the whole day.
    """

    date: date
    marks: Mapping[int, bool]
    afternoon: bool
    latest: Mapping[int, bool]

    @property
    def ordinal(self) -> int:
        """The date as a number (`date.toordinal()`), for buttons."""
        return self.date.toordinal()

    def state(self, person_id: int) -> int:
        """Return the mark of the participant with this id: UNMARKED (0), ABSENT (1) or PRESENT (2)."""
        return as_mark(self.marks.get(person_id))

    def marked(self, people: Iterable[int], state: int) -> Sequence[int]:
        """Return the ids of those `people` whose mark is `state`: UNMARKED (0), ABSENT (1) or PRESENT (2)."""
        return [person_id for person_id in people if self.state(person_id) == state]


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group whose members are marked on one screen.

    `theme` and `number` name the group on buttons, `title` in sentences. `room` is the line with the group's room, or
    None. `theme_key` is the key of the group's theme.
    """

    id: int
    theme_key: str
    theme: Span
    number: int
    title: Text
    room: Span | None
    members: Sequence[Attendee]

    @property
    def member_ids(self) -> Sequence[int]:
        """The ids of the members, in the order of the list."""
        return [member.id for member in self.members]


@dataclass(frozen=True, slots=True)
class GroupsOfDay:
    """The groups of a day; if no day has any, `day` is None and the groups are empty.

    `unplaced` are the ids of people who should be in a group and are in none.
    """

    day: date | None = None
    groups: Sequence[ListedGroup] = ()
    unplaced: frozenset[int] = frozenset()

    @property
    def placed(self) -> frozenset[int]:
        """The ids of the people who are in a group."""
        return frozenset(member.id for group in self.groups for member in group.members)

    def of_theme(self, key: str) -> Sequence[Attendee]:
        """Return the members of the groups of a theme, group by group."""
        return [member for group in self.groups if group.theme_key == key for member in group.members]

    def find(self, group_id: int) -> ListedGroup | None:
        """Return the group with this id; None if it is not one of the day's groups."""
        return next((group for group in self.groups if group.id == group_id), None)

    def group_of(self, person_id: int) -> ListedGroup | None:
        """Return the group of the participant with this id; None if the participant is in no group."""
        return next((group for group in self.groups if person_id in group.member_ids), None)
