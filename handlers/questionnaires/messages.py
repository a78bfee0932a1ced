"""Texts about private fields: their kinds, people's answers, and what is said when a field about health is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.content.errors import UserError
from bot.content.forms import text
from bot.content.texts import Name, Quote, Reader, Span, Text, _, plain
from bot.content.views import File
from bot.conversation.grids import GridColumn
from bot.database.engine import Transaction
from bot.people.roster_columns import NAMES
from handlers.navigation.tables import to_take_along
from handlers.questionnaires import service, store
from handlers.questionnaires.model import AnswerKind, PersonField, SameAnswer, field_key

_SHOWN = 200
"""How many characters of an answer a person's card shows; the form to correct it has more."""
LONGEST_LINES = 3500
"""How many characters the lines of a form have at most, so that a message can show them all."""

KINDS: Mapping[AnswerKind, Text] = {
    AnswerKind.LINE: _("Text"),
    AnswerKind.NUMBER: _("A number"),
    AnswerKind.DATE: _("A day"),
    AnswerKind.CHOICE: _("A choice"),
    AnswerKind.HEALTH: _("Health: diet, access, allergies"),
}


def _quote(field: PersonField, key: str, answer: str) -> Quote:
    kind = "healthanswer" if field.about_health else "privateanswer"
    return Quote(kind, f"{key}.{field.id}", answer, most=_SHOWN)


def answer_lines(person_id: int, fields: Sequence[PersonField], answers: Mapping[int, str]) -> Sequence[Span]:
    """Return a line for each field for which a person has an answer.

    Stored messages have a reference in place of the answer, so a deleted answer disappears from all messages.
    """
    return [
        _("{field}: {answer}", field=field.title, answer=_quote(field, str(person_id), answers[field.id]))
        for field in fields
        if field.id in answers
    ]


def same_answer(field: PersonField, same: SameAnswer) -> Text:
    """Return an answer to a field and the number of people who gave it.

    Stored messages have a reference in place of the answer, so a deleted answer disappears from all messages.
    """
    kind = "healthanswer" if field.about_health else "privateanswer"
    quote = Quote(kind, f"any.{field.id}.{same.code}", same.answer)
    return _("{answer} ({count})", answer=quote, count=len(same.people))


def as_lines(labelled: Iterable[tuple[Span, str]], reader: Reader) -> str:
    """Return a line such as «Diet: vegetarian» for each label and answer; people correct the lines in one form field.

    If the form field has no room for a line, the line is left out, and `labelled_lines` leaves its answer unchanged.
    """
    lines = ""
    for label, stored in labelled:
        line = f"{plain(label, reader)}: {stored}".rstrip() + "\n"
        if len(lines) + len(line) <= LONGEST_LINES:
            lines += line
    return lines.rstrip("\n")


def labelled_fields(fields: Sequence[PersonField], answers: Mapping[int, str]) -> Sequence[tuple[Span, str]]:
    """Return the name of each field with the person's answer ('' for none); `as_lines` makes lines of the result."""
    return [(field.title, answers.get(field.id, "")) for field in fields]


def lines_field() -> Any:
    """Return the form field in which an organiser corrects answers, one line each, as `as_lines` returns them."""
    return text(
        _("A line each"),
        max_length=LONGEST_LINES,
        multiline=True,
        required=False,
        hint=_("Change what stands after the colon. A line you leave out stays as it is."),
    )


def field_column(field: PersonField) -> GridColumn:
    """Return the column with the answers to a field, for a table of people; its key looks like «f12»."""
    kind, options = field.kind, {option: Name(option) for option in field.options}
    read = None if kind is AnswerKind.CHOICE else field.read
    number = kind is AnswerKind.NUMBER
    return GridColumn(key=field_key(field.id), title=field.title, options=options, read=read, number=number)


def read_answer(field: PersonField, typed: str) -> str:
    """Return a typed answer to a field as `PersonField.read` does. The UserError that it raises names the field."""
    try:
        return field.read(typed)
    except UserError as refusal:
        raise UserError(_("{field}: {why}", field=field.title, why=refusal.text)) from None


async def answers_file(tx: Transaction, reader: Reader, *, about_health: bool) -> File | None:
    """Return a CSV file with people and their answers to private fields; None if nobody has answers.

    If `about_health` is True, it has only answers about health, otherwise only the other answers.
    """
    fields, rows = await service.answer_table(tx, about_health=about_health)
    headings = (NAMES["ref"], NAMES["given_name"], NAMES["family_name"], *(field.title for field in fields))
    table = [(each.ref, each.given_name, each.family_name, *answers) for each, answers in rows]
    name = _("health.csv") if about_health else _("private-fields.csv")
    named = frozenset(each.id for each, _answers in rows)
    file = to_take_along(name, headings, table, reader, named)
    return replace(file, made_from=store.TABLES[about_health]) if table else None
