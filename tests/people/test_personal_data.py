"""What erasing does is declared of every column that may lead to a person, on both engines, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.content.texts import _
from bot.database.engine import Row, Store, Transaction
from bot.people.declared import Chapter, Declared, DocumentPart, Ending, PersonalData, parameters
from tests.stored_rows import tables
from tests.world import DECLARED, AllSettings
from tools.privacy_manual import table_of

_PEOPLE = ("participants", "accounts")
_LEADS_TO_PEOPLE = ("_by", "author_id", "participant_id", "account_id", "preferred_account", "writer_id", "caller_id")


async def columns(tx: Transaction) -> Mapping[tuple[str, str], str]:
    """The type of every column of the program's tables."""
    if tx.dialect == "sqlite":
        rows = await tx.all(
            'SELECT m.name AS tab, c.name AS col, c."type" AS kind FROM sqlite_master m, pragma_table_info(m.name) c'
            " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        )
    else:
        rows = await tx.all(
            "SELECT CAST(table_name AS TEXT) AS tab, CAST(column_name AS TEXT) AS col, CAST(data_type AS TEXT) AS kind"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        )
    ours = set(tables())
    return {(row["tab"], row["col"]): row["kind"].upper() for row in rows if row["tab"] in ours}


async def references(tx: Transaction) -> Mapping[tuple[str, str], str]:
    """What becomes of a row that refers to a person or an account when that goes, by column."""
    rows: list[Row]
    if tx.dialect == "sqlite":
        rows = await tx.all(
            'SELECT m.name AS tab, f."from" AS col, f."table" AS target, f.on_delete AS done'
            " FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
        )
    else:
        rows = await tx.all(
            "SELECT CAST(r.relname AS TEXT) AS tab, CAST(a.attname AS TEXT) AS col, CAST(t.relname AS TEXT) AS target,"
            " CASE CAST(k.confdeltype AS TEXT) WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE '' END AS done"
            " FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid"
            " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] WHERE k.contype = 'f'"
        )
    return {(row["tab"], row["col"]): row["done"] for row in rows if row["target"] in _PEOPLE}


async def test_what_erasing_does_is_declared_of_every_column_once(store: Store) -> None:
    kinds, refers = await store.read(columns), await store.read(references)
    asked_for = {
        column
        for column, kind in kinds.items()
        if kind in ("TEXT", "BYTEA") or column in refers or column[1].endswith(_LEADS_TO_PEOPLE) or column[1] == "about"
    }
    declared = Counter((data.table, column) for data in DECLARED.tables for column in data.columns)
    assert {("participants", "given_name"), ("ideas", "author_id")} <= asked_for
    assert [column for column, times in declared.items() if times > 1] == []
    assert asked_for - set(declared) == set()
    assert set(declared) - set(kinds) == set()


async def test_rows_that_go_with_the_person_are_deleted_by_the_engine(store: Store) -> None:
    refers = await store.read(references)
    for data in DECLARED.tables:
        if data.goes and data.table != "participants":
            assert "CASCADE" in [refers.get((data.table, column)) for column in data.goes.split()], data.table
    assert set(refers.values()) <= {"CASCADE", "SET NULL"}


def test_every_table_is_declared_once() -> None:
    assert sorted(data.table for data in DECLARED.tables) == sorted(set(tables()))


def test_the_privacy_manual_has_the_table_that_is_declared() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "confidentialite.md").read_text("utf-8")
    table = table_of(DECLARED.tables, AllSettings.purposes)
    assert table in page
    assert table.count("\n| ") > 45
    assert "- **Participer aux rencontres** : Tu as demandé à participer" in table


def test_a_table_without_a_line_in_the_manual_is_refused() -> None:
    notes = PersonalData(table="notes", goes="author_id")
    with pytest.raises(ValueError, match="no line about the table notes"):
        table_of([notes], ())
    with pytest.raises(ValueError, match="not the beginning of exactly one line: notes"):
        table_of([replace(notes, manual="notes")], ())


def test_two_may_not_declare_the_same_table_or_name_of_the_document() -> None:
    part = DocumentPart("notes", _("Your notes"), Chapter.WRITTEN, "SELECT * FROM notes WHERE author_id = :id")
    notes = PersonalData(table="notes", document=(part,))
    with pytest.raises(ValueError, match="declared twice about people: notes, «notes»"):
        Declared((notes, notes))


def test_two_may_not_declare_the_same_kind_of_endings() -> None:
    async def again(_tx: Transaction, _declared: Declared, _whats: Collection[str], _now: datetime) -> int:
        return 0

    ending = Ending(kind="secret", again=again)
    with pytest.raises(ValueError, match="declared twice about people: the ending of «secret»"):
        Declared(endings=(ending, ending))


async def test_what_the_page_tells_is_read_from_the_store(store: Store) -> None:
    async def read(tx: Transaction) -> set[str]:
        """The columns of the page, each of which its statement gives: the database refuses another."""
        columns = {(part.sql, column) for part in DECLARED.document for column in (part.said, *part.facts) if column}
        for sql, column in columns:
            await tx.one(f"SELECT {column} FROM ({sql}) part LIMIT 1", **parameters(sql, 1))
        return {column for _sql, column in columns}

    assert {"answer", "given_name", "text", "theme"} <= await store.read(read)
