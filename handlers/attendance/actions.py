"""The buttons of attendance that more than one module shows. They hold a day as the number `date.toordinal()`."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button


class ShowAttendance(Action, code="gi"):
    """The button that shows the attendance of today or, before the first day with groups, of that first day."""


class AttendPerson(Action, code="gid"):
    """The button that shows the mark of one person (present, absent or none) on a day."""

    person: int
    day: int


class MarkAttendance(Action, code="gif"):
    """The button that marks a person present or absent on a day, or removes the mark.

    `was` is the mark that was shown and `now` the new mark: 0 not marked, 1 absent, 2 present. The reply shows `page`
    (from 0) of the members of `group`; if `group` is 0, it shows `page` (from 1) of the people without a group; if both
    are 0, it shows the person.
    """

    person: int
    day: int
    was: int
    now: int
    group: int
    page: int


ATTENDANCE = Button(_("Attendance"), ShowAttendance())
