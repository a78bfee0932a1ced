"""The work of `rencontres role`: gives roles beside the ladder, lists who has them, takes them away."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.cli.console import CommandFailed, find_by_ref, load, opened, personal_data
from bot.cli.terminal import err, out
from bot.content.roles import Role, known
from handlers.navigation import people_store, service


def _role(key: str) -> Role:
    """Return the role with a key. Raises CommandFailed if there is none."""
    if key not in known():
        raise CommandFailed(f"no role is called {key!r}: there are {', '.join(known()) or 'none'}", code=2)
    return known()[key]


async def change_role(config: Path | None, key: str, ref: str, scope: str, *, given: bool) -> bool:
    """Give the role with a key for a scope to the person with a ref or, if not `given`, take it away; they are told.

    Returns True. Raises CommandFailed if there is no such role, scope or person, UserError if they cannot have it.
    """
    settings, declared = load(config), personal_data()
    role, now = _role(key), datetime.now(UTC)
    if not (role.scope.takes(scope) if role.scope else scope == ""):
        raise CommandFailed(f"{key} is no role for {scope!r}" if scope else f"{key} needs a scope", code=2)
    async with opened(settings) as store:
        person = await find_by_ref(store, ref)
        change = service.give_role if given else partial(service.take_role, declared=declared)
        changed = await store.transact(partial(change, person=person, role=role, scope=scope, now=now))
    err.print("Done: they are told." if changed else "Nothing to change.")
    return True


async def list_roles(config: Path | None, key: str | None) -> bool:
    """Print who has the role with a key, or any role: role, scope («-» for none), ref and name. Returns True.

    Raises CommandFailed if there is no such role.
    """
    settings = load(config)
    personal_data()
    keys = [_role(key).key] if key else [*known()]
    async with opened(settings) as store:
        for each in keys:
            for holder in await store.read(partial(people_store.holders, role=each)):
                out.print(f"{each} {holder.scope or '-'} {holder.ref} {holder.name}")
    return True
