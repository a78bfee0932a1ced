"""The work of `rencontres organiser list` and `organiser remove`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.cli.console import CommandFailed, find_by_ref, load, opened, personal_data
from bot.cli.terminal import err, out
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.membership import revoking
from bot.people import participant_store
from bot.people.declared import Declared
from bot.people.participants import Participant
from handlers.registration import service, store


async def list_organisers(config: Path | None) -> bool:
    """Print ref, name and platforms of each organiser, and of each person invited to become one. Returns True."""
    settings = load(config)
    async with opened(settings) as opened_store:
        lines = await opened_store.read(partial(_lines, settings))
    for line in lines:
        out.print(line)
    if not lines:
        err.print("There is none: rencontres organiser invite NAME")
    return True


async def _lines(settings: Settings, tx: Transaction) -> list[str]:
    return [
        f"{person.ref} {person.name} ({await _where(tx, settings, person)})" for person in await store.organisers(tx)
    ]


async def _where(tx: Transaction, settings: Settings, person: Participant) -> str:
    """Return on which platforms an organiser is; whether config.toml names them; that they are still invited."""
    if not person.organises:
        return "invited"
    accounts = await participant_store.accounts_of(tx, person.id)
    where = ", ".join(dict.fromkeys(account.platform for account in accounts)) or "not here yet"
    first = any(settings.organisers.includes(account.platform, account.native_id) for account in accounts)
    return f"{where}; named in the configuration" if first else where


async def remove_organiser(config: Path | None, ref: str) -> bool:
    """Take the organisers' role, or the invitation to become an organiser, from the person with this ref.

    Returns True. Raises CommandFailed if nobody has the ref or the person is no organiser, UserError for the last
    organiser.
    """
    settings, declared = load(config), personal_data()
    async with opened(settings) as opened_store:
        person = await find_by_ref(opened_store, ref)
        await opened_store.transact(partial(_remove, declared, settings, person))
    lost = "no organiser" if person.organises else "not invited"
    err.print(f"{person.name} is {lost} any more.")
    return True


async def _remove(declared: Declared, settings: Settings, person: Participant, tx: Transaction) -> None:
    now = datetime.now(UTC)
    if person.organises:
        await service.may_lose_organising(tx, settings, person)
        await service.set_organising(tx, declared, person, now, organises=False)
    elif person.id in [each.id for each in await store.organisers(tx)]:
        await revoking.revoke(tx, declared, person, now)
    else:
        raise CommandFailed(f"{person.ref} is no organiser: rencontres organiser list")
