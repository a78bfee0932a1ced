"""The work of `rencontres role`: gives, lists and takes away the roles that exist besides the organisers'."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.cli.console import CommandFailed, find_by_ref, load, opened, personal_data
from bot.cli.terminal import err, out
from bot.config.settings import Settings
from bot.content.roles import Role, known
from bot.content.texts import Reader, plain
from handlers.navigation import people_store, service
from handlers.navigation.messages import title


def _role(settings: Settings, key: str) -> Role:
    """Return the role with a key. Raises CommandFailed if there is none, also where its capability is off."""
    roles = known(settings)
    if key not in roles:
        raise CommandFailed(f"no role is called {key!r}: there are {', '.join(roles) or 'none'}", code=2)
    return roles[key]


async def change_role(config: Path | None, key: str, ref: str, scope: str, *, given: bool) -> bool:
    """Give the person with the ref `ref` the role `key` for `scope` or, if `given` is False, take the role away.

    The person is notified. Returns True. Raises CommandFailed if there is no such role, scope or person, UserError if
    the person cannot have the role.
    """
    settings, declared = load(config), personal_data()
    role, now = _role(settings, key), datetime.now(UTC)
    if not (role.scope.takes(scope) if role.scope else scope == ""):
        raise CommandFailed(f"{key} is no role for {scope!r}" if scope else f"{key} needs a scope", code=2)
    async with opened(settings) as store:
        person = await find_by_ref(store, ref)
        if given and person.status == "revoked":
            raise CommandFailed(f"{ref} is revoked: invite them again first")
        words = role.scope.words if given and role.scope else None
        if words and await store.read(lambda tx: words(tx, scope)) is None:
            raise CommandFailed(f"there is no {scope!r}")
        change = service.give_role if given else partial(service.take_role, declared=declared)
        changed = await store.transact(partial(change, person=person, role=role, scope=scope, now=now))
    told = "Done: they are told." if person.joined else "Done." if not given else "Done: they read it when they join."
    err.print(told if changed else "Nothing to change.")
    return True


async def list_roles(config: Path | None, key: str | None) -> bool:
    """Print a line for each person with the role `key` (None: with any role): role, scope, ref, name, role in words.

    A role without a scope has «-» in its place. Returns True. Raises CommandFailed if there is no such role.
    """
    settings = load(config)
    personal_data()
    roles, reader = [_role(settings, key)] if key else known(settings).values(), Reader("en", settings.gathering.zone)
    async with opened(settings) as store:
        for role in roles:
            for holder in await store.read(partial(people_store.holders, role=role.key)):
                words = plain(await store.read(partial(title, role=role, scope=holder.scope)), reader)
                out.print(f"{role.key} {holder.scope or '-'} {holder.ref} {holder.name} ({words})")
    return True
