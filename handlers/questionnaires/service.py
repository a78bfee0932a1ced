"""Adds, renames and removes private fields and stores answers, for screens, imports and the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.config import purpose_store
from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.names import clean, fold
from bot.content.texts import Name, _
from bot.conversation import journal_store
from bot.database.engine import Transaction
from bot.membership import shown_store
from bot.people import ending_store
from bot.people.declared import Declared, Ending
from handlers.questionnaires import store
from handlers.questionnaires.model import (
    LONGEST_WORDS,
    MOST_FIELDS,
    AnsweringPerson,
    AnswerKind,
    PersonField,
    SameAnswer,
    field_key,
    is_of_the_list,
)
from handlers.questionnaires.settings import HEALTH_PURPOSE

FIELD_ENDING = "questionnaires.field"
"""The kind of endings: fields that were removed."""


async def ensure_field(
    tx: Transaction, words: Mapping[str, str], kind: AnswerKind, options: Sequence[str] = ()
) -> PersonField:
    """Return the private field with one of these names (by language); add the field if there is none.

    An existing field keeps its kind and options. Raises UserError for an invalid name or invalid options, and if there
    are already as many fields as are allowed.
    """
    words = _checked(words)
    fields = await store.all_fields(tx)
    for field in fields:
        if any(field.is_called(name) for name in words.values()):
            return field
    if len(fields) >= MOST_FIELDS:
        raise UserError(
            _("There are {most} private fields already, that is the most. Remove one first.", most=MOST_FIELDS)
        )
    options = tuple({fold(option): option for option in map(clean, options) if option}.values())
    if kind is AnswerKind.CHOICE and len(options) < 2:
        raise UserError(_("A choice needs two options or more, with «;» between them."))
    if kind is not AnswerKind.CHOICE:
        options = ()
    if any(len(option) > LONGEST_WORDS for option in options) or len(options) > MOST_FIELDS:
        raise UserError(_("At most {most} options, of {length} characters.", most=MOST_FIELDS, length=LONGEST_WORDS))
    return PersonField(await store.add_field(tx, kind, words, options), kind, words, options)


async def have_room(tx: Transaction, names: Iterable[str]) -> bool:
    """Return whether fields with these names can be added within the limit; fields that exist already need no room."""
    fields = await store.all_fields(tx)
    new = [name for name in names if not any(field.is_called(name) for field in fields)]
    return not new or len(fields) + len(new) <= MOST_FIELDS


async def rename_field(tx: Transaction, field: PersonField, words: Mapping[str, str]) -> None:
    """Change a private field's names (by language). Raises UserError for a name that is invalid or already used."""
    words = _checked(words)
    for other in await store.all_fields(tx):
        if other.id != field.id and any(other.is_called(name) for name in words.values()):
            raise UserError(_("There is a private field of this name already."))
    await store.set_words(tx, field.id, words)


async def remove_field(tx: Transaction, field: PersonField) -> None:
    """Remove a field with all answers to it, for good: also in the journal, in files on pages and in backups."""
    await store.remove_field(tx, field.id)
    await journal_store.forget_values_of(tx, field_key(field.id))
    await shown_store.drop_made_from(tx, store.TABLES[field.about_health])
    await ending_store.record_endings(tx, FIELD_ENDING, [str(field.id)], traces=True)


async def _remove_again(tx: Transaction, _declared: Declared, whats: Collection[str], _now: datetime) -> int:
    """Remove the fields again that a restored backup brought back; `whats` are their ids. Returns how many."""
    again = [field for field in await store.all_fields(tx) if str(field.id) in whats]
    for field in again:
        await remove_field(tx, field)
    return len(again)


ENDINGS = (Ending(kind=FIELD_ENDING, again=_remove_again),)


def journal_values(changes: Sequence[tuple[int, int, str, str]]) -> Mapping[str, Any]:
    """Return what the journal stores about changed answers.

    Each change is a tuple: the person's id, the field's id, and the answer before and after the change. The result also
    has the keys of the fields and people, by which the journal's values are deleted when a field or person is removed.
    """
    fields = sorted({field_key(field) for _person, field, _before, _after in changes})
    people = sorted({f"person:{person}" for person, _field, _before, _after in changes})
    return {"answers": changes, "fields": fields, "subjects": people}


def _checked(words: Mapping[str, str]) -> Mapping[str, str]:
    """Return a name by language, cleaned. Raises UserError if it is empty, too long, or names a column of the list."""
    cleaned = {locale: name for locale, typed in words.items() if (name := clean(typed))}
    if not cleaned:
        raise UserError(_("The field needs a name."))
    for name in cleaned.values():
        if len(name) > LONGEST_WORDS:
            raise UserError(_("The name is too long: {most} characters at most.", most=LONGEST_WORDS))
        if is_of_the_list(name):
            raise UserError(_("«{name}» is on everybody's profile already: correct it there.", name=Name(name)))
    return cleaned


async def put_answers(
    tx: Transaction, settings: Settings, answers: Mapping[int, Mapping[int, str]], now: datetime
) -> Collection[int]:
    """Store answers by person and field (ids), as `PersonField.read` returned them; '' deletes an answer.

    A person's first answer about health counts as their agreement that it is stored until HEALTH_PURPOSE ends. Answers
    about health of people who have withdrawn this agreement are not stored; the ids of these people are returned.
    Raises UserError for answers about health after the purpose has ended.
    """
    health = {field.id for field in await store.all_fields(tx) if field.about_health}
    every = [(person, field, said) for person, given in answers.items() for field, said in given.items()]
    about_health = [each for each in every if each[1] in health]
    told = {person for person, _field, said in about_health if said}
    if told and await purpose_store.is_over(tx, settings, HEALTH_PURPOSE, now):
        raise UserError(_("Nothing about health is kept any more: its last day is over."))
    withdrawn = await store.withdrawn(tx, HEALTH_PURPOSE.key) & told if told else set()
    for person in sorted(told - withdrawn):
        await purpose_store.agree(tx, person, HEALTH_PURPOSE.key, now)
    await store.set_told(tx, told)
    await store.put_answers(tx, True, [each for each in about_health if each[0] not in withdrawn])
    await store.put_answers(tx, False, [each for each in every if each[1] not in health])
    return withdrawn


async def still_answered(tx: Transaction, changes: Iterable[tuple[int, int, str, str]]) -> bool:
    """Return whether no answer has changed since these changes were made.

    Each change is a tuple: the id of a person, the id of a field, and the answer before and after the change.
    """
    fields = {field.id: field for field in await store.all_fields(tx)}
    answers: dict[int, Mapping[int, str]] = {}
    for person, field_id, _before, after in changes:
        if field_id not in fields:
            return False
        if field_id not in answers:
            answers[field_id] = await store.answers_to(tx, fields[field_id])
        if answers[field_id].get(person, "") != after:
            return False
    return True


async def visible_fields(tx: Transaction, *, about_health: bool) -> Sequence[PersonField]:
    """Return the private fields in their order: those about health if `about_health` is True, otherwise all others."""
    return [field for field in await store.all_fields(tx) if field.about_health == about_health]


async def counted_answers(tx: Transaction, field: PersonField) -> Sequence[SameAnswer]:
    """Return the answers to a field with the people who gave each of them, the most frequent first.

    Spellings that differ only in accents and capitals count as one answer.
    """
    return counted(await store.answers_to(tx, field))


def counted(answers: Mapping[int, str]) -> Sequence[SameAnswer]:
    """Return the answers in a mapping by person id, grouped by equal answer, the most frequent first.

    Answers that differ only in accents and capitals count as equal.
    """
    same: dict[str, list[int]] = {}
    for person, answer in answers.items():
        same.setdefault(fold(answer), []).append(person)
    counts = [SameAnswer(_commonest(answers[person] for person in people), people) for people in same.values()]
    return sorted(counts, key=lambda count: (-len(count.people), fold(count.answer)))


def _commonest(spellings: Iterable[str]) -> str:
    return Counter(spellings).most_common(1)[0][0]


async def answer_table(
    tx: Transaction, *, about_health: bool
) -> tuple[Sequence[PersonField], Sequence[tuple[AnsweringPerson, Sequence[str]]]]:
    """Return private fields, and the people with their answers in the order of the fields.

    The fields are those about health if `about_health` is True, otherwise all others. Only people who answered at least
    one of the fields are included; '' stands for a missing answer.
    """
    fields = await visible_fields(tx, about_health=about_health)
    answers = [await store.answers_to(tx, field) for field in fields]
    people = await store.people(tx, {person for given in answers for person in given})
    return fields, [(person, [given.get(person.id, "") for given in answers]) for person in people]
