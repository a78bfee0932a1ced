"""Workshops made straight in the store: phases in few words, one that runs, who facilitates."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from bot.config.settings import Settings
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people import facilitator_store
from bot.people.audiences import parse
from handlers.groups.model import Group
from handlers.groups.store.rounds import mark_round_published
from handlers.ideas.store.ideas import add_idea
from handlers.workshops.facilitator.panel import draw_panel
from handlers.workshops.model import PhaseRun
from handlers.workshops.service.phases import end_phase, extend_phase, reveal_ideas, start_phase
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import find_run, open_run_of
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import crowd, group, mark_published
from tests.live_screens import bring_up_to_date
from tests.participants import number
from tests.world import World, make_settings


def _phase(key: str, collects: str, minutes: int, words: str) -> dict[str, Any]:
    french, english, german = words.split(" | ")
    return {
        "key": key,
        "collects": collects,
        "minutes": minutes,
        "title": {"fr": french, "en": english, "de": german},
        "instruction": {"fr": f"Consigne : {french}", "en": f"Instruction: {english}", "de": f"Aufgabe: {german}"},
        "example": {"fr": f"Exemple : {french}", "en": f"Such as {english}", "de": f"Etwa {german}"},
    }


PHASES = [
    _phase("stakes", "facts", 40, "Comprendre les enjeux | Understand the stakes | Die Lage verstehen"),
    _phase("challenge", "challenge", 30, "Formuler un défi | Formulate a challenge | Eine Frage finden"),
    _phase("solutions", "solution", 60, "Imaginer des solutions | Imagine solutions | Lösungen ausdenken"),
    _phase("territories", "territories", 40, "Porter la solution | Carry the solution | Die Lösung übertragen"),
]
"""The four phases, for `make_settings(phases=PHASES)`."""


async def started(world: World, group: Group, key: str = "stakes", *, minutes: int | None = None) -> PhaseRun:
    """A phase that begins for a group now, for so many minutes (by default its own); the group is told.

    Its round counts as published from now on, if it was not: no phase begins before.
    """

    async def unit(tx: Transaction) -> PhaseRun:
        await mark_round_published(tx, group.round, world.clock.now())
        phase = await find_phase(tx, key)
        assert phase is not None, f"no phase «{key}»: open the world with make_settings(phases=PHASES)"
        await start_phase(tx, world.settings, phase, [group.id], world.clock.now(), None)
        run = await open_run_of(tx, group.id)
        assert run is not None
        if minutes is not None and minutes != phase.minutes:
            moved = await extend_phase(tx, run, world.clock.now(), minutes - phase.minutes)
            assert moved is not None
            return moved
        return run

    return await world.store.transact(unit)


async def ended(world: World, run: PhaseRun) -> PhaseRun:
    """A phase that a facilitator closes now; the group is told."""
    found = await world.store.transact(lambda tx: end_phase(tx, run, world.clock.now()))
    assert found is not None
    return found


async def revealed(world: World, run: PhaseRun) -> PhaseRun:
    """A phase whose ideas the group may read from now on; it is told."""
    found = await world.store.transact(lambda tx: reveal_ideas(tx, world.settings, run, world.clock.now()))
    assert found is not None
    return found


async def run_now(world: World, run: PhaseRun) -> PhaseRun:
    """A run as it stands."""
    found = await world.store.read(partial(find_run, run_id=run.id))
    assert found is not None
    return found


async def facilitator(
    world: World, native_id: str = "700", audiences: tuple[str, ...] = ("all",), *, name: str = "Maya", **how: Any
) -> NeutralChat:
    """Someone of the team who joined and runs the phases of these: «all», «theme:KEY», «group:ID»."""
    code = await world.invite(name, attends=False)
    chat = world.chat(native_id, name=name, **how)
    await chat.follow(f"j-{code}")
    await world.change(facilitator_store.give, await number(world, name), [parse(word) for word in audiences])
    return chat


async def wait(world: World, *, minutes: float) -> None:
    """Let time pass; nothing is released by itself."""
    await world.clock.advance(timedelta(minutes=minutes))


def settings() -> Settings:
    return make_settings(organisers={"telegram": [900], "discord": [900]}, phases=PHASES)


async def published(world: World) -> None:
    """Two groups of people who joined, known to all."""
    await crowd(world, "Léa", "Tim", "Nora")
    await group(world, ["Léa", "Tim"], room="B12")
    await group(world, ["Nora"], theme="civic")
    await mark_published(world)


async def open_person(ines: NeutralChat, name: str) -> None:
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill(name)
    await ines.press(name)


async def panel(world: World, chat: NeutralChat) -> View:
    """The panel someone is shown, which is behind, as it is drawn now; it is up to date after."""
    key = await bring_up_to_date(world, chat)
    view = await world.read(draw_panel, key.partition(":")[2], world.clock.now())
    assert view is not None
    chat.receive(view, chat.reader)
    return view


async def say(world: World, name: str, words: str, *, run_of: int, phase: str = "stakes") -> None:
    """Someone's idea, straight in the store."""
    author = await number(world, name)
    await world.store.transact(lambda tx: add_idea(tx, author, run_of, phase, words, world.clock.now(), stems=""))
