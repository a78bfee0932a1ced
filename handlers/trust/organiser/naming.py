"""The screens on which organisers choose the trusted people; they never see what is written to these."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from bot.content.errors import existing
from bot.content.forms import Form, text
from bot.content.names import clean
from bot.content.texts import Span, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Preparation, Request, Routes
from bot.people import participant_store
from bot.people.naming import called, called_with_ref
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.finding import find_someone
from handlers.navigation.layout import PER_PAGE
from handlers.trust import service, store
from handlers.trust.actions import NAME_TRUSTED, TRUST, NameTrusted
from handlers.trust.messages import trusted_line
from handlers.trust.model import MOST_TRUSTED, TrustedPerson

routes = Routes()


NAMED = Button(_("Trusted people"), NameTrusted())
"""The organisers' button that shows the trusted people."""


class FindTrustedForm(Form):
    """The form for the name of the person who is to become a trusted person."""

    title: ClassVar[Text] = _("A trusted person")
    sends: ClassVar[Text] = _("Search")
    of_somebody: ClassVar[bool] = True
    name: str = text(_("Their name"), max_length=100, hint=_("Someone of the gathering who agreed to it."))


class TrustedForm(Form):
    """The form for what everybody can read about a trusted person: languages, and when the person can be reached."""

    title: ClassVar[Text] = _("A trusted person")
    languages: str = text(_("Which languages do they speak?"), max_length=60, hint=_("For instance «French, English»."))
    hours: str = text(_("When can they be reached?"), max_length=60, hint=_("For instance «08:00 to 23:00»."))


@routes.press(NameTrusted, who=ORGANISER)
async def show_named(request: Request) -> Reply:
    """Show the trusted people, with buttons to change, add or remove them."""
    people = await store.trusted_people(request.tx)
    lines: list[Span] = [
        Strong(_("Trusted people")),
        _(
            "One to {most} people whom everybody can write to. You never see what is written to them.",
            most=MOST_TRUSTED,
        ),
    ]
    buttons: list[Button] = []
    for trusted in people:
        name = called(trusted, "given")
        lines.append(trusted_line(trusted, Strong(name)))
        buttons.append(Button(_("Describe {name}", name=name), describe.to(trusted.id)))
        # L10N: a button, a verb: end that this person is a trusted person
        buttons.append(Button(_("End the role: {name}", name=name), end.to(trusted.id, False)))
    if len(people) < MOST_TRUSTED:
        buttons.insert(0, Button(_("Name someone"), find.to(), style="primary"))
    return reply(*lines, buttons=(*buttons, TRUST, BACK))


async def _some_are_trusted(request: Request) -> bool:
    return bool(await store.trusted_people(request.tx))


TO_PREPARE = (Preparation(70, "trust", _("A trusted person"), _some_are_trusted, NameTrusted()),)


@routes.form("tnf", FindTrustedForm, who=ORGANISER)
async def find(request: Request, form: FindTrustedForm) -> Reply:
    """Show the people with a matching name, to choose one as a trusted person."""
    wanted = clean(form.name)
    people = await request.preload(("search", wanted), partial(people_store.search, query=wanted))
    again = find_someone(find.to(), again=True)
    if not people:
        return reply(_("Nobody is called that."), buttons=(again, NAME_TRUSTED, BACK))
    return reply(
        _("Who is it?"),
        buttons=(
            *(Button(called_with_ref(person), describe.to(person.id)) for person in people[:PER_PAGE]),
            again,
            BACK,
        ),
    )


async def _described(request: Request, person: int) -> Mapping[str, str]:
    """Return what is said of somebody so far. Raises UserError for somebody who cannot be a trusted person."""
    trusted = await _can_be_trusted(request, person)
    return {"languages": trusted.languages, "hours": trusted.hours} if trusted else {}


async def _can_be_trusted(request: Request, participant_id: int) -> TrustedPerson | None:
    """Return the trusted person, None for somebody who can become one.

    Raises UserError for somebody who has not joined, and where there are enough trusted people.
    """
    await service.check_trusted(request.tx, existing(await participant_store.find(request.tx, participant_id)))
    return await service.find_trusted(request.tx, participant_id)


@routes.form("tnd", TrustedForm, who=ORGANISER, prefill=_described)
async def describe(request: Request, form: TrustedForm, person: int) -> Reply:
    """Make a person (an id) a trusted person, or change what people read about them; the person is notified."""
    await _can_be_trusted(request, person)
    await service.name_trusted(request.tx, person, form.languages, form.hours, request.now)
    return reply(_("Saved. They were told."), then=NameTrusted())


@routes.press("tne", who=ORGANISER)
async def end(request: Request, person: int, sure: bool) -> Reply:
    """Take the role of a trusted person away, and notify the people who wrote to that person.

    The person can then no longer read their conversations. If `sure` is False, only ask for confirmation. Raises Stale
    if the person is no longer a trusted person.
    """
    trusted = existing(await service.find_trusted(request.tx, person))
    name = called(trusted, "given")
    if not sure:
        return reply(
            _(
                "Take this role from {name}? They will no longer be able to read anything, and the people who"
                " wrote to them are told.",
                name=name,
            ),
            buttons=(Button(_("Yes, take it"), end.to(trusted.id, True), style="danger"), NAME_TRUSTED),
        )
    await service.end_trust(request.tx, trusted.id, request.now)
    return reply(_("{name} is no longer a trusted person.", name=name), then=NameTrusted())
