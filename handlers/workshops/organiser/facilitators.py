"""Who runs the workshops: the role given for all, a theme or some groups, taken away, and people invited for it."""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.forms import Form, text
from bot.content.texts import Name, Span, Strong, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import FACILITATOR, ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from bot.delivery import outbox
from bot.membership import rights
from bot.people import facilitator_store, participant_store, secret_store
from bot.people.audience_store import describe
from bot.people.audiences import EVERYONE, Audience, parse
from bot.people.participants import Participant
from handlers.groups.store import all_rounds, groups_of_round
from handlers.navigation.actions import BACK, AskToRenew, Find, Renew
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, page_of, turn
from handlers.themes.store import all_themes
from handlers.workshops.actions import ShowFacilitator, ShowFacilitators
from handlers.workshops.service import facilitators

routes = Routes()

_SETTLES = timedelta(seconds=20)
"""People are told what came of it, not of every step."""
_MOST_OPTIONS = 100
_NOBODYS = _("None for now.")
_LIST = Button(_("Who runs the workshops"), ShowFacilitators(0))


@dataclass(frozen=True, slots=True)
class SetFacilitator(Action):
    """Say for whom someone runs the workshops; for nobody takes the role away."""

    code: ClassVar[str] = "ows"
    person: int


@dataclass(frozen=True, slots=True)
class RestoreFacilitator(Action):
    """The inverse of SetFacilitator."""

    code: ClassVar[str] = "iwf"
    person: int


@dataclass(frozen=True, slots=True)
class InviteFacilitator(Action):
    """Add someone who runs workshops and does not attend."""

    code: ClassVar[str] = "owi"


@dataclass(frozen=True, slots=True)
class FacilitatorForm(Form):
    """Who it is; for whom is asked next."""

    title: ClassVar[Text] = _("Someone who runs workshops")
    given_name: str = text(_("First name"), max_length=100)
    family_name: str = text(_("Family name"), max_length=100, required=False)


@routes.action(ShowFacilitators, who=ORGANISER)
async def show_facilitators(request: Request, action: ShowFacilitators) -> Reply:
    """Everyone who runs workshops, and for whom."""
    everyone = await facilitator_store.everyone(request.tx)
    shown = page_of(everyone, action.page)
    lines: list[Span] = []
    for each in shown:
        audiences = await facilitator_store.of_person(request.tx, each.id)
        words = await facilitators.whose_workshops(request.tx, audiences) if audiences else _NOBODYS
        lines.append(_("{name}: {audiences}", name=Strong(Name(each.full_name)), audiences=words))
    if not lines:
        lines.append(_("Nobody yet: find someone and press «Their workshops», or invite someone to run them."))
    return reply(
        Strong(_("Who runs the workshops")),
        *lines,
        buttons=(
            *(Button(Name(each.full_name[:60]), ShowFacilitator(each.id)) for each in shown),
            *turn(ShowFacilitators, action.page, len(everyone)),
            Button(_("Find someone"), Find()),
            Button(_("Invite a facilitator"), InviteFacilitator()),
            BACK,
        ),
    )


@routes.action(InviteFacilitator, who=ORGANISER, form=FacilitatorForm)
async def invite_facilitator(request: Request, _action: InviteFacilitator, form: FacilitatorForm) -> Reply:
    """Add them, and ask for whom; their way in is made as everyone's is."""
    person = await participant_store.add(
        request.tx,
        ref=f"F-{random.token_hex(4).upper()}",
        given_name=form.given_name,
        family_name=form.family_name,
        now=request.now,
        attends=False,
    )
    return await _show(request, person)


async def _person(request: Request, person_id: int) -> Participant:
    person = await participant_store.find(request.tx, person_id)
    if person is None or person.status not in ("invited", "joined"):
        raise Stale
    return person


@routes.action(ShowFacilitator, who=ORGANISER)
async def show_facilitator(request: Request, action: ShowFacilitator) -> Reply:
    """For whom someone runs the workshops, as a choice."""
    return await _show(request, await _person(request, action.person))


async def _show(request: Request, person: Participant, *buttons: Button, toast: Span | None = None) -> Reply:
    given = await facilitator_store.of_person(request.tx, person.id)
    offered = await _offered(request)
    options = [Option(_value(each), await describe(request.tx, each)) for each in offered]
    return reply(
        _("For whom does {name} run the workshops? Everyone, themes or groups.", name=Strong(Name(person.full_name))),
        await _told(request, person, given),
        choice=Choice(
            SetFacilitator(person.id),
            tuple(options),
            selected=tuple(_value(each) for each in given if each in offered),
            at_least=0,
            at_most=len(options),
            placeholder=_("Whose workshops"),
        ),
        buttons=(
            *buttons,
            *await _invitation(request, person),
            Button(_("See the person"), OpenPerson(person.id)),
            _LIST,
            BACK,
        ),
        toast=toast,
    )


async def _invitation(request: Request, person: Participant) -> Sequence[Button]:
    """The way in of who is not in yet; who attends is invited with everyone else."""
    if person.status != "invited" or person.attends:
        return ()
    if await secret_store.issued(request.tx, person.id, "invitation"):
        return (Button(_("New invitation"), AskToRenew(person.id)),)
    return (Button(_("Their invitation"), Renew(person.id, ""), style="primary"),)


async def _told(request: Request, person: Participant, given: Sequence[Audience]) -> Span:
    if not given:
        return _NOBODYS
    words = await facilitators.whose_workshops(request.tx, given)
    if person.status == "invited":
        return _("Now: {audiences}. They read it when they join.", audiences=words)
    return _("Now: {audiences}. They are told in a moment.", audiences=words)


async def _offered(request: Request) -> list[Audience]:
    """Everyone, the themes, and the groups that are published and whose day is not over."""
    day = request.today
    ahead = [round_ for round_ in await all_rounds(request.tx) if round_.published and round_.day >= day]
    found = [EVERYONE, *(Audience("theme", theme.key) for theme in await all_themes(request.tx))]
    for round_ in ahead:
        found += [Audience("group", str(group.id)) for group in await groups_of_round(request.tx, round_.number)]
    return found[:_MOST_OPTIONS]


def _value(audience: Audience) -> str:
    return audience.encode().replace(":", "_", 1)


@routes.choice(SetFacilitator, who=ORGANISER)
async def set_facilitator(request: Request, action: SetFacilitator, values: tuple[str, ...]) -> Reply:
    """Keep the new set; groups of days that are over stay as they were."""
    person = await _person(request, action.person)
    offered = {_value(each): each for each in await _offered(request)}
    if not set(values) <= offered.keys():
        raise Stale
    before = await facilitator_store.of_person(request.tx, person.id)
    after = [*(each for each in before if _value(each) not in offered), *(offered[value] for value in values)]
    if set(after) == set(before):
        return await _show(request, person, toast=_("Already done."))
    await _give(request, person, after)
    said = await _in_words(request, person, after)
    undo = await note(
        request,
        f"person:{person.id}",
        said,
        RestoreFacilitator(person.id),
        {"before": _stored(before), "after": _stored(after)},
    )
    return await _show(request, person, undo, toast=_("Saved."))


async def _in_words(request: Request, person: Participant, audiences: Sequence[Audience]) -> Span:
    name = Name(person.name)
    if not audiences:
        return _("{name} runs no workshops any more", name=name)
    words = await facilitators.whose_workshops(request.tx, audiences)
    return _("{name} runs the workshops of {audiences}", name=name, audiences=words)


def _stored(audiences: Iterable[Audience]) -> list[str]:
    return sorted(audience.encode() for audience in audiences)


async def _give(request: Request, person: Participant, audiences: Sequence[Audience]) -> None:
    """Give the role, and tell the person once it has settled; who has not come in reads it then."""
    fewer = not set(await facilitator_store.of_person(request.tx, person.id)) <= set(audiences)
    await facilitator_store.give(request.tx, person.id, audiences)
    if fewer and not person.organises:
        await rights.taken(request.tx, request.declared, person, FACILITATOR, request.now)
    await facilitator_store.touch_panel_of(request.tx, person.id)
    await facilitator_store.unsay(request.tx, person.id, request.now)
    view = await facilitators.role_view(request.tx, person.id)
    await outbox.notify(request.tx, person.id, view, request.now, about=person.id, due=request.now + _SETTLES)


@inverses.declare(RestoreFacilitator)
async def restore_facilitator(request: Request, action: RestoreFacilitator, values: Values) -> Undone:
    """Give back what was taken, or take what was given."""
    person = await participant_store.find(request.tx, action.person)
    if person is None or _stored(await facilitator_store.of_person(request.tx, action.person)) != values["after"]:
        raise changed_since()
    await _give(request, person, [parse(word) for word in values["before"]])
    return Undone(buttons=(Button(_("Their workshops"), ShowFacilitator(person.id)),))
