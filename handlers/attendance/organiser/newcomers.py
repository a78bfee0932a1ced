"""Screens to add an arriving person who is on no list: name, territory and theme; then an invitation is shown."""

from __future__ import annotations

import secrets as random
from functools import partial
from typing import ClassVar

from bot.config import setting_store
from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Form, Incomplete, choice, territory, text
from bot.content.names import full_name
from bot.content.texts import Joined, Localised, Span, Strong, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.conversation.versions import fingerprint
from bot.membership.inviting import renew, ways_in
from bot.people import participant_store
from bot.people.listed import GENDERS, Gender
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.attendance import hooks
from handlers.attendance.actions import ATTENDANCE, AttendPerson
from handlers.attendance.model import GroupsOfDay, ListedGroup
from handlers.attendance.organiser.layout import day_to_mark, is_afternoon
from handlers.attendance.store.marks import mark_attendance
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, as_buttons
from handlers.navigation.staying import must_stay
from handlers.themes.service import choose_theme, leave_theme
from handlers.themes.store import all_themes, choice_of, find_theme

routes = Routes()

_NAMESAKES = 3


class ArrivalForm(Form):
    """The form for a person who arrives and is not registered. The theme is asked for afterwards."""

    title: ClassVar[Text] = _("Someone new")
    of_somebody: ClassVar[bool] = True
    given_name: str = text(_("First name"), max_length=100)
    family_name: str = text(_("Family name"), max_length=100, required=False)
    territory: str = territory(_("Territory"), required=False, hint=_("A country or region, for instance «Québec»"))
    gender: str = choice(_("Gender"), [Option(value.value, label) for value, label in GENDERS.items()], required=False)


@routes.form("gik", ArrivalForm, who=ORGANISER, check=must_stay)
async def add_someone(request: Request, form: ArrivalForm) -> Reply:
    """Store a person who is on no list, mark them present if the day has begun, and ask for their theme.

    People with the same name are shown too, because one of them may be the same person.
    """
    await must_stay(request)
    if not form.given_name:
        raise Incomplete("given_name", _("A first or a family name is needed."))
    whole = full_name(form.given_name, form.family_name)
    namesakes = await request.preload(("search", whole), partial(people_store.search, query=whole))
    added = await participant_store.add(
        request.tx,
        ref=f"L-{random.token_hex(4).upper()}",
        given_name=form.given_name,
        family_name=form.family_name,
        now=request.now,
        territory=form.territory,
        gender=Gender(form.gender) if form.gender else None,
    )
    day = await day_to_mark(request)
    ahead = day > request.today
    if not ahead:
        afternoon, by = await is_afternoon(request, day), request.participant.id
        await mark_attendance(request.tx, [added.id], day.isoformat(), True, by, request.now, afternoon=afternoon)
    summary = _("{name} added", name=called(added, "full"))
    undo = await record_change(
        request, f"person:{added.id}", summary, remove_someone.to(added.id), {"called": _digest(added)}
    )
    name = Strong(called(added, "full"))
    question = (
        _("{name} is added. Which theme?", name=name)
        if ahead
        else _("{name} is added and present. Which theme?", name=name)
    )
    lines: list[Span] = [question]
    if namesakes:
        lines.append(_("Careful: someone on the list has the same name. Is it the same person? Then undo this."))
    options = tuple(
        Option(theme.key, Localised(theme.title), _("{taken} taken", taken=theme.taken))
        for theme in await all_themes(request.tx)
    )
    return reply(
        *lines,
        choice=Choice(give_theme.to(added.id), options),
        buttons=(*as_buttons(namesakes[:_NAMESAKES]), undo, ATTENDANCE, BACK),
    )


def _digest(person: Participant) -> str:
    """Return a digest of a person's name, to notice that it was corrected."""
    return fingerprint(person.given_name, person.family_name)


async def _newcomer(request: Request, person_id: int) -> Participant:
    person = await participant_store.find(request.tx, person_id)
    if person is None or not person.attends or person.status not in ("invited", "joined"):
        raise Stale
    return person


@routes.pick("gil", who=ORGANISER, sent_with_press=False)
async def give_theme(request: Request, theme_key: str, person_id: int) -> Reply:
    """Give a theme, even a full one, to the person who was just added; show the person's group and invitation.

    The invitation is shown only this once. Raises UserError if the person has a theme already.
    """
    person = await _newcomer(request, person_id)
    theme = existing(await find_theme(request.tx, theme_key))
    if (await choice_of(request.tx, person.id)).theme is not None or person.joined:
        raise UserError(
            _("{name} has a theme already.", name=called(person, "full")),
            buttons=(Button(_("See their profile"), OpenPerson(person.id)), BACK),
        )
    await choose_theme(request.tx, person, theme.key, request.now, beyond=True, by=request.participant.id)
    day = await day_to_mark(request)
    of_day = await hooks.groups_on(request.tx, day)
    group = of_day.group_of(person.id)
    unplaced = of_day.groups and not group
    lines: list[Span] = [
        _("{name} is in {theme}.", name=Strong(called(person, "full")), theme=Localised(theme.title)),
        _their_group(of_day, group),
        *await _way_in(request, person),
    ]
    return reply(
        *lines,
        buttons=(
            *(await hooks.ways_to_a_group(request.tx, day, person.id) if unplaced else ()),
            Button(_("Their attendance"), AttendPerson(person.id, day.toordinal())),
            Button(_("Someone new"), add_someone.to()),
            ATTENDANCE,
        ),
        fresh=True,
        secret=True,
    )


def _their_group(of_day: GroupsOfDay, group: ListedGroup | None) -> Span:
    if group is None:
        if not of_day.groups:
            return _("The groups are not formed yet: this person will get one then.")
        return _("They have no group yet: adjust the groups, or put them in one.")
    line = _("Group: {group}", group=Strong(group.title))
    return Joined((line, ". ", group.room)) if group.room else line


async def _way_in(request: Request, person: Participant) -> list[Span]:
    username = await setting_store.telegram_username(request.tx)
    renewed = await renew(request.tx, request.declared, request.settings, person, request.now, bot_username=username)
    invitation = renewed.invitation
    return [
        _("Here is {name}'s invitation. It will not be shown again.", name=called(person, "full")),
        *ways_in(invitation),
    ]


@inverses.declare("gix")
async def remove_someone(request: Request, values: Values, person_id: int) -> Undone:
    """Delete a person whom an organiser added.

    Raises UserError, and deletes nothing, if the person joined meanwhile or the name was corrected.
    """
    person = await participant_store.find(request.tx, person_id)
    if person is None or person.status != "invited" or _digest(person) != values.get("called"):
        raise changed_since()
    await leave_theme(request.tx, person.id, request.now)
    await participant_store.remove(request.tx, [person.id])
    return Undone(buttons=(Button(_("Someone new"), add_someone.to()), ATTENDANCE))
