"""Plenaries made in the store: groups of several themes, a session for them, and a plenary that is prepared or runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from bot.background.scheduling import Ticker
from bot.capability import make_sources
from bot.content.views import View
from handlers.groups.model import Group
from handlers.plenary.model.turns import Lengths, PlenaryState
from handlers.plenary.organiser.conducting import draw_card
from handlers.plenary.participant.presenting import draw_clock
from handlers.plenary.service.conducting import begun, store_step
from handlers.plenary.service.preparing import prepare, rooms_of_round, round_to_present
from handlers.plenary.service.presenting import set_presenters
from handlers.plenary.store.plenaries import find_state
from handlers.programme.model import Plan, Session
from handlers.programme.store import add_session
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import crowd, group, mark_published
from tests.live_screens import live_screens
from tests.participants import number
from tests.world import CAPABLE, World

LENGTHS = Lengths(180, 60, 60)
"""What config.toml proposes: three minutes, one of questions, one to change."""
_THEMES = ("culture", "school", "civic")


async def groups_on_stage(world: World, count: int, *, themes: Sequence[str] = _THEMES) -> list[Group]:
    """Published groups of one person each: «P1», «P2» …, their themes in turn."""
    await crowd(world, *(f"P{place}" for place in range(1, count + 1)))
    created = []
    for place in range(count):
        theme = themes[place % len(themes)]
        number_ = place // len(themes) + 1
        created.append(await group(world, [f"P{place + 1}"], theme=theme, number_=number_))
    await mark_published(world)
    return created


async def plenary_session(world: World, *, hours: float = 0, minutes: int = 60, key: str = "plenary") -> Session:
    """A session of the programme for the plenary, which begins in so many hours and is so many minutes long."""
    starts = world.clock.now() + timedelta(hours=hours)
    words = {"fr": "Plénière", "en": "Plenary", "de": "Plenum"}
    plan = Plan(key, words, starts, starts + timedelta(minutes=minutes), "Europe/Paris", kind="plenary")
    return await world.change(add_session, plan)


async def prepared(world: World, *, lengths: Lengths = LENGTHS, hours: float = 0) -> PlenaryState:
    """A plenary of the published groups, in the order of their themes."""
    round_ = await world.read(round_to_present)
    assert round_ is not None
    session = await plenary_session(world, hours=hours)
    return await state_of(world, await world.change(prepare, round_, session, lengths))


async def running(world: World, *, lengths: Lengths = LENGTHS) -> PlenaryState:
    """A plenary that begins now."""
    state = await prepared(world, lengths=lengths)
    now = world.clock.now()
    after = begun(state, now, now)
    await world.change(store_step, state, after, now)
    return after


async def state_of(world: World, plenary_id: int) -> PlenaryState:
    """A plenary as it stands."""
    state = await world.read(find_state, plenary_id)
    assert state is not None
    return state


async def present_state(world: World) -> PlenaryState:
    """The only plenary as it stands."""
    [plenary] = await world.read(rooms_of_round, 1)
    return await state_of(world, plenary.id)


async def names_presenter(world: World, group_: Group, *names: str) -> None:
    """Let people present for a group."""
    await world.change(set_presenters, group_.id, [await number(world, name) for name in names])


async def card(world: World, chat: NeutralChat, state: PlenaryState) -> str:
    """The conductor's card as it is drawn now, before this chat; its words."""
    view = await world.read(draw_card, str(state.plenary.id), world.clock.now())
    assert view is not None
    chat.receive(view, chat.reader)
    return chat.text


async def clock_of(world: World, chat: NeutralChat, state: PlenaryState, group_: Group, name: str) -> str:
    """What a presenter of a group is shown now, before this chat; its words."""
    subject = f"{state.plenary.id}:{group_.id}:{await number(world, name)}"
    view: View | None = await world.read(draw_clock, subject, world.clock.now())
    assert view is not None
    chat.receive(view, chat.reader)
    return chat.text


async def screens_of(world: World, kind: str) -> list[str]:
    """The keys of the live screens of one kind, in the order in which they were sent."""
    return [screen.key for screen in await live_screens(world) if screen.key.startswith(f"{kind}:")]


async def wait(world: World, *, seconds: float) -> None:
    """Let time pass, and the program release what is due then."""
    await world.clock.advance(timedelta(seconds=seconds))
    await Ticker(world.store, world.clock, make_sources(CAPABLE, world.settings)).look()


def themes_in_a_row(themes: Sequence[str]) -> int:
    """Return how often a group follows one of its own theme."""
    return sum(one == other for one, other in pairwise(themes))
