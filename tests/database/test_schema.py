"""Migrations: in order, whole, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.database.engine import Store, Transaction
from bot.database.schema import DatabaseTooNew, migrations, pending, statements, upgrade
from tests.database.conftest import note_texts, open_bare
from tests.older_schema import older_program

NOTES = "CREATE TABLE notes (id {id}, text TEXT NOT NULL);\n"
FIRST_NOTE = "-- one; to begin with\nINSERT INTO notes (text) VALUES ('a;b');\nINSERT INTO notes (text) VALUES ('c');"
MORE = "CREATE TABLE more (id {id});"
BROKEN = f"INSERT INTO notes (text) VALUES ('half'); {MORE} INSERT INTO nowhere VALUES (1);"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes the migrations of a program's engine, numbered from 1; returns the program's folder."""

    def write(*scripts: str) -> Path:
        folder = tmp_path / "bot" / "database" / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        for number, script in enumerate(scripts, start=1):
            (folder / f"{number:03}_step.sql").write_text(script)
        return tmp_path

    return write


def add_to_capability(root: Path, name: str, file: str, script: str) -> None:
    """Write a migration into the folder of a capability."""
    folder = root / "handlers" / name / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(script)


@pytest.fixture
async def empty(empty_store_url: str) -> AsyncIterator[Store]:
    store = await open_bare(empty_store_url)
    yield store
    await store.close()


async def test_they_run_in_order_and_once(empty: Store, folder: Callable[..., Path]) -> None:
    assert [step.number for step in await upgrade(empty, folder(NOTES))] == [1]
    assert [step.number for step in await upgrade(empty, folder(NOTES, FIRST_NOTE))] == [2]
    assert await upgrade(empty, folder(NOTES, FIRST_NOTE)) == []
    assert await empty.read(note_texts) == ["a;b", "c"]


async def test_one_that_fails_leaves_nothing_and_those_before_it_stay(
    empty: Store, folder: Callable[..., Path]
) -> None:
    with pytest.raises(Exception, match="nowhere") as failure:
        await upgrade(empty, folder(NOTES, BROKEN, FIRST_NOTE))
    assert failure.value.__notes__ == ["in migration 002_step.sql, of which nothing was kept"]
    assert await empty.read(note_texts) == []
    assert [step.number for step in await upgrade(empty, folder(NOTES, FIRST_NOTE, MORE))] == [2, 3]


async def test_messages_that_told_of_a_report_are_known_by_their_kind(empty: Store, tmp_path: Path) -> None:
    await upgrade(empty, older_program(tmp_path, 24))
    await empty.transact(_told_of_a_report)
    assert (await upgrade(empty))[0].number == 25
    kinds = await empty.read(lambda tx: tx.all("SELECT kind FROM deliveries ORDER BY id"))
    assert [row["kind"] for row in kinds] == ["report", "message"]


async def test_what_was_perhaps_an_idea_is_withdrawn_so_that_its_author_can_bring_it_back(
    empty: Store, tmp_path: Path
) -> None:
    await upgrade(empty, older_program(tmp_path, 42))
    await empty.transact(_told_of_a_report)
    await empty.transact(
        lambda tx: tx.run(
            "INSERT INTO ideas (phase, author_id, text, created_at, state)"
            " SELECT phase, author_id, 'perhaps', 3, 'asked' FROM ideas"
        )
    )
    assert (await upgrade(empty))[0].number == 43
    states = await empty.read(lambda tx: tx.all("SELECT text, state FROM ideas ORDER BY id"))
    assert [(row["text"], row["state"]) for row in states] == [("rude", "live"), ("perhaps", "withdrawn")]


async def _told_of_a_report(tx: Transaction) -> None:
    """An organiser was told at 5 of an idea that somebody reported, and at 6 of something that its author did."""
    await tx.run(
        "INSERT INTO phases (key, position, title, instruction, example, collects, minutes)"
        " VALUES ('p', 0, '{}', '{}', '{}', '', 9)"
    )
    for name in ("author", "reader"):
        await tx.run(
            "INSERT INTO participants (ref, given_name, search_key, created_at) VALUES (:name, :name, :name, 1)",
            name=name,
        )
    await tx.run(
        "INSERT INTO ideas (phase, author_id, text, created_at)"
        " SELECT 'p', id, 'rude', 2 FROM participants WHERE ref = 'author'"
    )
    await tx.run(
        "INSERT INTO idea_reports (idea_id, participant_id, at)"
        " SELECT i.id, p.id, 5 FROM ideas i JOIN participants p ON p.ref = 'reader'"
    )
    for at in (5, 6):
        await tx.run(
            "INSERT INTO deliveries (platform, kind, content, about, due_at, created_at)"
            " SELECT 'web', 'message', '', id, 9, CAST(:at AS BIGINT) FROM participants WHERE ref = 'author'",
            at=at,
        )


async def test_what_stood_in_groups_channels_is_there_under_their_new_name(empty: Store, tmp_path: Path) -> None:
    await upgrade(empty, older_program(tmp_path, 26))
    await empty.transact(_in_a_channel)
    assert (await upgrade(empty))[0].number == 27
    rows = await empty.read(
        lambda tx: tx.all(
            "SELECT c.thread, d.content, a.native_id FROM channels c JOIN deliveries d ON d.channel_id = c.id"
            " JOIN admissions m ON m.channel_id = c.id JOIN accounts a ON a.id = m.account_id"
        )
    )
    assert [(row["thread"], row["content"], row["native_id"]) for row in rows] == [("t1", "said there", "7")]


async def _in_a_channel(tx: Transaction) -> None:
    """Something was said in the channel of a group, into which an account had been let."""
    await tx.run(
        "INSERT INTO accounts (platform, native_id, chat, name, linked_at) VALUES ('discord', '7', '7', '', 0)"
    )
    await tx.run("INSERT INTO spaces (group_id, platform, thread, due_at) VALUES (1, 'discord', 't1', 0)")
    await tx.run("INSERT INTO admissions (space_id, account_id) SELECT s.id, a.id FROM spaces s, accounts a")
    await tx.run(
        "INSERT INTO deliveries (platform, kind, space_id, content, due_at, created_at)"
        " SELECT 'discord', 'message', id, 'said there', 0, 0 FROM spaces"
    )


async def test_those_of_capabilities_run_among_the_engines_by_number(empty: Store, folder: Callable[..., Path]) -> None:
    root = folder(NOTES)
    add_to_capability(root, "rides", "003_rides.sql", "INSERT INTO notes (text) VALUES ('rides');")
    add_to_capability(root, "meals", "003_meals.sql", "INSERT INTO notes (text) VALUES ('meals');")
    add_to_capability(root, "meals", "090_late.sql", "INSERT INTO notes (text) VALUES ('late');")
    done = await upgrade(empty, root)
    assert [step.name for step in done] == [
        "001_step.sql",
        "meals/003_meals.sql",
        "rides/003_rides.sql",
        "meals/090_late.sql",
    ]
    add_to_capability(root, "rides", "004_more.sql", "INSERT INTO notes (text) VALUES ('more');")
    assert [step.name for step in await upgrade(empty, root)] == ["rides/004_more.sql"]
    assert await empty.read(note_texts) == ["meals", "rides", "late", "more"]


async def test_a_capability_that_is_taken_away_leaves_its_tables_and_comes_back(
    empty: Store, folder: Callable[..., Path]
) -> None:
    root = folder(NOTES)
    add_to_capability(root, "rides", "002_rides.sql", FIRST_NOTE)
    await upgrade(empty, root)
    (root / "handlers" / "rides").rename(root / "rides")
    assert await pending(empty, root) == []
    assert await empty.read(note_texts) == ["a;b", "c"]
    (root / "rides").rename(root / "handlers" / "rides")
    assert await upgrade(empty, root) == []


async def test_a_database_newer_than_the_program_is_refused(empty: Store, folder: Callable[..., Path]) -> None:
    root = folder(NOTES, FIRST_NOTE)
    add_to_capability(root, "rides", "002_rides.sql", MORE)
    await upgrade(empty, root)
    for newer in ("bot/database/migrations/002_step.sql", "handlers/rides/migrations/002_rides.sql"):
        kept = (root / newer).read_text()
        (root / newer).unlink()
        with pytest.raises(DatabaseTooNew, match="which this program does not know: run the newer program"):
            await upgrade(empty, root)
        (root / newer).write_text(kept)


async def test_a_database_of_before_they_were_recorded_by_name_goes_on(empty: Store, tmp_path: Path) -> None:
    await upgrade(empty, older_program(tmp_path, 53))
    assert (await upgrade(empty))[0].number == 54
    assert await pending(empty) == []
    versions = await empty.read(lambda tx: tx.values(int, "SELECT version FROM schema_version ORDER BY version"))
    assert versions == [step.number for step in migrations()], "a program of before refuses it by the highest"


async def test_two_programs_that_start_at_once_share_the_work(
    empty_store_url: str, empty: Store, folder: Callable[..., Path]
) -> None:
    other = await open_bare(empty_store_url)
    steps = folder(NOTES, FIRST_NOTE)
    done = await asyncio.gather(upgrade(empty, steps), upgrade(other, steps))
    assert sorted(step.number for steps in done for step in steps) == [1, 2]
    assert await other.read(note_texts) == ["a;b", "c"]
    await other.close()


async def test_what_is_pending_can_be_asked(empty: Store, folder: Callable[..., Path]) -> None:
    await upgrade(empty, folder(NOTES))
    assert [step.name for step in await pending(empty, folder(NOTES, FIRST_NOTE))] == ["002_step.sql"]


async def test_the_programs_own_migrations_are_all_applied(store: Store) -> None:
    assert await pending(store) == []
    assert len({step.number for step in migrations()}) == len(migrations()), "two have the same number"


@pytest.mark.parametrize("name", ["001-dash.sql", "1_short.sql", "new.sql"])
def test_a_name_out_of_line_is_refused(name: str, folder: Callable[..., Path]) -> None:
    add_to_capability(folder(), "rides", name, NOTES)
    with pytest.raises(ValueError, match="is named NNN_name"):
        migrations(folder())


def test_a_script_is_taken_apart_where_its_statements_end() -> None:
    script = """
        -- a; comment
        CREATE TABLE a (b TEXT DEFAULT 'x;y' /* ; */);
        CREATE TRIGGER c AFTER INSERT ON a BEGIN DELETE FROM a; SELECT 1; END;
        ;
        INSERT INTO a VALUES (';')
        -- the end; really"""
    assert [text.split()[-1] for text in statements(script)] == ["*/);", "END;", ";"]


def test_a_statement_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end: INSERT"):
        list(statements("CREATE TABLE a (b TEXT); INSERT INTO a VALUES ('oops);"))


async def test_facilitators_and_persons_of_trust_become_the_first_roles(empty: Store, tmp_path: Path) -> None:
    await upgrade(empty, older_program(tmp_path, 54))

    async def before(tx: Transaction) -> None:
        for name in ("maya", "ada"):
            await tx.run(
                "INSERT INTO participants (ref, given_name, search_key, created_at) VALUES (:name, :name, :name, 1)",
                name=name,
            )
        await tx.run("INSERT INTO facilitators (participant_id, audience) VALUES (1, 'theme:culture'), (1, 'group:2')")
        await tx.run("INSERT INTO trusted_people VALUES (2, 'French', 'always', 5)")

    await empty.transact(before)
    assert 61 in [step.number for step in await upgrade(empty)]
    roles = await empty.read(lambda tx: tx.all("SELECT * FROM roles ORDER BY role, scope"))
    assert [(row["participant_id"], row["role"], row["scope"], row["given_at"]) for row in roles] == [
        (1, "facilitator", "group:2", None),
        (1, "facilitator", "theme:culture", None),
        (2, "trust", "", 5),
    ]
    [said] = await empty.read(lambda tx: tx.all("SELECT * FROM trusted_people"))
    assert dict(said) == {"participant_id": 2, "languages": "French", "hours": "always"}
