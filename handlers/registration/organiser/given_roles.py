"""Screens for organisers, and others who may give a role, to list the people with a role, and to give or take it.

A role that a capability gives on its own screens is listed here too, with a button to those screens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from bot.content.errors import Stale, existing
from bot.content.forms import Form, text
from bot.content.names import clean, fold, full_name
from bot.content.roles import Role, Who, known
from bot.content.texts import Listing, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import ORGANISER, PARTICIPANT, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.conversation.versions import fingerprint
from bot.people import participant_store, role_store
from bot.people.naming import called, called_with_ref
from bot.people.participants import Participant, refusal
from handlers.navigation import people_store, service
from handlers.navigation.actions import BACK, HOME
from handlers.navigation.changes import inverses
from handlers.navigation.finding import find_someone
from handlers.navigation.layout import PER_PAGE, OpenPerson, paged
from handlers.navigation.messages import scope_words
from handlers.navigation.staying import must_stay

routes = Routes()

_MOST_OPTIONS = 100


class FindForRoleForm(Form):
    """The form for the name of a person to whom a role is to be given."""

    title: ClassVar[Text] = _("Give a role")
    sends: ClassVar[Text] = _("Search")
    of_somebody: ClassVar[bool] = True
    name: str = text(_("Their first and family name"), max_length=100)


class AddForRoleForm(Form):
    """The form for the name of a person who does not attend the gathering and to whom a role is to be given."""

    title: ClassVar[Text] = _("Someone who does not take part")
    of_somebody: ClassVar[bool] = True
    given_name: str = text(_("First name"), max_length=100)
    family_name: str = text(_("Family name"), max_length=100, required=False)


async def gives_some(request: Request) -> bool:
    """Return whether the person may give at least one role and is not an organiser."""
    return not request.may(ORGANISER) and bool(_given_by(request))


async def offer_roles(request: Request) -> View:
    """Return the organisers' button to the screen of roles; an empty View while nobody could get a role."""
    return View((), (ROLES,) if (await people_store.turnout(request.tx)).selected else ())


def _given_by(request: Request) -> Sequence[Role]:
    """Return the roles that the person who asks may give."""
    return [role for role in known(request.settings).values() if request.may(role.given_by)]


def _role(request: Request, key: str) -> Role:
    """Return the role with a key, which the person who asks may give. Raises Stale or UserError for any other."""
    role = existing(known(request.settings).get(key))
    if not request.may(role.given_by):
        raise refusal(role.given_by)
    return role


def _given_here(request: Request, key: str) -> Role:
    """Return the role with a key, which the person who asks may give on these screens. Raises as `_role` does."""
    role = _role(request, key)
    if role.screen:
        raise Stale
    return role


def _back(request: Request) -> Button:
    return BACK if request.may(ORGANISER) else HOME


@routes.press("og")
async def show_roles(request: Request) -> Reply:
    """List the roles that the person may give, and how many people have each."""
    given = _given_by(request)
    if not given:
        raise refusal(ORGANISER)
    lines: list[Span] = [Strong(_("Roles"))]
    for role in given:
        people = {holder.id for holder in await people_store.holders(request.tx, role.key)}
        count = _n("{count} person", "{count} people", len(people))
        # L10N: how many people have a role
        lines.append(_("{role}: {count}", role=role.words, count=count))
    buttons = [Button(role.words, show_role.to(role.key, 0)) for role in given]
    return reply(*lines, buttons=(*buttons, _back(request)))


# L10N: a button: what people are asked to do for the gathering
ROLES = Button(_("Roles"), show_roles.to())


@routes.press("ogr")
async def show_role(request: Request, key: str, page: int) -> Reply:
    """List the people who have the role `key`, and the scopes that the role has, with buttons to change them."""
    role = _role(request, key)
    holders = await people_store.holders(request.tx, key)
    scopes: dict[int, list[Span]] = {holder.id: [] for holder in holders}
    people = {holder.id: holder for holder in holders}
    for holder in holders:
        if role.scope:
            scopes[holder.id].append(await scope_words(request.tx, role, holder.scope))
    shown, pages = paged([*people.values()], page, partial(show_role.to, key))
    lines: list[Span] = [
        _("{role}: {scope}", role=called(holder, "full"), scope=Listing(tuple(scopes[holder.id])))
        if role.scope
        else called(holder, "full")
        for holder in shown
    ] or [_("Nobody yet.")]
    if role.screen:
        # L10N: a button: change who has this role
        change = [Button(_("Change this"), role.screen, style="primary")]
    else:
        change = [Button(called(holder, "full"), show_person.to(key, holder.id)) for holder in shown]
        change.append(replace(find_someone(find.to(key)), style="primary"))
        if request.may(ORGANISER):
            # L10N: a button: somebody who does not take part gets a role
            change.append(Button(_("Someone who does not take part"), add.to(key)))
    ways = (*change, *pages, ROLES, _back(request))
    return reply(Strong(role.words), *lines, buttons=ways, who=role.given_by)


@routes.form("ogf", FindForRoleForm)
async def find(request: Request, form: FindForRoleForm, key: str) -> Reply:
    """Show the people whose names match the form, so that one of them can be chosen to get a role.

    Organisers find people by parts of a name. Other people must type a whole name, so that they cannot browse the list.
    """
    role = _given_here(request, key)
    wanted = clean(form.name)
    people = await request.preload(("search", wanted), partial(people_store.search, query=wanted))
    if not request.may(ORGANISER):
        people = [each for each in people if fold(full_name(each.given_name, each.family_name)) == fold(wanted)]
    found = [
        Button(called_with_ref(each), show_person.to(key, each.id))
        if request.may(ORGANISER)
        else Button(called(each, "full"), show_found.to(key, each.id, _named(each)))
        for each in people[:PER_PAGE]
    ]
    again = find_someone(find.to(key), again=True)
    line = _("Who is it?") if people else _("Nobody is called that.")
    return reply(line, buttons=(*found, again, Button(role.words, show_role.to(key, 0))), who=role.given_by)


async def _may_add(request: Request, key: str) -> None:
    _given_here(request, key)
    await must_stay(request)


@routes.form("oga", AddForRoleForm, who=ORGANISER, check=_may_add)
async def add(request: Request, form: AddForRoleForm, key: str) -> Reply:
    """Add a person who does not attend, to give them a role. An organiser must invite them afterwards."""
    await _may_add(request, key)
    person = await people_store.add_helper(request.tx, form.given_name, form.family_name, request.now)
    return await show_person(request, key, person.id)


async def _person(request: Request, person_id: int) -> Participant:
    person = existing(await participant_store.find(request.tx, person_id))
    if person.status == "revoked":
        raise Stale
    return person


def _named(person: Participant | people_store.ListedPerson) -> str:
    """Return a digest of a person's name, by which a button shows that its reader knows the name."""
    return fingerprint(fold(full_name(person.given_name, person.family_name)))


async def _known_person(request: Request, role: Role, person_id: int) -> Participant:
    """Return a person whom one may read about without having found them: organisers may, others if they have the role.

    Raises Stale for anybody else, because who may only give a role must not read a name that they do not know.
    """
    person = await _person(request, person_id)
    if not request.may(ORGANISER) and not await role_store.scopes_of(request.tx, person.id, role.key):
        raise Stale
    return person


@routes.press("ogp")
async def show_person(request: Request, key: str, person_id: int) -> Reply:
    """Show whether a person has the role `key`, or for which scopes, with buttons to give it or take it away."""
    role = _given_here(request, key)
    return await _show(request, role, await _known_person(request, role, person_id))


@routes.press("ogn")
async def show_found(request: Request, key: str, person_id: int, named: str) -> Reply:
    """Show whether a person found by name has the role `key`, or for which scopes, with buttons to change this.

    `named` is a digest of the person's name, which proves that the reader typed the name. Raises Stale if the digest
    does not match.
    """
    role, person = _given_here(request, key), await _person(request, person_id)
    if _named(person) != named:
        raise Stale
    return await _show(request, role, person)


async def _show(request: Request, role: Role, person: Participant) -> Reply:
    key = role.key
    name = Strong(called(person, "full"))
    scopes = await role_store.scopes_of(request.tx, person.id, key)
    seen = _version(role, person, scopes)
    back = (
        *((Button(_("See their profile"), OpenPerson(person.id)),) if request.may(ORGANISER) else ()),
        Button(role.words, show_role.to(key, 0)),
        _back(request),
    )
    if role.scope is None:
        change = (
            Button(_("Take this role away"), set_role.seeing(*seen).to(key, person.id, False), style="danger")
            if scopes
            # L10N: a button
            else Button(_("Give the role"), set_role.seeing(*seen).to(key, person.id, True), style="primary")
        )
        # L10N: whether {name} has a role
        line = _("{name} has this role: {role}.", name=name, role=role.title)
        line = line if scopes else _("Give {name} this role: {role}?", name=name, role=role.title)
        return reply(line, buttons=(change, *back), who=role.given_by)
    offered = await _offered(request, role, scopes)
    options = [Option(value, await scope_words(request.tx, role, scope)) for value, scope in offered.items()]
    choice = Choice(
        set_scopes.seeing(*seen).to(key, person.id),
        tuple(options),
        selected=tuple(value for value, scope in offered.items() if scope in scopes),
        at_least=0,
        at_most=len(options),
        # L10N: the title of a choice of what somebody has a role for, such as themes or territories
        placeholder=_("For what"),
    )
    line = _("{name}, {role}: for what?", name=name, role=role.title)
    return reply(line, choice=choice if options else None, buttons=back, who=role.given_by)


async def _offered(request: Request, role: Role, scopes: Sequence[str]) -> dict[str, str]:
    """Return the scopes to choose from, whatever a person has among them, by the value that stands for each."""
    offered = await role.scope.offered(request.tx) if role.scope and role.scope.offered else ()
    every = [*(scope for scope in scopes if scope not in offered), *offered]
    others = [scope for scope in every if scope not in scopes][: _MOST_OPTIONS - len(scopes)]
    plain = {scope: re.sub(r"[^A-Za-z0-9]", "_", scope) for scope in every if scope in scopes or scope in others}
    alike = Counter(plain.values())  # «a-b» and «a_b» would be one option
    return {fingerprint(scope) if alike[value] > 1 else value: scope for scope, value in plain.items()}


def _version(role: Role, person: Participant, scopes: Sequence[str]) -> Sequence[str]:
    """Return what a button that changes a role remembers: whose name was read, and for what they had the role."""
    return (_named(person), *(sorted(scopes) if role.scope else ()))


async def _held_now(request: Request, key: str, person_id: int, _given: bool = False) -> StoredVersion:
    role, person = _given_here(request, key), await _person(request, person_id)
    scopes = await role_store.scopes_of(request.tx, person.id, key)
    subject = f"person:{person.id}" if request.may(ORGANISER) else ""
    return StoredVersion((*_version(role, person, scopes),), LookAgain(show_person.to(key, person.id), subject))


@routes.press("ogv", unless_changed=_held_now)
async def set_role(request: Request, key: str, person_id: int, given: bool) -> Reply:
    """Give a person a role that has no scopes or, if `given` is False, take it away. The person is notified."""
    role = _given_here(request, key)
    if role.scope:
        raise Stale
    return await _set(request, role, await _person(request, person_id), {""} if given else set())


@routes.press("ogs")
async def set_role_of_known(request: Request, key: str, person_id: int, given: bool) -> Reply:
    """Give a role or, if `given` is False, take it away, for a button in a message from an earlier version of the bot.

    Such a button does not prove that its reader typed the person's name, so this function checks the reader's right.
    """
    await _known_person(request, _given_here(request, key), person_id)
    return await set_role(request, key, person_id, given)


@routes.pick("ogw", unless_changed=_held_now)
async def set_scopes(request: Request, chosen: tuple[str, ...], key: str, person_id: int) -> Reply:
    """Set the scopes (such as themes) for which a person has the role `key`. The person is notified of each change."""
    role = _given_here(request, key)
    person = await _person(request, person_id)
    offered = await _offered(request, role, await role_store.scopes_of(request.tx, person.id, key))
    if role.scope is None or not offered.keys() >= {*chosen}:
        raise Stale
    return await _set(request, role, person, {offered[value] for value in chosen})


@routes.pick("ogc")
async def set_unseen_scopes(request: Request, _chosen: tuple[str, ...], key: str, person_id: int) -> Reply:
    """Show the stored scopes of a person's role, and change nothing, for a choice in an older message.

    Such a choice does not tell which scopes its reader saw.
    """
    shown = await show_person(request, key, person_id)
    return replace(shown, toast=_("Nothing was changed."))


async def _set(request: Request, role: Role, person: Participant, after: set[str]) -> Reply:
    """Give and take a role, so that a person has it for these scopes, and show that; organisers can undo it."""
    before = {*await role_store.scopes_of(request.tx, person.id, role.key)}
    if after == before:
        return replace(await _show(request, role, person), toast=_("Already done."))
    await _change(request, role, person, before, after)
    if person.id == request.participant.id and role.given_by is role:  # whoever took it from themselves
        return reply(_("Saved."), buttons=(HOME,), who=PARTICIPANT)
    shown = await _show(request, role, person)
    if request.may(ORGANISER) and isinstance(role.given_by, Who):  # every organiser reads the list of changes
        # L10N: a line of the list of changes: somebody was given a role, or it was taken away
        said = _("{name}'s role: {role}", name=called(person), role=role.title)
        values = {"before": sorted(before), "after": sorted(after)}
        undo = await record_change(request, f"person:{person.id}", said, restore_scopes.to(role.key, person.id), values)
        shown = replace(shown, view=replace(shown.view, buttons=(undo, *shown.view.buttons)))
    return replace(shown, toast=_("Saved."))


async def _change(request: Request, role: Role, person: Participant, before: set[str], after: set[str]) -> None:
    for scope in sorted(after - before):
        await service.give_role(request.tx, person, role, scope, request.now)
    for scope in sorted(before - after):
        await service.take_role(request.tx, request.declared, person, role, scope, request.now)


@inverses.declare("irg")
async def restore_scopes(request: Request, values: Values, key: str, person_id: int) -> Undone:
    """Undo that a person was given a role or lost it. Raises UserError if the role was changed again since."""
    role, person = _given_here(request, key), await _person(request, person_id)
    if {*await role_store.scopes_of(request.tx, person.id, key)} != {*values["after"]}:
        raise changed_since()
    await _change(request, role, person, {*values["after"]}, {*values["before"]})
    return Undone(buttons=(Button(role.words, show_role.to(key, 0)),))
