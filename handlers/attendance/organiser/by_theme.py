"""The screen for marking the people of a theme in three presses: the theme, who is missing, «all others are here».

On this screen, facilitators mark the people of the groups that they run.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.content.errors import Stale
from bot.content.names import collation
from bot.content.texts import Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply, with_lines_first
from bot.conversation.routes import FACILITATOR, LookAgain, Request, Routes, StoredVersion
from bot.people.naming import called
from handlers.attendance.actions import ATTENDANCE
from handlers.attendance.model import ABSENT, PRESENT, UNMARKED, AttendanceDay, Attendee
from handlers.attendance.organiser.by_group import mark_rest
from handlers.attendance.organiser.by_name import search_attendees
from handlers.attendance.organiser.layout import half_day, marked_at, require_day, state_line
from handlers.attendance.service import groups_to_mark
from handlers.attendance.store.marks import mark_attendance
from handlers.navigation.actions import HOME
from handlers.navigation.finding import find_someone
from handlers.navigation.layout import paged

routes = Routes()

_PER_PAGE = 20
"""How many people a page has: with the buttons beside them as many as one message on Discord holds."""


@routes.press("gih", who=FACILITATOR)
async def attend_theme(request: Request, theme: str, ordinal: int, page: int) -> Reply:
    """Show the people in a theme's groups, with a button that marks a person absent, and one for «all others here».

    `theme` is the theme's key, `ordinal` the day's `date.toordinal()`; `page` counts the pages of people from 0.
    """
    day, title, people = await _require_theme(request, theme, ordinal)
    rest = day.marked([person.id for person in people], UNMARKED)
    if not rest:  # who comes late is among the absent
        people.sort(key=lambda person: day.state(person.id) != ABSENT)
    shown, pages = paged(people, page, partial(attend_theme.to, theme, ordinal), per_page=_PER_PAGE)
    ready = (Button(_ready(day, people), others_here.seeing(rest).to(theme, ordinal), style="primary"),) if rest else ()
    return reply(
        Strong(_("{theme}, {date}", theme=title, date=half_day(day))),
        _("Press the names of those who are missing. Late arrivals: press their name again."),
        buttons=(
            *ready,
            *(_name_button(person, theme, day, page) for person in shown),
            *pages,
            *_ways(request, ordinal),
        ),
    )


def _ways(request: Request, ordinal: int) -> tuple[Button, ...]:
    if request.participant.organises:
        return find_someone(search_attendees.to(ordinal)), ATTENDANCE
    return ATTENDANCE, HOME


async def _require_theme(
    request: Request, theme: str, ordinal: int, at: datetime | None = None
) -> tuple[AttendanceDay, Span, list[Attendee]]:
    """Return half a day, a theme's title, and the people in its groups that the person who asks may mark.

    The half is the one that is marked now, or `at` a time. Raises Stale if there are no such groups any more.
    """
    day = await require_day(request, ordinal, at)
    of_day = await groups_to_mark(request.tx, request.participant, day.date)
    title = next((group.theme for group in of_day.groups if group.theme_key == theme), None)
    if title is None:
        raise Stale
    people = sorted(of_day.of_theme(theme), key=lambda person: (collation(person.full_name), person.id))
    return day, title, people


def _ready(day: AttendanceDay, people: list[Attendee]) -> Text:
    """Return the label of the button that marks all who have no mark as present."""
    ids = [person.id for person in people]
    absent = len(day.marked(ids, ABSENT))
    if day.marked(ids, PRESENT):
        return _("The others are here")
    # L10N: a button, when people were marked as absent, and all others are here
    return _n("Everyone is here, except {count}", "Everyone is here, except {count}", absent) if absent else EVERYONE


EVERYONE = _("Everyone is here")


def _name_button(person: Attendee, theme: str, day: AttendanceDay, page: int) -> Button:
    was, name = day.state(person.id), called(person, "full")
    action = mark_missing.to(person.id, theme, day.ordinal, was, page)
    match was:
        case 1:
            return Button(_("{name}: absent ✗", name=name), action, style="danger", waits=True)
        case 2:
            return Button(_("{name}: here ✓", name=name), action, waits=True)
        case _:
            return Button(name, action, waits=True)


@routes.press("gij", who=FACILITATOR)
async def mark_missing(request: Request, person: int, theme: str, ordinal: int, was: int, page: int) -> Reply:
    """Mark a person of a theme absent; if `was`, the mark that the organiser saw, is absent already, mark them present.

    If another organiser changed the mark meanwhile, nothing is saved, and the screen shows the present mark.
    """
    day, _title, people = await _require_theme(request, theme, ordinal, request.done_at)
    found = next((each for each in people if each.id == person), None)
    if found is None:
        raise Stale
    now = PRESENT if was == ABSENT else ABSENT
    state, name = day.state(person), called(found, "full")
    if state not in (was, now):
        changed = _("Attendance has changed in the meantime, so nothing was changed. Here is how it is now.")
        return with_lines_first(await attend_theme(request, theme, ordinal, page), changed, "")
    if state != now:
        by, iso, at = request.participant.id, day.date.isoformat(), marked_at(request, day.date)
        await mark_attendance(request.tx, [person], iso, now == PRESENT, by, at, afternoon=day.afternoon)
    return Reply((await attend_theme(request, theme, ordinal, page)).view, state_line(name, now))


async def _unmarked_now(request: Request, theme: str, day_id: int) -> StoredVersion:
    day, _title, people = await _require_theme(request, theme, day_id)
    return StoredVersion(
        (day.marked([person.id for person in people], UNMARKED),),
        LookAgain(
            attend_theme.to(theme, day_id, 0),
            said=_("Attendance has changed in the meantime, so nothing was changed. Here is how it is now."),
        ),
    )


@routes.press("gin", who=FACILITATOR, unless_changed=_unmarked_now)
async def others_here(request: Request, theme: str, day_id: int) -> Reply:
    """Mark all people of a theme who have no mark yet as present; `day_id` is the day's `date.toordinal()`."""
    day, title, people = await _require_theme(request, theme, day_id)
    rest = day.marked([person.id for person in people], UNMARKED)
    summary = _n("{group}: {count} person present", "{group}: {count} people present", len(rest), group=title)
    undo = await mark_rest(request, day, rest, summary, present=True, shown=attend_theme.to(theme, day_id, 0))
    screen = (await attend_theme(request, theme, day_id, 0)).view
    others = (button for button in screen.buttons if button != ATTENDANCE)
    following = await _next_theme(request, theme, day)
    return reply(*screen.lines, buttons=(*(following or (ATTENDANCE,)), undo, *others), toast=_("Saved."))


async def _next_theme(request: Request, theme: str, day: AttendanceDay) -> tuple[Button, ...]:
    """Return the button to the next theme in which somebody has no mark yet; () if everybody is marked."""
    of_day = await groups_to_mark(request.tx, request.participant, day.date)
    titles = {group.theme_key: group.theme for group in of_day.groups}
    place = list(titles).index(theme)
    for key in (*list(titles)[place + 1 :], *list(titles)[:place]):
        if day.marked([person.id for person in of_day.of_theme(key)], UNMARKED):
            # L10N: A button. It leads to the next theme whose attendance is to be taken.
            label = _("Next: {theme}", theme=titles[key])
            return (Button(label, attend_theme.to(key, day.ordinal, 0), style="primary"),)
    return ()
