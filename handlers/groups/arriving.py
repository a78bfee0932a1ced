"""Who arrives and is on no list: name, country, theme; then they are in, in a group, and have a way in of their own."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass
from typing import ClassVar

from bot.config import setting_store
from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, choice, territory, text
from bot.content.texts import Joined, Localised, Name, Span, Strong, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from bot.membership.inviting import renew, ways_in
from bot.people import participant_store
from bot.people.listed import Gender
from bot.people.participants import Participant
from bot.people.roster_words import GENDERS
from handlers.groups import attendance_store
from handlers.groups.actions import AddSomeone, AttendPerson, ShowAttendance
from handlers.groups.attendance_days import Day, the_day
from handlers.groups.attending import ways_to_a_group
from handlers.groups.messages import room_line, title
from handlers.groups.model import Group
from handlers.navigation import overview
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, as_buttons
from handlers.themes.model import Theme
from handlers.themes.service import choose, leave
from handlers.themes.store import all_themes, choice_of, find

routes = Routes()

_NAMESAKES = 3


@dataclass(frozen=True, slots=True)
class GiveTheme(Action):
    """Give who arrived the theme chosen."""

    code: ClassVar[str] = "gil"
    person: int


@dataclass(frozen=True, slots=True)
class RemoveSomeone(Action):
    """The inverse: someone added at the door was never there."""

    code: ClassVar[str] = "gix"
    person: int


@dataclass(frozen=True, slots=True)
class ArrivalForm(Form):
    """Who arrives; their theme is asked next."""

    title: ClassVar[Text] = _("Someone new")
    given_name: str = text(_("First name"), max_length=100)
    family_name: str = text(_("Family name"), max_length=100, required=False)
    territory: str = territory(_("Territory"), required=False, hint=_("A country or region, for instance «Québec»"))
    gender: str = choice(_("Gender"), [Option(value.value, label) for value, label in GENDERS.items()], required=False)


@routes.action(AddSomeone, who=ORGANISER, form=ArrivalForm)
async def add_someone(request: Request, _action: AddSomeone, form: ArrivalForm) -> Reply:
    """Add them, name those who are called alike, and ask for the theme."""
    if not form.given_name:
        raise Incomplete("given_name", _("A first or a family name is needed."))
    alike = await overview.search(request.tx, f"{form.given_name} {form.family_name}".strip())
    added = await participant_store.add(
        request.tx,
        ref=f"L-{random.token_hex(4).upper()}",
        given_name=form.given_name,
        family_name=form.family_name,
        now=request.now,
        territory=form.territory,
        gender=Gender(form.gender) if form.gender else None,
    )
    day = await the_day(request)
    if not day.ahead:
        await attendance_store.put(request.tx, added.id, day.iso, True, request.participant.id, request.now)
    said = _("{name} added", name=Name(added.full_name))
    values = {"given_name": added.given_name, "family_name": added.family_name}
    undo = await note(request, f"person:{added.id}", said, RemoveSomeone(added.id), values)
    name = Strong(Name(added.full_name))
    asked = (
        _("{name} is added. Which theme?", name=name)
        if day.ahead
        else _("{name} is added and present. Which theme?", name=name)
    )
    lines: list[Span] = [asked]
    if alike:
        lines.append(_("Careful: someone on the list is called so too. Is it them? Then undo this."))
    options = tuple(
        Option(theme.key, Localised(theme.title), _("{taken} taken", taken=theme.taken))
        for theme in await all_themes(request.tx)
    )
    return reply(
        *lines,
        choice=Choice(GiveTheme(added.id), options),
        buttons=(*as_buttons(alike[:_NAMESAKES]), undo, Button(_("Attendance"), ShowAttendance()), BACK),
    )


async def _newcomer(request: Request, person_id: int) -> Participant:
    person = await participant_store.find(request.tx, person_id)
    if person is None or not person.attends or person.status not in ("invited", "joined"):
        raise Stale
    return person


@routes.choice(GiveTheme, who=ORGANISER, rides=False)
async def give_theme(request: Request, action: GiveTheme, values: tuple[str, ...]) -> Reply:
    """Give the theme, beyond its capacity too: they are here. Then their group, and their way in, shown once."""
    person = await _newcomer(request, action.person)
    theme = await find(request.tx, values[0]) if values else None
    if theme is None:
        raise Stale
    if (await choice_of(request.tx, person.id)).theme is not None or person.joined:
        raise UserError(
            _("{name} has a theme already.", name=Name(person.full_name)),
            buttons=(Button(_("See the person"), OpenPerson(person.id)), BACK),
        )
    await choose(request.tx, person, theme.key, request.now, beyond=True, by=request.participant.id)
    day = await the_day(request)
    group = next((each for each in day.groups if each.id == day.people[person.id].group_id), None)
    lines: list[Span] = [
        _("{name} is in {theme}.", name=Strong(Name(person.full_name)), theme=Localised(theme.title)),
        _their_group(day, group, theme),
        *await _way_in(request, person),
    ]
    return reply(
        *lines,
        buttons=(
            *(() if group else ways_to_a_group(day, person.id)),
            Button(_("Their attendance"), AttendPerson(person.id, day.date.toordinal())),
            Button(_("Someone new"), AddSomeone()),
            Button(_("Attendance"), ShowAttendance()),
        ),
        fresh=True,
        secret=True,
    )


def _their_group(day: Day, group: Group | None, theme: Theme) -> Span:
    if group is None:
        if not day.groups:
            return _("No groups are formed yet: they are placed when they are.")
        return _("They have no group yet: repair the groups, or put them in one.")
    if group.room:
        return Joined((_("Group: {group}", group=Strong(title(group, theme))), ". ", room_line(group.room)))
    return _("Group: {group}", group=Strong(title(group, theme)))


async def _way_in(request: Request, person: Participant) -> list[Span]:
    username = await setting_store.telegram_username(request.tx)
    renewed = await renew(request.tx, request.settings, person, request.now, bot_username=username)
    invitation = renewed.invitation
    return [_("{name}'s invitation. It is not shown again.", name=Name(invitation.name)), *ways_in(invitation)]


@inverses.declare(RemoveSomeone)
async def remove_someone(request: Request, action: RemoveSomeone, values: Values) -> Undone:
    """Take someone added at the door out again, unless they came in or were corrected meanwhile."""
    person = await participant_store.find(request.tx, action.person)
    named = {"given_name": person.given_name, "family_name": person.family_name} if person else None
    if person is None or person.status != "invited" or named != values:
        raise changed_since()
    await leave(request.tx, person.id, request.now)
    await participant_store.remove(request.tx, [person.id])
    return Undone(buttons=(Button(_("Someone new"), AddSomeone()), Button(_("Attendance"), ShowAttendance())))
