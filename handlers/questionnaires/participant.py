"""Screens for people with the role HEALTH, who need not be organisers: all answers, and one person's to correct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from bot.content.errors import UserError, existing
from bot.content.forms import Form, refusals_about
from bot.content.texts import Listing, Span, Strong, Text, _, plain
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, FormAnswers, Request, Routes, StoredVersion
from bot.people import participant_store
from bot.people.naming import called, called_with_ref
from handlers.navigation.actions import BACK, HOME
from handlers.navigation.layout import OpenPerson, paged
from handlers.questionnaires import service, store
from handlers.questionnaires.actions import HealthOf
from handlers.questionnaires.messages import (
    answer_lines,
    answers_file,
    as_lines,
    labelled_fields,
    lines_field,
    read_answer,
    same_answer,
)
from handlers.questionnaires.model import HEALTH, labelled_lines

routes = Routes()


class HealthForm(Form):
    """The form with all answers about a person's health, one line each."""

    title: ClassVar[Text] = _("Diet, access and allergies")
    of_somebody: ClassVar[bool] = True
    confidential: ClassVar[bool] = True
    lines: str = lines_field()


@routes.press("fha", who=HEALTH)
async def health_answers(request: Request, page: int = 0) -> Reply:
    """Show each answer about health with the names of the people who gave it, field by field."""
    fields, rows = await service.answer_table(request.tx, about_health=True)
    names = {person.id: called(person, "full") for person, _answers in rows}
    lines: list[Span] = []
    for place, field in enumerate(fields):
        for same in service.counted({person.id: answers[place] for person, answers in rows if answers[place]}):
            people = Listing(tuple(name for each, name in names.items() if each in same.people))
            # L10N: {answer} is «vegetarian (2)», {names} who said so
            said = _("{field}: {answer}: {names}", field=field.title, answer=same_answer(field, same), names=people)
            lines.append(said)
    shown, pages = paged(lines, page, health_answers.to)
    table = (Button(_("As a table"), health_table.to()),) if lines else ()
    return reply(
        *(shown or (_("Nothing is kept about anybody's health."),)),
        buttons=(*pages, *table, *_back(request)),
    )


HEALTH_ANSWERS = Button(_("Diet, access and allergies"), health_answers.to())


def _back(request: Request) -> tuple[Button, ...]:
    return (BACK,) if request.may(ORGANISER) else (HOME,)


@routes.press("fht", who=HEALTH)
async def health_table(request: Request) -> Reply:
    """Return a file with all answers about health."""
    file = existing(await answers_file(request.tx, request.reader, about_health=True))
    said = _("This file is for those who need it only. Delete it after the gathering.")
    return reply(said, file=file, buttons=_back(request), fresh=True)


@routes.press(HealthOf, who=HEALTH)
async def health_of(request: Request, person_id: int) -> Reply:
    """Show the answers about a person's health, with a button to correct them."""
    person = existing(await participant_store.find(request.tx, person_id))
    fields = await service.visible_fields(request.tx, about_health=True)
    answers = await store.answers_of(request.tx, person.id, about_health=True)
    profile = (Button(_("See their profile"), OpenPerson(person.id)),) if request.may(ORGANISER) else ()
    shown = reply(
        Strong(called_with_ref(person)),
        *(answer_lines(person.id, fields, answers) or (_("Nothing is kept about their health."),)),
        buttons=(
            *((Button(_("Correct"), correct_health.seeing(*sorted(answers.items())).to(person.id)),) if fields else ()),
            *profile,
            HEALTH_ANSWERS,
            *_back(request),
        ),
    )
    return replace(shown, view=replace(shown.view, all_about=person.id))


async def _health_now(request: Request, person_id: int) -> StoredVersion:
    existing(await participant_store.find(request.tx, person_id))
    answers = await store.answers_of(request.tx, person_id, about_health=True)
    return StoredVersion(
        tuple(sorted(answers.items())), FormAnswers("", await _filled(request, answers), about=person_id)
    )


async def _filled(request: Request, answers: Mapping[int, str]) -> Mapping[str, str]:
    fields = await service.visible_fields(request.tx, about_health=True)
    return {"lines": as_lines(labelled_fields(fields, answers), request.reader)}


@routes.form("fhc", HealthForm, who=HEALTH, unless_changed=_health_now)
async def correct_health(request: Request, form: HealthForm, person_id: int) -> Reply:
    """Store corrected answers about a person's health. Nobody can undo this: the list of changes does not have it."""
    person = existing(await participant_store.find(request.tx, person_id))
    fields = await service.visible_fields(request.tx, about_health=True)
    by_label = {plain(field.title, request.reader): field for field in fields}
    with refusals_about("lines"):
        lines = labelled_lines(form.lines, by_label)
        answers = {by_label[label].id: read_answer(by_label[label], said) for label, said in lines}
    if await service.put_answers(request.tx, request.settings, {person.id: answers}, request.now):
        raise UserError(_("They withdrew their consent: nothing about their health is kept."), buttons=_back(request))
    return replace(await health_of(request, person.id), toast=_("Saved."))
