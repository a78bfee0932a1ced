"""Organisers' screens of private fields: all fields, one with its answers, and adding, renaming or removing one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from bot.content.errors import UserError, existing
from bot.content.forms import Form, Incomplete, choice, refusals_about, text
from bot.content.texts import Moment, Span, Strong, Text, _, _n, plain
from bot.content.views import Button, Choice, Option, Reply, View, reply, with_lines_first
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, FormAnswers, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from bot.people import participant_store
from bot.people.naming import called, called_with_ref
from handlers.navigation import ends, people_store
from handlers.navigation import service as navigation_service
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, paged
from handlers.questionnaires import service, store
from handlers.questionnaires.messages import KINDS, answers_file, same_answer
from handlers.questionnaires.model import HEALTH, LONGEST_WORDS, AnswerKind, PersonField
from handlers.questionnaires.participant import HEALTH_ANSWERS
from handlers.questionnaires.settings import HEALTH_PURPOSE

routes = Routes()


class FieldForm(Form):
    """The form for a new field: its name in the organiser's language, its kind, and the options of a choice."""

    title: ClassVar[Text] = _("A private field")
    name: str = text(_("Its name"), max_length=LONGEST_WORDS, hint=_("For instance «T-shirt size»."))
    kind: str = choice(_("What is written there?"), [Option(kind.value, words) for kind, words in KINDS.items()])
    options: str = text(
        _("Its options, if it is a choice"), max_length=1000, required=False, hint=_("With «;» between them: S; M; L")
    )


class FieldNameForm(Form):
    """The form for a field's name in the organiser's language."""

    title: ClassVar[Text] = _("The name of the field")
    name: str = text(_("Its name"), max_length=LONGEST_WORDS)


@routes.press("fl", who=ORGANISER)
async def show_fields(request: Request, page: int = 0) -> Reply:
    """List the private fields, with buttons to open each, to add one, and to get all answers as a table."""
    fields = await store.all_fields(request.tx)
    counts = await store.count_answers(request.tx)
    shown, pages = paged(fields, page, show_fields.to)
    options = tuple(
        Option(
            str(field.id),
            field.title,
            _n("{count} answer", "{count} answers", counts[field.id]) if field.id in counts else _("no answer yet"),
        )
        for field in shown
    )
    any_private = any(field.id in counts and not field.about_health for field in fields)
    return reply(
        _("What the team keeps about people besides the list. Only the team reads it, and each person their own."),
        choice=Choice(open_field.to(), options, placeholder=_("Which field?"), listed=True) if options else None,
        buttons=(
            Button(_("Add a field"), add_field.to(), style="plain" if fields else "primary"),
            *((Button(_("All answers as a table"), take_table.to()),) if any_private else ()),
            *pages,
            BACK,
        ),
    )


FIELDS = Button(_("Private fields"), show_fields.to())


async def offer_fields(request: Request) -> View:
    """Return the organisers' button that opens the private fields; an empty View while nobody is on the list."""
    return View((), (FIELDS,) if (await people_store.turnout(request.tx)).selected else ())


async def _find(request: Request, field_id: int) -> PersonField:
    field = await store.find_field(request.tx, field_id)
    if field is None:
        raise UserError(_("This field was removed."), buttons=(FIELDS, BACK))
    return field


@routes.pick("fo", who=ORGANISER, sent_with_press=False)
async def open_field(request: Request, field_id: int, page: int = 0) -> Reply:
    """Show a private field and how many people gave each answer; for a field about health, only how many answered."""
    field = await _find(request, field_id)
    lines: list[Span] = [Strong(field.title), KINDS[field.kind]]
    choices: Choice | None = None
    pages: tuple[Button, ...] = ()
    if field.about_health:
        lines += await _health_lines(request)
    elif counts := await service.counted_answers(request.tx, field):
        shown, pages = paged(counts, page, lambda page: turn_page.to(field.id, page))
        options = tuple(Option(same.code, same_answer(field, same)) for same in shown)
        choices = Choice(people_with.to(field.id), options, placeholder=_("Who answered what?"), listed=True)
    else:
        lines.append(_("Nobody has an answer yet: write it on people's profiles, by «Correct», or import a list."))
    return reply(
        *lines,
        choice=choices,
        buttons=(
            *pages,
            *(_health_buttons(request) if field.about_health else ()),
            Button(_("Rename"), rename_field.seeing(field.words).to(field.id)),
            Button(_("Remove the field"), remove_field.ask.to(field.id), style="danger"),
            FIELDS,
            BACK,
        ),
    )


turn_page = routes.press("fop", who=ORGANISER)(open_field.handler)


@routes.pick("fp", who=ORGANISER, sent_with_press=False)
async def people_with(request: Request, code: str, field_id: int, page: int = 0) -> Reply:
    """Show the people who gave one answer to a private field, with a button for the profile of each.

    `code` stands for the answer (see `code_of`).
    """
    field = await _find(request, field_id)
    counts = () if field.about_health else await service.counted_answers(request.tx, field)
    same = existing(next((each for each in counts if each.code == code), None))
    people = await store.people(request.tx, same.people)
    shown, pages = paged(people, page, lambda page: more_people.to(code, field.id, page))
    return reply(
        Strong(_("{field}: {answer}", field=field.title, answer=same_answer(field, same))),
        buttons=(*(Button(called_with_ref(each), OpenPerson(each.id)) for each in shown), *pages, FIELDS, BACK),
    )


more_people = routes.press("fpp", who=ORGANISER)(people_with.handler)


@routes.press("ft", who=ORGANISER)
async def take_table(request: Request) -> Reply:
    """Return a file with all answers that are not about health."""
    file = existing(await answers_file(request.tx, request.reader, about_health=False))
    return reply(_("Everything in private fields, without health."), file=file, buttons=(FIELDS, BACK), fresh=True)


# --- adding, renaming, removing


@routes.form("fa", FieldForm, who=ORGANISER)
async def add_field(request: Request, form: FieldForm) -> Reply:
    """Add a private field. For a field about health, the reply says why, how long and for whom its answers are kept."""
    kind = AnswerKind(form.kind)
    if any(field.is_called(form.name) for field in await store.all_fields(request.tx)):
        raise Incomplete("name", _("There is a private field of this name already."))
    with refusals_about("options" if kind is AnswerKind.CHOICE and form.options.count(";") < 1 else "name"):
        field = await service.ensure_field(request.tx, {request.locale: form.name}, kind, form.options.split(";"))
    return with_lines_first(await open_field.handler(request, field.id), _("The field is added."))


async def _health_lines(request: Request) -> list[Span]:
    """Return what is said of a field about health: what it is for, until when it is kept, and who reads it."""
    end = await ends.effective_end(request.tx, request.settings, HEALTH_PURPOSE, request.now)
    last = Moment(end - timedelta(minutes=1), "date")
    return [
        _("For meals, rooms and first aid only: write just what these need. Erased after {date}.", date=last),
        _("Only people with the role «{role}» read it, and each person their own.", role=HEALTH.words),
    ]


def _health_buttons(request: Request) -> tuple[Button, ...]:
    if request.may(HEALTH):
        return (HEALTH_ANSWERS,)
    # L10N: a button of an organiser who takes the role of looking after people's diet, access and allergies
    return (Button(_("I look after this"), look_after_health.to(), style="primary"),)


@routes.press("fk", who=ORGANISER)
async def look_after_health(request: Request) -> Reply:
    """Give the role HEALTH to the organiser who asks for it; all organisers can see this in the list of changes."""
    person = request.participant
    if not await navigation_service.give_role(request.tx, person, HEALTH, "", request.now):
        return reply(_("Nothing was changed."), buttons=(HEALTH_ANSWERS, FIELDS, BACK), toast=_("Already done."))
    # L10N: a line of the list of changes: somebody was given a role, or it was taken away
    said = _("{name}'s role: {role}", name=called(person), role=HEALTH.title)
    undo = await record_change(request, f"person:{person.id}", said, give_back.to(person.id), {})
    return reply(Strong(said), buttons=(undo, HEALTH_ANSWERS, FIELDS, BACK), toast=_("Saved."))


@inverses.declare("ifk")
async def give_back(request: Request, _values: Values, person_id: int) -> None:
    """Take the role HEALTH from the person who gave it to themselves. Raises UserError if they no longer have it.

    `person_id` is the id of the person.
    """
    person = existing(await participant_store.find(request.tx, person_id))
    if not await navigation_service.take_role(request.tx, request.declared, person, HEALTH, "", request.now):
        raise changed_since()


async def _name_now(request: Request, field_id: int) -> StoredVersion:
    field = await _find(request, field_id)
    return StoredVersion((field.words,), FormAnswers("", {"name": plain(field.title, request.reader)}))


@routes.form("fr", FieldNameForm, who=ORGANISER, unless_changed=_name_now)
async def rename_field(request: Request, form: FieldNameForm, field_id: int) -> Reply:
    """Change the name of a private field in the organiser's language; its names in other languages stay the same."""
    field = await _find(request, field_id)
    with refusals_about("name"):
        await service.rename_field(request.tx, field, {**field.words, request.locale: form.name})
    return replace(await open_field.handler(request, field.id), toast=_("Saved."))


async def _sure_to_remove(request: Request, field_id: int) -> Question:
    field = await _find(request, field_id)
    answers = (await store.count_answers(request.tx)).get(field.id, 0)
    lost = _n("{count} answer is erased with it.", "{count} answers are erased with it.", answers) if answers else None
    return Question(
        _("Remove «{field}»? Nobody can undo this.", field=field.title),
        *filter(None, [lost]),
        yes=_("Remove the field"),
        back=(FIELDS, BACK),
    )


@routes.press("fd", who=ORGANISER, first=Asks("fx", _sure_to_remove))
async def remove_field(request: Request, field_id: int) -> Reply:
    """Remove a private field together with all answers to it."""
    field = await _find(request, field_id)
    await service.remove_field(request.tx, field)
    return with_lines_first(await show_fields(request), _("«{field}» is removed.", field=field.title))
