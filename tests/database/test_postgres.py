"""PostgreSQL: units that meet are run again, and a server that goes away is told."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import AsyncIterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from bot.database import postgres_turn
from bot.database.engine import OutcomeUnknown, StoreUnavailable, Transaction
from bot.database.postgres import Caution, PostgresStore
from tests.database.conftest import make_notes, note_texts
from tests.relay import Relay


@pytest.fixture(autouse=True)
def units_that_wait_share_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, and however long one of them takes therefore."""
    monkeypatch.setattr(postgres_turn, "_LONGEST", 60.0)


@pytest.fixture
async def postgres(empty_postgres_url: str) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(empty_postgres_url)
    await store.transact(make_notes)
    yield store
    await store.close()


@pytest.fixture
async def hasty(postgres: PostgresStore, empty_postgres_url: str) -> AsyncIterator[PostgresStore]:
    """A second store on the same database, which gives up early. Only what must run out of patience uses it."""
    store = await PostgresStore.open(empty_postgres_url, patience=0.5)
    yield store
    await store.close()


async def test_units_that_cannot_stand_side_by_side_run_one_after_the_other(postgres: PostgresStore) -> None:
    runs: list[list[str]] = []
    both_have_read = asyncio.Barrier(2)

    async def notes_the_count(tx: Transaction) -> None:
        seen = await note_texts(tx)
        runs.append(seen)
        if len(runs) <= 2:
            await both_have_read.wait()
        await tx.run("INSERT INTO notes (text) VALUES (:text)", text=f"{len(seen)}")

    await asyncio.gather(postgres.transact(notes_the_count), postgres.transact(notes_the_count))
    assert runs == [[], [], ["0"]]
    assert await postgres.read(note_texts) == ["0", "1"]


async def test_many_units_of_two_programs_on_one_row_come_out_as_one_after_the_other(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    other = await PostgresStore.open(empty_postgres_url)
    await postgres.transact(lambda tx: tx.run("INSERT INTO notes (text, number) VALUES ('taken', 0)"))
    runs = 0

    async def take(tx: Transaction) -> int:
        nonlocal runs
        runs += 1
        row = await tx.one("SELECT number FROM notes WHERE text = 'taken'")
        assert row is not None
        await tx.run("UPDATE notes SET number = :number WHERE text = 'taken'", number=row["number"] + 1)
        return int(row["number"])

    patient = await PostgresStore.open(empty_postgres_url, patience=30)
    numbers = await asyncio.gather(*(store.transact(take) for _unit in range(150) for store in (patient, other)))
    assert sorted(numbers) == [*range(300)]
    assert runs < 1.5 * 300  # before, each was undone several times
    await other.close()
    await patient.close()


def test_after_conflicts_units_wait_for_one_another_ever_longer_and_side_by_side_is_tried_again() -> None:
    caution = Caution()
    assert [caution.side_by_side() for _unit in range(3)] == [True] * 3
    caution.conflict()
    caution.conflict()  # of the same moment
    assert [caution.side_by_side() for _unit in range(17)] == [False] * 16 + [True]
    caution.conflict()
    assert [caution.side_by_side() for _unit in range(32)] == [False] * 31 + [True]


async def conflict(store: PostgresStore) -> None:
    """Have two units conflict, after which the next ones run one after the other."""
    both_have_read, runs = asyncio.Barrier(2), 0

    async def counts(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        row = await tx.one("SELECT COUNT(*) AS notes FROM notes")
        assert row is not None
        if runs <= 2:
            await both_have_read.wait()
        await tx.run("INSERT INTO notes (number) VALUES (:number)", number=row["notes"])

    await asyncio.gather(store.transact(counts), store.transact(counts))
    await store.transact(lambda tx: tx.run("DELETE FROM notes"))


async def note(tx: Transaction, text: str) -> str:
    """Add a note, and return the id of the transaction at the server."""
    await tx.run("INSERT INTO notes (text) VALUES (:text)", text=text)
    row = await tx.one("SELECT pg_current_xact_id()::text AS id")
    assert row is not None
    return str(row["id"])


async def refused(tx: Transaction) -> str:
    await note(tx, "refused")
    raise ValueError("refused")


async def broken(tx: Transaction) -> str:
    await note(tx, "broken")
    await tx.run("SELECT 1 / 0")
    return ""


async def test_units_in_turn_share_one_commit_and_a_failing_one_is_undone_alone(postgres: PostgresStore) -> None:
    await conflict(postgres)
    first, refusal, second, defect, third = await asyncio.gather(
        postgres.transact(partial(note, text="a")),
        postgres.transact(refused),
        postgres.transact(partial(note, text="b")),
        postgres.transact(broken),
        postgres.transact(partial(note, text="c")),
        return_exceptions=True,
    )
    assert first == second == third
    assert (type(refusal), type(defect)) == (ValueError, asyncpg.DivisionByZeroError)
    assert await postgres.read(note_texts) == ["a", "b", "c"]


async def test_units_in_turn_that_all_fail_leave_nothing(postgres: PostgresStore) -> None:
    await conflict(postgres)
    errors = await asyncio.gather(postgres.transact(refused), postgres.transact(broken), return_exceptions=True)
    assert [type(error) for error in errors] == [ValueError, asyncpg.DivisionByZeroError]
    assert await postgres.read(note_texts) == []


async def test_what_is_read_is_planned_for_the_rows_that_there_are_then(postgres: PostgresStore) -> None:
    async def count(tx: Transaction) -> None:
        await tx.one("SELECT COUNT(*) AS notes FROM notes WHERE text = :text", text="a")

    async def plans(tx: Transaction) -> list[tuple[int, int]]:
        rows = await tx.all(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE '%notes WHERE text =%'"
            " AND statement NOT LIKE '%pg_prepared%'"
        )
        return [(row["custom_plans"], row["generic_plans"]) for row in rows]

    for _time in range(8):  # after five times the server would keep a plan
        await postgres.read(count)
    assert await postgres.read(plans) == [(8, 0)]


async def test_a_unit_in_turn_sees_its_callers_context(postgres: PostgresStore) -> None:
    await conflict(postgres)
    reference: ContextVar[str] = ContextVar("reference")

    async def caller(name: str) -> None:
        reference.set(name)
        await postgres.transact(lambda tx: note(tx, reference.get()))

    await asyncio.gather(caller("a"), caller("b"))
    assert await postgres.read(note_texts) == ["a", "b"]


async def test_a_unit_in_turn_whose_caller_was_cancelled_before_is_not_run(postgres: PostgresStore) -> None:
    await conflict(postgres)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def long(tx: Transaction) -> None:
        await note(tx, "a")
        begun.set()
        await may_end.wait()

    before = asyncio.create_task(postgres.transact(long))
    await begun.wait()
    cancelled = asyncio.create_task(postgres.transact(partial(note, text="cancelled")))
    after = asyncio.create_task(postgres.transact(partial(note, text="b")))
    await asyncio.sleep(0)
    cancelled.cancel()
    may_end.set()
    await asyncio.gather(before, after)
    assert await postgres.read(note_texts) == ["a", "b"]


@pytest.mark.parametrize("waits", ["for the server", "for something else"])
async def test_a_unit_in_turn_whose_caller_is_cancelled_meanwhile_is_undone_and_holds_nobody_up(
    empty_postgres_url: str, waits: str
) -> None:
    postgres = await PostgresStore.open(empty_postgres_url)  # with time enough to be connected on a busy machine
    await postgres.transact(make_notes)
    await conflict(postgres)
    begun = asyncio.Event()

    async def endless(tx: Transaction) -> None:
        await note(tx, "cancelled")
        begun.set()
        await (tx.run("SELECT pg_sleep(60)") if waits == "for the server" else asyncio.Event().wait())

    before = asyncio.create_task(postgres.transact(partial(note, text="a")))
    cancelled = asyncio.create_task(postgres.transact(endless))
    after = asyncio.create_task(postgres.transact(partial(note, text="b")))
    await begun.wait()
    cancelled.cancel()
    assert await before == await after  # one transaction
    assert cancelled.cancelled()
    assert await postgres.read(note_texts) == ["a", "b"]
    await postgres.close()


async def test_a_unit_in_turn_that_meets_something_cancelled_is_undone_and_holds_nobody_up(
    postgres: PostgresStore,
) -> None:
    await conflict(postgres)

    async def unit(tx: Transaction) -> None:
        await note(tx, "cancelled")
        raise asyncio.CancelledError

    outcomes = await asyncio.gather(
        postgres.transact(unit), postgres.transact(partial(note, text="a")), return_exceptions=True
    )
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert await postgres.read(note_texts) == ["a"]


async def test_units_in_turn_are_finished_even_if_closing_is_cancelled(empty_postgres_url: str) -> None:
    store = await PostgresStore.open(empty_postgres_url)
    await store.transact(make_notes)
    await conflict(store)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def long(tx: Transaction) -> str:
        begun.set()
        await may_end.wait()
        return await note(tx, "a")

    running = asyncio.create_task(store.transact(long))
    await begun.wait()
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    closing.cancel()
    may_end.set()
    await running
    assert await store.read(note_texts) == ["a"]
    await store.close()


async def test_who_was_refused_for_what_another_did_in_turn_is_asked_again_if_that_is_undone(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    await conflict(postgres)
    await _fail_in_commit(empty_postgres_url, "53100", times=1)
    seen: list[list[str]] = []

    async def only_one(tx: Transaction) -> None:
        seen.append(texts := await note_texts(tx))
        if texts and len(seen) == 1:
            raise ValueError("there is one already")

    await asyncio.gather(postgres.transact(partial(note, text="a")), postgres.transact(only_one))
    assert seen[0] == ["a"]
    assert len(seen) == 2


async def test_units_in_turn_whose_connection_breaks_are_all_run_again(postgres: PostgresStore) -> None:
    await conflict(postgres)
    runs: list[str] = []

    async def unit(tx: Transaction, name: str) -> None:
        runs.append(name)
        await note(tx, name)
        if runs == ["a", "b"]:
            await tx.one("SELECT pg_terminate_backend(pg_backend_pid())")

    await asyncio.gather(*(postgres.transact(partial(unit, name=name)) for name in "abc"))
    assert sorted(runs) == ["a", "a", "b", "b", "c"]
    assert sorted(await postgres.read(note_texts)) == ["a", "b", "c"]


async def test_who_waits_behind_a_unit_whose_connection_breaks_as_it_ends_has_their_turn(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    admin = await asyncpg.connect(empty_postgres_url)
    runs = 0

    async def breaks_once(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await note(tx, "a")
        row = await tx.one("SELECT pg_backend_pid() AS pid")
        assert row is not None
        if runs == 1:
            await admin.execute("SELECT pg_terminate_backend($1, 5000)", row["pid"])

    await conflict(postgres)
    async with asyncio.timeout(10):
        await asyncio.gather(postgres.transact(breaks_once), postgres.transact(partial(note, text="b")))
    assert (runs, sorted(await postgres.read(note_texts))) == (2, ["a", "b"])
    await admin.close()


async def test_what_one_unit_did_that_only_the_commit_refuses_does_not_keep_others_in_turn_from_theirs(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    admin = await asyncpg.connect(empty_postgres_url)
    await admin.execute("CREATE TABLE answers (note BIGINT REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)")
    await admin.close()
    patient = await PostgresStore.open(empty_postgres_url)
    await conflict(patient)
    first, orphan, second = await asyncio.gather(
        patient.transact(partial(note, text="a")),
        patient.transact(lambda tx: tx.run("INSERT INTO answers VALUES (99)")),
        patient.transact(partial(note, text="b")),
        return_exceptions=True,
    )
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert isinstance(orphan, asyncpg.ForeignKeyViolationError | StoreUnavailable)
    assert sorted(await postgres.read(note_texts)) == ["a", "b"]
    await patient.close()


async def test_a_unit_that_always_meets_another_is_given_up(hasty: PostgresStore) -> None:
    runs = 0

    async def unlucky(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await tx.run("INSERT INTO notes (text) VALUES ('a')")
        await tx.run("DO $$ BEGIN RAISE 'unlucky' USING ERRCODE = '40001'; END $$")

    with pytest.raises(StoreUnavailable, match="unlucky"):
        await hasty.transact(unlucky)
    assert runs > 2
    assert await hasty.read(note_texts) == []


async def test_a_long_unit_that_shorter_ones_overtake_is_tried_on_beyond_the_patience(hasty: PostgresStore) -> None:
    runs = 0

    async def long(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await tx.run("INSERT INTO notes (text) VALUES ('a')")
        await tx.run("SELECT pg_sleep(0.1)")  # all of it longer than the patience
        if runs < 6:
            await tx.run("DO $$ BEGIN RAISE 'overtaken' USING ERRCODE = '40001'; END $$")

    await hasty.transact(long)
    assert runs == 6
    assert await hasty.read(note_texts) == ["a"]


async def test_a_unit_whose_connection_breaks_is_run_again_on_another(postgres: PostgresStore) -> None:
    backends: list[int] = []

    async def breaks_once(tx: Transaction) -> None:
        row = await tx.one("SELECT pg_backend_pid() AS pid")
        assert row is not None
        backends.append(row["pid"])
        await tx.run("INSERT INTO notes (text) VALUES ('a')")
        if len(backends) == 1:
            await tx.one("SELECT pg_terminate_backend(:pid)", pid=row["pid"])

    await postgres.transact(breaks_once)
    assert len(set(backends)) == 2
    assert await postgres.read(note_texts) == ["a"]


async def test_a_unit_whose_connection_breaks_in_the_commit_is_not_run_again(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    runs = 0

    async def breaks_late(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await tx.run("INSERT INTO notes (text) VALUES ('a')")

    admin = await asyncpg.connect(empty_postgres_url)
    await admin.execute(
        """
        CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER hangs_up AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION hang_up()
        """
    )
    await admin.close()
    with pytest.raises(StoreUnavailable):
        await postgres.transact(breaks_late)
    assert runs == 1
    assert await postgres.read(note_texts) == []


async def _fail_in_commit(url: str, code: str, times: int) -> None:
    """Have the server answer the first commits of notes with an error."""
    admin = await asyncpg.connect(url)
    await admin.execute(
        f"""
        CREATE SEQUENCE commits;
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF nextval('commits') <= {times} THEN RAISE 'no' USING ERRCODE = '{code}'; END IF; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION fail()
        """
    )
    await admin.close()


@pytest.mark.parametrize("code", ["40001", "53100"], ids=["another unit", "a full disk"])
async def test_a_commit_that_the_server_refuses_for_now_is_tried_again(
    postgres: PostgresStore, empty_postgres_url: str, code: str
) -> None:
    await _fail_in_commit(empty_postgres_url, code, times=2)
    await postgres.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('a')"))
    assert await postgres.read(note_texts) == ["a"]


async def test_a_disk_that_stays_full_is_told_and_nothing_is_saved(
    hasty: PostgresStore, empty_postgres_url: str
) -> None:
    await _fail_in_commit(empty_postgres_url, "53100", times=10**6)
    with pytest.raises(StoreUnavailable, match="no") as told:
        await hasty.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('a')"))
    assert not isinstance(told.value, OutcomeUnknown)
    assert await hasty.read(note_texts) == []


async def test_a_server_that_takes_no_writes_for_a_while_is_asked_again_over_another_connection(
    postgres: PostgresStore,
) -> None:
    """It may be a standby, and the other one be reached by the same name."""
    backends: list[int] = []

    async def unit(tx: Transaction) -> None:
        row = await tx.one("SELECT pg_backend_pid() AS pid")
        assert row is not None
        backends.append(row["pid"])
        if len(backends) == 1:
            await tx.run("SET TRANSACTION READ ONLY")
        await tx.run("INSERT INTO notes (text) VALUES ('a')")

    await postgres.transact(unit)
    assert len({*backends}) == 2
    assert await postgres.read(note_texts) == ["a"]


class CutAtCommit:
    """A line to a server, which breaks once: when a COMMIT was answered, before the answer is here."""

    def __init__(self, url: str) -> None:
        (self._socket,) = Path(parse_qs(urlsplit(url).query)["host"][0]).glob(".s.PGSQL.*[0-9]")
        self._armed = False
        self._server: asyncio.Server

    async def __aenter__(self) -> CutAtCommit:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    def url(self, url: str) -> str:
        port = self._server.sockets[0].getsockname()[1]
        parts = urlsplit(url)
        user = parts.netloc.partition("@")[0]
        return f"postgresql://{user}@127.0.0.1:{port}{parts.path}?sslmode=disable"

    def cut(self) -> None:
        self._armed = True

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, server = await asyncio.open_unix_connection(str(self._socket))
        committed = asyncio.Event()

        async def ask() -> None:
            while data := await reader.read(65536):
                if self._armed and b"COMMIT\0" in data:
                    self._armed = False
                    committed.set()
                server.write(data)
            server.close()

        async def answer() -> None:
            while data := await answers.read(65536):
                if committed.is_set():
                    break
                writer.write(data)
            writer.close()
            server.close()

        await asyncio.gather(ask(), answer(), return_exceptions=True)


async def test_what_was_committed_unheard_is_said_to_be_unknown_and_not_done_again(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    async with CutAtCommit(empty_postgres_url) as line:
        far = await PostgresStore.open(line.url(empty_postgres_url))
        line.cut()
        with pytest.raises(OutcomeUnknown):
            await far.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('a')"))
        assert await postgres.read(note_texts) == ["a"]
        assert await far.read(note_texts) == ["a"]
        await far.close()


async def test_units_in_turn_committed_unheard_are_each_said_to_be_unknown_but_a_refused_one_is_not(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    async with CutAtCommit(empty_postgres_url) as line:
        far = await PostgresStore.open(line.url(empty_postgres_url))
        await conflict(far)
        line.cut()
        outcomes = await asyncio.gather(
            far.transact(partial(note, text="a")),
            far.transact(refused),
            far.transact(partial(note, text="b")),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown, ValueError, OutcomeUnknown]
        assert await postgres.read(note_texts) == ["a", "b"]
        await far.close()


async def test_a_server_that_falls_silent_is_given_up_and_nothing_is_saved(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    async def add(tx: Transaction) -> None:
        await tx.run("INSERT INTO notes (text) VALUES ('a')")
        relay.fall_silent()
        await tx.run("INSERT INTO notes (text) VALUES ('b')")

    async with Relay(empty_postgres_url) as relay, asyncio.timeout(30):
        far = await PostgresStore.open(relay.url, silence=0.2)
        await far.read(note_texts)
        with pytest.raises(StoreUnavailable) as told:
            await far.transact(add)
        assert not isinstance(told.value, OutcomeUnknown)
        relay.speak()
        await far.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('c')"))
        assert await postgres.read(note_texts) == ["c"]
        await far.close()


async def test_a_server_that_falls_silent_at_the_commit_leaves_it_unknown(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    async def add(tx: Transaction) -> None:
        await tx.run("INSERT INTO notes (text) VALUES ('a')")
        relay.fall_silent()

    async with Relay(empty_postgres_url) as relay, asyncio.timeout(30):
        far = await PostgresStore.open(relay.url, silence=0.2)
        with pytest.raises(OutcomeUnknown):
            await far.transact(add)
        relay.speak()
        await far.close()


async def test_a_statement_takes_as_long_as_it_takes_while_the_server_answers(empty_postgres_url: str) -> None:
    store = await PostgresStore.open(empty_postgres_url, silence=0.1)
    assert await store.read(lambda tx: tx.one("SELECT 1 AS one FROM pg_sleep(0.5)")) is not None
    await store.close()


async def test_a_program_that_stops_in_its_turn_holds_others_up_for_a_moment_only(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()
    runs = 0

    async def stops(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await tx.run("LOCK TABLE turns IN EXCLUSIVE MODE")
        begun.set()
        await goes_on.wait()
        await tx.run("INSERT INTO notes (text) VALUES ('first')")

    stopped, other = (
        await PostgresStore.open(empty_postgres_url, silence=0.2),
        await PostgresStore.open(empty_postgres_url),
    )
    working = asyncio.create_task(stopped.transact(stops))
    await begun.wait()
    async with asyncio.timeout(10):
        await other.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('second')"))
    goes_on.set()
    await working
    assert (runs, sorted(await postgres.read(note_texts))) == (2, ["first", "second"])
    await stopped.close()
    await other.close()


async def test_a_program_that_stood_still_in_its_turn_knows_that_it_does_not_know(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    """The server has ended its session before it asks for the COMMIT."""

    async def stands_still(tx: Transaction) -> None:
        await tx.run("INSERT INTO notes (text) VALUES ('a')")
        time.sleep(0.7)  # noqa: ASYNC251 - as after SIGSTOP: nothing in the program goes on

    # A busy machine may take its time for what comes before.
    stopped = await PostgresStore.open(empty_postgres_url, silence=0.5)
    await conflict(stopped)
    with pytest.raises(OutcomeUnknown):
        await stopped.transact(stands_still)
    assert await postgres.read(note_texts) == []
    assert await stopped.transact(partial(note, text="b"))
    await stopped.close()


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
        asyncpg.IdleInTransactionSessionTimeoutError("terminating connection due to idle-in-transaction timeout"),
    ],
    ids=["while nothing was asked", "because nothing was asked"],
)
async def test_a_unit_whose_session_the_server_ended_between_two_statements_is_run_again(
    postgres: PostgresStore, error: Exception
) -> None:
    runs = 0

    async def unit(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await note(tx, "a")
        if runs == 1:
            await tx.attempt(fail)  # type: ignore[attr-defined]

    async def fail() -> None:
        raise error

    await postgres.transact(unit)
    assert (runs, await postgres.read(note_texts)) == (2, ["a"])


async def test_an_error_in_the_commit_is_the_units_own(postgres: PostgresStore) -> None:
    async def orphan(tx: Transaction) -> None:
        await tx.run("CREATE TABLE answers (note BIGINT REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)")
        await tx.run("INSERT INTO answers VALUES (99)")

    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await postgres.transact(orphan)


async def test_an_error_of_the_server_quotes_no_row(postgres: PostgresStore) -> None:
    """It stands in the log, and the row may be a person's."""

    async def unit(tx: Transaction) -> None:
        await tx.run("INSERT INTO notes (id, text) VALUES (1, 'their words')")
        await tx.run("INSERT INTO notes (id, text) VALUES (1, 'their words')")

    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        await postgres.transact(unit)
    assert (str(caught.value).partition("\n")[2], caught.value.detail) == ("", None)


@pytest.mark.parametrize("words", ["their words\ud800", "their words"], ids=["not to be sent", "no number"])
async def test_an_error_about_a_parameter_does_not_quote_it(postgres: PostgresStore, words: str) -> None:
    with pytest.raises(asyncpg.DataError) as caught:
        await postgres.transact(lambda tx: tx.one("SELECT CAST(CAST(:x AS TEXT) AS BIGINT) AS n", x=words))
    assert "their words" not in "".join(traceback.format_exception(caught.value))
    assert str(caught.value).startswith("invalid input ")


async def test_an_error_in_the_commit_quotes_no_row(postgres: PostgresStore) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.run("CREATE TABLE names (name TEXT UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        await tx.run("INSERT INTO names VALUES ('their words'), ('their words')")

    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        await postgres.transact(unit)
    assert "their words" not in str(caught.value)


async def test_an_error_of_the_operating_system_inside_a_unit_is_its_own(postgres: PostgresStore) -> None:
    async def unit(tx: Transaction) -> None:
        raise FileNotFoundError("no such picture")

    with pytest.raises(FileNotFoundError, match="picture"):
        await postgres.transact(unit)


async def test_a_unit_prepared_before_another_program_migrated_is_run_again(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    everything = "SELECT * FROM notes"
    await postgres.read(lambda tx: tx.all(everything))
    admin = await asyncpg.connect(empty_postgres_url)
    await admin.execute("ALTER TABLE notes ADD COLUMN later TEXT; INSERT INTO notes (later) VALUES ('yes')")
    await admin.close()
    (row,) = await postgres.read(lambda tx: tx.all(everything))
    assert row["later"] == "yes"


async def test_two_claim_different_rows(postgres: PostgresStore) -> None:
    claimed: list[str] = []
    both_have_claimed = asyncio.Barrier(2)

    async def claim(tx: Transaction) -> None:
        row = await tx.one("SELECT text FROM notes ORDER BY id LIMIT 1 {skip_locked}")
        assert row is not None
        claimed.append(row["text"])
        await both_have_claimed.wait()

    await postgres.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('a'), ('b')"))
    await asyncio.gather(postgres.transact(claim), postgres.transact(claim))
    assert claimed == ["a", "b"]


async def test_a_server_out_of_reach_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await PostgresStore.open(f"postgresql:///nothing?host={tmp_path}", patience=0.05)


async def test_a_program_that_starts_while_another_one_migrates_does_not_give_up(
    postgres: PostgresStore, empty_postgres_url: str
) -> None:
    async with postgres.migrating():
        other = await PostgresStore.open(empty_postgres_url)
        await other.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('begun')"))
        assert await other.read(note_texts) == ["begun"]
        await other.close()
