"""Importing the list of selected people and undoing it; the organisers' role; what invitations say to everybody.

Importing is shared by the organisers' screen and the command `rencontres import participants`:

    waiting = WaitingList(open_list(content, filename, rules), rules)
    people = (await resolved(store.read, waiting.people().people, waiting.doubles)).people
    difference = await preview_import(store.read, listed=people)
    imported = await apply_roster(tx, people, now)

A list never removes anyone, and never changes the language or the themes that a person who joined has chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.content.errors import UserError, existing
from bot.content.texts import _
from bot.content.views import Button, View
from bot.conversation.preloading import Perform, PerformWithin
from bot.conversation.routes import FACILITATOR, Go
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.files.pending_import_store import digest_of
from bot.membership import rights
from bot.people import facilitator_store, participant_store
from bot.people.declared import Declared
from bot.people.listed import Gender, PersonChange, RosterDifference, RosterPerson, compare
from bot.people.naming import called
from bot.people.participants import Participant
from bot.people.roster_columns import RosterRules
from handlers.attendance.model import AFTERNOON
from handlers.attendance.store.marks import attendance_on
from handlers.groups.service.membership import round_due
from handlers.groups.store.members import people_with_theme
from handlers.questionnaires.model import AnswerKind
from handlers.questionnaires.service import ensure_field, put_answers
from handlers.questionnaires.store import answers_to
from handlers.registration import store
from handlers.registration.hooks import gathering_address
from handlers.registration.model.letter import LetterFacts
from handlers.registration.model.lists import KeptColumn, Pair, Resolved, resolve
from handlers.registration.store import StoredPerson
from handlers.themes.model import Theme
from handlers.themes.service import Wish, give_newcomers_themes, give_theme, leave_theme
from handlers.themes.store import all_themes, choice_of, theme_deadline


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import: the people it added and the changes it made, both by participant id.

    `waiting` is how many people were put on the waiting list of a theme, because the theme was full.
    """

    added: Mapping[int, RosterPerson]
    changed: Mapping[int, PersonChange]
    waiting: int


def list_rules(offered: Iterable[Theme], settings: Settings) -> RosterRules:
    """Return what a list of people may contain: the gathering's themes, its languages and years of birth."""
    themes = {theme.key: list(theme.title.values()) for theme in offered}
    gathering = settings.gathering
    return RosterRules(themes, gathering.locales, *gathering.birth_years, gathering.starts.year)


async def present_people(tx: Transaction, ids: Collection[int] | None) -> Mapping[int, RosterPerson]:
    """Return the people with these `ids` as an imported list would describe them, by participant id.

    None returns everybody. Revoked people are left out.
    """
    stored = (await store.everyone_listed(tx)).values() if ids is None else await store.find_all_listed(tx, ids)
    return {each.id: each.person for each in stored if each.status != "revoked"}


def is_afternoon(settings: Settings, now: datetime) -> bool:
    """Return whether it is afternoon where the gathering is, and attendance is taken for the afternoon."""
    return now.astimezone(ZoneInfo(settings.gathering.zone)).time() >= AFTERNOON


async def places_of_the_day(
    tx: Transaction, settings: Settings, now: datetime
) -> Callable[[int], tuple[str, str, str]]:
    """Return a function that returns a participant's theme, group and attendance, by the participant's id.

    These are the key of the theme, the id of the group of the day, and «1» for present or «0» for absent in this half
    of the day; each is '' for none.
    """
    day = now.astimezone(ZoneInfo(settings.gathering.zone)).date()
    round_ = await round_due(tx, day)
    members = {each.id: each for each in await people_with_theme(tx, round_.number if round_ else 0)}
    marks = await attendance_on(tx, day.isoformat(), afternoon=is_afternoon(settings, now))

    def places_of(person: int) -> tuple[str, str, str]:
        member, mark = members.get(person), marks.get(person)
        theme, group = (member.theme, str(member.group_id or "")) if member else ("", "")
        return theme, group, "" if mark is None else str(int(mark))

    return places_of


async def correct_people(
    tx: Transaction,
    settings: Settings,
    particulars: Mapping[int, Mapping[str, Any]],
    answers: Mapping[int, Mapping[int, str]],
    now: datetime,
) -> None:
    """Change people's particulars and their answers in private fields, both given by participant id.

    `particulars` has only the values that change, by name of the field. A value may be a text, such as the cell of a
    table; an empty text deletes the stored value. Raises UserError if a person would have no name, Stale if a person is
    no longer stored.
    """
    if any(particulars.values()):
        stored = {each.id: each.person for each in await store.find_all_listed(tx, particulars)}
        after = {
            person: replace(existing(stored.get(person)), **{name: _value(name, each) for name, each in values.items()})
            for person, values in particulars.items()
            if values
        }
        if any(not (each.given_name or each.family_name) for each in after.values()):
            raise UserError(_("A first or a family name is needed."))
        await store.rewrite_people(tx, after.items())
        for person in after:
            await outbox.refresh_membership(tx, person, now)
    await put_answers(tx, settings, answers, now)


def _value(name: str, value: Any) -> Any:
    """Return the value of a field of RosterPerson."""
    match name:
        case "gender":
            return Gender(value) if value else None
        case "birth_year" | "locale":
            return (int(value) if name == "birth_year" else value) if value else None
    return value


async def resolved(
    perform: Perform, *, listed: Sequence[RosterPerson], doubles: Mapping[Pair, bool] | None = None
) -> Resolved:
    """Return the people on a list, each once, with the references of people who are stored already (see `resolve`).

    `doubles` says, by position on the list, whether a person is the one they resemble; None if nobody was asked.
    """
    return resolve(listed, await perform(store.known_people), doubles or {})


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing a list would change, as long as nobody changes the stored people on it (`before`, by ref).

    `rows` are the new people's database rows as JSON, some hundred in each. `marks` has a digest of each new person, by
    which undoing the import notices that somebody changed the person since.
    """

    difference: RosterDifference
    before: Mapping[str, StoredPerson]
    refs: Sequence[str]
    rows: Sequence[str]
    marks: Sequence[str]


_AT_ONCE = 500
"""How many people of a list are worked out before others have their turn."""


async def preview_import(perform: Perform, *, listed: Sequence[RosterPerson]) -> RosterDifference:
    """Return the changes that importing a list would make now."""
    parts = [part async for part, _stored in _compare(perform, listed)]
    return _join(parts, await _count_absent(perform, listed))


async def plan_import(perform: Perform, *, listed: Sequence[RosterPerson]) -> ImportPlan:
    """Return the changes that importing a list would make now, with rows and digests prepared for `carry_out`."""
    parts: list[RosterDifference] = []
    before: dict[str, StoredPerson] = {}
    rows: list[str] = []
    marks: list[str] = []
    async for part, stored in _compare(perform, listed):
        parts.append(part)
        before |= stored
        rows.append(store.rows_of(part.new))
        marks += map(mark_person, part.new)
    difference = _join(parts, await _count_absent(perform, listed))
    return ImportPlan(difference, before, [person.ref for person in listed], rows, marks)


async def _compare(
    perform: Perform, listed: Sequence[RosterPerson]
) -> AsyncIterator[tuple[RosterDifference, Mapping[str, StoredPerson]]]:
    """Yield what importing a list would change, some hundred people at a time, and the ones who are stored."""
    for begin in range(0, len(listed), _AT_ONCE):
        people = listed[begin : begin + _AT_ONCE]
        stored = await perform(partial(store.listed_by_ref, refs=[person.ref for person in people]))
        known = {ref: person.person for ref, person in stored.items()}
        yield compare((_leave_choices(person, stored.get(person.ref)) for person in people), known, len(known)), stored


async def _count_absent(perform: Perform, listed: Sequence[RosterPerson]) -> int:
    return await perform(partial(store.count_absent, refs=[person.ref for person in listed]))


def _join(parts: Sequence[RosterDifference], absent: int) -> RosterDifference:
    """Return the difference of a whole list from its parts' differences; `absent` is how many people it lacks."""
    new = tuple(person for part in parts for person in part.new)
    changed = tuple(change for part in parts for change in part.changed)
    unchanged = tuple(person for part in parts for person in part.unchanged)
    return RosterDifference(new, changed, unchanged, absent)


def digest_import(difference: RosterDifference) -> str:
    """Return a digest of the changes that an import would make, by which different changes are noticed later."""
    return digest_of(difference.new, difference.changed)


async def without_place(tx: Transaction, difference: RosterDifference) -> Mapping[str, int]:
    """Return how many people an import would put on the waiting list of each theme that is full, by the theme's key."""
    wanted = Counter(person.theme for person in difference.new if person.theme)
    wanted.update(
        change.after.theme for change in difference.changed if "theme" in change.fields and change.after.theme
    )
    left = {theme.key: theme.seats_left for theme in await all_themes(tx)}
    missing = {key: count - (left[key] or 0) for key, count in wanted.items() if left.get(key) is not None}
    return {key: count for key, count in missing.items() if count > 0}


async def apply_roster(tx: Transaction, listed: Sequence[RosterPerson], now: datetime) -> Imported:
    """Add and change people as a list says, in which everybody has a different ref."""
    return await carry_out(tx, await plan_import(PerformWithin(tx), listed=listed), now)


async def still_holds(tx: Transaction, plan: ImportPlan) -> bool:
    """Return whether importing a list would still change exactly what `plan` says."""
    return await store.listed_by_ref(tx, plan.refs) == plan.before


async def carry_out(tx: Transaction, plan: ImportPlan, now: datetime) -> Imported:
    """Add and change people according to a plan for which `still_holds` is true."""
    difference = plan.difference
    last = await participant_store.last_id(tx)
    for rows in plan.rows:
        await store.add_people(tx, rows, now)
    ids = await store.ids_since(tx, last)
    await store.rewrite_people(tx, [(plan.before[change.after.ref].id, change.after) for change in difference.changed])
    ids |= {ref: stored.id for ref, stored in plan.before.items()}
    waiting = await give_newcomers_themes(
        tx,
        [Wish(ids[person.ref], person.theme, person.second_theme) for person in difference.new if person.theme],
        now,
    )
    for change in difference.changed:
        if {"theme", "second_theme"} & set(change.fields):
            waiting += await _assign(tx, ids[change.after.ref], change.after, now)
    return Imported(
        {ids[person.ref]: person for person in difference.new},
        {ids[change.after.ref]: change for change in difference.changed},
        waiting,
    )


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The result of storing columns of a list as answers in private fields.

    `refused` is how many cells are no valid answer. `changed` has, for each new answer, the ids of person and field,
    and the answer before and after; answers about health are left out, because the journal of changes must not contain
    them. `withdrawn` is how many people no longer agree that answers about their health are kept.
    """

    changed: Sequence[tuple[int, int, str, str]]
    refused: int
    withdrawn: int


async def keep_private(
    tx: Transaction, settings: Settings, columns: Sequence[KeptColumn], ids: Mapping[str, int], now: datetime
) -> KeptAnswers:
    """Store columns of a list as answers in private fields; `ids` are the participant ids of the people, by ref.

    A field that does not exist yet is made for free text, so that it fits a later list too. Raises UserError if there
    would be too many fields.
    """
    given: dict[int, dict[int, str]] = {}
    changed: list[tuple[int, int, str, str]] = []
    refused = 0
    for column in columns:
        kind = AnswerKind.HEALTH if column.about_health else AnswerKind.LINE
        field = await ensure_field(tx, {settings.gathering.locales[0]: column.name}, kind)
        before = await answers_to(tx, field)
        for ref, cell in column.cells.items():
            person = ids[ref]
            try:
                answer = field.read(cell)
            except UserError:
                refused += 1
                continue
            if answer and answer != before.get(person):
                given.setdefault(person, {})[field.id] = answer
                if not field.about_health:
                    changed.append((person, field.id, before.get(person, ""), answer))
    withdrawn = await put_answers(tx, settings, given, now)
    return KeptAnswers(changed, refused, len(withdrawn))


def ids_of(plan: ImportPlan, imported: Imported) -> Mapping[str, int]:
    """Return the ids of the people on an imported list, by ref."""
    added = {person.ref: person_id for person_id, person in imported.added.items()}
    return {ref: stored.id for ref, stored in plan.before.items()} | added


async def undo_import(
    tx: Transaction,
    added: Sequence[tuple[int, str]],
    changed: Sequence[tuple[int, PersonChange]],
    now: datetime,
) -> bool:
    """Undo an import: remove the people in `added`, and restore the people in `changed`. Returns whether this was done.

    `added` holds participant ids with the marks of the import's plan, `changed` participant ids with changes. Returns
    False, and changes nothing, if an added person has joined, or anybody was changed since the import.
    """
    for participant_id, mark in added:
        stored = await store.find_listed(tx, participant_id)
        if stored is None or stored.status != "invited" or mark_person(stored.person) != mark:
            return False
    for participant_id, change in changed:
        stored = await store.find_listed(tx, participant_id)
        if stored is None or _facts(stored.person) != _facts(change.after):
            return False
    for participant_id, _known in added:
        await leave_theme(tx, participant_id, now)
    await participant_store.remove(tx, [participant_id for participant_id, _known in added])
    await store.rewrite_people(tx, [(participant_id, change.before) for participant_id, change in changed])
    for participant_id, change in changed:
        if {"theme", "second_theme"} & set(change.fields) and not await _chose_since(tx, participant_id, change.after):
            await leave_theme(tx, participant_id, now)
            await _assign(tx, participant_id, change.before, now)
    return True


async def _chose_since(tx: Transaction, participant_id: int, given: RosterPerson) -> bool:
    """Return whether a person who joined has, or waits for, another theme than the one that an import gave them."""
    person, choice = await participant_store.find(tx, participant_id), await choice_of(tx, participant_id)
    return person is not None and person.status == "joined" and (choice.theme or choice.awaited) != given.theme


def _leave_choices(listed: RosterPerson, known: StoredPerson | None) -> RosterPerson:
    """Return a listed person without language and themes where the person chose these in the bot.

    An empty value keeps what is stored.
    """
    if known is None or known.status == "invited":
        return listed
    if known.person.locale:
        listed = replace(listed, locale=None)
    if known.person.theme or known.status != "joined":
        listed = replace(listed, theme=None, second_theme=None)
    return listed


def _facts(person: RosterPerson) -> RosterPerson:
    # Whether a theme was held or is waited for moves by itself as others come and go.
    return replace(person, theme=None, second_theme=None)


def mark_person(person: RosterPerson) -> str:
    """Return a digest of a person's data on the list except themes, to notice later changes."""
    return digest_of(_facts(person))


async def _assign(tx: Transaction, participant_id: int, listed: RosterPerson, now: datetime) -> bool:
    """Give a person the themes that the list names. Returns True if they have to wait for the first theme."""
    if listed.theme is None:
        return False
    return await give_theme(tx, Wish(participant_id, listed.theme, listed.second_theme), now)


async def may_lose_organising(
    tx: Transaction, settings: Settings, person: Participant, *, buttons: tuple[Button, ...] = ()
) -> None:
    """Raise UserError, with these buttons, if a person must not lose the organisers' role.

    The last organiser must keep it. So must people whom config.toml names, because they would get the role again.
    """
    for account in await participant_store.accounts_of(tx, person.id):
        if settings.organisers.includes(account.platform, account.native_id):
            raise UserError(
                _("{name} is an organiser in the configuration: take them out there.", name=called(person)),
                buttons=buttons,
            )
    if not await participant_store.other_organisers(tx, person.id):
        raise UserError(_("The last organiser stays one. Make someone else an organiser first."), buttons=buttons)


async def set_organising(
    tx: Transaction, declared: Declared, person: Participant, now: datetime, *, organises: bool
) -> None:
    """Give a person the organisers' role or, if `organises` is False, take it away; the person is notified."""
    await participant_store.set_organises(tx, person.id, organises)
    if not organises:
        await rights.apply_role_loss(tx, declared, person, FACILITATOR, now)
    await facilitator_store.touch_panel_of(tx, person.id)
    if organises:
        told = View((_("You are an organiser now."),), (Button(_("Organise"), Go("organiser"), style="primary"),))
    else:
        told = View((_("You are no longer an organiser."),))
    await outbox.notify(tx, person.id, told, now, outbox.Telling.NEWS)


async def letter_facts(tx: Transaction, settings: Settings, now: datetime) -> LetterFacts:
    """Return the facts that are the same in all invitations.

    The deadline is the end of choosing themes or, if that is past or not set, the opening of the gathering. If
    organisers wrote no place, it is the address in the practical information; if they wrote no contact, it is the
    contact for questions about data.
    """
    place, contact = await store.place_and_contact(tx)
    deadline, opens = await theme_deadline(tx), settings.gathering.opens
    return LetterFacts(
        await gathering_address(tx) if place is None else place,
        settings.gathering.privacy_contact if contact is None else contact,
        deadline if deadline and now < deadline < opens else opens,
    )
