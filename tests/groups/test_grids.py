"""Groups on the desk: what the rules say is told first, those concerned once, and all of it goes back."""

from __future__ import annotations

from bot.content.texts import ISOLATES, plain
from bot.conversation import amending
from bot.conversation.incoming import Actor, Amended, Called, Cell, Incoming, Pressed
from bot.conversation.routes import Request
from handlers.groups.model import Group
from handlers.groups.service.membership import publish_round
from handlers.groups.store.members import members_of
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import crowd, found_round, group
from tests.outbox import pushed
from tests.participants import number
from tests.world import World, open_world

NAMES = ("Ana", "Bo", "Cy", "Dé", "Eva")


async def two_groups(world: World) -> tuple[NeutralChat, Group, Group]:
    """An organiser, and two groups of one theme."""
    await crowd(world, *NAMES)
    first = await group(world, NAMES[:3])
    second = await group(world, NAMES[3:], number_=2)
    return await world.organiser(), first, second


async def look(world: World, cells: tuple[Cell, ...]) -> tuple[str, str]:
    """What a drag would do, and the digest that goes with it."""

    async def preview(request: Request) -> tuple[str, str]:
        lines, digest = await amending.preview(request, request.shared.grids["groups"], cells)
        return "\n".join(plain(line, request.reader).translate(ISOLATES) for line in lines), digest

    asks = Incoming("telegram", "", Actor("900", "Inès", "en", "chat-900"), Called(""))
    return await world.dispatcher.look(asks, preview)


async def drag(world: World, name: str, origin: Group | None, target: Group | None) -> tuple[Cell, ...]:
    who = await number(world, name)
    return (Cell(who, "g1", str(origin.id) if origin else "", str(target.id) if target else ""),)


async def told(world: World) -> list[int]:
    """How many messages each of them got."""
    return [len(await pushed(world, world.chat(str(100 + place)))) for place in range(len(NAMES))]


async def names(world: World, group: Group) -> list[str]:
    return [member.given_name for member in await world.read(members_of, group)]


async def test_who_is_dragged_moves_once_it_is_applied_and_the_rules_are_told_before(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, first, second = await two_groups(world)
        cells = await drag(world, "Ana", first, second)
        said, digest = await look(world, cells)
        assert "Group 1 would have 2 people" in said
        assert "Group 2 would have 3 people" in said
        assert said.endswith("Nobody is told: these groups are not published yet.")
        assert await names(world, first) == ["Ana", "Bo", "Cy"]
        await ines.act(Amended("groups", cells, "another"))
        assert ines.text == "What this would change is not what you were shown. Look again, then apply it."
        await ines.act(Amended("groups", cells, digest))
        assert await names(world, second) == ["Ana", "Dé", "Eva"]
        await ines.press("Undo this change")
        assert (await names(world, first), await names(world, second)) == (["Ana", "Bo", "Cy"], ["Dé", "Eva"])


async def test_what_was_shown_before_the_groups_were_published_is_not_applied_after(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, first, second = await two_groups(world)
        cells = await drag(world, "Ana", first, second)
        _said, digest = await look(world, cells)
        await world.change(publish_round, await found_round(world), world.clock.now())
        before = await told(world)
        await ines.act(Amended("groups", cells, digest))
        assert ines.text.startswith("What this would change is not what you were shown.")
        assert await names(world, second) == ["Dé", "Eva"]
        said, digest = await look(world, cells)
        assert said.endswith("5 people will be told.")
        await ines.act(Amended("groups", cells, digest))
        assert await told(world) == [count + 1 for count in before]


async def test_nobody_is_dragged_into_another_theme(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines, first, _second = await two_groups(world)
        await world.join("Flo", "200")
        other = await group(world, ["Flo"], theme="culture")
        cells = await drag(world, "Ana", first, other)
        await ines.act(Amended("groups", cells, ""))
        assert ines.text.translate(ISOLATES) == "Ana has another theme."
        await ines.act(Pressed("un-9999"))
        assert await names(world, other) == ["Flo"]
