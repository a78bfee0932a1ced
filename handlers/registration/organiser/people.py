"""Screens to find a person by name, and to show everything about a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from bot.content import i18n
from bot.content.errors import existing
from bot.content.names import clean
from bot.content.texts import Listing, Localised, Quote, Span, Strong, Territory, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.people import participant_store
from bot.people.listed import GENDERS, RosterPerson
from bot.people.naming import account_label, called_with_ref
from bot.people.participants import Participant
from handlers.groups.actions import OpenMember
from handlers.groups.messages.cards import day, title
from handlers.groups.service.membership import round_due
from handlers.groups.store.members import group_of, person_with_theme
from handlers.groups.store.rounds import all_rounds
from handlers.navigation import people_store
from handlers.navigation.actions import BACK, FIND, AskToRenew, Find
from handlers.navigation.finding import FindForm, find_someone
from handlers.navigation.layout import PER_PAGE, OpenPerson, as_buttons
from handlers.navigation.people_store import MOST_FOUND
from handlers.questionnaires.actions import HealthOf
from handlers.questionnaires.messages import answer_lines
from handlers.questionnaires.model import HEALTH
from handlers.questionnaires.service import visible_fields
from handlers.questionnaires.store import answers_of
from handlers.registration import store
from handlers.registration.organiser.editing import ask_locale, correct_button
from handlers.registration.organiser.erasing import erase_button
from handlers.registration.organiser.roles import ask_role, revoke
from handlers.themes.actions import ShowThemesToGive
from handlers.themes.store import all_themes, choice_of, rank_in_waiting_list
from handlers.workshops.actions import ShowFacilitator

routes = Routes()

STATUSES: dict[str, Text] = {
    "invited": _("Invited, has not joined yet."),
    # L10N: on a person's card: they have come in
    "joined": _("Joined."),
    "withdrawn": _("Is not coming."),
    "revoked": _("Revoked: cannot enter."),
}


@routes.form(Find, FindForm, who=ORGANISER)
async def find(request: Request, form: FindForm) -> Reply:
    """Show up to ten people whose names match the form."""
    wanted = clean(form.name)
    people = await request.preload(("search", wanted), partial(people_store.search, query=wanted))
    again = find_someone(Find(), again=True)
    if not people:
        return reply(_("Nobody is called that."), buttons=(again, BACK))
    lines: list[Span] = []
    if len(people) > MOST_FOUND:
        lines.append(_("More than {count} people found.", count=MOST_FOUND))
        lines.append(_("Here are {most} of them: write more of the name to see fewer.", most=PER_PAGE))
    else:
        lines.append(_n("{count} person found.", "{count} people found.", len(people)))
        if len(people) > PER_PAGE:
            lines.append(_("Here are the first {most}: write more of the name to see fewer.", most=PER_PAGE))
    return reply(*lines, buttons=(*as_buttons(people[:PER_PAGE]), again, BACK))


async def offer_to_find(request: Request) -> View:
    """Return the home screen's button to find a person, for an organiser who does not attend."""
    return View((), () if request.participant.attends else (FIND,))


@routes.press(OpenPerson, who=ORGANISER)
async def open_person(request: Request, person_id: int) -> Reply:
    """Show everything that is stored about a person, with buttons to change it."""
    person = existing(await participant_store.find(request.tx, person_id))
    stored = existing(await store.find_listed(request.tx, person_id))
    fields = await visible_fields(request.tx, about_health=False)
    answers = await answers_of(request.tx, person.id, about_health=False)
    shown = reply(
        Strong(called_with_ref(person)),
        *_facts(person.id, stored.person, request.locale),
        *answer_lines(person.id, fields, answers),
        await _standing(request, person),
        *(await _wishes(request, person) if person.attends else ()),
        *(await _groups(request, person)),
        buttons=(*_buttons(request, person, stored.person, answers), *(await _group_button(request, person)), BACK),
        again=OpenPerson(person.id),
    )
    return replace(shown, view=replace(shown.view, all_about=person.id))


def _facts(person_id: int, person: RosterPerson, locale: str) -> list[Span]:
    lines: list[Span] = []
    if person.territory:
        lines.append(_("Territory: {territory}", territory=Territory(person.territory)))
    if person.birth_year:
        lines.append(_("Born in {year}", year=person.birth_year))
    if person.gender:
        lines.append(_("Gender: {gender}", gender=GENDERS[person.gender]))
    if person.organisation:
        organisation = Quote("particular", f"{person_id}.organisation", person.organisation)
        lines.append(_("Organisation: {organisation}", organisation=organisation))
    if person.email:
        lines.append(_("E-mail: {address}", address=Quote("particular", f"{person_id}.email", person.email)))
    if person.locale:
        lines.append(_("Language: {language}", language=i18n.locale_name(person.locale, locale)))
    return lines


async def _standing(request: Request, person: Participant) -> Span:
    standing: Span = STATUSES[person.status]
    accounts = await participant_store.accounts_of(request.tx, person.id)
    if accounts:
        names = Listing(tuple(account_label(account, to_others=True) for account in accounts))
        standing = _("{standing} Accounts: {names}.", standing=standing, names=names)
    # L10N: on a person's card: {standing} is «Joined.» or the like
    return _("{standing} Organises.", standing=standing) if person.organises else standing


async def _wishes(request: Request, person: Participant) -> list[Span]:
    choice = await choice_of(request.tx, person.id)
    titles = {theme.key: Localised(theme.title) for theme in await all_themes(request.tx)}
    lines: list[Span] = [_("Theme: {theme}", theme=titles[choice.theme]) if choice.theme else _("Theme: none yet")]
    if choice.second:
        lines.append(_("Second choice: {theme}", theme=titles[choice.second]))
    if choice.awaited:
        place = await rank_in_waiting_list(request.tx, person.id)
        lines.append(_("Waiting list for {theme}: number {place}.", theme=titles[choice.awaited], place=place or 1))
    return lines


async def _groups(request: Request, person: Participant) -> list[Span]:
    """Return a line for each group of a person, day by day."""
    rounds = await all_rounds(request.tx)
    titles = {theme.key: theme for theme in await all_themes(request.tx)}
    lines: list[Span] = []
    for round_ in rounds:
        group = await group_of(request.tx, person.id, round_.number)
        if group is not None and len(rounds) == 1:
            lines.append(_("Group: {group}", group=title(group, titles[group.theme])))
        elif group is not None:
            lines.append(_("{date}: {group}", date=day(round_), group=title(group, titles[group.theme])))
    return lines


async def _group_button(request: Request, person: Participant) -> tuple[Button, ...]:
    round_ = await round_due(request.tx, request.today)
    if round_ is None or await person_with_theme(request.tx, round_.number, person.id) is None:
        return ()
    return (Button(_("Their group"), OpenMember(round_.number, person.id)),)


def _buttons(
    request: Request, person: Participant, stored: RosterPerson, answers: Mapping[int, str]
) -> tuple[Button, ...]:
    if person.status == "revoked":
        return (Button(_("Invite again"), AskToRenew(person.id), style="primary"), erase_button(person))
    theme = (Button(_("Theme"), ShowThemesToGive(person.id)),) if person.attends else ()
    comes = person.status in ("invited", "joined")
    workshops = (Button(_("Their workshops"), ShowFacilitator(person.id)),) if comes else ()
    # L10N: a button on a person's profile: their diet, access, allergies
    health = (Button(_("Health"), HealthOf(person.id)),) if request.may(HEALTH) else ()
    return (
        correct_button(person.id, stored, answers),
        *theme,
        *health,
        Button(_("Language"), ask_locale.to(person.id)),
        Button(_("New invitation"), AskToRenew(person.id)),
        *workshops,
        Button(_("Take the organiser's role") if person.organises else _("Make organiser"), ask_role.to(person.id)),
        # L10N: a button, a verb: shut somebody out
        Button(_("Revoke"), revoke.ask.to(person.id), style="danger"),
        erase_button(person),
    )
