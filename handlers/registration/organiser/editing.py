"""Screens to correct a person's particulars and language.

Particulars are name, territory, year of birth and organisation. What another organiser changed meanwhile is not
overwritten.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import ClassVar

from bot.content import i18n
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, integer, territory, text
from bot.content.territories import territory_name
from bot.content.texts import Person, Quote, Strong, Territory, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, FormAnswers, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.delivery import outbox
from bot.people.listed import RosterPerson
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import OpenPerson, back_to
from handlers.registration import store
from handlers.registration.store import StoredPerson

routes = Routes()

_CORRECTED = ("given_name", "family_name", "territory", "birth_year", "organisation")


class PersonForm(Form):
    """The form with a person's particulars."""

    title: ClassVar[Text] = _("Correct")
    of_somebody: ClassVar[bool] = True
    given_name: str = text(_("First name"), max_length=100, required=False)
    family_name: str = text(_("Family name"), max_length=100, required=False)
    territory: str = territory(_("Territory"), required=False, hint=_("A country or region, for instance «Québec»"))
    birth_year: int | None = integer(_("Year of birth"), minimum=1900, maximum=2100, required=False)
    organisation: str = text(_("Organisation or project"), max_length=100, required=False)


def correct_button(participant_id: int, person: RosterPerson) -> Button:
    """Return the button that opens the form for a person's particulars, with the present ones from `person`."""
    return Button(_("Correct"), correct.seeing(*_particulars(person)).to(participant_id))


def _particulars(person: RosterPerson) -> tuple[object, ...]:
    return tuple(getattr(person, name) for name in _CORRECTED)


async def _stored(request: Request, participant_id: int) -> StoredPerson:
    stored = await store.find_listed(request.tx, participant_id)
    if stored is None or stored.status == "revoked":
        raise Stale
    return stored


async def _particulars_now(request: Request, person: int) -> StoredVersion:
    stored = (await _stored(request, person)).person
    organisation = Quote("particular", f"{person}.organisation", stored.organisation)
    in_words = _(
        # L10N: what is stored about a person
        "{name}, {territory}, {year}, {organisation}",
        name=_name(person, stored),
        territory=Territory(stored.territory or "–"),
        year=stored.birth_year or "–",
        organisation=organisation if stored.organisation else "–",
    )
    filled = {
        "given_name": stored.given_name,
        "family_name": stored.family_name,
        "territory": territory_name(stored.territory, request.locale) if stored.territory else "",
        "birth_year": str(stored.birth_year or ""),
        "organisation": stored.organisation,
    }
    return StoredVersion(_particulars(stored), FormAnswers(_subject(person), filled, in_words, about=person))


async def _locale_now(request: Request, person: int) -> StoredVersion:
    locale = (await _stored(request, person)).person.locale
    return StoredVersion((locale,), LookAgain(back_to(person), _subject(person)))


@routes.form("oe", PersonForm, who=ORGANISER, unless_changed=_particulars_now)
async def correct(request: Request, form: PersonForm, person: int) -> Reply:
    """Save a person's corrected particulars."""
    before = (await _stored(request, person)).person
    _check(request, form)
    after = replace(before, **{name: getattr(form, name) for name in _CORRECTED})
    return await _save(request, person, before, after, _("{name} corrected", name=_name(person, after)))


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


async def _save(request: Request, participant_id: int, before: RosterPerson, after: RosterPerson, said: Text) -> Reply:
    if after == before:
        return reply(_("Nothing was changed."), buttons=back_to(participant_id), toast=_("Already done."))
    await store.rewrite_people(request.tx, [(participant_id, after)])
    await outbox.refresh_membership(request.tx, participant_id, request.now)
    changed = [name for name, value in asdict(after).items() if getattr(before, name) != value]
    undo = await record_change(
        request,
        _subject(participant_id),
        said,
        restore_person.to(participant_id),
        {
            when: {name: getattr(person, name) for name in changed}
            for when, person in (("before", before), ("after", after))
        },
    )
    return reply(Strong(said), buttons=(undo, *back_to(participant_id)), toast=_("Saved."))


@inverses.declare("ip")
async def restore_person(request: Request, values: Values, person: int) -> Undone:
    """Restore a person's former particulars or language, unless they were changed since."""
    stored = await store.find_listed(request.tx, person)
    if stored is None:
        raise UserError(_("This person is no longer here."), buttons=(BACK,))
    if any(getattr(stored.person, name) != value for name, value in values["after"].items()):
        raise changed_since()
    await store.rewrite_people(request.tx, [(person, replace(stored.person, **values["before"]))])
    await outbox.refresh_membership(request.tx, person, request.now)
    return Undone(buttons=(Button(_("See their profile"), OpenPerson(person)),))


def _subject(participant_id: int) -> str:
    return f"person:{participant_id}"


def _name(participant_id: int, person: RosterPerson) -> Person:
    return Person(participant_id, "full", person.full_name)
