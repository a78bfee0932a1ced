"""The screens on which organisers name the persons of trust; they never see what is written to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, text
from bot.content.names import clean
from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.people import participant_store
from bot.people.naming import called, called_with_ref
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.layout import PER_PAGE
from handlers.trust import service, store
from handlers.trust.actions import TRUST
from handlers.trust.messages import trusted_line
from handlers.trust.model import MOST_TRUSTED, TrustedPerson

routes = Routes()


class NameTrusted(Action):
    """The button that shows the persons of trust, to name another one or to end one's task."""

    code: ClassVar[str] = "tno"


class FindTrusted(Action):
    """The button that opens the form for the name of somebody who shall be a person of trust."""

    code: ClassVar[str] = "tnf"


class Describe(Action):
    """The button that opens the form with which somebody becomes a person of trust, or is described anew."""

    code: ClassVar[str] = "tnd"
    person: int


class EndTrust(Action):
    """The button that ends that somebody is a person of trust; `sure` once the organiser confirmed it."""

    code: ClassVar[str] = "tne"
    person: int
    sure: bool


# L10N: a button of organisers
NAME_TRUSTED = Button(_("Name persons of trust"), NameTrusted())
NAMED = Button(_("Persons of trust"), NameTrusted())
"""The button on the organisers' screen to who the persons of trust are."""


@dataclass(frozen=True, slots=True)
class FindTrustedForm(Form):
    """The form for the name of somebody who shall be a person of trust."""

    title: ClassVar[Text] = _("A person of trust")
    of_somebody: ClassVar[bool] = True
    name: str = text(_("Their name"), max_length=100, hint=_("Someone of the gathering who agreed to it."))


@dataclass(frozen=True, slots=True)
class TrustedForm(Form):
    """The form for what people read of a person of trust besides their first name."""

    title: ClassVar[Text] = _("A person of trust")
    languages: str = text(_("Which languages do they speak?"), max_length=60, hint=_("For instance «French, English»."))
    hours: str = text(_("When can they be reached?"), max_length=60, hint=_("For instance «8:00 to 23:00»."))


@routes.action(NameTrusted, who=ORGANISER)
async def show_named(request: Request, _action: NameTrusted) -> Reply:
    """Show who the persons of trust are, with buttons to change that."""
    people = await store.trusted_people(request.tx)
    lines: list[Span] = [
        Strong(_("Persons of trust")),
        _(
            "One to {most} people whom everybody can write to. You never see what is written to them.",
            most=MOST_TRUSTED,
        ),
    ]
    buttons: list[Button] = []
    for trusted in people:
        name = called(trusted, "given")
        lines.append(trusted_line(trusted, Strong(name)))
        buttons.append(Button(_("Describe {name}", name=name), Describe(trusted.id)))
        # L10N: a button, a verb: end that this person is a person of trust
        buttons.append(Button(_("End it: {name}", name=name), EndTrust(trusted.id, False)))
    if len(people) < MOST_TRUSTED:
        buttons.insert(0, Button(_("Name someone"), FindTrusted(), style="primary"))
    return reply(*lines, buttons=(*buttons, TRUST, BACK))


@routes.action(FindTrusted, who=ORGANISER, form=FindTrustedForm)
async def find(request: Request, _action: FindTrusted, form: FindTrustedForm) -> Reply:
    """Show the people who have a name, to choose who becomes a person of trust."""
    wanted = clean(form.name)
    people = await request.look(("search", wanted), partial(people_store.search, query=wanted))
    again = Button(_("Find someone else"), FindTrusted())
    if not people:
        return reply(_("Nobody is called that."), buttons=(again, NAME_TRUSTED, BACK))
    return reply(
        _("Who is it?"),
        buttons=(
            *(Button(called_with_ref(person), Describe(person.id)) for person in people[:PER_PAGE]),
            again,
            BACK,
        ),
    )


async def _described(request: Request, action: Describe) -> Mapping[str, str]:
    """Return what is said of somebody so far. Raises UserError for somebody who cannot be a person of trust."""
    trusted = await _can_be_trusted(request, action.person)
    return {"languages": trusted.languages, "hours": trusted.hours} if trusted else {}


async def _can_be_trusted(request: Request, participant_id: int) -> TrustedPerson | None:
    """Return the person of trust, None for somebody who can become one.

    Raises UserError for somebody who has not joined, and where there are enough persons of trust.
    """
    person = await participant_store.find(request.tx, participant_id)
    if person is None:
        raise Stale
    if not person.joined:
        raise UserError(
            _("{name} has not joined, and could not read anything.", name=called(person, "full")),
            buttons=(NAME_TRUSTED, BACK),
        )
    people = await store.trusted_people(request.tx)
    present = next((trusted for trusted in people if trusted.id == participant_id), None)
    if present is None and len(people) >= MOST_TRUSTED:
        raise UserError(
            _("There are {most} persons of trust already. End it for one of them first.", most=MOST_TRUSTED),
            buttons=(NAME_TRUSTED, BACK),
        )
    return present


@routes.action(Describe, who=ORGANISER, form=TrustedForm, before=_described, confirmed=True)
async def describe(request: Request, action: Describe, form: TrustedForm) -> Reply:
    """Make somebody a person of trust, or change what people read of them."""
    await _can_be_trusted(request, action.person)
    await service.name_trusted(request.tx, action.person, form.languages, form.hours, request.now)
    return reply(_("Saved. They were told."), then=NameTrusted())


@routes.action(EndTrust, who=ORGANISER, confirmed=True)
async def end(request: Request, action: EndTrust) -> Reply:
    """Ask for confirmation, then end that somebody is a person of trust: they read nothing any more."""
    trusted = await service.find_trusted(request.tx, action.person)
    if trusted is None:
        raise Stale
    name = called(trusted, "given")
    if not action.sure:
        return reply(
            _("End it for {name}? Nothing can be read by them any more, and who wrote to them is told.", name=name),
            buttons=(Button(_("Yes, end it"), EndTrust(trusted.id, True), style="danger"), NAME_TRUSTED),
        )
    await service.end_trust(request.tx, trusted.id, request.now)
    return reply(_("{name} is no person of trust any more.", name=name), then=NameTrusted())
