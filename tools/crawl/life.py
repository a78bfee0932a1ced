"""What happens in the gathering between the crawls: what capabilities prepare in it, and what its people do then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from itertools import groupby
from pathlib import Path

from bot.capability import load
from bot.clock import ShiftedClock
from bot.config.settings import Settings, load_sections
from bot.database.engine import Store, Transaction
from bot.rehearsal.contributions import Prepared, Stage, in_order, rehearsals
from bot.rehearsal.demo_gathering import demo_settings
from bot.rehearsal.neighbours import Neighbours
from handlers import CAPABILITIES

Step = Sequence[Stage[Prepared]]
"""What happens before people crawl again."""


async def _nothing(_prepared: Prepared) -> None:
    """Only time has passed."""


FIRST = Stage("people have come in", -28, _nothing)
_LAST = Stage("the gathering is over", 12, _nothing, at=time(12))


def all_steps() -> Sequence[Step]:
    """The stages that capabilities prepare, in order; stages of the same time are one step."""
    stages = in_order([FIRST, *(stage for each in rehearsals().values() for stage in each.prepared), _LAST])
    return [tuple(step) for _when, step in groupby(stages, key=lambda stage: (stage.day, stage.hour))]


def title(step: Step) -> str:
    """What happens in a step, in words."""
    return ", ".join(stage.name for stage in step)


async def live(store: Store, settings: Settings, now: datetime, step: Step, neighbours: Neighbours) -> None:
    """Let all of a step happen; after each stage, invented people do what there is to do."""
    for stage in step:

        async def unit(tx: Transaction, stage: Stage[Prepared] = stage) -> None:
            rows = await tx.all("SELECT id FROM participants WHERE status = 'joined' AND attends = 1 ORDER BY id")
            await stage.play(Prepared(tx, settings, now, [row["id"] for row in rows]))

        await store.transact(unit)
        await neighbours.finish()


def crawl_settings(folder: Path, port: int, clock: ShiftedClock) -> Settings:
    """The demo's gathering, where everyone may register, with every capability that a section switches on."""
    settings = demo_settings(folder, port, clock.now())
    gathering = settings.gathering.model_copy(update={"registration": "open"})
    switches = {capability.only_with for capability in load(CAPABILITIES)}
    tables = [table for sections in load_sections(CAPABILITIES) for table in sections.tables.items()]
    sections = {name: section() for name, section in tables if section in switches}
    return settings.model_copy(update={"gathering": gathering, **sections})
