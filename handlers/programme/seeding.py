"""Stores the sessions of the configuration file when the bot first starts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.people import audiences
from handlers.programme import store
from handlers.programme.model import Plan, compare
from handlers.programme.settings import SessionSettings


def _configured(settings: Settings) -> Sequence[Plan]:
    """Return the plans of the sessions in config.toml, in its order."""
    return [
        Plan(
            session.key,
            session.title,
            *session.instants(settings.gathering),
            session.zone or settings.gathering.zone,
            session.place,
            session.kind,
            audiences.parse(session.audience),
            session.map,
            unconfirmed=session.invented,
            speaker=session.speaker,
            description=session.description,
        )
        for session in settings.all_of(SessionSettings)
    ]


async def _write(tx: Transaction, settings: Settings) -> None:
    for plan in _configured(settings):
        await store.add_session(tx, plan)


async def _differences(tx: Transaction, settings: Settings, now: datetime) -> Sequence[str]:
    """Return a line for each session that is new or different in the configuration file.

    Sessions that are only in the database are no difference, as they were added or imported in chat.
    """
    from bot.content.texts import Reader, plain
    from handlers.programme.messages import difference  # much to load, for this alone

    reader = Reader("en", settings.gathering.zone)
    found = compare(_configured(settings), await store.all_sessions(tx), now)
    return [
        *(f"session {plan.key}: only in the file" for plan in found.new),
        *(
            f"session {change.after.key}: {plain(difference(change.before.plan, change.after), reader)}"
            for change in found.changed
        ),
    ]


async def _apply(tx: Transaction, settings: Settings, now: datetime) -> None:
    """Add and change sessions as the configuration file says, and notify the people concerned."""
    from handlers.programme import service

    await service.apply_programme(tx, _configured(settings), now, settings.gathering.hours)


# Marked apart from themes: a store from before there were sessions gets them too.
SEED = Seed(write=_write, once=store.SEEDED, differences=_differences, apply=_apply, order=20)
