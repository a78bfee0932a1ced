"""Configuration seeds themes, sessions, phases and deadlines once; then the store wins, edited in chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.config import setting_store
from bot.config.settings import Settings
from bot.database.engine import Store, Transaction
from bot.people import audiences
from handlers.groups import store as groups
from handlers.groups.model import Round
from handlers.programme import store as sessions
from handlers.programme.model import Plan
from handlers.themes import store as themes
from handlers.workshops import store as phases
from handlers.workshops.model import Phase

_SEEDED = "seeded"
_SESSIONS_SEEDED = "sessions_seeded"  # of its own: a store from before there were sessions gets them too
_PHASES_SEEDED = "phases_seeded"


async def seed(store: Store, settings: Settings) -> None:
    """Write what the settings say of them into a store that never had any; rounds follow at every start."""

    async def unit(tx: Transaction) -> None:
        for round_ in configured_rounds(settings):
            await groups.add_round(tx, round_.number, round_.day, round_.meets_at)
        sizes = settings.groups
        await setting_store.set_group_sizes(tx, sizes.smallest, sizes.largest, sizes.target)
        await _seed_sessions(tx, settings)
        await _seed_phases(tx, settings)
        if await setting_store.get(tx, _SEEDED):
            return
        for position, theme in enumerate(settings.themes):
            await themes.put(tx, theme.key, position, theme.title, theme.description, theme.capacity)
        await setting_store.set_theme_deadline(tx, settings.gathering.deadline)
        await setting_store.put(tx, _SEEDED, "1")

    await store.transact(unit)


def configured_sessions(settings: Settings) -> Sequence[Plan]:
    """The sessions of config.toml, in its order."""
    return [
        Plan(
            session.key,
            session.title,
            settings.instant(session, session.starts),
            settings.instant(session, session.ends),
            session.zone or settings.gathering.zone,
            session.place,
            session.kind,
            audiences.parse(session.audience),
            session.map,
        )
        for session in settings.sessions
    ]


async def _seed_sessions(tx: Transaction, settings: Settings) -> None:
    if await setting_store.get(tx, _SESSIONS_SEEDED):
        return
    for plan in configured_sessions(settings):
        await sessions.add(tx, plan)
    await setting_store.put(tx, _SESSIONS_SEEDED, "1")


def configured_phases(settings: Settings) -> Sequence[Phase]:
    """The phases of config.toml, in its order."""
    return [
        Phase(phase.key, position, phase.title, phase.instruction, phase.example, phase.minutes, phase.collects)
        for position, phase in enumerate(settings.phases)
    ]


async def _seed_phases(tx: Transaction, settings: Settings) -> None:
    if await setting_store.get(tx, _PHASES_SEEDED):
        return
    for phase in configured_phases(settings):
        await phases.put(tx, phase)
    await setting_store.put(tx, _PHASES_SEEDED, "1")


def configured_rounds(settings: Settings) -> Sequence[Round]:
    """The rounds of config.toml, one a day from the first; none is published."""
    gathering, meeting = settings.gathering, settings.groups.meeting
    rounds = []
    for number in range(1, settings.groups.rounds + 1):
        later = timedelta(days=number - 1)
        meets_at = None if meeting is None else gathering.instant(meeting + later)
        rounds.append(Round(number, gathering.starts + later, meets_at, published=False))
    return rounds
