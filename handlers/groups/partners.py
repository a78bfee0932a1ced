"""The second person: to swap with, or to be together with or apart from. From the theme's list, or by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.names import clean, matches, search_key
from bot.content.texts import Name, Span, Strong, Territory, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.groups import store
from handlers.groups.adjusting import preview_swap
from handlers.groups.constraining import pair
from handlers.groups.layout import OpenMember, ShowOthers
from handlers.groups.model import Group, Member
from handlers.navigation.actions import BACK

routes = Routes()

_PER_PAGE = 40
"""People in one choice: with the pages' buttons still what every platform can show."""
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class FindOther(Action):
    """Open the form that asks for the second person's name."""

    code: ClassVar[str] = "gla"
    round: int
    person: int
    want: str


@dataclass(frozen=True, slots=True)
class TakeOther(Action):
    """Do what is wanted with the person chosen."""

    code: ClassVar[str] = "glb"
    round: int
    person: int
    want: str


@dataclass(frozen=True, slots=True)
class OtherForm(Form):
    """A name, or the beginning of its words."""

    title: ClassVar[Text] = _("Find the other person")
    name: str = text(
        _("Name"), max_length=100, hint=_("First or family name, or how they begin; accents do not matter.")
    )


async def _person(request: Request, round_number: int, person_id: int) -> Member:
    person = await store.person(request.tx, round_number, person_id)
    if person is None:
        raise Stale
    return person


async def _others(request: Request, round_number: int, person: Member, want: str) -> Sequence[Member]:
    """Who can be chosen: for a swap people of other groups of the theme, else anyone with a theme."""
    everyone = [each for each in await store.people(request.tx, round_number) if each.id != person.id]
    if want == "swap":
        everyone = [e for e in everyone if e.theme == person.theme and e.group_id not in (None, person.group_id)]
    return store.by_name(everyone)


@routes.action(ShowOthers, who=ORGANISER)
async def show_others(request: Request, action: ShowOthers) -> Reply:
    """The people of the theme, a page of them."""
    person = await _person(request, action.round, action.person)
    people = await _others(request, action.round, person, action.want)
    return await _ask(request, action, person, [each for each in people if each.theme == person.theme])


@routes.action(FindOther, who=ORGANISER, form=OtherForm)
async def find_other(request: Request, action: FindOther, form: OtherForm) -> Reply:
    """Those whose names fit."""
    person = await _person(request, action.round, action.person)
    wanted = clean(form.name)
    people = await _others(request, action.round, person, action.want)
    found = [each for each in people if matches(wanted, search_key(each.given_name, each.family_name))]
    back = ShowOthers(action.round, action.person, action.want)
    if not found:
        buttons = (Button(_("Find by name"), action), Button(_("See the list"), back), BACK)
        return reply(_("Nobody who can be chosen is called «{name}».", name=Name(wanted)), buttons=buttons)
    return await _ask(request, back, person, found[:_PER_PAGE])


async def _ask(request: Request, action: ShowOthers, person: Member, people: Sequence[Member]) -> Reply:
    by_id = {group.id: group for group in await store.of_round(request.tx, action.round)}
    page = people[action.page * _PER_PAGE : (action.page + 1) * _PER_PAGE]
    before = ShowOthers(action.round, action.person, action.want, max(action.page - 1, 0))
    after = ShowOthers(action.round, action.person, action.want, action.page + 1)
    options = tuple(Option(str(each.id), _label(each, by_id.get(each.group_id or 0))) for each in page)
    return reply(
        _question(action.want, Strong(Name(person.full_name))),
        choice=Choice(TakeOther(action.round, person.id, action.want), options) if options else None,
        buttons=(
            *((Button(_("◀ Previous"), before),) if action.page else ()),
            *((Button(_("Next ▶"), after),) if (action.page + 1) * _PER_PAGE < len(people) else ()),
            Button(_("Find by name"), FindOther(action.round, person.id, action.want)),
            Button(_("Back"), OpenMember(action.round, person.id)),
            BACK,
        ),
    )


def _question(want: str, name: Span) -> Text:
    match want:
        case "swap":
            return _("Who takes {name}'s place, and gives theirs?", name=name)
        case "together":
            return _("Who must be in {name}'s group?", name=name)
        case "apart":
            return _("Who must not be in {name}'s group?", name=name)
    raise Stale


def _label(person: Member, group: Group | None) -> Span:
    name: Span = Name(person.full_name[:_LONGEST_NAME])
    if person.territory:
        name = _("{name} ({country})", name=name, country=Territory(person.territory))
    return _("{name}, group {number}", name=name, number=group.number) if group else name


@routes.choice(TakeOther, who=ORGANISER, rides=False)
async def take_other(request: Request, action: TakeOther, values: tuple[str, ...]) -> Reply:
    """Show what a swap would do, or save the pair."""
    if not values or not values[0].isdecimal():
        raise Stale
    other = int(values[0])
    match action.want:
        case "swap":
            return await preview_swap(request, action.round, action.person, other)
        case "together" | "apart" as kind:
            return await pair(request, action.round, action.person, other, kind)
    raise Stale
