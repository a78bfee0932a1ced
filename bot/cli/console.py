"""What the commands share: reading the settings, opening the database, questions, and errors in one clear line."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.config.seeding import load_seeds, seed_store
from bot.config.settings import Settings, load_sections, load_settings
from bot.content.errors import ConfigError, UserError
from bot.content.i18n import MissingCatalogue
from bot.database.engine import Store, StoreUnavailable, ToolFailed
from bot.database.opening import open_store
from bot.database.schema import DatabaseTooNew
from bot.logs import new_reference, under_reference
from bot.people import ending_store, participant_store
from bot.people.participants import Participant
from handlers import CAPABILITIES

if TYPE_CHECKING:
    from bot.capability import Capability
    from bot.files.stored_files import Files
    from bot.people.declared import Declared

DEFAULT_CONFIG = Path("config.toml")


class CommandFailed(Exception):
    """The error that a command cannot be carried out; its text says why.

    `code` is the exit code: 2 for wrong or unreadable input, otherwise 1.
    """

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def config_path(given: Path | None) -> Path | None:
    """Return the path of the configuration file: `given`, otherwise config.toml if it exists, otherwise None."""
    return given or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)


def load(given: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from the configuration file `given` (None for the default one) and environment variables.

    `environment` None means the variables of this process. Raises CommandFailed for invalid settings.
    """
    try:
        return load_settings(config_path(given), load_sections(CAPABILITIES), environment)
    except ConfigError as error:
        raise CommandFailed(str(error), code=2) from None


def load_capabilities() -> Sequence[Capability]:
    """Load and return all capabilities. This takes a second, so only commands that need several of them call it."""
    from bot import capability

    return capability.load(CAPABILITIES)


def personal_data() -> Declared:
    """Load all capabilities; return what the engine and the capabilities declare about the personal data they store."""
    from bot import app

    return app.declared(load_capabilities())


def stored_files(settings: Settings) -> Files:
    """Return the storage of photos and documents that the settings describe."""
    from bot import app

    return app.files_of(settings)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """Open the database that the settings name; it is closed at the end of the `async with` block.

    As when the bot starts, the database is migrated and filled from the configuration. All log lines in the block have
    the same reference. Raises CommandFailed for a URL that cannot be used.
    """
    try:
        store = await open_store(settings.storage.url)
    except ValueError as error:
        raise CommandFailed(f"storage.url: {error}", code=2) from None
    try:
        with under_reference(new_reference()):
            await seed_store(store, settings, load_seeds(CAPABILITIES))
            await store.transact(ending_store.begin)
            yield store
    finally:
        await store.close()


async def find_by_ref(store: Store, ref: str) -> Participant:
    """Return the person with this number in the team's list, such as R-0042. Raises CommandFailed if there is none."""
    person = await store.read(partial(participant_store.find_by_ref, ref=ref))
    if person is None:
        raise CommandFailed(f"nobody has the ref {ref}")
    return person


def confirm(question: str) -> None:
    """Ask for confirmation before something irreversible. Raises Abort for any answer but yes, and for Ctrl-C."""
    # asyncio makes Ctrl-C cancel a task, and the task is here, waiting for an answer.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        typer.confirm(question, abort=True)
    finally:
        signal.signal(signal.SIGINT, before)


def explain(error: Exception) -> tuple[str, int] | None:
    """Return the line to print and the exit code for an error about which the user can do something.

    Returns None for any other error: it is a defect of the program, and its traceback should be shown.
    """
    match error:
        case CommandFailed():
            return str(error), error.code
        case ConfigError() | MissingCatalogue() | DatabaseTooNew() | ToolFailed():
            return str(error), 1
        case StoreUnavailable():
            return f"the database cannot be used: {error}", 1
        case UserError():
            from bot.content.texts import Reader, plain

            return plain(error.text, Reader("en", "UTC")), 1
        case OSError(filename=str() | Path() as name, strerror=str() as reason):
            return f"{name}: {reason}", 1
    return None
