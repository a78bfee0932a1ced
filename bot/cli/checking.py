"""`rencontres check`: prints a line about everything that the bot needs to start, and leaves everything unchanged."""

from __future__ import annotations

import os
import re
import time
import tomllib
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bot.app import files_of
from bot.cli.console import config_path
from bot.cli.terminal import out
from bot.config.example import example, example_values
from bot.config.findings import Check, Finding
from bot.config.modules import modules
from bot.config.problems import SettingsError
from bot.config.secret_values import secret_values
from bot.config.settings import Settings, StorageSettings, load_sections, load_settings
from bot.config.toml_text import read_text
from bot.content.errors import ConfigError
from bot.content.i18n import MissingCatalogue, catalogue
from bot.database import postgres_tools
from bot.database.counting import engine_version
from bot.database.engine import Store, StoreUnavailable, ToolFailed, sqlite_files
from bot.database.opening import open_store
from bot.database.schema import DatabaseTooNew, migrations, pending
from bot.drawing.typeset import logo_png
from bot.files.logo import UnusableLogo, has_letters, load_logo
from bot.files.stored_files import in_thread
from bot.logs import redactor
from bot.membership.erasure import log_path
from bot.platforms.checking import answering, check_platforms
from handlers import CAPABILITIES

_STYLES = {"ok": "green", "off": "dim", "warning": "yellow", "failed": "bold red"}
_CLOCK_TOLERANCE = 10.0  # seconds; the answer's date is a whole number of them
_PATIENCE = 5.0
_LONG_OVER = 30
"""After how many days a gathering that is over is probably one of an earlier year."""


async def check(config: Path | None) -> bool:
    """Check everything that the bot needs to start, print a line for each result, and change nothing.

    Returns True if nothing failed. `config` is the configuration file, None for the default one.
    """
    path = config_path(config)
    try:
        settings = load_settings(path, load_sections(CAPABILITIES))
    except SettingsError as error:
        for problem in error.problems:
            _show(Finding("failed", "configuration", problem.what, problem.remedy))
            if problem.excerpt:
                out.print(problem.excerpt)
        return False
    hide = redactor(secret_values(settings))
    well = True
    async for finding in _findings(settings, path):
        _show(Finding(finding.state, finding.subject, hide(finding.detail), finding.remedy))
        well = well and finding.state != "failed"
    return well


def _show(finding: Finding) -> None:
    from rich.text import Text

    detail = f"{finding.detail} -> {finding.remedy}" if finding.remedy else finding.detail
    out.print(Text.assemble((f"{finding.state:8}", _STYLES[finding.state]), f"{finding.subject:14}", detail))


async def _findings(settings: Settings, path: Path | None) -> AsyncIterator[Finding]:
    for finding in (*_check_configuration(settings, path), *_check_addresses(settings), *_check_locales(settings)):
        yield finding
    database, store = await _check_database(settings.storage.url)
    try:
        yield database
        if opened := _open_to_others(settings.storage):
            remedy = "; ".join(f"chmod {700 if each.is_dir() else 600} {each}" for each in opened)
            yield Finding("failed", "database", "other users of this machine can read it", remedy)
        for finding in (*await _check_backups(settings.storage.url, store), *await _check_files(settings)):
            yield finding
        async for finding in _check_capabilities(settings, store):
            yield finding
    finally:
        if store:
            await store.close()
    async for finding in check_platforms(settings):
        yield finding
    yield await _check_clock(settings)


def _check_configuration(settings: Settings, path: Path | None) -> Iterator[Finding]:
    subject = "configuration"
    if path is None and (other := next(Path().glob("config.toml.*"), None)):
        detail = f"no config.toml, but {other.name}: it is not read"
        yield Finding("warning", subject, detail, f"mv {other.name} config.toml")
    else:
        yield Finding("ok", subject, str(path) if path else "no config.toml: using defaults and the environment")
    if settings.gathering.ends < datetime.now(UTC).date() - timedelta(days=_LONG_OVER):
        detail = f"the gathering ended on {settings.gathering.ends}"
        yield Finding("warning", subject, detail, "write the days of yours: gathering.starts, gathering.ends")
    if path and os.name == "posix" and (closing := _to_close(path)):
        yield Finding("warning", subject, "other users of this machine can read it", closing)
    if missing := [key for key in ("starts", "ends") if key not in settings.gathering.model_fields_set]:
        keys = " and ".join(f"gathering.{key}" for key in missing)
        days = f"{settings.gathering.starts} to {settings.gathering.ends}"
        yield Finding("warning", subject, f"{keys} missing: the days are {days}, as in the example", "write yours")
    for key in _left_from_the_example(path):
        yield Finding("warning", subject, f"{key} still has the example's value", "set your own, or remove the line")
    if settings.gathering.logo and (problem := problem_of_logo(settings.gathering.logo)):
        yield Finding("warning", subject, f"gathering.logo: {problem[0]}", problem[1])
    if not settings.gathering.privacy_contact:
        detail = "the privacy notice gives no contact"
        yield Finding("warning", subject, detail, "set gathering.privacy_contact")
    if not (settings.organisers.telegram or settings.organisers.discord):
        remedy = "set organisers.telegram, or run: rencontres organiser invite NAME"
        yield Finding("warning", subject, "no first organiser is named", remedy)


def _check_addresses(settings: Settings) -> Iterator[Finding]:
    """Yield a warning for each server that listens on all addresses of this machine: it encrypts nothing itself."""
    subject = "addresses"
    serves = settings.web.public_url or settings.telegram.mode == "webhook"
    if serves and _is_every_address(settings.web.host):
        detail = f"web.host = {settings.web.host}: whoever reaches this machine reaches the port, unencrypted"
        remedy = "let only the https server reach it: use 127.0.0.1, or a container that publishes no port"
        yield Finding("warning", subject, detail, remedy)
    if settings.metrics.port and _is_every_address(settings.metrics.host):
        detail = f"metrics.host = {settings.metrics.host}: whoever reaches this machine can read the numbers"
        remedy = "let only the monitoring reach it: use 127.0.0.1, or an address on the internal network"
        yield Finding("warning", subject, detail, remedy)


def _is_every_address(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return host in ("", "0", "*")


def _to_close(path: Path) -> str:
    """Return how a file is closed to people other than its owner and this program; '' where it is.

    Where root owns the file, its group is how the program reads it, as `make install` sets it up; in a container it is
    neither's: closed by its mode alone, this program could not read it any more.
    """
    file = path.stat()
    ours, by_group = file.st_uid == os.geteuid(), file.st_gid == os.getegid()
    if not file.st_mode & (0o077 if ours or not by_group else 0o007):
        return ""
    if ours:
        return f"chmod 600 {path}"
    return f"chmod 640 {path}" if by_group else f"chown {os.geteuid()} {path}; chmod 600 {path}"


def problem_of_logo(path: str) -> tuple[str, str] | None:
    """Return what is wrong with the file of a logo, and the remedy; None if the logo can be shown everywhere."""
    try:
        logo = load_logo(path)
    except UnusableLogo as error:
        if not Path(path).is_file():
            return str(error), "correct its path, which starts at the folder of config.toml, or remove the line"
        return str(error), "use a PNG, JPEG or SVG of at most 1 MB, or remove the line"
    if logo_png(logo) is None:
        return f"{path} cannot be drawn on slides and prints", "save it again as PNG, or as plain SVG"
    if has_letters(logo):
        return f"{path} contains text, which prints leave out", "convert it to paths (Inkscape: Path, Object to Path)"
    return None


def _left_from_the_example(path: Path | None) -> Iterator[str]:
    """Yield the keys whose values are still the ones in config.example.toml though every gathering has its own."""
    if path is None:
        return
    ours, theirs = tomllib.loads(read_text(path)), example_values()
    for key in ("name", "starts", "ends", "theme_deadline"):
        if key in (there := ours.get("gathering", {})) and there[key] == theirs["gathering"][key]:
            yield f"gathering.{key}"
    placeholders = {int(digits) for digits in re.findall(r"^# \w+ = (-?\d{9,})$", example(), re.MULTILINE)}
    for table, values in ours.items():
        for key, value in values.items() if isinstance(values, dict) else ():
            if isinstance(value, int) and value in placeholders:
                yield f"{table}.{key}"


def _check_locales(settings: Settings) -> Iterator[Finding]:
    try:
        for locale in settings.gathering.locales:
            catalogue(locale)
    except MissingCatalogue as error:
        yield Finding("failed", "locales", str(error))
    else:
        yield Finding("ok", "locales", ", ".join(settings.gathering.locales))


async def _check_database(url: str) -> tuple[Finding, Store | None]:
    """Return a finding about the database, and the open store if it can be read, else None.

    A missing database file is not created.
    """
    subject = "database"
    if url.startswith("sqlite:///") and not (path := Path(url.removeprefix("sqlite:///"))).exists():
        if os.access(path.parent, os.W_OK):
            return Finding("ok", subject, f"{path} will be created at the first start"), None
        return Finding(
            "failed", subject, f"{path} cannot be created", f"make {path.parent} a folder that the bot can write to"
        ), None
    try:
        store = await open_store(url, migrate=False)
    except (StoreUnavailable, ValueError) as error:
        remedy = "check storage.url, and that the server is running"
        if url.startswith("sqlite:"):
            name = Path(url.removeprefix("sqlite:///")).name
            remedy = (
                f"move {name} away, then rencontres restore BACKUP; without a backup the next start makes a new one"
            )
        return Finding("failed", subject, f"{url} cannot be used: {error}", remedy), None
    try:
        missing = await pending(store)
    except (StoreUnavailable, DatabaseTooNew) as error:
        await store.close()
        return Finding("failed", subject, str(error)), None
    if len(missing) == len(migrations()):
        await store.close()
        return Finding("ok", subject, f"{url}, empty: the next start creates its tables"), None
    if missing:
        await store.close()
        names = ", ".join(migration.name for migration in missing)
        return Finding("ok", subject, f"{url}; the next start runs {names}"), None
    return Finding("ok", subject, f"{url}, up to date"), store


async def _check_backups(url: str, store: Store | None) -> Sequence[Finding]:
    """Return a finding about the programs that copy a PostgreSQL database; SQLite needs none."""
    if url.startswith("sqlite:"):
        return []
    try:
        version = await postgres_tools.fit_for(await store.read(engine_version) if store else "")
    except StoreUnavailable as error:
        return [Finding("failed", "database", str(error))]
    except ToolFailed as error:
        problem, _, remedy = str(error).partition(": ")
        return [Finding("warning", "backups", f"cannot be created: {problem}", remedy)]
    return [Finding("ok", "backups", f"by pg_dump {version}")]


async def _check_files(settings: Settings) -> Sequence[Finding]:
    """Return findings about where photos and documents are; into a bucket a file is put, read and deleted again."""
    subject = "files"
    try:
        files = files_of(settings)
        remarks = await in_thread(files.try_out)
    except ConfigError as error:
        return [Finding("failed", subject, str(error))]
    except OSError as error:
        remedy = "check [storage] files and [s3]" if settings.storage.bucket else "let the bot write there"
        return [Finding("failed", subject, f"{error.filename}: {error.strerror}", remedy)]
    return [Finding("ok", subject, files.place), *(Finding("warning", subject, remark) for remark in remarks)]


def _open_to_others(storage: StorageSettings) -> list[Path]:
    """Return the stored files and folders that others than their owner may read. A start of the bot corrects that."""
    if os.name != "posix":
        return []
    kept = [storage.folder, log_path(storage)]
    if storage.url.startswith("sqlite:///"):
        kept += sqlite_files(Path(storage.url.removeprefix("sqlite:///")))
    return [path for path in kept if path.exists() and path.stat().st_mode & 0o077]


async def _check_capabilities(settings: Settings, store: Store | None) -> AsyncIterator[Finding]:
    """Yield the findings of capabilities, in their order; `store` is None where the database cannot be read."""
    checks: list[Check] = [module.check for module in modules("checking", CAPABILITIES)]
    for check in checks:
        try:
            findings = await _ask(check, settings, store)
        except StoreUnavailable as error:
            findings = [Finding("failed", "database", str(error))]
        for finding in findings:
            yield finding


async def _ask(check: Check, settings: Settings, store: Store | None) -> Sequence[Finding]:
    return await (store.read(lambda tx: check(tx, settings)) if store else check(None, settings))


async def _check_clock(settings: Settings) -> Finding:
    """Compare the machine's clock with the clock of a configured chat platform."""
    here = f"the gathering is in {settings.gathering.zone}"
    url = answering(settings)
    skew = await _skew(url) if url else None
    if skew is None:
        return Finding("ok", "clock", f"{here}; not checked")
    if abs(skew) > _CLOCK_TOLERANCE:
        detail = f"it is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} {urlsplit(url).hostname}"
        return Finding("failed", "clock", detail, "synchronise it: timedatectl set-ntp true")
    return Finding("ok", "clock", f"correct according to {urlsplit(url).hostname}; {here}")


async def _skew(url: str) -> float | None:
    """Return how many seconds this machine's clock is ahead of a server's; None if the server does not answer."""
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.head(url) as answer:
            return time.time() - parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
        return None
