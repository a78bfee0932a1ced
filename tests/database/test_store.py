"""What every store promises, whichever engine is below."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.database.engine import Row, Store, StoreUnavailable, Transaction, Unit
from bot.database.opening import open_store
from bot.database.records import record
from bot.people.listed import Gender
from tests.database.conftest import Stranger, note_texts, open_bare


def noting(*texts: str) -> Unit[None]:
    async def unit(tx: Transaction) -> None:
        await tx.many("INSERT INTO notes (text) VALUES (:text)", [{"text": text} for text in texts])

    return unit


async def test_what_was_written_is_read_back_by_name(bare: Store) -> None:
    async def write(tx: Transaction) -> Row | None:
        return await tx.one(
            "INSERT INTO notes (text, number, flag, data) VALUES (:text, :number, :flag, :data) RETURNING id",
            text="Éloïse 🙂 :text '::'",
            number=2**62,
            flag=True,
            data=b"\x00\xff",
        )

    written = await bare.transact(write)
    assert written is not None
    (row,) = await bare.read(lambda tx: tx.all("SELECT * FROM notes WHERE id = :id", id=written["id"]))
    assert (row["text"], row["number"], row["flag"], bytes(row["data"])) == (
        "Éloïse 🙂 :text '::'",
        2**62,
        1,
        b"\x00\xff",
    )


async def test_nothing_found_is_none(bare: Store) -> None:
    of_text = "SELECT number FROM notes WHERE text = :text"
    assert await bare.read(lambda tx: tx.all("SELECT number FROM notes")) == []
    await bare.transact(lambda tx: tx.run("INSERT INTO notes (text, number) VALUES ('there', 7)"))
    there = await bare.read(lambda tx: tx.one(of_text, text="there"))
    assert there is not None
    assert there["number"] == 7
    assert await bare.read(lambda tx: tx.one(of_text, text="-")) is None


@dataclass(frozen=True)
class Note:
    text: str
    number: timedelta | None
    flag: bool
    made: datetime
    said: Mapping[str, str]
    day: date | None
    gender: Gender | None = None


_NOTES = """SELECT '2026-05-17' AS day, '{"fr": "oui"}' AS said, text, number, flag, 1000000 AS made FROM notes"""


async def test_rows_are_read_as_what_their_fields_are(bare: Store) -> None:
    await bare.transact(lambda tx: tx.run("INSERT INTO notes (text, number, flag) VALUES ('a', 60000000, 1)"))
    await bare.transact(lambda tx: tx.run("INSERT INTO notes (text, flag) VALUES ('b', 0)"))
    first, second = await bare.read(lambda tx: tx.rows(Note, f"{_NOTES} ORDER BY text"))
    made = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert first == Note("a", timedelta(minutes=1), True, made, {"fr": "oui"}, date(2026, 5, 17))
    assert (second.number, second.flag) == (None, False)
    assert await bare.read(lambda tx: tx.row(Note, f"{_NOTES} WHERE text = 'b'")) == second
    assert await bare.read(lambda tx: tx.row(Note, f"{_NOTES} WHERE text = 'c'")) is None
    assert await bare.read(lambda tx: tx.rows(Note, f"{_NOTES} WHERE text = 'c'")) == []


async def test_a_column_that_is_no_field_is_refused_unless_others_are_expected(bare: Store) -> None:
    await bare.transact(lambda tx: tx.run("INSERT INTO notes (text, flag) VALUES ('a', 0)"))
    more = _NOTES.replace(" FROM", ", 'woman' AS gender, 7 AS votes FROM")
    with pytest.raises(TypeError, match="votes"):
        await bare.read(lambda tx: tx.rows(Note, more))
    with pytest.raises(TypeError, match="missing"):
        await bare.read(lambda tx: tx.rows(Note, "SELECT text FROM notes"))
    [row] = await bare.read(lambda tx: tx.all(more))
    assert (record(Note, row).gender, row["votes"]) == (Gender.WOMAN, 7)


async def test_one_value_is_there_or_an_error(bare: Store) -> None:
    await bare.transact(lambda tx: tx.run("INSERT INTO notes (text, number) VALUES ('a', 1000000), ('b', NULL)"))
    assert await bare.read(lambda tx: tx.value(int, "SELECT COUNT(*) FROM notes")) == 2
    assert await bare.read(lambda tx: tx.values(str, "SELECT text FROM notes ORDER BY text")) == ["a", "b"]
    number = "SELECT number FROM notes WHERE text = :text"
    made = await bare.read(lambda tx: tx.value_or_none(datetime, number, text="a"))
    assert made == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert await bare.read(lambda tx: tx.exists(number, text="b"))
    for missing in "bc":
        assert await bare.read(lambda tx, text=missing: tx.value_or_none(int, number, text=text)) is None  # type: ignore[misc]
        with pytest.raises(LookupError):
            await bare.read(lambda tx, text=missing: tx.value(int, number, text=text))  # type: ignore[misc]
    assert not await bare.read(lambda tx: tx.exists(number, text="c"))


async def test_run_counts_the_rows_it_changed(bare: Store) -> None:
    async def unit(tx: Transaction) -> list[int]:
        await tx.many("INSERT INTO notes (text) VALUES (:text)", ({"text": text} for text in "abc"))
        return [
            await tx.run("INSERT INTO notes (text) VALUES (:text) ON CONFLICT DO NOTHING", text="a"),
            await tx.run("UPDATE notes SET number = :number", number=1),
            await tx.run("WITH one AS (SELECT 1 AS n) UPDATE notes SET number = 2 WHERE text IN ('a', 'b')"),
            await tx.run("DELETE FROM notes WHERE text = :text", text="c"),
        ]

    assert await bare.transact(unit) == [0, 3, 2, 1]


async def test_what_is_read_once_is_read_anew_after_a_write_and_in_every_other_unit(bare: Store) -> None:
    async def unit(tx: Transaction) -> list[list[str]]:
        seen = [await tx.cached("notes", note_texts)]
        await tx.run("INSERT INTO notes (text) VALUES ('a')")
        seen.append(await tx.cached("notes", note_texts))
        tx.invalidate("notes")
        return [*seen, await tx.cached("notes", note_texts)]

    assert await bare.transact(unit) == [[], [], ["a"]]
    assert await bare.transact(lambda tx: tx.cached("notes", note_texts)) == ["a"]


async def test_a_failing_unit_is_undone_alone(bare: Store) -> None:
    def unit(number: int) -> Unit[int]:
        async def unit(tx: Transaction) -> int:
            await tx.run("INSERT INTO notes (text) VALUES (:text)", text=f"{number}")
            if number == 4:
                raise LookupError("the fourth changes its mind")
            return number

        return unit

    results = await asyncio.gather(*(bare.transact(unit(number)) for number in range(10)), return_exceptions=True)
    assert isinstance(results.pop(4), LookupError)
    assert results == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert sorted(await bare.read(note_texts)) == [*"012356789"]


async def test_an_error_of_the_database_reaches_the_caller(bare: Store) -> None:
    await bare.transact(noting("a"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await bare.transact(noting("b", "a"))
    assert await bare.read(note_texts) == ["a"]


async def test_a_unit_cannot_catch_an_error_of_the_database_and_go_on(bare: Store) -> None:
    async def catches(tx: Transaction) -> str:
        try:
            await tx.run("INSERT INTO notes (id) VALUES (NULL), (NULL), ('no number')")
        except Exception:  # noqa: BLE001 - each engine has its own
            return "saved"
        return "unreachable"

    async def goes_on(tx: Transaction) -> None:
        await catches(tx)
        await tx.run("INSERT INTO notes (text) VALUES ('after')")

    for unit in (catches, goes_on):
        with pytest.raises(Exception, match=r"(?i)datatype|syntax|null"):
            await bare.transact(unit)
    assert await bare.read(note_texts) == []


async def test_a_unit_may_turn_an_error_of_the_database_into_its_own(bare: Store) -> None:
    async def unit(tx: Transaction) -> None:
        try:
            await noting("a", "a")(tx)
        except Exception as error:
            raise LookupError("twice the same") from error

    with pytest.raises(LookupError, match="twice the same"):
        await bare.transact(unit)


async def test_four_race_for_the_last_place_and_one_gets_it(bare: Store) -> None:
    async def make(tx: Transaction) -> None:
        await tx.run("CREATE TABLE places (theme TEXT NOT NULL, person BIGINT PRIMARY KEY)")

    def take(person: int) -> Unit[int]:
        async def unit(tx: Transaction) -> int:
            return await tx.run(
                "INSERT INTO places (theme, person) SELECT :theme, :person"
                " WHERE (SELECT COUNT(*) FROM places WHERE theme = :theme) < :capacity",
                theme="culture",
                person=person,
                capacity=1,
            )

        return unit

    await bare.transact(make)
    taken = await asyncio.gather(*(bare.transact(take(person)) for person in range(4)))
    assert sorted(taken) == [0, 0, 0, 1]
    assert len(await bare.read(lambda tx: tx.all("SELECT person FROM places"))) == 1


async def test_a_read_sees_only_what_is_committed(bare: Store, stranger: Stranger) -> None:
    await stranger.execute("BEGIN")
    await stranger.execute("INSERT INTO notes (text) VALUES ('half')")
    assert await bare.read(note_texts) == []
    await stranger.execute("COMMIT")
    assert await bare.read(note_texts) == ["half"]


async def test_a_read_is_unmoved_by_what_is_committed_meanwhile(bare: Store, stranger: Stranger) -> None:
    async def reads_twice(tx: Transaction) -> list[str]:
        before = await note_texts(tx)
        await stranger.execute("INSERT INTO notes (text) VALUES ('meanwhile')")
        return before + await note_texts(tx)

    assert await bare.read(reads_twice) == []
    assert await bare.read(note_texts) == ["meanwhile"]


async def test_a_read_cannot_write(bare: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        await bare.read(noting("a"))


async def test_a_lock_that_stays_is_told_and_nothing_is_saved(hasty: Store, stranger: Stranger) -> None:
    await stranger.execute("INSERT INTO notes (text) VALUES ('a')")
    await stranger.execute("BEGIN")
    await stranger.execute("UPDATE notes SET number = 1")
    with pytest.raises(StoreUnavailable):
        await hasty.transact(lambda tx: tx.run("UPDATE notes SET text = 'b'"))
    await stranger.execute("COMMIT")
    assert await hasty.read(note_texts) == ["a"]
    assert await hasty.transact(lambda tx: tx.run("UPDATE notes SET text = 'c'")) == 1


async def test_a_passing_lock_is_waited_for_while_others_read(bare: Store, stranger: Stranger) -> None:
    await stranger.execute("INSERT INTO notes (text) VALUES ('a')")
    await stranger.execute("BEGIN")
    await stranger.execute("UPDATE notes SET number = 1")
    writing = asyncio.create_task(bare.transact(lambda tx: tx.run("UPDATE notes SET text = 'b'")))
    await asyncio.wait({writing}, timeout=0.15)
    assert await bare.read(note_texts) == ["a"]
    assert not writing.done()
    await stranger.execute("COMMIT")
    assert await writing == 1
    assert await bare.read(note_texts) == ["b"]


async def test_a_cancelled_caller_leaves_the_others_theirs(bare: Store) -> None:
    tasks = [asyncio.create_task(bare.transact(noting(f"{number}"))) for number in range(5)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results].count(asyncio.CancelledError) == 1
    assert sorted(await bare.read(note_texts)) == [*"0134"]


async def test_ids_are_never_given_twice(bare: Store) -> None:
    async def add(tx: Transaction) -> int:
        row = await tx.one("INSERT INTO notes (text) VALUES ('a') RETURNING id")
        assert row is not None
        await tx.run("DELETE FROM notes")
        number: int = row["id"]
        return number

    assert await bare.transact(add) < await bare.transact(add)


async def test_one_statement_writes_the_rows_of_a_json_array(bare: Store) -> None:
    rows = json.dumps([{"text": "Éloïse 🙂 '", "number": 2**62}, {"text": "7", "number": None}])

    async def unit(tx: Transaction) -> int:
        return await tx.run(
            "INSERT INTO notes (text, number) SELECT value ->> 'text', CAST(value ->> 'number' AS BIGINT)"
            " FROM {json_rows}(:rows)",
            rows=rows,
        )

    assert await bare.transact(unit) == 2
    stored = await bare.read(lambda tx: tx.all("SELECT text, number FROM notes ORDER BY id"))
    assert [(row["text"], row["number"]) for row in stored] == [("Éloïse 🙂 '", 2**62), ("7", None)]
    again = await bare.read(
        lambda tx: tx.all(
            "SELECT text FROM notes WHERE text IN (SELECT value ->> 0 FROM {json_rows}(:of))", of='[["7"]]'
        )
    )
    assert [row["text"] for row in again] == ["7"]


async def test_rows_are_claimed_in_one_spelling(bare: Store) -> None:
    async def claim(tx: Transaction) -> list[Row]:
        return await tx.all("SELECT id FROM notes ORDER BY id LIMIT :most {skip_locked}", most=2)

    await bare.transact(noting(*"abc"))
    assert len(await bare.transact(claim)) == 2


language: ContextVar[str] = ContextVar("language")


async def test_a_unit_sees_its_callers_context(bare: Store) -> None:
    async def unit(tx: Transaction) -> str:
        return language.get()

    async def caller(name: str) -> str:
        language.set(name)
        return await bare.transact(unit)

    assert [*await asyncio.gather(caller("fr"), caller("de"))] == ["fr", "de"]


async def test_lone_surrogates_are_refused(bare: Store) -> None:
    with pytest.raises(Exception, match="surrogates not allowed"):
        await bare.transact(noting("\ud83d"))


async def test_nul_is_refused_by_postgresql_alone(bare: Store) -> None:
    if bare.dialect == "sqlite":  # which is why text is cleaned at the edge
        await bare.transact(noting("a\0b"))
        assert await bare.read(note_texts) == ["a\0b"]
    else:
        with pytest.raises(Exception, match="0x00"):
            await bare.transact(noting("a\0b"))


async def test_a_closed_store_is_unavailable(empty_store_url: str) -> None:
    store = await open_bare(empty_store_url, patience=0.5)
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.transact(noting("a"))


async def test_units_under_way_end_before_the_store_closes(empty_store_url: str, bare: Store) -> None:
    store = await open_bare(empty_store_url)
    writing = asyncio.create_task(store.transact(noting("a")))
    await asyncio.sleep(0)
    await store.close()
    await writing
    assert await bare.read(note_texts) == ["a"]


async def test_erasing_traces_keeps_what_is_there(bare: Store) -> None:
    await bare.transact(noting("a"))
    await bare.erase_traces()
    assert await bare.read(note_texts) == ["a"]


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///", "rencontres.db"])
async def test_another_kind_of_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///path"):
        await open_store(url)


async def test_a_sqlite_path_is_relative_to_where_the_program_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = await open_store("sqlite:///here.db")
    await store.close()
    assert (tmp_path / "here.db").exists()
