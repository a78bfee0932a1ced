"""Screens to give and take the organisers' role, and to revoke people, who then cannot enter any more.

Each change is confirmed first, and can be undone.
"""

from __future__ import annotations

from bot.content.errors import Stale, existing
from bot.content.texts import Strong, _
from bot.content.views import Button, Reply, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, PARTICIPANT, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.membership import revoking
from bot.people import participant_store
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, back_to
from handlers.registration import service

routes = Routes()


async def _person(request: Request, participant_id: int) -> Participant:
    person = await participant_store.find(request.tx, participant_id)
    if person is None or person.status == "revoked":
        raise Stale
    return person


async def _may_lose_role(request: Request, person: Participant) -> None:
    await service.may_lose_organising(request.tx, request.settings, person, buttons=back_to(person.id))


@routes.press("or", who=ORGANISER)
async def ask_role(request: Request, person_id: int) -> Reply:
    """Ask for confirmation before a person gets or loses the organisers' role."""
    person = await _person(request, person_id)
    if person.organises:
        await _may_lose_role(request, person)
        question = _("Take the organiser's role from {name}?", name=Strong(called(person)))
        sure = Button(_("Take the role"), set_role.to(person.id, False), style="danger")
    else:
        question = _("Make {name} an organiser? They will see and change everything.", name=Strong(called(person)))
        sure = Button(_("Make organiser"), set_role.to(person.id, True), style="primary")
    return reply(question, buttons=(sure, *back_to(person.id)))


@routes.press("ors", who=ORGANISER)
async def set_role(request: Request, person_id: int, organises: bool) -> Reply:
    """Give a person the organisers' role or, if `organises` is False, take it away; the person is notified."""
    person = await _person(request, person_id)
    if person.organises == organises:
        return reply(_("Nothing was changed."), buttons=back_to(person.id), toast=_("Already done."))
    if not organises:
        await _may_lose_role(request, person)
    await service.set_organising(request.tx, request.declared, person, request.now, organises=organises)
    name = called(person)
    said = _("{name} is an organiser", name=name) if organises else _("{name} is no longer an organiser", name=name)
    undo = await record_change(request, f"person:{person.id}", said, restore_role.to(person.id), {"after": organises})
    # Who took their own role may no longer undo it.
    themselves = person.id == request.participant.id
    buttons = () if themselves else (undo, *back_to(person.id))
    return reply(Strong(said), buttons=buttons, toast=_("Saved."), who=PARTICIPANT if themselves else None)


@inverses.declare("ir")
async def restore_role(request: Request, values: Values, person_id: int) -> Undone:
    """Undo that a person got or lost the organisers' role, and notify the person."""
    person = await participant_store.find(request.tx, person_id)
    if person is None or person.organises != values["after"]:
        raise changed_since()
    if person.organises:
        await _may_lose_role(request, person)
    await service.set_organising(request.tx, request.declared, person, request.now, organises=not person.organises)
    return Undone(buttons=(Button(_("See their profile"), OpenPerson(person.id)),))


async def _sure_to_revoke(request: Request, person_id: int) -> Question:
    person = await _person(request, person_id)
    if person.organises:
        await _may_lose_role(request, person)
    return Question(
        _("Revoke {name}?", name=Strong(called(person))),
        _("Their invitation and links stop working, their accounts are detached, their place is freed."),
        yes=_("Revoke"),
        back=back_to(person.id),
    )


@routes.press("oxy", who=ORGANISER, first=Asks("ox", _sure_to_revoke))
async def revoke(request: Request, person_id: int) -> Reply:
    """Revoke a person: the person's invitation and links stop working, and their accounts are detached."""
    person = existing(await participant_store.find(request.tx, person_id))
    if person.status == "revoked":
        return reply(_("Nothing was changed."), buttons=back_to(person.id), toast=_("Already done."))
    if person.organises:
        await _may_lose_role(request, person)
    kept = await revoking.revoke(request.tx, request.declared, person, request.now)
    said = _("{name} is revoked", name=called(person))
    undo = await record_change(request, f"person:{person.id}", said, reinstate.to(person.id), kept)
    back = () if person.id == request.participant.id else (undo, *back_to(person.id))
    return reply(Strong(said), buttons=back, toast=_("Saved."))


@inverses.declare("ix")
async def reinstate(request: Request, values: Values, person_id: int) -> Undone:
    """Let a revoked person in again, with all accounts and links from before that nobody else has now."""
    person = await participant_store.find(request.tx, person_id)
    if person is None or person.status != "revoked":
        raise changed_since()
    await revoking.reinstate(request.tx, request.declared, person, values, request.now)
    return Undone(buttons=(Button(_("See their profile"), OpenPerson(person.id)),))
