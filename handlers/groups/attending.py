"""Who is at the door, by name: whether they are here, and what they lack to be in a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.names import clean
from bot.content.texts import Moment, Name, Span, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.people import participant_store
from bot.people.participants import Participant
from handlers.groups.actions import AddSomeone, AttendPerson, ShowAttendance, ShowPlaces
from handlers.groups.adjusting import ShowTargets
from handlers.groups.attendance_days import Day, the_day
from handlers.groups.checking_in import HOW, AttendGroup, FindComer, state_line, tap, two_taps
from handlers.groups.layout import repair_button
from handlers.groups.messages import title
from handlers.navigation import overview
from handlers.navigation.layout import PER_PAGE, OpenPerson
from handlers.themes.store import find

routes = Routes()

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class ComerForm(Form):
    """A name, or the beginning of its words."""

    title: ClassVar[Text] = _("Who is here?")
    name: str = text(
        _("Name"), max_length=100, hint=_("First or family name, or how they begin; accents do not matter.")
    )


@routes.action(FindComer, who=ORGANISER, form=ComerForm)
async def find_comer(request: Request, action: FindComer, form: ComerForm) -> Reply:
    """Those whose names fit, with a tap for each; also who said they would not come."""
    day, wanted = await the_day(request, action.day), clean(form.name)
    found = [await participant_store.find(request.tx, each.id) for each in await overview.search(request.tx, wanted)]
    people = [each for each in found if each and each.attends][:PER_PAGE]
    again = (
        Button(_("Another name"), action),
        Button(_("Someone new"), AddSomeone()),
        Button(_("Attendance"), ShowAttendance()),
    )
    if not people:
        return reply(_("Nobody on the list is called «{name}».", name=Name(wanted)), buttons=again)
    if len(people) == 1:
        return await person_screen(request, day, people[0])
    lines: list[Span] = []
    buttons: list[Button] = []
    for each in people:
        if each.status in ("invited", "joined"):
            buttons.append(tap(_cut(each), each.id, day, 0, 0))
        else:
            lines.append(_("{name} was not expected.", name=_named(each)))
            buttons.append(Button(_cut(each), OpenPerson(each.id)))
    return reply(HOW, *lines, buttons=(*buttons, *again))


def _cut(person: Participant) -> Text:
    return _("{name} ({ref})", name=Name(person.full_name[:_LONGEST_NAME]), ref=Name(person.ref))


def _named(person: Participant) -> Text:
    return _("{name} ({ref})", name=Name(person.full_name), ref=Name(person.ref))


def ways_to_a_group(day: Day, person_id: int) -> tuple[Button, ...]:
    """What gives someone with a theme a group: a repair, which places whoever is not absent, or by hand."""
    if day.round is None or not day.groups:
        return ()
    return (
        repair_button(day.round.number, day.date),
        Button(_("Put in a group"), ShowTargets(day.round.number, person_id)),
    )


@routes.action(AttendPerson, who=ORGANISER)
async def attend_person(request: Request, action: AttendPerson) -> Reply:
    """One person of a day."""
    return await person_screen(request, await the_day(request, action.day), await comer(request, action.person))


async def comer(request: Request, person_id: int) -> Participant:
    """Someone who attends. Raises Stale for anyone else."""
    person = await participant_store.find(request.tx, person_id)
    if person is None or not person.attends:
        raise Stale
    return person


async def person_screen(request: Request, day: Day, person: Participant) -> Reply:
    """How someone is marked, their group, and what is missing for them to have one."""
    ways = (
        Button(_("Another name"), FindComer(day.date.toordinal())),
        Button(_("See the person"), OpenPerson(person.id)),
        Button(_("Attendance"), ShowAttendance()),
    )
    if person.status not in ("invited", "joined"):
        said = _("{name} was not expected: invite them again on their card.", name=Strong(_named(person)))
        return reply(said, buttons=ways)
    known = day.people.get(person.id)
    group = next((each for each in day.groups if known and each.id == known.group_id), None)
    lines: list[Span] = [
        Strong(state_line(Name(person.full_name), day.state(person.id))),
        _("On {date}.", date=Moment.of_day(day.date)),
    ]
    more: tuple[Button, ...] = ()
    if group:
        theme = await find(request.tx, group.theme)
        assert theme is not None  # a theme with groups is never removed
        lines.append(_("Group: {group}", group=title(group, theme)))
        more = (Button(_("Their group"), AttendGroup(group.id, day.date.toordinal())),)
    elif known is None:
        lines.append(_("They have no theme yet: give them one."))
        more = (Button(_("Theme"), ShowPlaces(person.id)),)
    elif day.round and day.groups:
        lines.append(_("They have no group yet: put them in one, or repair the groups."))
        more = ways_to_a_group(day, person.id)
    else:
        lines.append(_("No groups are formed yet."))
    return reply(*lines, buttons=(*two_taps(person.id, day), *more, *ways))
