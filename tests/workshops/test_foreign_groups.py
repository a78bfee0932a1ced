"""Whoever runs the workshops of some groups reads and changes nothing of the others, whatever their presses say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, get_type_hints

from bot.content.roles import Who, stored
from bot.conversation.incoming import Content, Picked, Pressed
from handlers.workshops.service.calls import call_for_help
from tests.groups.builders import crowd, group
from tests.ideas.builders import idea, merged
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, facilitator, started
from tests.world import ROUTER, World, make_settings, open_world

MARK = "Qwertz"
"""In everything that the foreign group wrote."""
_NUMBERS = range(1, 4)
"""Every id that there is."""
_OWN = frozenset(
    ("inbox", "dialogues", "shown_screens", "entrusted", "screens", "deliveries", "accounts", "journal", "leases")
)
"""Tables in which a press leaves something of its own."""


_ABOUT_GROUPS = ("workshops", "ideas", "syntheses", "groups", "results")
"""The capabilities whose presses are about groups."""


def forged(words: Sequence[str], values: tuple[str, ...]) -> Iterator[Content]:
    """Every press and choice about groups that a facilitator may try, with every argument there is."""
    for action, route in ROUTER.codes.values():
        if stored(route.who)[0] > Who.FACILITATOR or route.handler.__module__.split(".")[1] not in _ABOUT_GROUPS:
            continue
        hints = get_type_hints(action)
        kinds = [hints[name] for name in action.field_names]
        pools: list[Sequence[Any]] = [
            (False, True) if kind is bool else words if kind is str else _NUMBERS for kind in kinds
        ]
        for arguments in product(*pools):
            payload = action(*arguments).encode()
            yield Picked(payload, values) if route.picked is not None else Pressed(payload)


async def rows(world: World) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored, but for what every press leaves."""
    return {table: rows for table, rows in (await stored_rows(world.store)).items() if table not in _OWN}


async def test_forged_presses_reach_no_group_of_somebody_else(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900]}, phases=PHASES)) as world:
        await crowd(world, "Ana", "Bo", "Zoé", "Max")
        mine, theirs = await group(world, ["Zoé", "Max"]), await group(world, ["Ana", "Bo"], number_=2)
        await started(world, theirs, "solutions")
        first = await idea(world, theirs, "Ana", f"{MARK} one")
        second = await idea(world, theirs, "Bo", f"{MARK} two")
        third = await idea(world, theirs, "Bo", f"{MARK} three")
        await merged(world, third, first)
        ana = await number(world, "Ana")
        await world.store.transact(lambda tx: call_for_help(tx, world.settings, theirs, ana, world.clock.now()))
        maya = await facilitator(world, "700", (f"group:{mine.id}",))
        assert {first.id, second.id, third.id, mine.id, theirs.id} == set(_NUMBERS)
        words = ["a", f"g_{theirs.id}", "t_school", "solutions", "end", "v"]
        before, presses = await rows(world), 0
        for content in forged(words, (f"g_{theirs.id}", str(first.id))):
            await maya.act(content)
            presses += 1
            assert MARK not in maya.text, content
        assert presses > 500
        after = await rows(world)
        jobs = " ".join(map(str, after.pop("jobs")))
        assert '"groups": [1]' in jobs  # what is drawn for Maya is of their own group
        assert '"group": 1' in jobs
        assert MARK not in jobs
        for table, kept in after.items():
            assert kept == before[table], table
