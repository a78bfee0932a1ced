"""Forged presses at what is for a role, by whoever has it not: nothing is read, nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from bot.content.roles import known
from bot.conversation.incoming import Called, Content, Picked, Pressed, Submitted
from bot.people import facilitator_store, participant_store, role_store
from bot.people.audiences import EVERYONE
from handlers.navigation import service
from handlers.trust.model import TRUSTED
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.participants import number
from tests.people.builders import APPLICATIONS, MARK
from tests.stored_rows import stored_rows
from tests.world import World, open_world

WHO = ("stranger", "participant", "facilitator", "organiser", TRUSTED, "office", "helper")
"""Whoever presses, none of whom is a reader. Those who are no more than a participant may not give a role either."""
PRESSES = 150
"""So many by each of them: enough for every route, role and kind of argument."""
_OF_A_PRESS = frozenset({"inbox", "dialogues", "shown_screens", "accounts"})
"""Tables in which any press leaves something of its own."""
_READERS = (("ux", ""), ("uxf", ""), ("uxd", ""), ("uxj", ""), ("uxl", ""))
_GIVING = (
    *(("ogr", "ki"), ("ogf", "k"), ("oga", "k"), ("ogp", "ki"), ("ogs", "kib"), ("ogc", "ki")),
    *(("ogn", "kik"), ("ogv", "kibk"), ("ogw", "kik")),
)


def forged(random: Random, keys: list[str], people: int) -> Iterator[Content]:
    """Presses, choices, forms and commands for readers, or to give a role with one of these keys; there is no end."""
    while True:
        code, kinds = random.choice((*_READERS, *_GIVING))
        values = {
            "k": random.choice((*keys, *keys, "nobody", "", "x" * 30)),
            "i": random.choice((*map(str, range(people + 2)), "zz", "-1")),
            "b": random.choice("01"),
        }
        payload = "-".join((code, *(values[kind] for kind in kinds)))
        chosen = tuple(random.sample(("CA_QC", "FR", "BE", "all", "1", ""), random.randrange(3)))
        yield random.choice(
            (
                Pressed(payload),
                Pressed(payload),
                Picked(payload, chosen),
                Submitted(payload, {"words": "x", "name": "Rea", "given_name": "Eve", "family_name": "E"}),
                Called("dossiers"),
            )
        )


async def people_of(world: World) -> dict[str, NeutralChat]:
    """A gathering with applications, and whoever presses; each of a role has it in a chat of their own."""
    chats = {"stranger": world.chat("90", name="Sam"), "organiser": await world.organiser()}
    now = world.clock.now()
    for place, who in enumerate(("reader", *WHO[1:3], *WHO[4:]), 10):
        chats[who] = await world.join(who.capitalize(), str(place))
        person = await world.read(participant_store.find, await number(world, who.capitalize()))
        assert person is not None
        if who in known() and who != "facilitator":
            await world.change(service.give_role, person, known()[who], "CA-QC" if who == "reader" else "", now)
    await world.change(facilitator_store.give, await number(world, "Facilitator"), [EVERYONE])
    return chats


async def rows(world: World) -> dict[str, list[dict[str, Any]]]:
    return {table: found for table, found in (await stored_rows(world.store)).items() if table not in _OF_A_PRESS}


@on_one_engine
@pytest.mark.parametrize("seed", [1])
async def test_who_has_no_role_reads_and_changes_nothing_by_forged_presses(store_url: str, seed: int) -> None:
    async with open_world(store_url, beside=[APPLICATIONS]) as world:
        chats, random = await people_of(world), Random(seed)
        people = len(chats)
        before = await rows(world)
        assert len(before["roles"]) == 5
        for who in WHO:
            theirs = [key for key, role in known().items() if role.given_by == known().get(who)]
            keys = ["reader"] if who == "organiser" else [key for key in known() if key not in theirs]
            presses = forged(random, keys, people)
            for _press in range(PRESSES):
                content = next(presses)
                await chats[who].act(content, forged=True)
                chat = chats[who]
                said = f"{chat.text} {chat.buttons} {chat.options} {chat.files} {chat.form and chat.prefill}"
                assert MARK not in said, (who, content)
                assert "Reader" not in said.replace("Only for: Readers", ""), (who, content)
        assert await rows(world) == before
        await chats["reader"].command("dossiers")  # which is there to be read
        assert MARK in chats["reader"].text
        assert await world.read(role_store.scopes_of, await number(world, "Reader"), "reader") == ["CA-QC"]
