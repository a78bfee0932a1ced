"""`rencontres export person` and `rencontres erase person`: print everything about a person, or erase the person."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.app import files_of
from bot.cli.console import CommandFailed, confirm, find_by_ref, load, opened, personal_data
from bot.cli.private_files import write_private
from bot.cli.terminal import err, out
from bot.database.engine import StoreUnavailable
from bot.files.stored_files import FilesAway
from bot.membership import erasure
from bot.people.document import export_person


async def export(config: Path | None, ref: str, *, file: Path | None) -> bool:
    """Print everything stored about a person as JSON, or write it to `file` if that is not None.

    `ref` is the person's number in the team's list, like R-0042. Returns True, because the command succeeded. Raises
    CommandFailed if nobody has this number.
    """
    settings, declared = load(config), personal_data()
    async with opened(settings) as store:
        person = await find_by_ref(store, ref)
        now = datetime.now(UTC)
        document = await store.read(partial(export_person, declared=declared, participant_id=person.id, now=now))
    if file:
        write_private(file, document)
    else:
        out.print(document.decode())
    return True


async def erase(config: Path | None, ref: str, *, texts: bool, sure: bool) -> bool:
    """Erase a person, given by their number in the team's list, such as R-0042.

    Their data are also removed from free pages of the database file. With `texts`, texts that the person wrote for
    others are erased too; otherwise they are kept without an author. Asks for confirmation unless `sure`. Returns True,
    because the command succeeded. Raises CommandFailed if nobody has the number. It is also raised if the files cannot
    be reached or the database is in use: the next start of the bot then completes the erasure.
    """
    settings, declared = load(config), personal_data()
    async with opened(settings) as store:
        person = await find_by_ref(store, ref)
        if not sure:
            confirm(f"Erase {person.name} ({ref}) for good, on every platform?")
        files = files_of(settings)
        erased = partial(erasure.erase, declared=declared, participant_id=person.id, texts=texts, files=files)
        await store.transact(partial(erased, now=datetime.now(UTC)))
        try:
            with err.status("Rewriting the database without them ..."):
                await erasure.finish_erasures(store, declared, settings.storage, files)
        except FilesAway as error:
            raise CommandFailed(
                f"erased, except for their files ({error.filename}: {error.strerror}), which go while the bot runs"
            ) from None
        except StoreUnavailable:
            raise CommandFailed(
                "erased, but the database is in use: traces that remain in its file go when the bot next starts"
            ) from None
    out.print("Erased. Backups still contain them; restoring one erases them again.")
    return True
