"""Measures ideas of many people at once on three platforms: how soon each is answered, and whether any is lost.

One program serves all three, on one core; everything else shares the other core.
"""

from __future__ import annotations

import random

from benchmarks.load import Act, load
from benchmarks.programs import BOT_CORE
from bot.clock import SystemClock
from bot.database.engine import Transaction
from handlers.workshops.actions import GiveIdea
from tests.crowds import THEMES, Person, open_phase, sentence
from tests.workshops.builders import PHASES

SIZE = 6
"""How many members a group has."""
_TRIPS = 5.0
_A_SECOND, _GENTLY = 100, 50


async def measure(people: int) -> None:
    """Print how soon the first and the second idea of each person were answered, if a hundred people a second give
    ideas.
    """
    chance = random.Random(1)
    within = people / _A_SECOND
    async with load(people, phases=PHASES) as room:

        async def begin(tx: Transaction) -> list[Person]:
            themes = [theme["key"] for theme in THEMES]
            placed = await open_phase(tx, room.people, themes, SIZE, SystemClock().now())
            await tx.run(
                "INSERT INTO roles (participant_id, role, scope) VALUES (:id, 'facilitator', 'all')", id=placed[0].id
            )
            return placed

        room.people = await room.store.transact(begin)
        async with room.running(BOT_CORE):
            # On Discord forms are opened; who facilitates has a panel. Neither is measured.
            forms = [Act(person, "forge", GiveIdea(person.group).encode()) for person in room.on("discord")]
            await room.act([Act(room.people[0], "send", "/panneau"), *forms], len(forms) / _GENTLY)
            await room.times()
            for number, which in enumerate(("first", "second"), 1):
                await room.act([Act(person, "send", sentence(chance)) for person in room.people], within)
                times = await room.times()
                kept = await room.count("SELECT COUNT(*) FROM ideas WHERE state = 'live' AND text <> ''")
                print(f"{people:,} people within {within:g} s, their {which} ideas:")
                room.tell(times, _TRIPS)
                print(f"  ideas given {people * number:,}, in the store {kept:,}, lost {people * number - kept}")
            calls = (await room.peer.ask("counters"))["calls"]
            kinds = ("sendMessage", "setMessageReaction", "editMessageText")
            print(f"  Telegram was asked for {', '.join(f'{calls.get(kind, 0):,} {kind}' for kind in kinds)}")
