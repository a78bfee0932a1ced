"""The SQL of private fields and of people's answers to them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.content.names import collation
from bot.content.stored_texts import encode
from bot.content.texts import Localised
from bot.database.engine import Row, Transaction, one_column
from handlers.questionnaires.model import AnsweringPerson, AnswerKind, PersonField, code_of

_FIELDS = "SELECT id, kind, words, options FROM questionnaire_fields"
TABLES = {True: "health_answers", False: "private_answers"}
"""The tables of the answers: about health, and all others."""
_QUOTED = {"privateanswer": False, "healthanswer": True}


def _field(row: Row) -> PersonField:
    _localised, words = json.loads(row["words"])
    return PersonField(row["id"], AnswerKind(row["kind"]), words, tuple(json.loads(row["options"])))


def _stored(words: Mapping[str, str]) -> str:
    """Return a name as a text in the reader's language, which is how the document of one's own data shows it."""
    return json.dumps(encode(Localised(words)), ensure_ascii=False)


async def all_fields(tx: Transaction) -> Sequence[PersonField]:
    """Return all fields in their order."""
    return [_field(row) for row in await tx.all(f"{_FIELDS} ORDER BY place, id")]


async def find_field(tx: Transaction, field_id: int) -> PersonField | None:
    """Return the field with this id; None if it was removed."""
    row = await tx.one(f"{_FIELDS} WHERE id = :id", id=field_id)
    return _field(row) if row else None


async def add_field(tx: Transaction, kind: AnswerKind, words: Mapping[str, str], options: Sequence[str]) -> int:
    """Add a private field, which comes after all others in the order, and return its id."""
    return await tx.value(
        int,
        "INSERT INTO questionnaire_fields (kind, words, options, place)"
        " SELECT :kind, :words, :options, COALESCE(MAX(place), 0) + 1 FROM questionnaire_fields RETURNING id",
        kind=kind.value,
        words=_stored(words),
        options=json.dumps(options, ensure_ascii=False),
    )


async def set_words(tx: Transaction, field_id: int, words: Mapping[str, str]) -> None:
    """Store the names of a private field, by language."""
    await tx.run(
        "UPDATE questionnaire_fields SET words = :words WHERE id = :id",
        words=_stored(words),
        id=field_id,
    )


async def remove_field(tx: Transaction, field_id: int) -> None:
    """Delete a field with all answers to it."""
    await tx.run("DELETE FROM questionnaire_fields WHERE id = :id", id=field_id)


async def put_answers(tx: Transaction, about_health: bool, answers: Iterable[tuple[int, int, str]]) -> None:
    """Store answers, each with the id of the person and of the field; '' deletes a stored answer.

    If `about_health` is True, they are stored in the table for answers about health.
    """
    every, table = [*answers], TABLES[about_health]
    if not every:
        return
    await tx.run(
        f"DELETE FROM {table} WHERE (participant_id, field_id) IN (SELECT CAST(value ->> 0 AS BIGINT),"
        " CAST(value ->> 1 AS BIGINT) FROM {json_rows}(:answers))",
        answers=json.dumps(every),
    )
    await tx.run(
        f"INSERT INTO {table} (participant_id, field_id, answer) SELECT CAST(value ->> 0 AS BIGINT),"
        " CAST(value ->> 1 AS BIGINT), value ->> 2 FROM {json_rows}(:answers)",
        answers=json.dumps([answer for answer in every if answer[2]], ensure_ascii=False),
    )


async def set_told(tx: Transaction, people: Iterable[int]) -> None:
    """Store that these people gave answers about their health, to notice later if they withdrew their agreement."""
    await tx.many(
        "INSERT INTO health_told (participant_id) VALUES (:id) ON CONFLICT DO NOTHING",
        [{"id": each} for each in people],
    )


async def withdrawn(tx: Transaction, purpose: str) -> set[int]:
    """Return the ids of people who gave answers about their health and no longer agree to the `purpose`."""
    return set(
        await tx.values(
            int,
            "SELECT participant_id FROM health_told WHERE participant_id NOT IN"
            " (SELECT participant_id FROM purposes WHERE purpose = :purpose)",
            purpose=purpose,
        )
    )


async def answers_of(tx: Transaction, participant_id: int, *, about_health: bool) -> Mapping[int, str]:
    """Return a person's answers by field id: the ones about health if `about_health` is True, otherwise the others."""
    rows = await tx.all(
        f"SELECT field_id, answer FROM {TABLES[about_health]} WHERE participant_id = :id", id=participant_id
    )
    return {row["field_id"]: row["answer"] for row in rows}


async def answers_to(tx: Transaction, field: PersonField) -> Mapping[int, str]:
    """Return all answers to a field, by person id."""
    rows = await tx.all(
        f"SELECT participant_id, answer FROM {TABLES[field.about_health]} WHERE field_id = :id ORDER BY participant_id",
        id=field.id,
    )
    return {row["participant_id"]: row["answer"] for row in rows}


async def count_answers(tx: Transaction) -> Mapping[int, int]:
    """Return how many people have an answer, by field id."""
    rows = await tx.all(
        "SELECT field_id, COUNT(*) AS people FROM (SELECT field_id FROM private_answers UNION ALL"
        " SELECT field_id FROM health_answers) a GROUP BY field_id"
    )
    return {row["field_id"]: row["people"] for row in rows}


async def people(tx: Transaction, ids: Iterable[int]) -> Sequence[AnsweringPerson]:
    """Return the people with these ids, sorted by name."""
    found = await tx.rows(
        AnsweringPerson,
        "SELECT id, ref, given_name, family_name FROM participants"
        " WHERE id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {json_rows}(:ids))",
        ids=one_column(ids),
    )
    return sorted(found, key=lambda each: (collation(each.family_name), collation(each.given_name), each.ref))


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the key and the words of each answer that a message quotes, in the order of `keys`.

    A key whose answer does not exist is left out. `kind` must be «privateanswer» or «healthanswer»; for any other
    kind, nothing is returned. A key is «12.3» (the answer of person 12 to field 3) or «any.3.0a1b2c3d4e» (an answer
    to field 3, by its digest).
    """
    if kind not in _QUOTED:
        return ()
    fields = {int(key.split(".")[1]) for key in keys}
    rows = await tx.all(
        f"SELECT participant_id, field_id, answer FROM {TABLES[_QUOTED[kind]]}"
        " WHERE field_id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {json_rows}(:fields))",
        fields=one_column(fields),
    )
    found: dict[str, str] = {}
    for row in rows:
        found[f"{row['participant_id']}.{row['field_id']}"] = row["answer"]
        found.setdefault(f"any.{row['field_id']}.{code_of(row['answer'])}", row["answer"])
    return [(key, found[key]) for key in keys if key in found]
