"""What happens in the gathering between crawls: what capabilities prepare, and what people then do."""

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
"""The stages of the gathering that happen before people crawl again."""


async def _nothing(_prepared: Prepared) -> None:
    """Only time has passed."""


FIRST = Stage("people have come in", -28, _nothing)
_LAST = Stage("the gathering is over", 12, _nothing, at=time(12))


def all_steps() -> Sequence[Step]:
    """Return the stages that capabilities prepare, in order; stages at the same time form one step."""
    stages = in_order([FIRST, *(stage for each in rehearsals().values() for stage in each.prepared), _LAST])
    return [tuple(step) for _when, step in groupby(stages, key=lambda stage: (stage.day, stage.hour))]


def title(step: Step) -> str:
    """Return in words what happens in a step."""
    return ", ".join(stage.name for stage in step)


async def live(store: Store, settings: Settings, now: datetime, step: Step, neighbours: Neighbours) -> None:
    """Carry out all stages of a step of the gathering. After each stage, simulated people do what it lets them do."""
    for stage in step:

        async def unit(tx: Transaction, stage: Stage[Prepared] = stage) -> None:
            rows = await tx.all("SELECT id FROM participants WHERE status = 'joined' AND attends = 1 ORDER BY id")
            await stage.play(Prepared(tx, settings, now, [row["id"] for row in rows]))

        await store.transact(unit)
        await neighbours.finish()


def crawl_settings(folder: Path, port: int, clock: ShiftedClock) -> Settings:
    """Return the settings of the demo's gathering, with open registration and all optional capabilities."""
    settings = demo_settings(folder, port, clock.now())
    gathering = settings.gathering.model_copy(update={"registration": "open"})
    switches = {capability.only_with for capability in load(CAPABILITIES)}
    tables = [table for sections in load_sections(CAPABILITIES) for table in sections.tables.items()]
    sections = {name: section() for name, section in tables if section in switches}
    return settings.model_copy(update={"gathering": gathering, **sections})
