"""Copies a PostgreSQL database by the server's own programs: pg_dump, pg_restore and psql.

They get the address of the database on their command line, which everybody on the machine may read, but its password by
the environment. Their own error messages are shown to the user.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from bot.database.engine import StoreUnavailable, ToolFailed

_MIGRATION = re.compile(r"\d+\t((?:\w+/)?\d{3}_\w+\.sql)")
"""A row of the table schema_version in a dump."""
_MAJOR = re.compile(r"(\d+)(\.\d+)*")
_REMEDY = "apt install postgresql-client (of the server's version, or newer)"
_TRIAL = "_backup_being_tried"
_TRYING = 0x74727961
"""The number of the advisory lock of whoever uses that database: several machines may make backups at the same time."""
_EMPTY = b"""
SET client_min_messages = warning;
BEGIN;
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP TABLE %I CASCADE', found.tablename);
    END LOOP;
END $$;
"""


async def dump(url: str, target: Path) -> None:
    """Copy the present state of a database to a new file in pg_dump's format «custom», which only its owner can read.

    Raises FileExistsError if the file exists, and ToolFailed, without leaving a file, if pg_dump fails.
    """
    address, environment = _without_password(url)
    options = ["--format=custom", "--no-owner", "--no-privileges", "--no-password", f"--dbname={address}"]
    pg_dump = _find("pg_dump")
    file = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        await _finish(pg_dump, await _start(pg_dump, options, environment, stdout=file))
        os.fsync(file)
    except BaseException:
        os.unlink(target)  # noqa: PTH108 - a moment, as os.open was
        raise
    finally:
        os.close(file)


async def restore(source: Path, url: str) -> None:
    """Replace all tables of the database at `url` with the tables in a dump; if that fails, nothing is replaced.

    `source` is a file that pg_dump made. Raises ToolFailed if pg_restore or psql is missing or fails.
    """
    address, environment = _without_password(url)
    pg_restore, psql = _find("pg_restore"), _find("psql")
    options = ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", f"--dbname={address}"]
    script, feed = os.pipe()
    refused: ToolFailed | None = None
    try:
        try:
            applying = await _start(psql, options, environment, stdin=script, stdout=DEVNULL)
        finally:
            os.close(script)  # so that whoever writes into the pipe notices that psql has ended
        applied = asyncio.create_task(_finish(psql, applying))
        try:
            with suppress(BrokenPipeError):
                await asyncio.to_thread(os.write, feed, _EMPTY)
                await _finish(pg_restore, await _start(pg_restore, _reading(source), {}, stdout=feed))
                await asyncio.to_thread(os.write, feed, b"COMMIT;\n")  # without it, psql undoes everything at its end
        except ToolFailed as error:
            refused = error
    finally:
        os.close(feed)
    try:
        await applied
    except ToolFailed as error:  # one of them may have failed because of the other
        raise ToolFailed(f"{error}; {refused}" if refused else str(error)) from None
    if refused:
        raise refused


async def read_through(source: Path) -> None:
    """Check that a dump can be read to its end. Raises ToolFailed if the file is damaged, or is no dump."""
    pg_restore = _find("pg_restore")
    await _finish(pg_restore, await _start(pg_restore, _reading(source), {}, stdout=DEVNULL))


async def migrations_in(source: Path) -> list[str]:
    """Return the file names of the migrations recorded in a dump; empty if the database of the dump had none.

    Raises ToolFailed if the file `source` is no dump.
    """
    pg_restore = _find("pg_restore")
    options = ["--data-only", "--table=schema_version", *_reading(source)]
    rows = await _finish(pg_restore, await _start(pg_restore, options, {}, stdout=PIPE))
    return [row[1] for line in rows.splitlines() if (row := _MIGRATION.fullmatch(line))]


@asynccontextmanager
async def trial_database(url: str) -> AsyncIterator[str | None]:
    """Create an empty database on the same server as `url`, and drop it at the end of the `async with` block.

    Yields the new database's URL, or None if the user may create no databases. If another program is using such a
    database, this waits until that one is dropped. Raises StoreUnavailable if the server cannot be reached.
    """
    import asyncpg

    parts = urlsplit(url)
    name = f"{unquote(parts.path).strip('/')}{_TRIAL}"
    quoted = '"' + name.replace('"', '""') + '"'
    drop = f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (asyncpg.PostgresError, OSError) as error:
        raise StoreUnavailable(str(error)) from error
    try:
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", _TRYING)
            await connection.execute(drop)  # left by one that was killed
            await connection.execute(f"CREATE DATABASE {quoted}")
        except asyncpg.InsufficientPrivilegeError:
            yield None
            return
        try:
            yield _address(parts, parts.netloc, f"/{quote(name)}", parts.query)
        finally:
            await connection.execute(drop)
    finally:
        await connection.close()


async def fit_for(server: str) -> str:
    """Return the version of the installed PostgreSQL programs that make backups, like «17.10».

    `server` is the version of the database server, '' if unknown. Raises ToolFailed if a program is not installed, or
    is older than the server and therefore could not copy its databases.
    """
    tools = [_find(tool) for tool in ("pg_dump", "pg_restore", "psql")]
    told = await _finish(tools[0], await _start(tools[0], ["--version"], {}, stdout=PIPE))
    own, needed = _MAJOR.search(told), _MAJOR.search(server)
    version = own[0] if own else "?"
    if own and needed and int(own[1]) < int(needed[1]):
        raise ToolFailed(f"pg_dump is version {version}, the server {needed[0]}: {_REMEDY}")
    return version


def _find(tool: str) -> str:
    """Return the path of one of PostgreSQL's programs. Raises ToolFailed if it is not installed."""
    if path := shutil.which(tool):
        return path
    raise ToolFailed(f"{tool} is not installed: {_REMEDY}")


def _reading(source: Path) -> list[str]:
    """Return the options of pg_restore that turn a dump into a script on its standard output."""
    return ["--no-owner", "--no-privileges", "--file=-", str(source.absolute())]


def _without_password(url: str) -> tuple[str, Mapping[str, str]]:
    """Return the address of a database without its password, and the environment that hands over the password."""
    parts = urlsplit(url)
    account, at, host = parts.netloc.rpartition("@")
    user, _, password = account.partition(":")
    options = parse_qsl(parts.query, keep_blank_values=True)
    passwords = [value for name, value in options if name == "password"] or [unquote(password)]
    query = urlencode([option for option in options if option[0] != "password"], quote_via=quote)
    address = _address(parts, f"{user}{at}{host}", parts.path, query)
    return address, {"PGPASSWORD": passwords[0]} if passwords[0] else {}


def _address(parts: SplitResult, netloc: str, path: str, query: str) -> str:
    return f"{parts.scheme}://{netloc}{path}{f'?{query}' if query else ''}"


async def _start(tool: str, options: list[str], environment: Mapping[str, str], **streams: Any) -> Process:
    own = {**os.environ, **environment, "LC_ALL": "C"}
    return await asyncio.create_subprocess_exec(tool, *options, env=own, **{"stdin": DEVNULL, **streams}, stderr=PIPE)


async def _finish(tool: str, process: Process) -> str:
    """Wait for a program to end, and return what it printed. Raises ToolFailed with its first complaint if it fails.

    Ends the program if the caller is cancelled. What follows a complaint may quote a row, and is left out.
    """
    try:
        printed, complaints = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        raise
    if process.returncode:
        lines = complaints.decode(errors="replace").splitlines()
        errors = [line for line in lines if "error:" in line.lower() or "fatal:" in line.lower()] or lines
        raise ToolFailed(errors[0] if errors else f"{Path(tool).name} exited with {process.returncode}")
    return (printed or b"").decode(errors="replace")
