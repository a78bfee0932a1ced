"""Screens on which organisers correct a person's particulars and language.

Particulars are the person's data on the list (name, territory, year of birth; organisation, e-mail address and gender
as lines), and their answers in private fields, one line each. If another organiser changed something meanwhile, that
change is not overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, ClassVar

from bot.content import i18n
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, integer, refusals_about, territory, text
from bot.content.territories import territory_name
from bot.content.texts import Joined, Person, Quote, Span, Strong, Territory, Text, _, plain
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, FormAnswers, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.files.columns import LONGEST_CELL, CellError
from bot.files.sheets import key_of
from bot.people.listed import GENDERS, RosterPerson
from bot.people.roster_columns import cell_readers
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, back_to
from handlers.questionnaires.messages import answer_lines, as_lines, labelled_fields, lines_field, read_answer
from handlers.questionnaires.model import labelled_lines
from handlers.questionnaires.service import journal_values, still_answered, visible_fields
from handlers.questionnaires.store import answers_of
from handlers.registration import service, store
from handlers.registration.store import StoredPerson

routes = Routes()

_CORRECTED = ("given_name", "family_name", "territory", "birth_year")
_LINES: Mapping[str, Text] = {
    "organisation": _("Organisation or project"),
    "email": _("E-mail"),
    "gender": _("Gender"),
}
"""The particulars that have a line each in the last answer of the form, above the private fields."""


class PersonForm(Form):
    """The form with a person's particulars."""

    title: ClassVar[Text] = _("Correct")
    of_somebody: ClassVar[bool] = True
    given_name: str = text(_("First name"), max_length=100, required=False)
    family_name: str = text(_("Family name"), max_length=100, required=False)
    territory: str = territory(_("Territory"), required=False, hint=_("A country or region, for instance «Québec»"))
    birth_year: int | None = integer(_("Year of birth"), minimum=1900, maximum=2100, required=False)
    others: str = lines_field()


def correct_button(participant_id: int, person: RosterPerson, answers: Mapping[int, str]) -> Button:
    """Return the button that opens the form for a person's particulars and answers, filled with the stored ones."""
    return Button(_("Correct"), correct.seeing(*_particulars(person, answers)).to(participant_id))


def _particulars(person: RosterPerson, answers: Mapping[int, str]) -> tuple[object, ...]:
    gender = person.gender.value if person.gender else ""
    return (
        *(getattr(person, name) for name in _CORRECTED),
        person.organisation,
        person.email,
        gender,
        *sorted(answers.items()),
    )


async def _stored(request: Request, participant_id: int) -> StoredPerson:
    stored = await store.find_listed(request.tx, participant_id)
    if stored is None or stored.status == "revoked":
        raise Stale
    return stored


async def _particulars_now(request: Request, person: int) -> StoredVersion:
    stored = (await _stored(request, person)).person
    fields = await visible_fields(request.tx, about_health=False)
    answers = await answers_of(request.tx, person, about_health=False)
    organisation = Quote("particular", f"{person}.organisation", stored.organisation)
    in_words: Span = _(
        # L10N: what is stored about a person
        "{name}, {territory}, {year}, {organisation}",
        name=_name(person, stored),
        territory=Territory(stored.territory or "–"),
        year=stored.birth_year or "–",
        organisation=organisation if stored.organisation else "–",
    )
    lines = list(answer_lines(person, fields, answers))
    if stored.gender:
        lines.insert(0, _("Gender: {gender}", gender=GENDERS[stored.gender]))
    if stored.email:
        lines.insert(0, _("E-mail: {address}", address=Quote("particular", f"{person}.email", stored.email)))
    in_words = Joined((in_words, *(span for line in lines for span in (" · ", line))))
    filled = {
        "given_name": stored.given_name,
        "family_name": stored.family_name,
        "territory": territory_name(stored.territory, request.locale) if stored.territory else "",
        "birth_year": str(stored.birth_year or ""),
        "others": as_lines(
            [
                (_LINES["organisation"], stored.organisation),
                (_LINES["email"], stored.email),
                (_LINES["gender"], plain(GENDERS[stored.gender], request.reader) if stored.gender else ""),
                *labelled_fields(fields, answers),
            ],
            request.reader,
        ),
    }
    return StoredVersion(_particulars(stored, answers), FormAnswers(_subject(person), filled, in_words, about=person))


async def _locale_now(request: Request, person: int) -> StoredVersion:
    locale = (await _stored(request, person)).person.locale
    return StoredVersion((locale,), LookAgain(back_to(person), _subject(person)))


@routes.form("oe", PersonForm, who=ORGANISER, unless_changed=_particulars_now)
async def correct(request: Request, form: PersonForm, person: int) -> Reply:
    """Save the particulars and the answers in private fields that an organiser corrected for a person."""
    before = (await _stored(request, person)).person
    _check(request, form)
    with refusals_about("others"):
        particulars, answers = await _read_lines(request, form.others)
    after = replace(before, **{name: getattr(form, name) for name in _CORRECTED}, **particulars)
    return await _save(request, person, before, after, _("{name} corrected", name=_name(person, after)), answers)


async def _read_lines(request: Request, typed: str) -> tuple[Mapping[str, Any], Mapping[int, str]]:
    """Return the particulars and the answers by field in the lines of the form. Raises UserError for a wrong one."""
    readers = cell_readers(service.list_rules((), request.settings))
    own = {plain(label, request.reader): name for name, label in _LINES.items()}
    fields = await visible_fields(request.tx, about_health=False)
    by_label = {plain(field.title, request.reader): field for field in fields}
    particulars: dict[str, Any] = {}
    answers: dict[int, str] = {}
    for label, said in labelled_lines(typed, {**by_label, **own}):
        if (name := own.get(label)) is None:
            answers[by_label[label].id] = read_answer(by_label[label], said)
        elif name == "gender":
            particulars[name] = _gender(request, readers[name], said) if said else None
        else:
            particulars[name] = _read_cell(readers.get(name, str), said) if said else ""
    return particulars, answers


def _gender(request: Request, read: Callable[[str], Any], said: str) -> Any:
    shown = {key_of(plain(words, request.reader)): gender for gender, words in GENDERS.items()}
    return shown.get(key_of(said)) or _read_cell(read, said)


def _read_cell(read: Callable[[str], Any], said: str) -> Any:
    if len(said) > LONGEST_CELL:
        raise UserError(_("This is too long: {most} characters at most.", most=LONGEST_CELL))
    try:
        return read(said)
    except CellError as error:
        raise UserError(error.reason) from None


def _check(request: Request, form: PersonForm) -> None:
    first, last = request.settings.gathering.birth_years
    if not (form.given_name or form.family_name):
        raise Incomplete("given_name", _("A first or a family name is needed."))
    if form.birth_year is not None and not first <= form.birth_year <= last:
        raise Incomplete(
            "birth_year",
            _("The gathering is for people born from {first} to {last}.", first=first, last=last),
        )


@routes.press("ol", who=ORGANISER)
async def ask_locale(request: Request, person_id: int) -> Reply:
    """Ask in which of the gathering's languages the bot is to write to a person."""
    person = (await _stored(request, person_id)).person
    return reply(
        _("In which language do we write to {name}?", name=_name(person_id, person)),
        choice=Choice(
            set_locale.seeing(person.locale).to(person_id),
            tuple(Option(locale, i18n.locale_name(locale)) for locale in request.settings.gathering.locales),
            (person.locale,) if person.locale else (),
        ),
        buttons=(Button(_("Back"), OpenPerson(person_id)),),
    )


@routes.pick("ols", who=ORGANISER, sent_with_press=False, unless_changed=_locale_now)
async def set_locale(request: Request, locale: str, person: int) -> Reply:
    """Save a person's language."""
    before = (await _stored(request, person)).person
    if locale not in request.settings.gathering.locales:
        raise Stale
    name = _name(person, before)
    said = _("{name} reads {language}", name=name, language=i18n.locale_name(locale))
    return await _save(request, person, before, replace(before, locale=locale), said)


async def _save(
    request: Request,
    participant_id: int,
    before: RosterPerson,
    after: RosterPerson,
    said: Text,
    answers: Mapping[int, str] | None = None,
) -> Reply:
    """Save what is stored about a person, and `answers` in private fields, as one change that can be undone."""
    stored = await answers_of(request.tx, participant_id, about_health=False) if answers else {}
    answered = {field: said for field, said in (answers or {}).items() if said != stored.get(field, "")}
    if after == before and not answered:
        return reply(_("Nothing was changed."), buttons=back_to(participant_id), toast=_("Already done."))
    changed = [name for name, value in asdict(after).items() if getattr(before, name) != value]
    values = {name: getattr(after, name) for name in changed}
    await service.correct_people(
        request.tx, request.settings, {participant_id: values}, {participant_id: answered}, request.now
    )
    undo = await record_change(
        request,
        _subject(participant_id),
        said,
        restore_person.to(participant_id),
        {
            "before": {name: getattr(before, name) for name in changed},
            "after": values,
            **journal_values(
                [(participant_id, field, stored.get(field, ""), answer) for field, answer in answered.items()]
            ),
        },
    )
    return reply(Strong(said), buttons=(undo, *back_to(participant_id)), toast=_("Saved."))


@inverses.declare("ip")
async def restore_person(request: Request, values: Values, person: int) -> Undone:
    """Restore a person's former particulars, answers or language. Raises an error if they were changed again since."""
    stored = await store.find_listed(request.tx, person)
    if stored is None:
        raise UserError(_("This person is no longer here."), buttons=(BACK,))
    answered = values.get("answers", ())
    if any(getattr(stored.person, name) != value for name, value in values["after"].items()):
        raise changed_since()
    if not await still_answered(request.tx, answered):
        raise changed_since()
    given = {field: before for _person, field, before, _after in answered}
    await service.correct_people(request.tx, request.settings, {person: values["before"]}, {person: given}, request.now)
    return Undone(buttons=(Button(_("See their profile"), OpenPerson(person)),))


def _subject(participant_id: int) -> str:
    return f"person:{participant_id}"


def _name(participant_id: int, person: RosterPerson) -> Person:
    return Person(participant_id, "full", person.full_name)
