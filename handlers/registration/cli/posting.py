"""The work of `rencontres invitations --send`: letters with invitations, which the running bot sends."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.cli.console import CommandFailed, load, opened
from bot.cli.terminal import err, out
from bot.config import purpose_store
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.membership import letters
from bot.people import participant_store


async def post_invitations(config: Path | None, *, dry_run: bool) -> bool:
    """Put an e-mail with an invitation into the outbox for everyone who needs one and has an address; print how many.

    Invited people who have not been sent one yet need one. With `dry_run`, nothing is sent, and their references are
    printed, one a line. Returns True. Raises CommandFailed if no mail server is configured, and UserError if it is too
    late to join.
    """
    settings = load(config)
    if not settings.sends_letters:
        raise CommandFailed("no letters are sent here: name a mail server in [email]")
    async with opened(settings) as store:
        if dry_run:
            refs, without = await store.read(_would_get_one)
            for ref in refs:
                out.print(ref)
            count = len(refs)
        else:
            count, without = await store.transact(partial(_send, settings=settings, now=datetime.now(UTC)))
    leave = "would leave" if dry_run else "leave as the bot runs"
    err.print(f"{count} {leave}; {without} have neither address nor invitation.")
    return True


async def _would_get_one(tx: Transaction) -> tuple[list[str], int]:
    people, without = await letters.without_letter(tx)
    found = [await participant_store.find(tx, person) for person in people]
    return [person.ref for person in found if person], len(without)


async def _send(tx: Transaction, settings: Settings, now: datetime) -> tuple[int, int]:
    people, without = await letters.without_letter(tx)
    await purpose_store.must_stay(tx, settings, now)
    return await letters.post_invitations(tx, people, now, due=now), len(without)
