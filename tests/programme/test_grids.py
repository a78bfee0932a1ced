"""The programme on the desk: a session dragged to another room and hour, told once, and taken back whole."""

from __future__ import annotations

import pytest

from bot.content.texts import ISOLATES, plain
from bot.conversation import amending
from bot.conversation.incoming import Actor, Amended, Called, Cell, Incoming
from bot.conversation.routes import Request
from handlers.programme import store
from tests.outbox import pushed
from tests.programme.builders import LUNCH, OPENING, with_programme
from tests.world import World, open_world


async def look(world: World, cells: tuple[Cell, ...]) -> tuple[str, str]:
    """What a drag would do, and the digest that goes with it."""

    async def preview(request: Request) -> tuple[str, str]:
        lines, digest = await amending.preview(request, request.shared.grids["programme"], cells)
        return "\n".join(plain(line, request.reader).translate(ISOLATES) for line in lines), digest

    asks = Incoming("telegram", "", Actor("900", "Inès", "en", "chat-900"), Called(""))
    return await world.dispatcher.look(asks, preview)


async def test_a_session_is_dragged_to_another_room_and_hour_and_taken_back_with_its_map(store_url: str) -> None:
    async with open_world(store_url, with_programme(OPENING, LUNCH)) as world:
        ines = await world.organiser()
        zoe = await world.join("Zoé", "7")
        _opening, lunch = await world.read(store.all_sessions)
        cells = (
            Cell(lunch.id, "venue", "Cour", "Salle A"),
            Cell(lunch.id, "starts", "2027-06-10T12:30", "2027-06-10T13:00"),
        )
        said, digest = await look(world, cells)
        assert said == "Lunch: Thursday 10 June, 12:30 → 13:00, Cour → Salle A\n1 person will be told."
        before = len(await pushed(world, zoe))
        await ines.act(Amended("programme", cells, digest))
        assert ines.text.translate(ISOLATES) == "Lunch corrected: Begins, Ends, and Place"
        assert len(await pushed(world, zoe)) == before + 1
        moved = await world.read(store.find_session, lunch.id)
        assert moved is not None
        assert moved.plan.ends - moved.plan.starts == lunch.plan.ends - lunch.plan.starts
        assert (dict(moved.plan.venue), moved.plan.map_url) == ({"fr": "Salle A"}, "")
        await ines.press("Undo this change")
        again = await world.read(store.find_session, lunch.id)
        assert again is not None
        assert again.plan == lunch.plan


@pytest.mark.parametrize(
    ("column", "typed", "why"),
    [
        ("ends", "12:00", "It ends before it begins."),
        ("title", "", "It needs a title in at least one language."),
        ("kind", "party", "Lunch, Kind of session: “party” cannot be chosen here."),
    ],
)
async def test_what_cannot_be_is_refused(store_url: str, column: str, typed: str, why: str) -> None:
    async with open_world(store_url, with_programme(OPENING, LUNCH)) as world:
        ines = await world.organiser()
        _opening, lunch = await world.read(store.all_sessions)
        seen = {"ends": "2027-06-10T14:00", "title": "Déjeuner", "kind": "meal"}[column]
        await ines.act(Amended("programme", (Cell(lunch.id, column, seen, typed),), ""))
        assert ines.text.translate(ISOLATES) == why
        assert await world.read(store.find_session, lunch.id) == lunch
